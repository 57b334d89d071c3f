"""Coming, going and coming back."""

import pytest

from conference.contract.words import Departure, Role
from conference.errors import NotFound, Refused, TooMuch
from conference.ids import ParticipantId
from conference.rooms import commands as c
from conference.rooms import events as e
from conference.rooms.seat import PAGE_KEPT_S, SEAT_KEPT_S, Presence
from tests.conference.rooms.support import OWNER, WALL, RoomDriver

NOBODY = ParticipantId("nobody")


def test_a_full_room_refuses(driver: RoomDriver) -> None:
    driver = RoomDriver(max_seats=1)
    driver.join("a")
    with pytest.raises(TooMuch) as caught:
        driver.join("b")
    assert caught.value.code == "room-full"
    assert list(driver.room.seats) == ["a"]


def test_a_lost_seat_is_kept_then_freed(driver: RoomDriver) -> None:
    a = driver.join("a")
    assert driver.room.next_timeout() is None
    assert driver.do(c.Lose(a)) == [e.SeatUpdated(a, durable=False)]
    assert driver.room.seat(a).presence is Presence.LOST
    assert driver.room.present == 0
    assert driver.room.next_timeout() == driver.now + SEAT_KEPT_S
    driver.now += SEAT_KEPT_S - 0.001
    assert driver.do(c.Tick()) == []
    driver.now += 0.001
    assert driver.do(c.Tick()) == [e.SeatVacated(a, Departure.LOST)]
    assert not driver.room.seats


def test_losing_twice_does_not_prolong(driver: RoomDriver) -> None:
    a = driver.join("a")
    driver.do(c.Lose(a))
    due = driver.room.next_timeout()
    driver.now += 50
    assert driver.do(c.Lose(a)) == []
    assert driver.room.next_timeout() == due


def test_a_returning_participant_has_everything_back(driver: RoomDriver) -> None:
    moderator, a = driver.join("m", Role.MODERATOR), driver.join("a")
    driver.do(c.RaiseHand(a, raised=True))
    driver.do(c.GiveFloor(moderator, a, given=True))
    driver.do(c.RaiseHand(a, raised=True))
    driver.do(c.Lose(a))
    driver.do(c.Return(a))
    seat = driver.room.seat(a)
    assert (seat.connected, seat.has_floor, driver.room.hand_place(a)) == (
        True,
        True,
        1,
    )
    assert driver.room.next_timeout() is None
    assert driver.do(c.Return(a)) == []


def test_returning_after_leaving_or_removal_is_refused(driver: RoomDriver) -> None:
    moderator, a, b = (
        driver.join("m", Role.MODERATOR),
        driver.join("a"),
        driver.join("b"),
    )
    assert driver.do(c.Leave(a)) == [e.SeatVacated(a, Departure.LEFT)]
    assert driver.do(c.Remove(moderator, b, at=WALL)) == [
        e.SeatVacated(b, Departure.REMOVED, "M")
    ]
    for gone in (a, b):
        with pytest.raises(NotFound):
            driver.do(c.Return(gone))
        with pytest.raises(NotFound):
            driver.do(c.Leave(gone))


def test_a_closed_room_takes_nothing_more(driver: RoomDriver) -> None:
    a = driver.join("a")
    assert driver.do(c.CloseRoom("M")) == [e.RoomEnded("M")]
    assert driver.room.closed
    with pytest.raises(Refused) as caught:
        driver.do(c.Leave(a))
    assert caught.value.code == "room-closed"


def test_an_account_finds_its_seat(driver: RoomDriver) -> None:
    driver.join("a")
    assert driver.room.account_seat(OWNER) is None
    driver.do(c.TakeSeat(NOBODY, "M", "I", Role.MODERATOR, at=WALL, account=OWNER))
    seat = driver.room.account_seat(OWNER)
    assert seat is not None
    assert seat.id == NOBODY


def test_a_closed_page_keeps_its_seat_only_for_a_reload(driver: RoomDriver) -> None:
    a = driver.join("a")
    assert driver.do(c.ClosePage(a)) == [
        e.SeatUpdated(a, durable=False),
        e.PageClosed(a),
    ]
    assert not driver.room.seat(a).connected
    assert driver.do(c.Lose(a)) == []  # its socket closes a moment later
    assert driver.room.next_timeout() == driver.now + PAGE_KEPT_S
    driver.now += PAGE_KEPT_S
    assert driver.do(c.Tick()) == [e.SeatVacated(a, Departure.LOST)]


def test_a_reload_has_its_seat_back(driver: RoomDriver) -> None:
    a = driver.join("a")
    driver.do(c.ClosePage(a))
    assert driver.do(c.Return(a)) == [e.SeatUpdated(a, durable=False)]
    assert driver.room.next_timeout() is None


def test_a_farewell_after_the_loss_shortens_the_wait(driver: RoomDriver) -> None:
    a = driver.join("a")
    driver.do(c.Lose(a))
    driver.now += 2
    assert driver.do(c.ClosePage(a)) == [e.PageClosed(a)]
    assert driver.room.next_timeout() == driver.now + PAGE_KEPT_S
