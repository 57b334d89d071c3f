"""Who was removed stays out by the same link and browser; links fill so many seats."""

import pytest

from conference.contract.words import Departure, Role
from conference.errors import NotAllowed, NotFound, Refused, TooMuch
from conference.ids import ParticipantId
from conference.rooms import commands as c
from conference.rooms import events as e
from conference.rooms.removals import REMOVALS_KEPT
from tests.conference.rooms.support import WALL, Hall


@pytest.fixture
def hall() -> Hall:
    return Hall()


def test_a_removal_holds_for_its_browser_and_link_until_it_is_lifted(
    hall: Hall,
) -> None:
    moderator = hall.join("m", Role.MODERATOR)
    a = hall.join("a", browser=b"one")
    events = hall.do(c.Remove(moderator, a, at=WALL))
    assert events == [
        e.SeatVacated(a, Departure.REMOVED, "M"),
        e.RemovalHeld(hall.room.removals[0]),
    ]
    with pytest.raises(Refused) as caught:
        hall.join("again", browser=b"one")
    assert caught.value.code == "removed-from-room"
    hall.join("colleague", browser=b"two")
    hall.join("by another link", invitation="j", browser=b"one")
    assert hall.do(c.LiftRemoval(moderator, a)) == [e.RemovalLifted(a)]
    hall.join("again", browser=b"one")
    with pytest.raises(NotFound):
        hall.do(c.LiftRemoval(moderator, a))


def test_without_a_browser_key_a_removal_holds_for_nobody(hall: Hall) -> None:
    moderator, a = hall.join("m", Role.MODERATOR), hall.join("a")
    assert hall.do(c.Remove(moderator, a, at=WALL)) == [
        e.SeatVacated(a, Departure.REMOVED, "M")
    ]
    hall.join("b")


def test_only_so_many_removals_are_kept(hall: Hall) -> None:
    moderator = hall.join("m", Role.MODERATOR)
    for n in range(REMOVALS_KEPT + 1):
        guest = hall.join(f"g{n}", browser=str(n).encode())
        events = hall.do(c.Remove(moderator, guest, at=WALL))
    assert events[-1] == e.RemovalLifted(ParticipantId("g0"))
    assert len(hall.room.removals) == REMOVALS_KEPT
    hall.join("back", browser=b"0")


def test_only_moderators_lift_removals_and_lower_hands(hall: Hall) -> None:
    moderator, a = hall.join("m", Role.MODERATOR), hall.join("a", browser=b"one")
    b = hall.join("b")
    hall.do(c.Remove(moderator, a, at=WALL))
    hall.do(c.RaiseHand(b, raised=True))
    for command in (c.LiftRemoval(b, a), c.LowerHand(b, b)):
        with pytest.raises(NotAllowed):
            hall.do(command)
    assert hall.do(c.LowerHand(moderator, b)) == [e.SeatUpdated(b, durable=True)]
    assert hall.do(c.LowerHand(moderator, b)) == []


def test_a_link_fills_no_more_seats_than_it_may(hall: Hall) -> None:
    a = hall.join("a", most=2)
    hall.join("b", most=2)
    with pytest.raises(TooMuch) as caught:
        hall.join("c", most=2)
    assert caught.value.code == "link-full"
    hall.join("by another link", invitation="j", most=2)
    hall.do(c.Leave(a))
    hall.join("c", most=2)
