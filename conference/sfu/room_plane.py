"""
One room on the packet plane: its publishers, its viewers, and what each viewer gets.

Takes packets from publishers and hands them to the fan-out; assigns slots again when a
participant starts, stops, speaks, shares or takes the stage, and when a viewer changes
what it shows; requests the layers that are watched. Who may share or be on the stage is
decided in ``conference.rooms``; this only follows. Driven by ``Router`` and ``Duties``.
"""

import logging
from collections.abc import Iterable

from conference.contract import media
from conference.contract.figures import RoomFigures
from conference.contract.words import SlotGroup, Source
from conference.fanout.contract import Fanout, ViewerKey
from conference.ids import ParticipantId, RoomId
from conference.rtp import extensions
from conference.rtp.codecs import NOTHING, Codec
from conference.sfu.counts import Counts
from conference.sfu.figures import figures_of
from conference.sfu.inbound.keyframes import Requester
from conference.sfu.inbound.publisher import Arrived, Publisher
from conference.sfu.inbound.track import Layer, Track
from conference.sfu.outbound.feedback import ViewerFeedback
from conference.sfu.outbound.slot_control import (
    ALL_GROUPS,
    FLOATING,
    Highlights,
    SlotControl,
)
from conference.sfu.outbound.viewer import Viewer
from conference.sfu.speech.speakers import Loudest
from conference.sfu.watcher import Tap, Watcher

log = logging.getLogger(__name__)

SILENT = 127
"""Level of RFC 6464 for a packet that carries none: present, but never loud."""
BASE_CODECS = frozenset({Codec.OPUS, Codec.VP8})
"""Every browser has them, even Firefox on a network where it cannot fetch a plugin."""
CONTENT = frozenset({SlotGroup.CONTENT})
STAGE_AND_OTHERS = frozenset({SlotGroup.STAGE, SlotGroup.FLOATING, SlotGroup.GRID})
"""A participant that leaves the stage is heard and shown elsewhere, and vice versa."""
GROUPS: dict[Source, frozenset[SlotGroup]] = {
    Source.CAMERA: frozenset({SlotGroup.STAGE, SlotGroup.GRID}),
    Source.MICROPHONE: frozenset({SlotGroup.STAGE, SlotGroup.FLOATING}),
    Source.SCREEN: CONTENT,
    Source.SCREEN_AUDIO: CONTENT,
}
"""Slots that a change of a track can concern. A room of a thousand viewers has
31,000; to check all of them for a muted microphone would take 0.15 s."""


