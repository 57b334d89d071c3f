"""
The layout of a viewer: which track each slot carries, as one pure function.

A shared screen goes to the content pair, the stage's camera and microphone to the
stage pair, the loudest others to the floating slots, and the cameras that the
viewer shows to the grid. A track that already has a slot keeps it.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from conference.contract.words import SlotGroup, Source
from conference.fanout.formats import SlotFormat
from conference.ids import ParticipantId
from conference.sfu.inbound.track import Track

Find = Callable[[ParticipantId, Source], Track | None]
"""The live track of a participant and source, if there is one."""


@dataclass(frozen=True, slots=True)
class View:
    """What a viewer should receive."""

    viewer: ParticipantId
    stage: ParticipantId | None
    """The viewer's own choice of the stage, or the room's."""
    sharing: ParticipantId | None
    """The participant whose screen is shown in the room."""
    loudest: Sequence[ParticipantId]
    """The room's ranking of microphones."""
    cameras: Sequence[ParticipantId]
    """Grid cameras on the viewer's screen, the most important first."""
    stage_shown: bool = True
    """The stage is on the viewer's screen; its voice is sent in any case."""
    screen_shown: bool = True
    """The shared screen is on the viewer's screen; its sound is sent in any case."""


def assign(
    view: View, slots: Iterable[tuple[SlotFormat, Track | None]], find: Find
) -> list[Track | None]:
    """
    Return the track that each slot should carry.

    Args:
        view: What the viewer should receive.
        slots: Every slot with the track it carries or waits for, in order.
        find: Looks up live tracks.
    """
    listed = list(slots)
    singles = _singles(view, find)
    floating = [
        track
        for participant in view.loudest
        if participant not in (view.viewer, view.stage)
        and (track := find(participant, Source.MICROPHONE)) is not None
    ]
    grid = [
        track
        for participant in view.cameras
        if participant not in (view.viewer, view.stage)
        and (track := find(participant, Source.CAMERA)) is not None
    ]
    result: list[Track | None] = [None] * len(listed)
    for group, wanted in ((SlotGroup.FLOATING, floating), (SlotGroup.GRID, grid)):
        places = [i for i, (fmt, _) in enumerate(listed) if fmt.group is group]
        chosen = list(dict.fromkeys(wanted))[: len(places)]
        waiting = [t for t in chosen if not any(listed[i][1] is t for i in places)]
        for i in places:
            held = listed[i][1]
            if held is not None and held in chosen:
                result[i] = held
            elif waiting:
                result[i] = waiting.pop(0)
    for i, (fmt, _) in enumerate(listed):
        if (fmt.group, fmt.kind) in singles:
            result[i] = singles[fmt.group, fmt.kind]
    return result


def _singles(view: View, find: Find) -> dict[tuple[SlotGroup, str], Track | None]:
    def track(participant: ParticipantId | None, source: Source) -> Track | None:
        if participant is None or participant == view.viewer:
            return None
        return find(participant, source)

    return {
        (SlotGroup.CONTENT, "video"): track(
            view.sharing if view.screen_shown else None, Source.SCREEN
        ),
        (SlotGroup.CONTENT, "audio"): track(view.sharing, Source.SCREEN_AUDIO),
        (SlotGroup.STAGE, "video"): track(
            view.stage if view.stage_shown else None, Source.CAMERA
        ),
        (SlotGroup.STAGE, "audio"): track(view.stage, Source.MICROPHONE),
    }
