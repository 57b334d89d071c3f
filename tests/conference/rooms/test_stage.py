"""Who stands on the stage when nobody has chosen."""

from dataclasses import replace
from types import MappingProxyType

import pytest

from conference.contract.words import Role, Source
from conference.ids import ParticipantId
from conference.rooms.seat import Presence, Seat, Track
from conference.rooms.stage import Stage, default_stage

OPEN, SHUT = Track("VP8"), Track("VP8", muted=True)


def seat(name: str, role: Role, **tracks: Track) -> Seat:
    return Seat(
        id=ParticipantId(name),
        name=name,
        organisation="",
        role=role,
        joined_at=0.0,
        tracks=MappingProxyType({Source(s): track for s, track in tracks.items()}),
    )


def test_without_publishers_the_stage_is_empty() -> None:
    assert default_stage([seat("p", Role.PRESENTER)], None) is None


@pytest.mark.parametrize("declared", [Track(), Track(muted=True)])
def test_a_declared_track_does_not_take_the_stage(declared: Track) -> None:
    seats = [
        seat("p", Role.PRESENTER, camera=declared),
        seat("r", Role.RESEARCHER, microphone=SHUT),
    ]
    assert default_stage(seats[:1], None) is None
    assert default_stage(seats, None) == "r"


def test_a_shared_screen_alone_does_not_take_the_stage() -> None:
    assert default_stage([seat("p", Role.PRESENTER, screen=OPEN)], None) is None


@pytest.mark.parametrize(
    ("roles", "expected"),
    [
        ((Role.RESEARCHER, Role.MODERATOR, Role.PRESENTER), "2"),
        ((Role.RESEARCHER, Role.MODERATOR), "1"),
        ((Role.RESEARCHER,), "0"),
        ((Role.PRESENTER, Role.PRESENTER), "0"),
    ],
)
def test_presenter_then_moderator_then_floor(
    roles: tuple[Role, ...], expected: str
) -> None:
    seats = [seat(str(n), role, camera=OPEN) for n, role in enumerate(roles)]
    assert default_stage(seats, None) == expected


def test_among_equals_the_present_one_stays() -> None:
    seats = [seat(n, Role.PRESENTER, microphone=OPEN) for n in "ab"]
    assert default_stage(seats, ParticipantId("b")) == "b"


def test_among_equals_the_dominant_speaker_replaces_the_present_one() -> None:
    seats = [seat(n, Role.PRESENTER, microphone=OPEN) for n in "ab"]
    seats.append(seat("m", Role.MODERATOR, microphone=OPEN))
    assert default_stage(seats, ParticipantId("a"), ParticipantId("b")) == "b"
    assert default_stage(seats, ParticipantId("a"), ParticipantId("m")) == "a"


def test_an_open_track_comes_before_a_muted_one() -> None:
    seats = [
        seat("a", Role.PRESENTER, microphone=SHUT, camera=SHUT),
        seat("b", Role.PRESENTER, microphone=OPEN),
    ]
    assert default_stage(seats, ParticipantId("a")) == "b"


def test_a_muted_participant_stays_on_stage_while_nobody_speaks() -> None:
    seats = [seat("a", Role.PRESENTER, microphone=SHUT)]
    assert default_stage(seats, ParticipantId("a")) == "a"


def lost(present: Seat) -> Seat:
    return replace(present, presence=Presence.LOST, kept_until=1.0)


def test_connected_participants_come_before_lost_ones() -> None:
    away = lost(seat("p", Role.PRESENTER, camera=OPEN))
    here = seat("m", Role.MODERATOR, camera=SHUT)
    assert default_stage([away, here], away.id) == here.id
    assert default_stage([away], away.id) == away.id


def test_a_choice_rests_while_its_participant_is_lost() -> None:
    chosen, other = [seat(n, Role.PRESENTER, camera=OPEN) for n in "ab"]
    stage = Stage(chosen=chosen.id, present=chosen.id)
    away = stage.settled([lost(chosen), other], now=0.0)
    assert (away.present, away.chosen) == (other.id, chosen.id)
    assert away.settled([chosen, other], now=1.0).present == chosen.id
    # Alone, a lost one is still better than an empty stage.
    assert stage.settled([lost(chosen)], now=0.0).present == chosen.id


def test_while_a_choice_is_suspended_the_stage_follows_speakers() -> None:
    chosen, first, speaker = [seat(n, Role.PRESENTER, camera=OPEN) for n in "cab"]
    stage = Stage(
        chosen=chosen.id, present=first.id, dominant=speaker.id, held_until=3.0
    )
    seats = [lost(chosen), first, speaker]
    assert stage.settled(seats, now=0.0).due == 3.0
    assert stage.settled(seats, now=3.0).present == speaker.id
    assert stage.settled([chosen, first, speaker], now=0.0).due is None


def test_a_choice_without_a_picture_stays() -> None:
    chosen = seat("r", Role.RESEARCHER)
    stage = Stage(chosen=chosen.id)
    other = seat("p", Role.PRESENTER, camera=OPEN)
    assert stage.settled([chosen, other], now=0.0).present == chosen.id
