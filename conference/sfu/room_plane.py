"""
One room on the packet plane: its publishers, its viewers, and who gets what.

Takes packets from publishers and hands them to the fan-out; moves slots to
other tracks when somebody starts, stops, speaks, shares or takes the stage, and
when a viewer changes what it shows. Whose screen or stage it is, is decided in
``conference.rooms``; this only follows. Driven by ``Router``.
"""

from collections.abc import Iterable
from itertools import chain

from conference.contract import media as m
from conference.contract.words import SlotGap, SlotGroup, Source
from conference.fanout.contract import Fanout, ViewerKey
from conference.ids import ParticipantId, RoomId
from conference.rtp import extensions
from conference.rtp.codecs import NOTHING, Codec
from conference.sfu.figures import Counts, RoomFigures, figures_of
from conference.sfu.inbound.keyframes import Asker
from conference.sfu.inbound.layer_meter import TEMPORALS
from conference.sfu.inbound.publisher import Arrived, Publisher
from conference.sfu.inbound.track import Layer, Track
from conference.sfu.outbound.adaptation import voice_price
from conference.sfu.outbound.assignment import assign
from conference.sfu.outbound.slot import Slot
from conference.sfu.outbound.switching import Switchboard
from conference.sfu.outbound.viewer import Viewer
from conference.sfu.speech.speakers import Loudest
from conference.sfu.watcher import Tap, Watcher

SILENT = 127
"""Level of RFC 6464 for a packet that carries none: present, but never loud."""
BASE_CODECS = frozenset({Codec.OPUS, Codec.VP8})
"""Every browser has them, also Firefox on a network that never sees a plugin."""
ALL_GROUPS = frozenset(SlotGroup)
FLOATING = frozenset({SlotGroup.FLOATING})
CONTENT = frozenset({SlotGroup.CONTENT})
STAGE_AND_OTHERS = frozenset({SlotGroup.STAGE, SlotGroup.FLOATING, SlotGroup.GRID})
"""Whoever leaves the stage is heard and shown elsewhere, and the other way round."""
FLOOD_SHARE = 0.7
"""Of what a layer takes: with an estimate below, it is stopped before its lower layer is
there. Higher: a still picture at each small dip; lower: voices wait in its queue."""
GROUPS: dict[Source, frozenset[SlotGroup]] = {
    Source.CAMERA: frozenset({SlotGroup.STAGE, SlotGroup.GRID}),
    Source.MICROPHONE: frozenset({SlotGroup.STAGE, SlotGroup.FLOATING}),
    Source.SCREEN: CONTENT,
    Source.SCREEN_AUDIO: CONTENT,
}
"""Slots that a change of a track can concern. A hall of a thousand viewers has
31,000; to look at all of them for a muted microphone would take 0.15 s."""


