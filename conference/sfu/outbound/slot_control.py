"""
What the slots of a room's viewers carry, and what each viewer is informed of it.

Puts the layout (``assignment``) and the choice of layers (``adaptation``) into effect
through the ``Switchboard``, and keeps each slot's published state. Whose screen and
whose stage it is, is the room's to know. Driven by ``RoomPlane``.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from conference.contract import media
from conference.contract.words import SlotGap, SlotGroup
from conference.fanout.contract import Fanout
from conference.ids import ParticipantId
from conference.sfu.inbound.keyframes import Requester
from conference.sfu.inbound.layer_meter import TEMPORALS
from conference.sfu.inbound.track import Layer, Track
from conference.sfu.outbound.adaptation import voice_price
from conference.sfu.outbound.assignment import Find, assign
from conference.sfu.outbound.slot import Slot
from conference.sfu.outbound.switching import Switchboard
from conference.sfu.outbound.viewer import Viewer

ALL_GROUPS = frozenset(SlotGroup)
FLOATING = frozenset({SlotGroup.FLOATING})
FLOOD_SHARE = 0.7
"""Of a layer's bitrate: with an estimate below, it is stopped before its lower layer
flows. Higher: a still picture at each small dip; lower: voices wait in its queue."""

WantKeyFrame = Callable[[Layer, Requester], None]
RequestLayer = Callable[[Track, int, float], None]
"""Requests a spatial layer of a track from its publisher, at a time."""


@dataclass(frozen=True, slots=True)
class Highlights:
    """What a room puts forward to every viewer."""

    stage: ParticipantId | None = None
    """The participant on the stage."""
    sharing: ParticipantId | None = None
    """The participant whose screen is shown."""
    loudest: tuple[ParticipantId, ...] = ()
    """The ranking of microphones."""


class SlotControl:
    """
    The slots of one room.

    Inputs: ``assign``, ``adapt``, ``tend``. Outputs: ``events`` for the domain,
    ``switched``, and what the ``switchboard`` does.

    Args:
        fanout: Where slots are attached.
        events: A list shared with the room.
        find: Looks up live tracks.
        request_layer: Called for a chosen layer that its publisher does not send.
        want_key_frame: Called for a layer that a viewer cannot continue without.
    """

    def __init__(
        self,
        fanout: Fanout,
        events: list[media.Event],
        find: Find,
        request_layer: RequestLayer,
        want_key_frame: WantKeyFrame,
    ) -> None:
        self._fanout = fanout
        self._events = events
        self._find = find
        self._request_layer = request_layer
        self._want_key_frame = want_key_frame
        self.switchboard = Switchboard(fanout, self._started, want_key_frame)
        self.switched: set[Viewer] = set()
        """Viewers with a slot that changed its source; the owner clears it."""

    def _started(self, viewer: Viewer, slot: Slot) -> None:
        self.switched.add(viewer)
        if slot.current is not None:
            self._publish(viewer, [(slot, _state(slot, slot.current.track))])

    def assign(
        self,
        viewer: Viewer,
        highlights: Highlights,
        groups: frozenset[SlotGroup] = ALL_GROUPS,
        *,
        now: float,
    ) -> None:
        """Put the right tracks into a viewer's slots of some groups."""
        view = viewer.view(
            stage=highlights.stage,
            sharing=highlights.sharing,
            loudest=highlights.loudest,
        )
        slots = [slot for slot in viewer.slots if slot.fmt.group in groups]
        wanted = assign(view, ((s.fmt, s.track) for s in slots), self._find)
        changes: list[tuple[Slot, media.SlotState]] = []
        for slot, track in zip(slots, wanted, strict=True):
            slot.track = track
            if track is not None and track.codec not in viewer.fmt.decodable:
                slot.track = None
                self._retarget(viewer, slot, None, now)
                changes.append((slot, _state(slot, track, SlotGap.CODEC)))
            elif slot.fmt.kind == "audio":
                self._retarget(viewer, slot, track.layers[0] if track else None, now)
                # A voice starts so soon that a state without it would only double the
                # messages.
                if track is None:
                    changes.append((slot, media.SlotState(slot.fmt.mid)))
            elif track is None:
                self._retarget(viewer, slot, None, now)
                changes.append((slot, media.SlotState(slot.fmt.mid)))
        self._publish(viewer, changes)
        if groups != FLOATING:
            viewer.pictures = [
                slot
                for slot in viewer.slots
                if slot.fmt.kind == "video" and slot.track is not None
            ]
            self.adapt(viewer, now=now)

    def _retarget(
        self, viewer: Viewer, slot: Slot, layer: Layer | None, now: float
    ) -> None:
        self.switchboard.retarget(viewer, slot, layer, TEMPORALS - 1, now=now)

    def adapt(self, viewer: Viewer, *, now: float) -> None:
        """Give each picture of a viewer the layer that its link and screen allow."""
        # Audio that the browser's feedback leaves out is not in the estimate either.
        voices_bps = sum(
            voice_price(slot.target, reinforced=viewer.reinforcing)
            for slot in viewer.slots
            if slot.target is not None
            and slot.fmt.kind == "audio"
            and viewer.fmt.audio_transport_cc
        )
        chosen = viewer.adaptation.choose(
            viewer.pictures, viewer.heights(), voices_bps, now=now
        )
        changes: list[tuple[Slot, media.SlotState]] = []
        for slot in viewer.pictures:
            track, choice = slot.track, chosen.get(slot.key)
            if track is None:
                continue
            if choice is None:
                self._retarget(viewer, slot, None, now)
                changes.append((slot, _state(slot, track, SlotGap.LINK)))
                continue
            slot.chosen = choice[0]
            layer = _startable(slot, track, choice[0], now)
            self.switchboard.retarget(viewer, slot, layer, choice[1], now=now)
            if _floods(viewer, slot, layer):
                # Its lower layer may take a moment to start; voices cannot wait.
                self.switchboard.stop(slot)
            for spatial in {choice[0], layer.spatial}:
                if track.demand.stopped(spatial):
                    self._request_layer(track, spatial, now)
            if slot.current is None and not _published(slot, track):
                # No participant is named until the picture has started.
                changes.append((slot, media.SlotState(slot.fmt.mid)))
        self._publish(viewer, changes)

    def tend(self, viewer: Viewer, *, now: float) -> None:
        """Choose again if it may improve; end what waited too long; help decoders."""
        if viewer.pictures and _may_improve(viewer, now):
            self.adapt(viewer, now=now)
        starved = self._fanout.starved(viewer.key)
        for slot in viewer.pictures:
            if self.switchboard.give_up(slot, now=now):
                self._publish(viewer, [(slot, media.SlotState(slot.fmt.mid))])
            if starved and slot.current and slot.current is slot.target:
                # A slot that changes its layer has requested the next one's key frame.
                self._want_key_frame(slot.current, viewer.key)

    def forget(self, viewer: Viewer) -> None:
        """Remove a viewer with all its slots."""
        self.switched.discard(viewer)
        self.switchboard.forget(viewer)

    def _publish(
        self, viewer: Viewer, changes: Iterable[tuple[Slot, media.SlotState]]
    ) -> None:
        """Inform a viewer of the states that differ from the last ones."""
        changed = []
        for slot, state in changes:
            if slot.state != state:
                slot.state = state
                changed.append(state)
        if changed:
            self._events.append(
                media.SlotsChanged(
                    viewer.room,
                    viewer.participant,
                    viewer.generation,
                    tuple(changed),
                )
            )


