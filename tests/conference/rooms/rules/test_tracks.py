"""What is published, muted and sent."""

import pytest

from conference.contract.words import Generation, Negotiation, Role, Source
from conference.errors import Refused
from conference.ids import ParticipantId
from conference.rooms import commands as c
from conference.rooms import events as e
from conference.rooms.seat import Track
from tests.conference.rooms.support import FIRST, LEG, RoomDriver

CAMERA, MICROPHONE, SCREEN = Source.CAMERA, Source.MICROPHONE, Source.SCREEN
NOBODY = ParticipantId("nobody")


def test_a_muted_one_may_start_again(driver: RoomDriver) -> None:
    moderator, p = driver.join("m", Role.MODERATOR), driver.join("p", Role.PRESENTER)
    driver.publish(p, MICROPHONE)
    assert driver.do(c.Mute(moderator, p, MICROPHONE)) == [
        e.TrackSwitched(p, MICROPHONE, active=False),
        e.SeatUpdated(p, durable=False),
        e.TrackMuted(p, MICROPHONE, "M"),
    ]
    assert driver.do(c.Mute(moderator, p, MICROPHONE)) == []
    assert driver.do(c.Mute(moderator, p, CAMERA)) == []
    assert e.TrackSwitched(p, MICROPHONE, active=True) in driver.do(
        c.SwitchTrack(p, MICROPHONE, active=True)
    )
    with pytest.raises(Refused) as caught:
        driver.do(c.SwitchTrack(p, CAMERA, active=True))
    assert caught.value.code == "not-published"


def test_negotiating_again_keeps_a_mute(driver: RoomDriver) -> None:
    p = driver.join("p", Role.PRESENTER)
    driver.publish(p, MICROPHONE)
    driver.do(c.SwitchTrack(p, MICROPHONE, active=False))
    offer = c.Publish(p, LEG, FIRST, (MICROPHONE, CAMERA), frozenset({CAMERA}))
    assert driver.do(offer) == [
        e.TrackSwitched(p, MICROPHONE, active=False),
        e.TrackSwitched(p, CAMERA, active=True),
    ]
    driver.publish(p, CAMERA)
    assert set(driver.room.seat(p).tracks) == {CAMERA}


def test_an_offer_does_not_undo_a_moderators_mute(driver: RoomDriver) -> None:
    moderator, p = driver.join("m", Role.MODERATOR), driver.join("p", Role.PRESENTER)
    driver.publish(p, MICROPHONE, CAMERA)
    driver.do(c.Mute(moderator, p, MICROPHONE))
    crossing = c.Publish(
        p, LEG, FIRST, (MICROPHONE, CAMERA), frozenset({MICROPHONE, CAMERA})
    )
    kept = [
        e.TrackSwitched(p, MICROPHONE, active=False),
        e.TrackSwitched(p, CAMERA, active=True),
        e.TrackMuted(p, MICROPHONE, "M"),  # it may have missed it
    ]
    assert driver.do(crossing) == kept
    # Nor does one that opens a new leg after the old one's tracks ended.
    driver.do(c.TrackDown(p, FIRST, MICROPHONE))
    assert driver.do(crossing) == kept
    assert driver.room.seat(p).tracks[MICROPHONE].muted


@pytest.mark.parametrize("active", [True, False])
def test_a_participant_that_acknowledged_a_mute_may_offer_the_track_again(
    driver: RoomDriver, active: bool
) -> None:
    moderator, p = driver.join("m", Role.MODERATOR), driver.join("p", Role.PRESENTER)
    offer = c.Publish(p, LEG, FIRST, (MICROPHONE,), frozenset({MICROPHONE}))
    for knows in (
        c.SwitchTrack(p, MICROPHONE, active=active),
        c.Publish(p, LEG, FIRST, (MICROPHONE,)),
    ):
        driver.publish(p, MICROPHONE)
        driver.do(c.Mute(moderator, p, MICROPHONE))
        assert driver.room.seat(p).stopped == {MICROPHONE: "M"}
        driver.do(knows)
        assert driver.room.seat(p).stopped == {}
        assert driver.do(offer)[0] == e.TrackSwitched(p, MICROPHONE, active=True)


