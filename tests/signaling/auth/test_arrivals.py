"""How many wait at a door and how fast they enter, by a clock of the test."""

import contextlib

import pytest

from conference.errors import TooMuch
from signaling.auth.arrivals import BUCKETS_KEPT, LINK_FACTOR, ArrivalLimits, Arrivals


def entered(doors: Arrivals, link: str, address: str, tries: int, now: float) -> int:
    count = 0
    for _ in range(tries):
        with contextlib.suppress(TooMuch):
            doors.enter(link, address, now=now)
            count += 1
    return count


def test_one_address_enters_in_a_burst_and_then_slowly() -> None:
    doors = Arrivals(ArrivalLimits(joins_at_once=20, joins_per_second=1.0))
    assert entered(doors, "link", "a", 150, now=0.0) == 20
    assert entered(doors, "link", "a", 150, now=6.0) == 6
    assert entered(doors, "other", "a", 1, now=6.0) == 1


def test_all_addresses_together_are_bounded_too() -> None:
    doors = Arrivals(ArrivalLimits(joins_at_once=2))
    at_once = sum(entered(doors, "link", str(n), 2, now=0.0) for n in range(50))
    assert at_once == 2 * LINK_FACTOR


def test_who_is_refused_hears_why() -> None:
    doors = Arrivals(ArrivalLimits(joins_at_once=1))
    doors.enter("link", "a", now=0.0)
    with pytest.raises(TooMuch) as caught:
        doors.enter("link", "a", now=0.0)
    assert caught.value.code == "door-busy"


def test_a_refusal_costs_nothing() -> None:
    doors = Arrivals(ArrivalLimits(joins_at_once=1))
    entered(doors, "link", "a", 100, now=0.0)
    assert entered(doors, "link", "b", 1, now=0.0) == 1


def test_memory_is_bounded() -> None:
    doors = Arrivals()
    for n in range(2 * BUCKETS_KEPT):
        doors.enter(str(n), "a", now=0.0)
    assert len(doors._buckets) == BUCKETS_KEPT


def test_a_refused_seat_costs_nothing() -> None:
    doors = Arrivals(ArrivalLimits(joins_at_once=1))
    for _ in range(100):
        doors.enter("link", "a", now=0.0)
        doors.turned_away("link", "a", now=0.0)
    assert entered(doors, "link", "a", 100, now=0.0) == 1
    assert entered(doors, "link", "b", 100, now=0.0) == 1


def test_the_one_that_has_waited_longest_makes_room() -> None:
    doors = Arrivals(ArrivalLimits(waiting=2))
    assert doors.come("link", "a", "1") is None
    assert doors.come("link", "a", "2") is None
    assert doors.come("link", "b", "other address") is None
    assert doors.come("link", "a", "3") == "1"
    doors.go("link", "a", "1")  # its connection ends a moment later
    doors.go("link", "a", "2")
    assert doors.come("link", "a", "4") is None
    for connection in ("3", "4"):
        doors.go("link", "a", connection)
    doors.go("link", "b", "other address")
    assert not doors._waiting


def test_the_addresses_of_one_ipv6_network_are_one() -> None:
    doors = Arrivals(ArrivalLimits(waiting=1, joins_at_once=1))
    assert doors.come("link", "2001:db8::1", "1") is None
    assert doors.come("link", "2001:db8::2", "2") == "1"
    assert entered(doors, "link", "2001:db8::1", 1, now=0.0) == 1
    assert entered(doors, "link", "2001:db8::2", 1, now=0.0) == 0
