"""The floor: who may publish, and who may give it."""

import pytest

from conference.contract.words import Role, Source
from conference.errors import NotAllowed, NotFound, Refused
from conference.ids import ParticipantId
from conference.rooms import commands as c
from conference.rooms import events as e
from conference.rooms.roles import Capability
from tests.conference.rooms.support import FIRST, LEG, WALL, RoomDriver

CAMERA, MICROPHONE, SCREEN = Source.CAMERA, Source.MICROPHONE, Source.SCREEN
NOBODY = ParticipantId("nobody")


def test_a_researcher_cannot_publish_without_the_floor(driver: RoomDriver) -> None:
    a = driver.join("a")
    for command in (
        c.Publish(a, LEG, FIRST, (CAMERA,)),
        c.SwitchTrack(a, CAMERA, active=True),
    ):
        with pytest.raises(NotAllowed):
            driver.do(command)
    assert not driver.room.seat(a).tracks


def test_the_floor_lowers_the_hand_and_lets_publish(driver: RoomDriver) -> None:
    moderator, a, b = (
        driver.join("m", Role.MODERATOR),
        driver.join("a"),
        driver.join("b"),
    )
    driver.do(c.RaiseHand(a, raised=True))
    driver.do(c.RaiseHand(b, raised=True))
    assert driver.do(c.GiveFloor(moderator, a, given=True)) == [
        e.SeatUpdated(a, durable=True),
        e.HandsMoved(1),
        e.CapabilitiesChanged(a),
    ]
    assert driver.room.hands_behind(1) == [b]
    assert driver.room.seat(a).may(Capability.MEDIA_PUBLISH)
    assert driver.room.hand_place(a) is None
    assert driver.do(c.GiveFloor(moderator, a, given=True)) == []
    assert e.TrackSwitched(a, CAMERA, active=True) in driver.publish(a, CAMERA)


def test_taking_the_floor_back_mutes_every_track_at_once(driver: RoomDriver) -> None:
    moderator, a = driver.join("m", Role.MODERATOR), driver.join("a")
    driver.do(c.GiveFloor(moderator, a, given=True))
    driver.publish(a, CAMERA, MICROPHONE)
    events = driver.do(c.GiveFloor(moderator, a, given=False))
    assert events[:2] == [
        e.TrackSwitched(a, CAMERA, active=False),
        e.TrackSwitched(a, MICROPHONE, active=False),
    ]
    assert all(track.muted for track in driver.room.seat(a).tracks.values())
    with pytest.raises(NotAllowed):
        driver.do(c.SwitchTrack(a, CAMERA, active=True))
    driver.do(c.GiveFloor(moderator, a, given=True))
    assert driver.do(c.SwitchTrack(a, CAMERA, active=True))[0] == e.TrackSwitched(
        a, CAMERA, active=True
    )


def test_the_floor_is_for_researchers(driver: RoomDriver) -> None:
    moderator, p = driver.join("m", Role.MODERATOR), driver.join("p", Role.PRESENTER)
    with pytest.raises(Refused) as caught:
        driver.do(c.GiveFloor(moderator, p, given=True))
    assert caught.value.code == "floor-not-needed"


@pytest.mark.parametrize("role", [Role.PRESENTER, Role.RESEARCHER])
def test_only_moderators_moderate(driver: RoomDriver, role: Role) -> None:
    a, b = driver.join("a", role), driver.join("b")
    for command in (
        c.GiveFloor(a, b, given=True),
        c.ChooseStage(a, b),
        c.Mute(a, b, CAMERA),
        c.Remove(a, b, at=WALL),
    ):
        with pytest.raises(NotAllowed):
            driver.do(command)


def test_commands_about_absent_participants_are_refused(driver: RoomDriver) -> None:
    moderator = driver.join("m", Role.MODERATOR)
    for command in (
        c.GiveFloor(moderator, NOBODY, given=True),
        c.ChooseStage(moderator, NOBODY),
        c.Mute(moderator, NOBODY, CAMERA),
        c.Remove(moderator, NOBODY, at=WALL),
        c.GiveFloor(NOBODY, moderator, given=True),
        c.Say(NOBODY, "hello", "n", at=WALL),
        c.Lose(NOBODY),
    ):
        with pytest.raises(NotFound):
            driver.do(command)
