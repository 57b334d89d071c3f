"""Limits of waiting connections and of joins, with a clock of the test."""

import contextlib

import pytest

from conference.errors import TooMuch
from signaling.auth.arrivals import BUCKETS_KEPT, LINK_FACTOR, ArrivalLimits, Arrivals


def entered(arrivals: Arrivals, link: str, address: str, tries: int, now: float) -> int:
    count = 0
    for _ in range(tries):
        with contextlib.suppress(TooMuch):
            arrivals.enter(link, address, now=now)
            count += 1
    return count


def test_one_address_enters_in_a_burst_and_then_slowly() -> None:
    arrivals = Arrivals(ArrivalLimits(joins_at_once=20, joins_per_second=1.0))
    assert entered(arrivals, "link", "a", 150, now=0.0) == 20
    assert entered(arrivals, "link", "a", 150, now=6.0) == 6
    assert entered(arrivals, "other", "a", 1, now=6.0) == 1


def test_all_addresses_together_are_bounded_too() -> None:
    arrivals = Arrivals(ArrivalLimits(joins_at_once=2))
    at_once = sum(entered(arrivals, "link", str(n), 2, now=0.0) for n in range(50))
    assert at_once == 2 * LINK_FACTOR


def test_a_refusal_has_a_reason() -> None:
    arrivals = Arrivals(ArrivalLimits(joins_at_once=1))
    arrivals.enter("link", "a", now=0.0)
    with pytest.raises(TooMuch) as caught:
        arrivals.enter("link", "a", now=0.0)
    assert caught.value.code == "too-many-joins"


def test_a_refusal_costs_nothing() -> None:
    arrivals = Arrivals(ArrivalLimits(joins_at_once=1))
    entered(arrivals, "link", "a", 100, now=0.0)
    assert entered(arrivals, "link", "b", 1, now=0.0) == 1


def test_memory_is_bounded() -> None:
    arrivals = Arrivals()
    for n in range(2 * BUCKETS_KEPT):
        arrivals.enter(str(n), "a", now=0.0)
    assert len(arrivals._buckets) == BUCKETS_KEPT


def test_a_refused_seat_costs_nothing() -> None:
    arrivals = Arrivals(ArrivalLimits(joins_at_once=1))
    for _ in range(100):
        arrivals.enter("link", "a", now=0.0)
        arrivals.turned_away("link", "a", now=0.0)
    assert entered(arrivals, "link", "a", 100, now=0.0) == 1
    assert entered(arrivals, "link", "b", 100, now=0.0) == 1


def test_the_one_that_has_waited_longest_makes_room() -> None:
    arrivals = Arrivals(ArrivalLimits(waiting=2))
    assert arrivals.come("link", "a", "1") is None
    assert arrivals.come("link", "a", "2") is None
    assert arrivals.come("link", "b", "other address") is None
    assert arrivals.come("link", "a", "3") == "1"
    arrivals.go("link", "a", "1")  # its connection ends a moment later
    arrivals.go("link", "a", "2")
    assert arrivals.come("link", "a", "4") is None
    for connection in ("3", "4"):
        arrivals.go("link", "a", connection)
    arrivals.go("link", "b", "other address")
    assert not arrivals._waiting


def test_the_addresses_of_one_ipv6_network_are_one() -> None:
    arrivals = Arrivals(ArrivalLimits(waiting=1, joins_at_once=1))
    assert arrivals.come("link", "2001:db8::1", "1") is None
    assert arrivals.come("link", "2001:db8::2", "2") == "1"
    assert entered(arrivals, "link", "2001:db8::1", 1, now=0.0) == 1
    assert entered(arrivals, "link", "2001:db8::2", 1, now=0.0) == 0
