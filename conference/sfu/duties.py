"""
What the packet plane does on its timetable, and the RTCP that it sends.

Every repetition ends with the publisher, the viewer or the room that it is for. Driven by ``Router``.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial

from conference.contract import media
from conference.contract.words import LegKind
from conference.fanout.contract import Fanout
from conference.ids import ParticipantId, RoomId
from conference.sfu.inbound.publisher import FEEDBACK_INTERVAL_S, Publisher
from conference.sfu.inbound.track import Track
from conference.sfu.limits import NO_LIMITS, SPLIT_INTERVAL_S, BitrateLimits
from conference.sfu.outbound.viewer import (
    REPORT_AFTER_SWITCH_S,
    REPORT_INTERVAL_S,
    Viewer,
)
from conference.sfu.room_plane import RoomPlane
from conference.sfu.timetable import Timetable

SPEAKERS_INTERVAL_S = 0.1
"""Between evaluations of who speaks. Longer: the mark of a speaker comes late (≤ 0.5 s is
wanted, and 0.1 s of it is needed to tell speech from a click)."""
TEND_INTERVAL_S = 0.1
"""Between checks of a room's layers and of what its viewers could get. Longer: a layer
that stopped freezes a picture for as long; shorter: CPU for nothing."""
QUIET_S = 0.2
"""A viewer that could get more, and was sent nothing for as long, is sent one packet of
padding. Longer: the recovery of its link is seen late; shorter: more padding on the
thinnest links."""


@dataclass(frozen=True, slots=True)
class RtcpOut:
    """A compound packet to protect and send on one leg."""

    participant: ParticipantId
    leg: LegKind
    data: bytes


class Duties:
    """
    The timers of all rooms.

    Inputs: the methods named after what begins, ``flush`` after each packet and change,
    and ``timetable.run``. Output: ``drain_rtcp``, and events.

    Args:
        fanout: Sends probes, and doubles packets.
        rooms: All rooms, as the router keeps them.
        events: For the domain; shared with the router.
        wall_offset: Seconds since 1900 minus the monotonic clock.
        limits: The operator's.
    """

    def __init__(
        self,
        fanout: Fanout,
        rooms: Mapping[RoomId, RoomPlane],
        events: list[media.Event],
        *,
        wall_offset: float,
        limits: BitrateLimits,
    ) -> None:
        self.timetable = Timetable()
        self._fanout = fanout
        self._rooms = rooms
        self._events = events
        self._wall_offset = wall_offset
        self._limits = limits
        self._rtcp: list[RtcpOut] = []

    # What begins

    def publisher_joined(
        self, plane: RoomPlane, publisher: Publisher, *, now: float
    ) -> None:
        """Begin feedback to a publisher, and evaluate who speaks in its room."""

        def feedback(now: float) -> None:
            for data in publisher.feedback(now=now):
                self._send(publisher.participant, LegKind.PUBLISH, data)
            for track in publisher.tracks.values():
                if track.video and track.live:
                    self._request_key_frames(plane, publisher, track, now)

        def speakers(now: float) -> None:
            plane.evaluate_speakers(now=now)
            self.flush(plane, now=now)

        self.timetable.every(
            FEEDBACK_INTERVAL_S,
            feedback,
            key=publisher,
            while_=lambda: plane.publishers.get(publisher.participant) is publisher,
            now=now,
        )
        self.timetable.every(
            SPEAKERS_INTERVAL_S,
            speakers,
            key=("speakers", plane),
            while_=lambda: plane.has_speakers,
            now=now,
        )
        self.tend_room(plane, now=now)

    def viewer_connected(self, plane: RoomPlane, viewer: Viewer, *, now: float) -> None:
        """Give a viewer its ceiling; begin reports to it."""

        def report(now: float) -> None:
            self._report(plane, viewer, now)
            change = viewer.link_change()
            if change is not None:
                self._events.append(change)
            viewer.adaptation.strengthen()
            self._fanout.reinforce(
                viewer.key,
                redundant=viewer.fmt.redundant and viewer.reinforced(),
                insistent=viewer.adaptation.insistent,
                repeating=viewer.adaptation.repeating,
            )

        viewer.adaptation.limit(self._limits.participant_bps)
        if self._limits != NO_LIMITS and self.timetable.every(
            SPLIT_INTERVAL_S,
            self._split_limits,
            key="limits",
            while_=lambda: any(room.viewers for room in self._rooms.values()),
            now=now,
        ):
            self._split_limits(now)
        self.timetable.every(
            REPORT_INTERVAL_S,
            report,
            key=viewer,
            while_=lambda: plane.viewers.get(viewer.participant) is viewer,
            now=now,
        )
        self.tend_room(plane, now=now)

    def tend_room(self, plane: RoomPlane, *, now: float) -> None:
        """Check a room's layers and viewers from now on, as long as it has any."""

        def tend(now: float) -> None:
            plane.tend(now=now)
            for viewer in plane.viewers.values():
                if viewer.connected:
                    self._probe(plane, viewer, now)
            self.flush(plane, now=now)

        self.timetable.every(
            TEND_INTERVAL_S,
            tend,
            key=("tend", plane),
            while_=lambda: bool(plane.viewers or plane.publishers),
            now=now,
        )

    # What is done

    def _split_limits(self, now: float) -> None:
        ceilings = self._limits.ceilings(
            {
                room: {
                    participant: viewer.adaptation.demand_bps
                    for participant, viewer in plane.viewers.items()
                }
                for room, plane in self._rooms.items()
            }
        )
        for room, plane in self._rooms.items():
            for participant, viewer in plane.viewers.items():
                viewer.adaptation.limit(ceilings[room][participant])

    def _probe(self, plane: RoomPlane, viewer: Viewer, now: float) -> None:
        """Find out whether the link carries more, if more is wanted."""
        adaptation = viewer.adaptation
        slot = viewer.probed
        if slot is None or adaptation.settled or not adaptation.has_feedback:
            return
        sent = self._fanout.sent(viewer.key)
        if sent.idle_s(now=now) > QUIET_S:
            # Without packets there is no feedback, and without feedback the estimate
            # cannot rise.
            self._fanout.probe(slot.key, 1, 1, now=now)
        cluster = adaptation.probe(now=now)
        if cluster is None:
            return
        first = sent.next
        plane.counts.probe_octets += self._fanout.probe(
            slot.key, cluster.size_bytes, cluster.packets, now=now
        )
        adaptation.estimator.prober.began(cluster, first, sent.next - 1, now=now)

    def _report(self, plane: RoomPlane, viewer: Viewer, now: float) -> None:
        if plane.viewers.get(viewer.participant) is not viewer:
            return  # it left, or was replaced, since this was scheduled
        data = viewer.report(self._fanout, now=now, wall_offset=self._wall_offset)
        if data:
            self._send(viewer.participant, LegKind.SUBSCRIBE, data)

    def flush(self, plane: RoomPlane, *, now: float) -> None:
        """Request the key frames that a room needs; report slots that were switched."""
        if not plane.requests and not plane.switched:
            return
        for track in plane.requests:
            publisher = plane.publishers.get(track.participant)
            if publisher is not None:
                self._request_key_frames(plane, publisher, track, now)
        plane.requests.clear()
        for viewer in plane.switched:
            self.timetable.at(
                now + REPORT_AFTER_SWITCH_S, partial(self._report, plane, viewer)
            )
        plane.switched.clear()

    def _request_key_frames(
        self, plane: RoomPlane, publisher: Publisher, track: Track, now: float
    ) -> None:
        for data in publisher.key_frame_requests(track, now=now):
            plane.counts.key_frame_requests += 1
            self._send(publisher.participant, LegKind.PUBLISH, data)

    def _send(self, participant: ParticipantId, leg: LegKind, data: bytes) -> None:
        self._rtcp.append(RtcpOut(participant, leg, data))

    def drain_rtcp(self) -> list[RtcpOut]:
        """Return the RTCP to send since the last call."""
        out, self._rtcp = self._rtcp, []
        return out
