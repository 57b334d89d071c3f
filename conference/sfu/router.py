"""
The packet plane as a whole: every room, every leg, one timetable.

::

    datagram ─ unprotect ─► on_rtp ─► Publisher ─► RoomPlane ─► Fanout ─► sockets
                            on_rtcp ─► Publisher | Viewer
    timer ────────────────► on_timeout ─► feedback, reports, speakers
                            drain ─► RTCP to send, events for the domain

The driver's duty: feed, then ``drain`` and send, then arm one timer for
``next_due``. Nothing here knows of sockets, keys or clocks; numbers that must
be unpredictable come from ``draw``.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from itertools import count

from conference.contract import media as m
from conference.contract.words import Generation, LegKind
from conference.fanout.contract import Fanout, LayerKey, SlotKey, ViewerKey
from conference.fanout.formats import SlotFormat, TrackFormat, ViewerFormat, slot_plan
from conference.ids import Mid, ParticipantId, RoomId
from conference.rtp import rtcp, transport_cc_reader
from conference.rtp.codecs import Codec
from conference.sfu.figures import RoomFigures
from conference.sfu.inbound.publisher import FEEDBACK_INTERVAL_S, Publisher
from conference.sfu.inbound.track import Track
from conference.sfu.limits import NO_LIMITS, SPLIT_INTERVAL_S, BitrateLimits
from conference.sfu.outbound.slot import Slot
from conference.sfu.outbound.viewer import (
    REPORT_AFTER_SWITCH_S,
    REPORT_INTERVAL_S,
    Viewer,
)
from conference.sfu.room_plane import STAGE_AND_OTHERS, RoomPlane
from conference.sfu.timetable import Timetable
from conference.sfu.watcher import Tap

SPEAKERS_INTERVAL_S = 0.1
"""Between evaluations of who speaks. Longer: the ring comes late (≤ 0.5 s is
wanted, and 0.1 s of it is needed to tell speech from a click)."""
QUIET_S = 0.2
"""Without any packet for so long a viewer that could get more is sent one of padding.
Longer: its link's recovery is seen late; shorter: more of it on the thinnest links."""
TEND_INTERVAL_S = 0.1
"""Between looks at a room's layers and at what its viewers could get. Longer: a
layer that stopped freezes a picture for as long; shorter: CPU for nothing."""


@dataclass(frozen=True, slots=True)
class RtcpOut:
    """A compound packet to protect and send on one leg."""

    participant: ParticipantId
    leg: LegKind
    data: bytes