class RoomPlane:
    """
    The packet plane of one room.

    Inputs: packets and changes. Outputs: copies through the fan-out, ``events``
    for the domain (a list shared with the router), ``requests`` (tracks that need a
    key frame) and ``switched`` (viewers with a slot that changed its source);
    ``Router`` drains these.
    """

    def __init__(self, room: RoomId, fanout: Fanout, events: list[m.Event]) -> None:
        self.room = room
        self.publishers: dict[ParticipantId, Publisher] = {}
        self.viewers: dict[ParticipantId, Viewer] = {}
        self.taps: dict[ViewerKey, Tap] = {}
        """Watchers that are no viewers."""
        self.stage: ParticipantId | None = None
        self.events = events
        self.speakers_planned = False
        self.tending_planned = False
        self.counts = Counts()
        self.requests: set[Track] = set()
        self.switched: set[Viewer] = set()
        self._fanout = fanout
        self._loudest: Loudest[ParticipantId] = Loudest()
        self._ranking: tuple[ParticipantId, ...] = ()
        self._speaking: tuple[ParticipantId, ...] = ()
        self._dominant: ParticipantId | None = None
        self._sharing: list[ParticipantId] = []
        self._switchboard = Switchboard(fanout, self._started, self.want_key_frame)

    @property
    def empty(self) -> bool:
        """Whether nobody publishes or watches here."""
        return not self.publishers and not self.viewers and not self.taps

    @property
    def decodable(self) -> frozenset[Codec]:
        """
        Codecs that every viewer of the room decodes, and the base codecs.

        One viewer that says it lacks a base codec cannot push a whole room to
        another one; it is told that its slots stay empty.
        """
        codecs = frozenset(Codec)
        for viewer in self.viewers.values():
            codecs &= viewer.fmt.decodable | BASE_CODECS
        return codecs

    # Packets

    def on_packet(self, arrived: Arrived, *, now: float) -> None:
        """Forward a packet; slots that waited for it follow from here on."""
        track, layer = arrived.track, arrived.layer
        if arrived.first:
            self._start(track, now)
        if not track.active:
            return
        if layer.restarts:
            self._switchboard.restart(layer)
        if track.source is Source.MICROPHONE:
            value = arrived.packet.level
            level = extensions.audio_level(value) if value else SILENT
            self._loudest.on_level(track.participant, level, now=now)
        if arrived.recovered is not None:
            self._fanout.forward(layer.key, arrived.recovered, NOTHING, now=now)
        if self.taps:
            for tap in self.taps.values():
                tap.on_packet(arrived, now=now)
        self._switchboard.on_packet(arrived, now=now)
        copies = self._fanout.forward(layer.key, arrived.packet, arrived.head, now=now)
        counts, octets = self.counts, len(arrived.packet.payload)
        counts.received_packets += 1
        counts.received_octets += octets
        counts.forwarded_packets += copies
        counts.forwarded_octets += copies * octets

    def figures(self) -> RoomFigures:
        """Return what the room is doing."""
        return figures_of(
            self.room, self.counts, self.publishers.values(), self.viewers.values()
        )

    def _start(self, track: Track, now: float) -> None:
        self.events.append(
            m.TrackStarted(
                self.room,
                track.participant,
                track.generation,
                track.source,
                track.codec.value,
            )
        )
        self._refresh_sharing(track)
        self._follow(track, now)

    def _follow(self, track: Track, now: float) -> None:
        """Move the slots that a change of this track can concern."""
        groups, participant = GROUPS[track.source], track.participant
        for viewer in self.viewers.values():
            if viewer.connected and (
                track.source is not Source.CAMERA
                or viewer.shows(participant, self.stage)
                or viewer.carries(track)
            ):
                self._reassign(viewer, groups, now)

    def _started(self, viewer: Viewer, slot: Slot) -> None:
        self.switched.add(viewer)
        if slot.current is not None:
            self._announce(viewer, [(slot, _carrying(slot, slot.current.track))])

    # Changes

    def set_active(self, track: Track, *, active: bool, now: float) -> None:
        """Open or shut the gate of a track."""
        if track.active == active:
            return
        track.active = active
        self._refresh_sharing(track)
        if not active and track.source is Source.MICROPHONE:
            self._loudest.remove(track.participant)
        self._follow(track, now)

    def begin_tracks(self, tracks: Iterable[Track], *, now: float) -> None:
        """Take in new tracks: their publisher sends every layer until it is told."""
        for track in tracks:
            for layer in track.layers:
                self._fanout.open_layer(layer.key, track.codec)
            if track.video:
                self._tell_wanted(track, frozenset(range(len(track.layers))), now)

    def end_tracks(self, tracks: Iterable[Track], *, now: float) -> None:
        """Take tracks away: their slots stop, then find other tracks."""
        for track in tracks:
            track.active = False
            self._refresh_sharing(track)
            if track.source is Source.MICROPHONE:
                self._loudest.remove(track.participant)
            publisher = self.publishers.get(track.participant)
            if publisher is None or track.source not in publisher.tracks:
                # Else another one of its source goes on in its place.
                self.events.append(
                    m.TrackStopped(
                        self.room, track.participant, track.generation, track.source
                    )
                )
            self._follow(track, now)
        for track in tracks:
            for layer in track.layers:
                self._switchboard.close(layer)

    def _refresh_sharing(self, track: Track) -> None:
        if track.source is not Source.SCREEN:
            return
        if track.participant in self._sharing:
            self._sharing.remove(track.participant)
        if track.live:
            self._sharing.append(track.participant)

    def remove_viewer(self, participant: ParticipantId) -> None:
        """Take a viewer away with all its slots."""
        viewer = self.viewers.pop(participant, None)
        if viewer is None:
            return
        self.switched.discard(viewer)
        self._switchboard.forget(viewer)

    def evaluate_speakers(self, *, now: float) -> None:
        """Follow who is loudest and who speaks; called some times a second."""
        ranking, speaking = self._loudest.evaluate(now=now)
        dominant = self._loudest.dominant
        if (speaking, dominant) != (self._speaking, self._dominant):
            self._speaking, self._dominant = speaking, dominant
            self.events.append(m.SpeakersChanged(self.room, speaking, dominant))
        if ranking != self._ranking:
            self._ranking = ranking
            self.reassign(groups=FLOATING, now=now)

    def reassign(
        self,
        viewer: Viewer | None = None,
        *,
        groups: frozenset[SlotGroup] = ALL_GROUPS,
        now: float,
    ) -> None:
        """Put the right tracks into the slots of one viewer, or of all."""
        for one in (viewer,) if viewer is not None else self.viewers.values():
            if one.connected:
                self._reassign(one, groups, now)

    def _reassign(
        self, viewer: Viewer, groups: frozenset[SlotGroup], now: float
    ) -> None:
        view = viewer.view(
            stage=self.stage,
            sharing=self._sharing[-1] if self._sharing else None,
            loudest=self._ranking,
        )
        slots = [slot for slot in viewer.slots if slot.fmt.group in groups]
        wanted = assign(view, ((s.fmt, s.track) for s in slots), self._find)
        changes: list[tuple[Slot, m.SlotState]] = []
        for slot, track in zip(slots, wanted, strict=True):
            slot.track = track
            if track is not None and track.codec not in viewer.fmt.decodable:
                slot.track = None
                self._retarget(viewer, slot, None, now)
                changes.append((slot, _undecodable(slot, track)))
            elif slot.fmt.kind == "audio":
                self._retarget(viewer, slot, track.layers[0] if track else None, now)
                # A voice is there so soon that to say it is not yet would only
                # double the messages.
                if track is None:
                    changes.append((slot, m.SlotState(slot.fmt.mid)))
            elif track is None:
                self._retarget(viewer, slot, None, now)
                changes.append((slot, m.SlotState(slot.fmt.mid)))
        self._announce(viewer, changes)
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
        self._switchboard.retarget(viewer, slot, layer, TEMPORALS - 1, now=now)

    def adapt(self, viewer: Viewer, *, now: float) -> None:
        """Give each picture of a viewer the layer that its link and screen allow."""
        # Sound that the browser does not count is no part of the estimate either.
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
        changes: list[tuple[Slot, m.SlotState]] = []
        for slot in viewer.pictures:
            track, choice = slot.track, chosen.get(slot.key)
            if track is None:
                continue
            if choice is None:
                self._retarget(viewer, slot, None, now)
                changes.append((slot, _paused(slot, track)))
                continue
            slot.wish = choice[0]
            layer = _startable(slot, track, choice[0], now)
            self._switchboard.retarget(viewer, slot, layer, choice[1], now=now)
            if _floods(viewer, slot, layer):
                # Its lower layer may take a moment to come; voices cannot wait.
                self._switchboard.stop(slot)
            for spatial in {choice[0], layer.spatial}:
                requested = track.demand.requested
                if requested is not None and spatial not in requested:
                    self._tell_wanted(track, requested | {spatial}, now)
            if slot.current is None and not _shows(slot, track):
                # A picture that waits for its source shows nobody.
                changes.append((slot, m.SlotState(slot.fmt.mid)))
        self._announce(viewer, changes)

    def tend(self, *, now: float) -> None:
        """Do what time asks for: rates, stalled layers, layers nobody watches."""
        watched: dict[Track, set[int]] = {}
        worst = max(
            (
                viewer.adaptation.loss(now=now)
                for viewer in self.viewers.values()
                if viewer.connected
            ),
            default=0.0,
        )
        for publisher in self.publishers.values():
            publisher.heard_loss = worst
            for track in publisher.tracks.values():
                absent = [layer.tend(now=now) for layer in track.layers]
                if track.video:
                    watched[track] = set()
                if any(absent):
                    self._announce_wanted(track)
        for viewer in self.viewers.values():
            if not viewer.connected:
                continue
            if viewer.pictures and _needs_attention(viewer, now):
                self.adapt(viewer, now=now)
            starved = self._fanout.starved(viewer.key)
            for slot in viewer.pictures:
                if self._switchboard.give_up(slot, now=now):
                    self._announce(viewer, [(slot, m.SlotState(slot.fmt.mid))])
                if starved and slot.current and slot.current is slot.target:
                    # A slot on its way to another layer has asked for that one's.
                    self.want_key_frame(slot.current, viewer.key)
        connected = (one for one in self.viewers.values() if one.connected)
        watchers: Iterable[Watcher] = chain(connected, self.taps.values())
        for watcher in watchers:
            for track, spatial in watcher.watched():
                if track in watched:
                    watched[track].add(spatial)
        for track, spatials in watched.items():
            wanted = track.layers_to_request(spatials, now=now)
            if track.started and wanted != track.demand.requested:
                self._tell_wanted(track, wanted, now)

    def repeat_wanted(self, tracks: Iterable[Track], *, now: float) -> None:
        """Tell a publisher that may have missed it which layers to send."""
        for track in tracks:
            track.repeat_request(now=now)
            self._announce_wanted(track)

    def _tell_wanted(self, track: Track, wanted: frozenset[int], now: float) -> None:
        track.demand.request(wanted, now=now)
        self._announce_wanted(track)

    def _announce_wanted(self, track: Track) -> None:
        if track.demand.requested is None:
            return
        self.events.append(
            m.LayersWanted(
                self.room,
                track.participant,
                track.generation,
                track.source,
                tuple(sorted(track.demand.requested)),
            )
        )

    def _find(self, participant: ParticipantId, source: Source) -> Track | None:
        publisher = self.publishers.get(participant)
        track = publisher.tracks.get(source) if publisher is not None else None
        return track if track is not None and track.live else None

    def want_key_frame(self, layer: Layer, asker: Asker) -> None:
        """Ask for a key frame of a layer, without which a watcher cannot go on."""
        layer.track.key_frames.want(layer.spatial, asker)
        self.requests.add(layer.track)

    def _announce(
        self, viewer: Viewer, changes: list[tuple[Slot, m.SlotState]]
    ) -> None:
        news = []
        for slot, state in changes:
            if slot.state != state:
                slot.state = state
                news.append(state)
        if news:
            self.events.append(
                m.SlotsChanged(
                    self.room, viewer.participant, viewer.generation, tuple(news)
                )
            )


