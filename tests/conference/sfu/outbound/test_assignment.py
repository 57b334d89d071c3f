"""The layout rule: which track each slot of a viewer should carry."""

from itertools import count

from hypothesis import given
from hypothesis import strategies as st

from conference.contract.words import Generation, SlotGroup, Source
from conference.fanout.contract import LayerKey
from conference.fanout.formats import SlotFormat
from conference.ids import Mid, ParticipantId
from conference.sfu.inbound.capture import PublisherClock
from conference.sfu.inbound.track import Track
from conference.sfu.outbound.assignment import View, assign
from conference.sfu.outbound.slot import plan_slots
from tests.support.bench import track_format

CONTENT, STAGE = SlotGroup.CONTENT, SlotGroup.STAGE
FLOATING, GRID = SlotGroup.FLOATING, SlotGroup.GRID
NAMES = tuple(map(ParticipantId, ("ada", "bo", "cy", "di", "ed", "flo")))
ADA, BO, CY, DI, ED, FLO = NAMES
VIEWER = ParticipantId("viewer")
NUMBERS = count(1)
SLOTS = plan_slots(lambda _: next(NUMBERS))


def made(participant: ParticipantId, source: Source) -> Track:
    keys = map(LayerKey, NUMBERS)
    fmt = track_format(source)
    return Track(keys, participant, Generation(1), fmt, PublisherClock())


class Room:
    """Participants with all sources each, and the slots of one viewer."""

    def __init__(self, *publishing: ParticipantId) -> None:
        self.tracks = {
            (who, source): made(who, source) for who in publishing for source in Source
        }
        self.slots: list[tuple[SlotFormat, Track | None]] = [
            (slot, None) for slot in SLOTS
        ]

    def assign(self, view: View) -> None:
        tracks = assign(
            view, self.slots, lambda who, source: self.tracks.get((who, source))
        )
        self.slots = list(zip(SLOTS, tracks, strict=True))

    def carried(self, group: SlotGroup) -> dict[Mid, tuple[ParticipantId, Source]]:
        return {
            slot.mid: (track.participant, track.source)
            for slot, track in self.slots
            if slot.group is group and track is not None
        }

    def participants(self, group: SlotGroup) -> list[ParticipantId]:
        return [participant for participant, _ in self.carried(group).values()]


def view(
    *cameras: ParticipantId,
    stage: ParticipantId | None = None,
    sharing: ParticipantId | None = None,
    loudest: tuple[ParticipantId, ...] = (),
    stage_shown: bool = True,
    screen_shown: bool = True,
) -> View:
    return View(VIEWER, stage, sharing, loudest, cameras, stage_shown, screen_shown)


def test_an_empty_view_leaves_every_slot_empty() -> None:
    room = Room(*NAMES)
    room.assign(view())
    assert all(track is None for _, track in room.slots)


def test_screen_and_stage_have_slots_of_their_own() -> None:
    room = Room(ADA, BO)
    room.assign(view(stage=ADA, sharing=BO))
    assert list(room.carried(CONTENT).values()) == [
        (BO, Source.SCREEN),
        (BO, Source.SCREEN_AUDIO),
    ]
    assert list(room.carried(STAGE).values()) == [
        (ADA, Source.CAMERA),
        (ADA, Source.MICROPHONE),
    ]


def test_pictures_that_are_not_shown_leave_their_sound() -> None:
    room = Room(ADA, BO)
    room.assign(view(stage=ADA, sharing=BO, stage_shown=False, screen_shown=False))
    assert list(room.carried(CONTENT).values()) == [(BO, Source.SCREEN_AUDIO)]
    assert list(room.carried(STAGE).values()) == [(ADA, Source.MICROPHONE)]


def test_a_viewer_never_gets_its_own_media() -> None:
    room = Room(VIEWER, ADA)
    room.assign(view(VIEWER, ADA, stage=VIEWER, sharing=VIEWER, loudest=(VIEWER, ADA)))
    assert room.carried(STAGE) == room.carried(CONTENT) == {}
    assert room.participants(GRID) == room.participants(FLOATING) == [ADA]


def test_the_stage_is_neither_in_the_grid_nor_among_the_floating_voices() -> None:
    room = Room(ADA, BO)
    room.assign(view(ADA, BO, stage=ADA, loudest=(ADA, BO)))
    assert room.participants(GRID) == room.participants(FLOATING) == [BO]


def test_the_first_three_of_the_ranking_are_heard() -> None:
    room = Room(*NAMES)
    room.assign(view(loudest=(BO, CY, DI, ED, FLO)))
    assert room.participants(FLOATING) == [BO, CY, DI]


def test_a_participant_without_the_track_takes_no_slot() -> None:
    room = Room(BO)
    room.assign(view(ADA, BO, stage=ADA, loudest=(ADA, BO)))
    assert room.carried(STAGE) == {}
    assert room.participants(GRID) == room.participants(FLOATING) == [BO]


def test_what_has_a_slot_keeps_it() -> None:
    room = Room(*NAMES)
    room.assign(view(ADA, BO, CY))
    before = room.carried(GRID)
    room.assign(view(DI, CY, ADA))
    after = room.carried(GRID)
    kept = {mid: who for mid, who in before.items() if who[0] is not BO}
    assert kept.items() <= after.items()
    assert set(room.participants(GRID)) == {ADA, CY, DI}


def test_the_most_important_cameras_get_the_slots_there_are() -> None:
    many = [ParticipantId(f"p{number}") for number in range(30)]
    room = Room(*many)
    room.assign(view(*many))
    places = sum(slot.group is GRID for slot in SLOTS)
    assert room.participants(GRID) == many[:places]


def test_a_camera_that_is_named_twice_takes_one_slot() -> None:
    room = Room(ADA)
    room.assign(view(ADA, ADA))
    assert room.participants(GRID) == [ADA]


@given(
    st.lists(
        st.builds(
            lambda cameras, loudest, stage: view(
                *cameras, stage=stage, loudest=tuple(loudest)
            ),
            st.lists(st.sampled_from(NAMES)),
            st.lists(st.sampled_from(NAMES), unique=True),
            st.none() | st.sampled_from(NAMES),
        ),
        max_size=6,
    )
)
def test_any_views_in_turn_put_each_track_into_one_slot_at_most(
    views: list[View],
) -> None:
    room = Room(*NAMES)
    for one in views:
        before = room.carried(GRID)
        room.assign(one)
        tracks = [track for _, track in room.slots if track is not None]
        assert len(tracks) == len(set(tracks))
        shown = {who for who in one.cameras if who != one.stage}
        assert set(room.participants(GRID)) == shown
        still = {mid: who for mid, who in before.items() if who[0] in shown}
        assert still.items() <= room.carried(GRID).items()