def _startable(slot: Slot, track: Track, spatial: int, now: float) -> Layer:
    """
    Return the layer to wait for: the chosen one, or a smaller one that flows.

    An empty slot, or one whose layer stopped, is filled with a layer that flows already;
    the chosen one follows as soon as it flows.
    """
    layer = track.layers[spatial]
    shown = slot.current
    if layer.flows(now=now) or (
        shown is not None and shown.track is track and shown.flows(now=now)
    ):
        return layer
    flowing = [other for other in track.layers if other.flows(now=now)]
    smaller = [other for other in flowing if other.spatial < spatial]
    return (smaller or flowing or [layer])[-1 if smaller else 0]


def _floods(viewer: Viewer, slot: Slot, layer: Layer) -> bool:
    """Return whether a slot that is to be lowered sends much more than its link carries."""
    shown = slot.current
    return (
        shown is not None
        and shown.track is layer.track
        and layer.spatial < shown.spatial
        and viewer.adaptation.has_feedback
        and viewer.adaptation.estimator.bitrate_bps
        < FLOOD_SHARE * shown.meter.rates[slot.temporal]
    )


def _published(slot: Slot, track: Track) -> bool:
    """Return whether the slot's published state names this track, moving or still."""
    state = slot.state
    return state.gap is None and (state.participant, state.source) == (
        track.participant,
        track.source,
    )


def _may_improve(viewer: Viewer, now: float) -> bool:
    """Return whether another choice of layers may be better than the last one."""
    if viewer.adaptation.due(now=now):
        return True
    return viewer.adaptation.rested(now=now) and any(
        slot.target is None
        or slot.current is not slot.target
        or slot.target.spatial != slot.chosen
        or not slot.target.flows(now=now)
        for slot in viewer.pictures
    )


def _state(slot: Slot, track: Track, gap: SlotGap | None = None) -> media.SlotState:
    """Return what a slot carries, or why it does not."""
    return media.SlotState(
        slot.fmt.mid, track.participant, track.source, track.codec.value, gap
    )