class RoomPlane:
    """
    The packet plane of one room.

    Inputs: packets and changes. Outputs: copies through the fan-out, ``events``
    for the domain (a list shared with the router), ``requests`` (tracks that need a
    key frame) and ``switched`` (viewers with a slot that changed its source);
    ``Duties`` takes the last two.
    """

    def __init__(
        self,
        room: RoomId,
        fanout: Fanout,
        events: list[media.Event],
        *,
        wall_offset: float,
    ) -> None:
        self.room = room
        self.publishers: dict[ParticipantId, Publisher] = {}
        self.viewers: dict[ParticipantId, Viewer] = {}
        self.taps: dict[ViewerKey, Tap] = {}
        """Watchers that are not viewers."""
        self.stage: ParticipantId | None = None
        self.events = events
        self.counts = Counts()
        self.requests: set[Track] = set()
        self._fanout = fanout
        self._loudest: Loudest[ParticipantId] = Loudest()
        self._ranking: tuple[ParticipantId, ...] = ()
        self._speaking: tuple[ParticipantId, ...] = ()
        self._dominant: ParticipantId | None = None
        self._sharing: list[ParticipantId] = []
        self._slots = SlotControl(
            fanout, events, self._find, self._request_layer, self.want_key_frame
        )
        self._switchboard = self._slots.switchboard
        self.switched = self._slots.switched
        self.feedback = ViewerFeedback(
            fanout,
            self._slots,
            self.want_key_frame,
            self.counts,
            wall_offset=wall_offset,
        )

    @property
    def empty(self) -> bool:
        """Whether the room has neither publishers nor watchers."""
        return not self.publishers and not self.viewers and not self.taps

    @property
    def has_speakers(self) -> bool:
        """Whether ``evaluate_speakers`` may find a change."""
        return bool(
            self.publishers or self._ranking or self._speaking or self._dominant
        )

    @property
    def decodable(self) -> frozenset[Codec]:
        """
        Codecs that every viewer of the room decodes, and the base codecs.

        One viewer that lacks a base codec cannot make a whole room use another one; it
        is informed that its slots stay empty.
        """
        codecs = frozenset(Codec)
        for viewer in self.viewers.values():
            codecs &= viewer.fmt.decodable | BASE_CODECS
        return codecs

    def request_codecs(self) -> None:
        """Ask publishers to negotiate again whose codecs a viewer cannot decode."""
        decodable = self.decodable
        for publisher in self.publishers.values():
            if publisher.requested_codecs != decodable and any(
                track.codec not in decodable for track in publisher.tracks.values()
            ):
                publisher.requested_codecs = decodable
                self.events.append(
                    media.PublishNeeded(
                        self.room, publisher.participant, publisher.generation
                    )
                )

    # Packets

    def on_packet(self, arrived: Arrived, *, now: float) -> None:
        """Forward a packet; slots that waited for it start here."""
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
            self._to_taps(arrived, now)
        self._switchboard.on_packet(arrived, now=now)
        copies = self._fanout.forward(layer.key, arrived.packet, arrived.head, now=now)
        counts, octets = self.counts, len(arrived.packet.payload)
        counts.received_packets += 1
        counts.received_octets += octets
        counts.forwarded_packets += copies
        counts.forwarded_octets += copies * octets

    def _to_taps(self, arrived: Arrived, now: float) -> None:
        for key, tap in list(self.taps.items()):
            try:
                tap.on_packet(arrived, now=now)
            except Exception:
                self._drop_tap(key)

    def _drop_tap(self, key: ViewerKey) -> None:
        """Remove a tap whose exception is being handled: the room continues without it."""
        self.taps.pop(key, None)
        log.exception("a tap of a room's packets failed and was removed")

    def _start(self, track: Track, now: float) -> None:
        self.events.append(
            media.TrackStarted(
                self.room,
                track.participant,
                track.negotiation,
                track.source,
                track.codec.value,
            )
        )
        self._update_sharing(track)
        self._reassign_for(track, now)

    def figures(self) -> RoomFigures:
        """Return what the room is doing."""
        return figures_of(
            self.room, self.counts, self.publishers.values(), self.viewers.values()
        )

    # Tracks

    def set_active(self, track: Track, *, active: bool, now: float) -> None:
        """Mute or unmute a track."""
        if track.active == active:
            return
        track.active = active
        self._update_sharing(track)
        if not active and track.source is Source.MICROPHONE:
            self._loudest.remove(track.participant)
        self._reassign_for(track, now)

    def begin_tracks(self, tracks: Iterable[Track], *, now: float) -> None:
        """Add new tracks; all of their layers are requested at first."""
        for track in tracks:
            for layer in track.layers:
                self._fanout.open_layer(layer.key, track.codec)
            if track.video:
                self._request_layers(track, frozenset(range(len(track.layers))), now)

    def end_tracks(self, tracks: Iterable[Track], *, now: float) -> None:
        """Remove tracks; their slots stop, and may get other tracks."""
        for track in tracks:
            track.active = False
            self._update_sharing(track)
            if track.source is Source.MICROPHONE:
                self._loudest.remove(track.participant)
            publisher = self.publishers.get(track.participant)
            if publisher is None or track.source not in publisher.tracks:
                # Otherwise another track of its source replaces it.
                self.events.append(
                    media.TrackStopped(
                        self.room, track.participant, track.negotiation, track.source
                    )
                )
            self._reassign_for(track, now)
        for track in tracks:
            for layer in track.layers:
                self._switchboard.close(layer)

    def _update_sharing(self, track: Track) -> None:
        if track.source is not Source.SCREEN:
            return
        if track.participant in self._sharing:
            self._sharing.remove(track.participant)
        if track.live:
            self._sharing.append(track.participant)

    def _find(self, participant: ParticipantId, source: Source) -> Track | None:
        publisher = self.publishers.get(participant)
        track = publisher.tracks.get(source) if publisher is not None else None
        return track if track is not None and track.live else None

    # Slots

    @property
    def _highlights(self) -> Highlights:
        sharing = self._sharing[-1] if self._sharing else None
        return Highlights(self.stage, sharing, self._ranking)

    def reassign(
        self,
        viewer: Viewer | None = None,
        *,
        groups: frozenset[SlotGroup] = ALL_GROUPS,
        now: float,
    ) -> None:
        """Put the right tracks into the slots of one viewer, or of all."""
        highlights = self._highlights
        for one in (viewer,) if viewer is not None else self.viewers.values():
            if one.connected:
                self._slots.assign(one, highlights, groups, now=now)

    def _reassign_for(self, track: Track, now: float) -> None:
        """Assign again the slots that a change of this track can concern."""
        groups, participant = GROUPS[track.source], track.participant
        highlights = self._highlights
        for viewer in self.viewers.values():
            if viewer.connected and (
                track.source is not Source.CAMERA
                or viewer.shows(participant, self.stage)
                or viewer.carries(track)
            ):
                self._slots.assign(viewer, highlights, groups, now=now)

    def remove_viewer(self, participant: ParticipantId) -> None:
        """Remove a viewer with all its slots."""
        viewer = self.viewers.pop(participant, None)
        if viewer is not None:
            self._slots.forget(viewer)

    def evaluate_speakers(self, *, now: float) -> None:
        """Follow the loudest and the speaking; called some times a second."""
        ranking, speaking = self._loudest.evaluate(now=now)
        dominant = self._loudest.dominant
        if (speaking, dominant) != (self._speaking, self._dominant):
            self._speaking, self._dominant = speaking, dominant
            self.events.append(media.SpeakersChanged(self.room, speaking, dominant))
        if ranking != self._ranking:
            self._ranking = ranking
            self.reassign(groups=FLOATING, now=now)

    # Layers

    def tend(self, *, now: float) -> None:
        """Update rates, replace stalled layers, stop layers that are not watched."""
        downstream_loss = max(
            (
                viewer.adaptation.loss(now=now)
                for viewer in self.viewers.values()
                if viewer.connected
            ),
            default=0.0,
        )
        for publisher in self.publishers.values():
            publisher.downstream_loss = downstream_loss
            for track in publisher.tracks.values():
                absent = [layer.tend(now=now) for layer in track.layers]
                if any(absent):
                    self._publish_request(track)
        for viewer in self.viewers.values():
            if viewer.connected:
                self._slots.tend(viewer, now=now)
        watched = self._watched()
        for track, spatials in watched.items():
            layers = track.layers_to_request(spatials, now=now)
            if track.started and layers != track.demand.requested:
                self._request_layers(track, layers, now)

    def _watched(self) -> dict[Track, set[int]]:
        """Return the watched layers of every video track."""
        watched: dict[Track, set[int]] = {
            track: set()
            for publisher in self.publishers.values()
            for track in publisher.tracks.values()
            if track.video
        }
        for viewer in self.viewers.values():
            if viewer.connected:
                _add_watched(watched, viewer)
        for key, tap in list(self.taps.items()):
            try:
                _add_watched(watched, tap)
            except Exception:
                self._drop_tap(key)
        return watched

    def repeat_requests(self, tracks: Iterable[Track], *, now: float) -> None:
        """Repeat to a publisher which layers are requested, as it may have missed it."""
        for track in tracks:
            track.repeat_request(now=now)
            self._publish_request(track)

    def _request_layer(self, track: Track, spatial: int, now: float) -> None:
        layers = track.demand.requested or frozenset()
        self._request_layers(track, layers | {spatial}, now)

    def _request_layers(self, track: Track, layers: frozenset[int], now: float) -> None:
        track.demand.request(layers, now=now)
        self._publish_request(track)

    def _publish_request(self, track: Track) -> None:
        if track.demand.requested is None:
            return
        self.events.append(
            media.LayersWanted(
                self.room,
                track.participant,
                track.generation,
                track.source,
                tuple(sorted(track.demand.requested)),
            )
        )

    def want_key_frame(self, layer: Layer, requester: Requester) -> None:
        """Request a key frame of a layer, without which a watcher cannot continue."""
        layer.track.key_frames.want(layer.spatial, requester)
        self.requests.add(layer.track)


def _add_watched(watched: dict[Track, set[int]], watcher: Watcher) -> None:
    """Add the layers of a watcher to those of the tracks that are listed."""
    for track, spatial in watcher.watched():
        if track in watched:
            watched[track].add(spatial)
