"""Who was removed stays out by the same link and browser; links fill so many seats."""

import pytest

from conference.contract.words import Departure, Role
from conference.errors import NotAllowed, NotFound, Refused, TooMuch
from conference.ids import ParticipantId
from conference.rooms import commands as c
from conference.rooms import events as e
from conference.rooms.removals import REMOVALS_KEPT
from tests.conference.rooms.support import WALL, RoomDriver


@pytest.fixture
def driver() -> RoomDriver:
    return RoomDriver()


def test_a_removal_holds_for_its_browser_and_link_until_it_is_lifted(
    driver: RoomDriver,
) -> None:
    moderator = driver.join("m", Role.MODERATOR)
    a = driver.join("a", browser=b"one")
    events = driver.do(c.Remove(moderator, a, at=WALL))
    assert events == [
        e.SeatVacated(a, Departure.REMOVED, "M"),
        e.RemovalHeld(driver.room.removals[0]),
    ]
    with pytest.raises(Refused) as caught:
        driver.join("again", browser=b"one")
    assert caught.value.code == "removed-from-room"
    driver.join("colleague", browser=b"two")
    driver.join("by another link", invitation="j", browser=b"one")
    assert driver.do(c.LiftRemoval(moderator, a)) == [e.RemovalLifted(a)]
    driver.join("again", browser=b"one")
    with pytest.raises(NotFound):
        driver.do(c.LiftRemoval(moderator, a))


def test_without_a_browser_key_a_removal_does_not_hold(driver: RoomDriver) -> None:
    moderator, a = driver.join("m", Role.MODERATOR), driver.join("a")
    assert driver.do(c.Remove(moderator, a, at=WALL)) == [
        e.SeatVacated(a, Departure.REMOVED, "M")
    ]
    driver.join("b")


def test_only_so_many_removals_are_kept(driver: RoomDriver) -> None:
    moderator = driver.join("m", Role.MODERATOR)
    for n in range(REMOVALS_KEPT + 1):
        guest = driver.join(f"g{n}", browser=str(n).encode())
        events = driver.do(c.Remove(moderator, guest, at=WALL))
    assert events[-1] == e.RemovalLifted(ParticipantId("g0"))
    assert len(driver.room.removals) == REMOVALS_KEPT
    driver.join("back", browser=b"0")


def test_only_moderators_lift_removals_and_lower_hands(driver: RoomDriver) -> None:
    moderator, a = driver.join("m", Role.MODERATOR), driver.join("a", browser=b"one")
    b = driver.join("b")
    driver.do(c.Remove(moderator, a, at=WALL))
    driver.do(c.RaiseHand(b, raised=True))
    for command in (c.LiftRemoval(b, a), c.LowerHand(b, b)):
        with pytest.raises(NotAllowed):
            driver.do(command)
    assert driver.do(c.LowerHand(moderator, b)) == [e.SeatUpdated(b, durable=True)]
    assert driver.do(c.LowerHand(moderator, b)) == []


def test_a_link_fills_no_more_seats_than_it_may(driver: RoomDriver) -> None:
    a = driver.join("a", most=2)
    driver.join("b", most=2)
    with pytest.raises(TooMuch) as caught:
        driver.join("c", most=2)
    assert caught.value.code == "link-full"
    driver.join("by another link", invitation="j", most=2)
    driver.do(c.Leave(a))
    driver.join("c", most=2)