def _startable(slot: Slot, track: Track, spatial: int, now: float) -> Layer:
    """
    Return the layer to wait for: the chosen one, or a smaller one that is there.

    A place that shows nothing yet, or a layer that stopped, is filled with what
    comes already; the chosen layer follows as soon as it flows.
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
    """Whether a slot that shall go down sends much more than its link carries."""
    shown = slot.current
    return (
        shown is not None
        and shown.track is layer.track
        and layer.spatial < shown.spatial
        and viewer.adaptation.heard
        and viewer.adaptation.estimator.bitrate_bps
        < FLOOD_SHARE * shown.meter.rates[slot.temporal]
    )


def _shows(slot: Slot, track: Track) -> bool:
    """Whether its participant sees this track there already, be it a still picture."""
    state = slot.state
    return state.gap is None and (state.participant, state.source) == (
        track.participant,
        track.source,
    )


def _needs_attention(viewer: Viewer, now: float) -> bool:
    """Whether something may be decided better than it was."""
    if viewer.adaptation.due(now=now):
        return True
    return viewer.adaptation.rested(now=now) and any(
        slot.target is None
        or slot.current is not slot.target
        or slot.target.spatial != slot.wish
        or not slot.target.flows(now=now)
        for slot in viewer.pictures
    )


def _carrying(slot: Slot, track: Track) -> m.SlotState:
    return m.SlotState(slot.fmt.mid, track.participant, track.source, track.codec.value)


def _paused(slot: Slot, track: Track) -> m.SlotState:
    return _missing(slot, track, SlotGap.LINK)


def _undecodable(slot: Slot, track: Track) -> m.SlotState:
    return _missing(slot, track, SlotGap.CODEC)


def _missing(slot: Slot, track: Track, gap: SlotGap) -> m.SlotState:
    return m.SlotState(
        slot.fmt.mid, track.participant, track.source, track.codec.value, gap
    )