def test_a_declared_track_is_shown_with_its_first_packet(
    driver: RoomDriver,
) -> None:
    p = driver.join("p", Role.PRESENTER)
    declared = c.Publish(p, LEG, FIRST, (CAMERA, SCREEN), frozenset({CAMERA}))
    assert driver.do(declared) == [
        e.TrackSwitched(p, CAMERA, active=True),
        e.TrackSwitched(p, SCREEN, active=False),
    ]
    assert driver.room.seat(p).started == {}
    assert driver.room.stage is None
    assert driver.do(c.TrackUp(p, FIRST, CAMERA, "VP8")) == [
        e.SeatUpdated(p, durable=False),
        e.StageMoved(p),
    ]
    assert driver.room.seat(p).started == {CAMERA: Track(codec="VP8", since=FIRST)}
    assert driver.do(c.TrackUp(p, FIRST, CAMERA, "VP8")) == []
    # Nobody sees a change of what nobody sees.
    for active in (True, False):
        assert driver.do(c.SwitchTrack(p, SCREEN, active=active)) == [
            e.TrackSwitched(p, SCREEN, active=active)
        ]
    assert driver.do(c.TrackDown(p, FIRST, SCREEN)) == []


def test_late_news_of_a_track_that_is_gone_changes_nothing(driver: RoomDriver) -> None:
    p = driver.join("p", Role.PRESENTER)
    for who in (p, NOBODY):
        assert driver.do(c.TrackUp(who, FIRST, SCREEN, "VP8")) == []
        assert driver.do(c.TrackDown(who, FIRST, SCREEN)) == []


def test_the_tracks_of_a_new_leg_wait_for_their_first_packets(
    driver: RoomDriver,
) -> None:
    p = driver.join("p", Role.PRESENTER)
    driver.publish(p, CAMERA, MICROPHONE)
    second = Generation(2)
    driver.do(c.Publish(p, second, Negotiation(second), (CAMERA,), frozenset({CAMERA})))
    assert driver.room.seat(p).started == {}
    driver.do(c.TrackUp(p, Negotiation(second), CAMERA, "H264"))
    assert driver.room.seat(p).started == {CAMERA: Track("H264", since=Negotiation(2))}


def test_messages_of_a_replaced_leg_change_nothing(driver: RoomDriver) -> None:
    p = driver.join("p", Role.PRESENTER)
    second = Generation(2)
    driver.do(c.Publish(p, second, Negotiation(second), (CAMERA,), frozenset({CAMERA})))
    driver.do(c.TrackUp(p, Negotiation(second), CAMERA, "VP8"))
    before = driver.room.state
    assert driver.do(c.TrackDown(p, FIRST, CAMERA)) == []
    assert driver.do(c.TrackUp(p, FIRST, CAMERA, "H264")) == []
    assert driver.do(c.Publish(p, LEG, FIRST, (CAMERA, SCREEN), frozenset())) == []
    assert driver.room.state is before


def test_the_late_end_of_a_track_does_not_end_its_renegotiated_successor(
    driver: RoomDriver,
) -> None:
    p = driver.join("p", Role.PRESENTER)
    driver.publish(p, CAMERA, SCREEN)
    without, again = Negotiation(2), Negotiation(3)
    driver.do(c.Publish(p, LEG, without, (CAMERA,), frozenset({CAMERA})))
    both = frozenset({CAMERA, SCREEN})
    driver.do(c.Publish(p, LEG, again, (CAMERA, SCREEN), both))
    assert driver.do(c.TrackDown(p, without, SCREEN)) == []
    assert driver.do(c.TrackUp(p, FIRST, SCREEN, "VP8")) == []
    driver.do(c.TrackUp(p, again, SCREEN, "VP8"))
    assert set(driver.room.seat(p).started) == {CAMERA, SCREEN}
