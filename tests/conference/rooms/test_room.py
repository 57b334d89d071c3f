"""Any command, and a room that goes back or comes back."""

from typing import get_args

import pytest

from conference.contract.words import Role, Source
from conference.ids import ParticipantId, RoomId
from conference.rooms import commands as c
from conference.rooms import rules
from conference.rooms.room import Room
from conference.rooms.seat import SEAT_KEPT_S, Presence, Seat
from conference.rooms.stage import STAGE_HOLD_S
from tests.conference.rooms.support import OWNER, WALL, RoomDriver

CAMERA, MICROPHONE, SCREEN = Source.CAMERA, Source.MICROPHONE, Source.SCREEN


def test_an_unknown_command_is_a_programming_error(driver: RoomDriver) -> None:
    with pytest.raises(KeyError):
        driver.do("nonsense")  # type: ignore[arg-type]


def test_there_is_a_rule_for_every_command() -> None:
    assert set(rules.RULES) == set(get_args(c.Command))


def test_restore_undoes_everything(driver: RoomDriver) -> None:
    moderator, p = driver.join("m", Role.MODERATOR), driver.join("p", Role.PRESENTER)
    driver.say(p, "before", "n0")
    before = driver.room.state
    driver.publish(p, CAMERA)
    driver.do(c.RaiseHand(p, raised=True))
    driver.say(p, "after", "n1")
    driver.do(c.ChooseStage(moderator, p))
    driver.do(c.Remove(moderator, p, at=WALL))
    driver.do(c.CloseRoom(None))
    driver.room.restore(before)
    assert driver.room.state == before
    assert not driver.room.closed
    assert driver.room.said(p, "n1") is None


def test_a_room_is_restored_from_its_records() -> None:
    seat = Seat(
        ParticipantId("a"),
        "A",
        "I",
        Role.RESEARCHER,
        WALL,
        presence=Presence.LOST,
        kept_until=5.0,
        has_floor=True,
        hand=7,
    )
    room = Room(
        RoomId("r"),
        title="T",
        organisation="O",
        owner=OWNER,
        created_at=WALL,
        seats=[seat],
        chosen_stage=seat.id,
        chat_seq=12,
    )
    assert (room.stage, room.chat_seq) == (seat.id, 12)
    room.handle(
        c.TakeSeat(ParticipantId("b"), "B", "I", Role.RESEARCHER, at=WALL), now=6.0
    )
    room.handle(c.RaiseHand(ParticipantId("b"), raised=True), now=6.0)
    assert room.hand_place(ParticipantId("b")) == 1
    room.handle(c.Return(seat.id), now=7.0)
    assert room.hand_place(ParticipantId("b")) == 2
    lone = Room(
        RoomId("r"),
        title="T",
        organisation="O",
        owner=OWNER,
        created_at=WALL,
        chosen_stage=seat.id,
    )
    assert lone.stage is None


def test_the_next_timeout_is_the_earliest_of_seats_and_stage(
    driver: RoomDriver,
) -> None:
    a, b = driver.join("a", Role.PRESENTER), driver.join("b", Role.PRESENTER)
    driver.publish(a, CAMERA)
    driver.publish(b, CAMERA)
    driver.do(c.Dominate(b))
    driver.do(c.Lose(driver.join("d")))
    assert driver.room.next_timeout() == driver.now + STAGE_HOLD_S
    driver.now += STAGE_HOLD_S
    driver.do(c.Tick())
    assert driver.room.next_timeout() == driver.now - STAGE_HOLD_S + SEAT_KEPT_S
