"""
One room on the packet plane: its publishers, its viewers, and who gets what.

Takes packets from publishers and hands them to the fan-out; moves slots to
other tracks when somebody starts, stops, speaks, shares or takes the stage, and
when a viewer changes what it shows. Whose screen or stage it is, is decided in
``conference.rooms``; this only follows. Driven by ``Router``.
"""

from collections.abc import Iterable

from conference.ids import ParticipantId, RoomId
from conference.rtp import extensions
from conference.rtp.codecs import Codec
from conference.sfu import messages as m
from conference.sfu.assignment import assign
from conference.sfu.fanout import Fanout, TrackKey
from conference.sfu.messages import SlotGroup, Source
from conference.sfu.publisher import Arrived, Publisher
from conference.sfu.slot import Slot
from conference.sfu.speakers import Loudest
from conference.sfu.uptrack import UpTrack
from conference.sfu.viewer import Viewer

SILENT = 127
"""Level of RFC 6464 for a packet that carries none: present, but never loud."""
BASE_CODECS = frozenset({Codec.OPUS, Codec.VP8})
"""Every browser has them, also Firefox on a network that never sees a plugin."""
ALL_GROUPS = frozenset(SlotGroup)
FLOATING = frozenset({SlotGroup.FLOATING})
CONTENT = frozenset({SlotGroup.CONTENT})
STAGE_AND_OTHERS = frozenset({SlotGroup.STAGE, SlotGroup.FLOATING, SlotGroup.GRID})
"""Whoever leaves the stage is heard and shown elsewhere, and the other way round."""
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
    for the domain (a list shared with the router), ``requests`` (tracks that need a key frame) and ``switched``
    (viewers with a slot that changed its source); ``Router`` drains these.
    """

    def __init__(self, room: RoomId, fanout: Fanout, events: list[m.Event]) -> None:
        self.room = room
        self.publishers: dict[ParticipantId, Publisher] = {}
        self.viewers: dict[ParticipantId, Viewer] = {}
        self.stage: ParticipantId | None = None
        self.events = events
        self.speakers_planned = False
        self.requests: set[UpTrack] = set()
        self.switched: set[Viewer] = set()
        self._fanout = fanout
        self._loudest: Loudest[ParticipantId] = Loudest()
        self._ranking: tuple[ParticipantId, ...] = ()
        self._speaking: tuple[ParticipantId, ...] = ()
        self._sharing: list[ParticipantId] = []
        self._waiting: dict[TrackKey, list[tuple[Viewer, Slot]]] = {}

    @property
    def empty(self) -> bool:
        """Whether nobody is here."""
        return not self.publishers and not self.viewers

    @property
    def decodable(self) -> frozenset[Codec]:
        """
        Codecs that every viewer of the room decodes, and the base codecs.

        One viewer that says it lacks a base codec cannot push a whole room to
        another one; it is told that its slots stay empty.
        """
        codecs = frozenset(Codec)
        for viewer in self.viewers.values():
            codecs &= viewer.decodable | BASE_CODECS
        return codecs

    # Packets

    def on_packet(self, arrived: Arrived, *, now: float) -> None:
        """Forward a packet; slots that waited for it follow from here on."""
        track = arrived.track
        if arrived.first:
            self._start(track)
        if not track.active:
            return
        if track.jumped:
            self._begin_anew(track)
        if track.source is Source.MICROPHONE:
            value = arrived.packet.level
            level = extensions.audio_level(value) if value else SILENT
            self._loudest.on_level(track.participant, level, now=now)
        if track.key in self._waiting and (
            not track.video or arrived.head.starts_key_frame
        ):
            self._switch(arrived, now=now)
        self._fanout.forward(track.key, arrived.packet, arrived.head.numbers, now=now)

    def _start(self, track: UpTrack) -> None:
        self.events.append(
            m.TrackStarted(
                self.room, track.participant, track.source, track.codec.value
            )
        )
        self._refresh_sharing(track)
        self._follow(track)

    def _follow(self, track: UpTrack) -> None:
        """Move the slots that a change of this track can concern."""
        groups, participant = GROUPS[track.source], track.participant
        for viewer in self.viewers.values():
            if viewer.connected and (
                track.source is not Source.CAMERA
                or viewer.shows(participant, self.stage)
                or viewer.carries(track)
            ):
                self._reassign(viewer, groups)

    def _begin_anew(self, track: UpTrack) -> None:
        """
        Let slots start a track again that has left a gap behind.

        Going on across the gap would move the slot's numbers as far; after one
        lost packet the browser would guess their upper half wrongly, and could
        read nothing of that slot any more.
        """
        for viewer in self.viewers.values():
            for slot in viewer.slots:
                if slot.current is track:
                    self._fanout.detach(slot.key)
                    slot.current = None
                    if slot.target is track:
                        self._waiting.setdefault(track.key, []).append((viewer, slot))
        if track.video:
            self.want_key_frame(track)

    def _switch(self, arrived: Arrived, *, now: float) -> None:
        track = arrived.track
        captured = track.clock.captured_at(arrived.packet.timestamp, now=now)
        later: list[tuple[Viewer, Slot]] = []
        for viewer, slot in self._waiting.pop(track.key):
            timestamp = slot.clock(captured)
            if not track.video:
                last = (
                    self._fanout.progress(slot.key).timestamp if slot.opened else None
                )
                if not slot.fits(timestamp, last):
                    later.append((viewer, slot))
                    continue
            self._fanout.attach(
                slot.key,
                track.key,
                arrived.packet,
                arrived.head.numbers,
                timestamp=timestamp,
            )
            slot.current = track
            self.switched.add(viewer)
            self._announce(viewer, [(slot, _carrying(slot, track))])
        if later:
            self._waiting[track.key] = later

    # Changes

    def set_active(self, track: UpTrack, *, active: bool) -> None:
        """Open or shut the gate of a track."""
        if track.active == active:
            return
        track.active = active
        self._refresh_sharing(track)
        if not active and track.source is Source.MICROPHONE:
            self._loudest.remove(track.participant)
        self._follow(track)

    def end_tracks(self, tracks: Iterable[UpTrack]) -> None:
        """Take tracks away: their slots stop, then find other tracks."""
        for track in tracks:
            track.active = False
            self._refresh_sharing(track)
            if track.source is Source.MICROPHONE:
                self._loudest.remove(track.participant)
            if track.started:
                self.events.append(
                    m.TrackStopped(self.room, track.participant, track.source)
                )
            self._follow(track)
        for track in tracks:
            self._waiting.pop(track.key, None)
            self._fanout.close_track(track.key)

    def _refresh_sharing(self, track: UpTrack) -> None:
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
        for waiting in self._waiting.values():
            waiting[:] = [entry for entry in waiting if entry[0] is not viewer]
        self.switched.discard(viewer)
        self._fanout.close_viewer(viewer.key)

    def evaluate_speakers(self, *, now: float) -> None:
        """Follow who is loudest and who speaks; called some times a second."""
        ranking, speaking = self._loudest.evaluate(now=now)
        if speaking != self._speaking:
            self._speaking = speaking
            self.events.append(m.SpeakersChanged(self.room, speaking))
        if ranking != self._ranking:
            self._ranking = ranking
            self.reassign(groups=FLOATING)

    def reassign(
        self,
        viewer: Viewer | None = None,
        *,
        groups: frozenset[SlotGroup] = ALL_GROUPS,
    ) -> None:
        """Put the right tracks into the slots of one viewer, or of all."""
        for one in (viewer,) if viewer is not None else self.viewers.values():
            if one.connected:
                self._reassign(one, groups)

    def _reassign(self, viewer: Viewer, groups: frozenset[SlotGroup]) -> None:
        view = viewer.view(
            stage=self.stage,
            sharing=self._sharing[-1] if self._sharing else None,
            loudest=self._ranking,
        )
        slots = [slot for slot in viewer.slots if slot.fmt.group in groups]
        wanted = assign(view, ((s.fmt, s.target) for s in slots), self._find)
        changes: list[tuple[Slot, m.SlotState]] = []
        for slot, track in zip(slots, wanted, strict=True):
            if track is not None and track.codec not in viewer.decodable:
                self._retarget(viewer, slot, None)
                changes.append((slot, _undecodable(slot, track)))
                continue
            self._retarget(viewer, slot, track)
            # A picture that waits for its source shows nobody; a voice is there
            # so soon that saying so would only double the messages.
            if slot.current is None and (slot.fmt.kind == "video" or track is None):
                changes.append((slot, m.SlotState(slot.fmt.mid)))
        self._announce(viewer, changes)

    def _retarget(self, viewer: Viewer, slot: Slot, track: UpTrack | None) -> None:
        old = slot.current
        if old is not None and not old.live:
            self._fanout.detach(slot.key)
            slot.current = old = None
        if slot.target is track:
            return
        if slot.target is not None and slot.target is not slot.current:
            waiting = self._waiting.get(slot.target.key, [])
            waiting[:] = [entry for entry in waiting if entry[1] is not slot]
        slot.retarget(track)
        if old is not None and old is track:
            return
        # The old picture goes on until the new one can start; an old voice stops.
        if old is not None and (track is None or not old.video):
            self._fanout.detach(slot.key)
            slot.current = None
        if track is None:
            return
        if not slot.opened:
            slot.opened = True
            self._fanout.open_slot(
                slot.key, viewer.key, slot.fmt, first=slot.fmt.ssrc & 0x3FFF
            )
        self._waiting.setdefault(track.key, []).append((viewer, slot))
        if track.video:
            self.want_key_frame(track)

    def _find(self, participant: ParticipantId, source: Source) -> UpTrack | None:
        publisher = self.publishers.get(participant)
        track = publisher.tracks.get(source) if publisher is not None else None
        return track if track is not None and track.live else None

    def want_key_frame(self, track: UpTrack) -> None:
        """A viewer cannot go on without a key frame of this track."""
        track.key_frames.want()
        self.requests.add(track)

    def _announce(
        self, viewer: Viewer, changes: list[tuple[Slot, m.SlotState]]
    ) -> None:
        news = []
        for slot, state in changes:
            if slot.state != state:
                slot.state = state
                news.append(state)
        if news:
            self.events.append(m.SlotsChanged(viewer.participant, tuple(news)))


def _carrying(slot: Slot, track: UpTrack) -> m.SlotState:
    return m.SlotState(slot.fmt.mid, track.participant, track.source, track.codec.value)


def _undecodable(slot: Slot, track: UpTrack) -> m.SlotState:
    return m.SlotState(
        slot.fmt.mid,
        track.participant,
        track.source,
        track.codec.value,
        m.SlotGap.CODEC,
    )