class Router:
    """
    Every room of this media plane.

    Args:
        fanout: Where copies are made.
        draw: Returns an unpredictable number of that many bits.
        wall_offset: Seconds since 1900 minus the monotonic clock. Fixed, so that
            a step of the host's clock disturbs nobody's lips.
        limits: The operator's.
    """

    def __init__(
        self,
        fanout: Fanout,
        draw: Callable[[int], int],
        *,
        wall_offset: float,
        limits: BitrateLimits = NO_LIMITS,
    ) -> None:
        self._fanout = fanout
        self._draw = draw
        self._wall_offset = wall_offset
        self._limits = limits
        self._limits_planned = False
        self._timetable = Timetable()
        self._keys = count(1)
        self._rooms: dict[RoomId, RoomPlane] = {}
        self._publishing: dict[ParticipantId, RoomPlane] = {}
        self._viewing: dict[ParticipantId, RoomPlane] = {}
        self._views: dict[ParticipantId, m.SetView] = {}
        """Of participants with a leg, or about to have one."""
        self._rtcp: list[RtcpOut] = []
        self._events: list[m.Event] = []

    # Legs

    def room(self, room: RoomId) -> RoomPlane:
        """Return a room, opened if need be."""
        plane = self._rooms.get(room)
        if plane is None:
            plane = self._rooms[room] = RoomPlane(room, self._fanout, self._events)
        return plane

    def decodable(self, room: RoomId) -> frozenset[Codec]:
        """Return the codecs to choose from in a room: see ``RoomPlane.decodable``."""
        plane = self._rooms.get(room)
        return frozenset(Codec) if plane is None else plane.decodable

    def publish(
        self,
        room: RoomId,
        participant: ParticipantId,
        generation: Generation,
        formats: list[TrackFormat],
        *,
        now: float,
    ) -> None:
        """Open a publish leg, or apply what it negotiated anew."""
        plane = self.room(room)
        publisher = plane.publishers.get(participant)
        if publisher is None:
            publisher = Publisher(participant, generation, self._draw(32))
            plane.publishers[participant] = publisher
            self._publishing[participant] = plane
            self._plan_feedback(plane, publisher, now)
            self._plan_speakers(plane, now)
            self._plan_tending(plane, now)
        ended, begun = publisher.negotiate(formats, map(LayerKey, self._keys))
        plane.begin_tracks(begun, now=now)
        if ended:
            plane.end_tracks(ended, now=now)
        # It may have negotiated because it had lost its way, and us with it.
        kept = [track for track in publisher.tracks.values() if track not in begun]
        plane.repeat_wanted(kept, now=now)

    def unpublish(self, participant: ParticipantId, *, now: float) -> None:
        """Close a publish leg."""
        plane = self._publishing.pop(participant, None)
        if plane is None:
            return
        publisher = plane.publishers.pop(participant)
        plane.end_tracks(publisher.tracks.values(), now=now)
        self._tidy(plane)

    def plan_slots(self) -> list[SlotFormat]:
        """Return the slots of a new viewer, with SSRCs of their own."""
        taken: set[int] = {0}
        formats = []
        for number, (kind, group, label) in enumerate(slot_plan()):
            ssrc = self._distinct(taken)
            rtx = self._distinct(taken) if kind == "video" else 0
            formats.append(SlotFormat(Mid(str(number)), kind, group, label, ssrc, rtx))
        return formats

    def _distinct(self, taken: set[int]) -> int:
        while (number := self._draw(32)) in taken:
            pass
        taken.add(number)
        return number

    def subscribe(
        self,
        room: RoomId,
        participant: ParticipantId,
        generation: Generation,
        formats: list[SlotFormat],
        fmt: ViewerFormat,
        *,
        now: float,
    ) -> ViewerKey:
        """Add a viewer whose answer is known; it gets media once connected."""
        plane = self.room(room)
        if not fmt.repaired:
            formats = [replace(slot, rtx_ssrc=0) for slot in formats]
        slots = [
            # 29 bits leave an hour and a half of video before the first wrap,
            # and a session of any length after it.
            Slot(SlotKey(next(self._keys)), fmt, base=self._draw(29), now=now)
            for fmt in formats
        ]
        viewer = Viewer(
            ViewerKey(next(self._keys)),
            room,
            participant,
            generation,
            fmt,
            slots,
            now=now,
        )
        view = self._views.get(participant)
        if view is not None:
            viewer.show(view)
        plane.viewers[participant] = viewer
        self._viewing[participant] = plane
        wanted = plane.decodable
        for publisher in plane.publishers.values():
            if publisher.asked_for != wanted and any(
                track.codec not in wanted for track in publisher.tracks.values()
            ):
                publisher.asked_for = wanted
                self._events.append(
                    m.PublishNeeded(room, publisher.participant, publisher.generation)
                )
        return viewer.key

    def connected(self, participant: ParticipantId, *, now: float) -> None:
        """A viewer's transport is up: fill its slots."""
        plane = self._viewing.get(participant)
        if plane is None:
            return
        viewer = plane.viewers[participant]
        viewer.connect(now=now)
        viewer.adaptation.limit(self._limits.participant_bps)
        self._plan_limits(now)
        plane.reassign(viewer, now=now)
        self._plan_reports(plane, viewer, now)
        self._plan_tending(plane, now)
        self._flush(plane, now)

    def forget(self, participant: ParticipantId) -> None:
        """Forget what a participant showed: it left the room."""
        self._views.pop(participant, None)

    def unsubscribe(self, participant: ParticipantId) -> None:
        """Close a subscribe leg."""
        plane = self._viewing.pop(participant, None)
        if plane is not None:
            plane.remove_viewer(participant)
            self._tidy(plane)

    def new_key(self) -> ViewerKey:
        """Return a key for a watcher that is no viewer."""
        return ViewerKey(next(self._keys))

    def watch(self, room: RoomId, tap: Tap, *, now: float) -> RoomPlane:
        """Let a tap take the packets of a room, which stays open for it."""
        plane = self.room(room)
        plane.taps[tap.key] = tap
        self._plan_tending(plane, now)
        return plane

    def unwatch(self, room: RoomId, key: ViewerKey) -> None:
        """Take a tap away; unknown ones are ignored."""
        plane = self._rooms.get(room)
        if plane is not None:
            plane.taps.pop(key, None)
            self._tidy(plane)

    def _tidy(self, plane: RoomPlane) -> None:
        if plane.empty and plane.stage is None:
            self._rooms.pop(plane.room, None)

    def figures(self) -> list[RoomFigures]:
        """Return what each room is doing."""
        return [plane.figures() for plane in self._rooms.values()]

    # Changes

    def apply(self, command: m.Command, *, now: float) -> None:
        """Apply a command that has no result; unknown participants are ignored."""
        match command:
            case m.SetTrack(participant, source, active):
                plane = self._publishing.get(participant)
                if plane is not None:
                    track = plane.publishers[participant].tracks.get(source)
                    if track is not None:
                        plane.set_active(track, active=active, now=now)
            case m.SetStage(room, stage):
                plane = self._rooms.get(room) if stage is None else self.room(room)
                if plane is not None and plane.stage != stage:
                    plane.stage = stage
                    plane.reassign(groups=STAGE_AND_OTHERS, now=now)
                    self._tidy(plane)
            case m.SetView(viewer=participant):
                # Kept, because a view may come before its leg, and outlives it.
                self._views[participant] = command
                plane = self._viewing.get(participant)
                if plane is not None:
                    viewer = plane.viewers[participant]
                    viewer.show(command)
                    plane.reassign(viewer, now=now)
            case m.RepeatLayers(participant):
                plane = self._publishing.get(participant)
                if plane is not None:
                    tracks = plane.publishers[participant].tracks.values()
                    plane.repeat_wanted(tracks, now=now)
            case m.CloseLegs(participant):
                plane = None
                self.forget(participant)
                self.unpublish(participant, now=now)
                self.unsubscribe(participant)
            case m.CloseRoom(room):
                plane = self._rooms.get(room)
                if plane is not None:
                    plane.stage = None
                    plane.taps.clear()
                    # Viewers first: then nobody's slots are moved about.
                    for participant in list(plane.viewers):
                        self.forget(participant)
                        self.unsubscribe(participant)
                    for participant in list(plane.publishers):
                        self.forget(participant)
                        self.unpublish(participant, now=now)
                    self._tidy(plane)
        if plane is not None:
            self._flush(plane, now)

    # Packets

    def on_rtp(self, participant: ParticipantId, data: bytes, *, now: float) -> None:
        """
        Take a decrypted packet from a publish leg.

        Raises:
            MalformedPacket: it is not RTP; nothing was changed.
        """
        plane = self._publishing.get(participant)
        if plane is None:
            return
        publisher = plane.publishers[participant]
        arrived = publisher.on_rtp(data, now=now)
        if arrived is None:
            return
        plane.on_packet(arrived, now=now)
        self._flush(plane, now)

    def on_rtcp(
        self, participant: ParticipantId, leg: LegKind, data: bytes, *, now: float
    ) -> None:
        """
        Take a decrypted compound packet from either leg.

        Raises:
            MalformedPacket: its lengths do not add up.
        """
        if leg is LegKind.PUBLISH:
            plane = self._publishing.get(participant)
            if plane is not None:
                plane.publishers[participant].on_rtcp(data, now=now)
            return
        plane = self._viewing.get(participant)
        if plane is None:
            return
        viewer = plane.viewers[participant]
        for part in rtcp.parse(data):
            match part:
                case rtcp.TransportFeedback(information):
                    self._on_feedback(plane, viewer, information, now)
                case rtcp.Nack(ssrc, sequences):
                    slot = viewer.by_ssrc.get(ssrc)
                    if slot is not None and slot.opened:
                        self._on_nack(plane, viewer, slot, sequences, now)
                case rtcp.KeyFrameRequest(ssrc):
                    slot = viewer.by_ssrc.get(ssrc)
                    # Of what is shown and of what shall be: either mends it.
                    for layer in {slot.target, slot.current} if slot else ():
                        if layer is not None and layer.track.video:
                            plane.want_key_frame(layer, viewer.key)
                case rtcp.ReceiverReports(blocks):
                    viewer.on_reports(blocks, wall_offset=self._wall_offset, now=now)
                case rtcp.Remb(bitrate_bps):
                    if viewer.connected:
                        sent = self._fanout.sent(viewer.key)
                        viewer.adaptation.on_remb(bitrate_bps, sent, now=now)
        self._flush(plane, now)

    def _on_nack(
        self,
        plane: RoomPlane,
        viewer: Viewer,
        slot: Slot,
        sequences: tuple[int, ...],
        now: float,
    ) -> None:
        plane.counts.nacked_packets += len(sequences)
        if slot.fmt.rtx_ssrc:
            rtt_s = viewer.adaptation.estimator.rtt_s
            due = slot.repaired.due(sequences, rtt_s=rtt_s, now=now)
            due = due[: viewer.repairs_allowed(len(due), now=now)]
            slot.repaired.note(due, now=now)
            plane.counts.repaired_packets += self._fanout.retransmit(
                slot.key, due, now=now
            )
        elif slot.current is not None and slot.current.track.video:
            plane.want_key_frame(slot.current, viewer.key)

    def _on_feedback(
        self, plane: RoomPlane, viewer: Viewer, information: bytes, now: float
    ) -> None:
        adaptation = viewer.adaptation
        if (
            not viewer.connected
            or adaptation.passes_over(now=now)
            or not viewer.may_tell(information, now=now)
        ):
            return
        feedback = transport_cc_reader.parse_transport_cc(information)
        adaptation.on_feedback(feedback, self._fanout.sent(viewer.key), now=now)
        if adaptation.due(now=now):
            plane.adapt(viewer, now=now)
        self._fanout.pace(viewer.key, adaptation.pace_bps, now=now)

    # Time

    @property
    def next_due(self) -> float | None:
        """When ``on_timeout`` should be called."""
        return self._timetable.next_due

    def on_timeout(self, *, now: float) -> None:
        """Do what is due."""
        self._timetable.run(now=now)

    def _plan_feedback(
        self, plane: RoomPlane, publisher: Publisher, now: float
    ) -> None:
        def action(now: float) -> None:
            if plane.publishers.get(publisher.participant) is not publisher:
                return
            self._timetable.at(now + FEEDBACK_INTERVAL_S, action)
            for data in publisher.feedback(now=now):
                self._send(publisher.participant, LegKind.PUBLISH, data)
            for track in publisher.tracks.values():
                if track.video and track.live:
                    self._request(plane, publisher, track, now)

        self._timetable.at(now + FEEDBACK_INTERVAL_S, action)

    def _plan_speakers(self, plane: RoomPlane, now: float) -> None:
        if plane.speakers_planned:
            return
        plane.speakers_planned = True

        def action(now: float) -> None:
            if plane.publishers:
                self._timetable.at(now + SPEAKERS_INTERVAL_S, action)
            else:
                plane.speakers_planned = False
            plane.evaluate_speakers(now=now)
            self._flush(plane, now)

        self._timetable.at(now + SPEAKERS_INTERVAL_S, action)

    def _plan_tending(self, plane: RoomPlane, now: float) -> None:
        if plane.tending_planned:
            return
        plane.tending_planned = True

        def action(now: float) -> None:
            if plane.viewers or plane.publishers:
                self._timetable.at(now + TEND_INTERVAL_S, action)
            else:
                plane.tending_planned = False
            plane.tend(now=now)
            for viewer in plane.viewers.values():
                if viewer.connected:
                    self._probe(plane, viewer, now)
            self._flush(plane, now)

        self._timetable.at(now + TEND_INTERVAL_S, action)

    def _plan_limits(self, now: float) -> None:
        if self._limits_planned or self._limits == NO_LIMITS:
            return
        self._limits_planned = True

        def action(now: float) -> None:
            if self._viewing:
                self._timetable.at(now + SPLIT_INTERVAL_S, action)
            else:
                self._limits_planned = False
            self._limits.split(self._rooms.values())

        action(now)

    def _probe(self, plane: RoomPlane, viewer: Viewer, now: float) -> None:
        """Find out whether the link carries more, if more is wanted."""
        adaptation = viewer.adaptation
        slot = viewer.probed
        if slot is None or adaptation.settled or not adaptation.heard:
            return
        sent = self._fanout.sent(viewer.key)
        if sent.idle_s(now=now) > QUIET_S:
            # Without packets there is no feedback, and without that no way up.
            self._fanout.probe(slot.key, 1, 1, now=now)
        cluster = adaptation.probe(now=now)
        if cluster is None:
            return
        first = sent.next
        plane.counts.probe_octets += self._fanout.probe(
            slot.key, cluster.size_bytes, cluster.packets, now=now
        )
        adaptation.estimator.prober.began(cluster, first, sent.next - 1, now=now)

    def _plan_reports(self, plane: RoomPlane, viewer: Viewer, now: float) -> None:
        def action(now: float) -> None:
            if plane.viewers.get(viewer.participant) is viewer:
                self._timetable.at(now + REPORT_INTERVAL_S, action)
                self._report(plane, viewer, now)
                if (news := viewer.news()) is not None:
                    self._events.append(news)
                viewer.adaptation.strengthen()
                self._fanout.reinforce(
                    viewer.key,
                    redundant=viewer.fmt.redundant and viewer.reinforced(),
                    insistent=viewer.adaptation.insistent,
                    repeating=viewer.adaptation.repeating,
                )

        self._timetable.at(now + REPORT_INTERVAL_S, action)

    def _report(self, plane: RoomPlane, viewer: Viewer, now: float) -> None:
        if plane.viewers.get(viewer.participant) is not viewer:
            return  # went, or was replaced, since this was planned
        data = viewer.report(self._fanout, now=now, wall_offset=self._wall_offset)
        if data:
            self._send(viewer.participant, LegKind.SUBSCRIBE, data)

    def _flush(self, plane: RoomPlane, now: float) -> None:
        if not plane.requests and not plane.switched:
            return
        for track in plane.requests:
            publisher = plane.publishers.get(track.participant)
            if publisher is not None:
                self._request(plane, publisher, track, now)
        plane.requests.clear()
        for viewer in plane.switched:
            self._timetable.at(
                now + REPORT_AFTER_SWITCH_S, partial(self._report, plane, viewer)
            )
        plane.switched.clear()

    def _request(
        self, plane: RoomPlane, publisher: Publisher, track: Track, now: float
    ) -> None:
        for data in publisher.key_frame_requests(track, now=now):
            plane.counts.key_frame_requests += 1
            self._send(publisher.participant, LegKind.PUBLISH, data)

    def _send(self, participant: ParticipantId, leg: LegKind, data: bytes) -> None:
        self._rtcp.append(RtcpOut(participant, leg, data))

    def drain(self) -> tuple[list[RtcpOut], list[m.Event]]:
        """Return what is to be sent and told since the last call."""
        out, self._rtcp = self._rtcp, []
        events = self._events.copy()
        self._events.clear()
        return out, events
