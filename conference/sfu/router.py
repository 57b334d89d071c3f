"""
The packet plane as a whole: every room, every leg, one timetable.

::

    datagram ─ unprotect ─► on_rtp ─► Publisher ─► RoomPlane ─► Fanout ─► sockets
                            on_rtcp ─► Publisher | ViewerFeedback
    timer ────────────────► on_timeout ─► Duties: feedback, reports, speakers
                            drain ─► RTCP to send, events for the domain

The driver feeds packets, then calls ``drain`` and sends, then arms one timer for
``next_due``. Nothing here knows of sockets, keys or clocks; numbers that must
be unpredictable come from ``draw``.
"""

from collections.abc import Callable
from dataclasses import replace
from itertools import count

from conference.contract import media
from conference.contract.figures import RoomFigures
from conference.contract.words import Generation, LegKind, Negotiation
from conference.fanout.contract import Fanout, LayerKey, SlotKey, ViewerKey
from conference.fanout.formats import SlotFormat, TrackFormat, ViewerFormat
from conference.ids import ParticipantId, RoomId
from conference.rtp.codecs import Codec
from conference.sfu.duties import Duties, RtcpOut
from conference.sfu.inbound.publisher import Publisher
from conference.sfu.limits import NO_LIMITS, BitrateLimits
from conference.sfu.outbound.slot import Slot, plan_slots
from conference.sfu.outbound.viewer import Viewer
from conference.sfu.room_plane import STAGE_AND_OTHERS, RoomPlane
from conference.sfu.watcher import Tap


class Router:
    """
    Every room of this media plane.

    Args:
        fanout: Where copies are made.
        draw: Returns an unpredictable number of that many bits.
        wall_offset: Seconds since 1900 minus the monotonic clock. Fixed, so that
            a step of the host's clock does not disturb lip sync.
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
        self._keys = count(1)
        self._rooms: dict[RoomId, RoomPlane] = {}
        self._publishing: dict[ParticipantId, RoomPlane] = {}
        self._viewing: dict[ParticipantId, RoomPlane] = {}
        self._views: dict[ParticipantId, media.SetView] = {}
        """Of participants with a leg, or about to have one."""
        self._events: list[media.Event] = []
        self._duties = Duties(
            fanout, self._rooms, self._events, wall_offset=wall_offset, limits=limits
        )

    # Rooms

    def open_room(self, room: RoomId) -> RoomPlane:
        """Return a room, which is created unless it is open already."""
        plane = self._rooms.get(room)
        if plane is None:
            plane = self._rooms[room] = RoomPlane(
                room, self._fanout, self._events, wall_offset=self._wall_offset
            )
        return plane

    def decodable(self, room: RoomId) -> frozenset[Codec]:
        """Return the codecs to choose from in a room: see ``RoomPlane.decodable``."""
        plane = self._rooms.get(room)
        return frozenset(Codec) if plane is None else plane.decodable

    def figures(self) -> list[RoomFigures]:
        """Return what each room is doing."""
        return [plane.figures() for plane in self._rooms.values()]

    def _close_if_empty(self, plane: RoomPlane) -> None:
        if plane.empty and plane.stage is None:
            self._rooms.pop(plane.room, None)

    # Publishers

    def publish(
        self,
        room: RoomId,
        participant: ParticipantId,
        generation: Generation,
        negotiation: Negotiation,
        formats: list[TrackFormat],
        *,
        now: float,
    ) -> None:
        """Open a publish leg, or apply a further negotiation of it."""
        plane = self.open_room(room)
        publisher = plane.publishers.get(participant)
        if publisher is None:
            publisher = Publisher(participant, generation, self._draw(32))
            plane.publishers[participant] = publisher
            self._publishing[participant] = plane
            self._duties.publisher_joined(plane, publisher, now=now)
        ended, begun = publisher.negotiate(
            negotiation, formats, map(LayerKey, self._keys)
        )
        plane.begin_tracks(begun, now=now)
        if ended:
            plane.end_tracks(ended, now=now)
        # The reason may have been a lost connection, in which requests got lost too.
        kept = [track for track in publisher.tracks.values() if track not in begun]
        plane.repeat_requests(kept, now=now)

    def unpublish(self, participant: ParticipantId, *, now: float) -> None:
        """Close a publish leg."""
        plane = self._publishing.pop(participant, None)
        if plane is None:
            return
        publisher = plane.publishers.pop(participant)
        plane.end_tracks(publisher.tracks.values(), now=now)
        self._close_if_empty(plane)

    # Viewers

    def plan_slots(self) -> list[SlotFormat]:
        """Return the slots of a new viewer, with SSRCs of their own."""
        return plan_slots(self._draw)

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
        """Add a viewer whose answer has come; it gets media once connected."""
        plane = self.open_room(room)
        if not fmt.repaired:
            formats = [replace(slot, rtx_ssrc=0) for slot in formats]
        slots = [
            # 29 bits leave an hour and a half of video before the first wrap,
            # and a meeting of any length after it.
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
        plane.request_codecs()
        return viewer.key

    def connected(self, participant: ParticipantId, *, now: float) -> None:
        """A viewer's transport is connected: fill its slots."""
        plane = self._viewing.get(participant)
        if plane is None:
            return
        viewer = plane.viewers[participant]
        viewer.connect(now=now)
        self._duties.viewer_connected(plane, viewer, now=now)
        plane.reassign(viewer, now=now)
        self._duties.flush(plane, now=now)

    def forget(self, participant: ParticipantId) -> None:
        """Forget the view of a participant, which left the room."""
        self._views.pop(participant, None)

    def unsubscribe(self, participant: ParticipantId) -> None:
        """Close a subscribe leg."""
        plane = self._viewing.pop(participant, None)
        if plane is not None:
            plane.remove_viewer(participant)
            self._close_if_empty(plane)

    # Taps

    def new_key(self) -> ViewerKey:
        """Return a key for a watcher that is not a viewer."""
        return ViewerKey(next(self._keys))

    def watch(self, room: RoomId, tap: Tap, *, now: float) -> RoomPlane:
        """Give a tap the packets of a room, which stays open for it."""
        plane = self.open_room(room)
        plane.taps[tap.key] = tap
        self._duties.tend_room(plane, now=now)
        return plane

    def unwatch(self, room: RoomId, key: ViewerKey) -> None:
        """Remove a tap; unknown ones are ignored."""
        plane = self._rooms.get(room)
        if plane is not None:
            plane.taps.pop(key, None)
            self._close_if_empty(plane)

    # Changes

    def apply(self, command: media.Command, *, now: float) -> None:
        """Apply a command that has no result; unknown participants are ignored."""
        match command:
            case media.SetTrack(participant, source, active):
                plane = self._publishing.get(participant)
                if plane is not None:
                    track = plane.publishers[participant].tracks.get(source)
                    if track is not None:
                        plane.set_active(track, active=active, now=now)
            case media.SetStage(room, stage):
                plane = self._rooms.get(room) if stage is None else self.open_room(room)
                if plane is not None and plane.stage != stage:
                    plane.stage = stage
                    plane.reassign(groups=STAGE_AND_OTHERS, now=now)
                    self._close_if_empty(plane)
            case media.SetView(viewer=participant):
                # Kept, because a view may come before its leg, and outlives it.
                self._views[participant] = command
                plane = self._viewing.get(participant)
                if plane is not None:
                    viewer = plane.viewers[participant]
                    viewer.show(command)
                    plane.reassign(viewer, now=now)
            case media.RepeatLayers(participant):
                plane = self._publishing.get(participant)
                if plane is not None:
                    tracks = plane.publishers[participant].tracks.values()
                    plane.repeat_requests(tracks, now=now)
            case media.CloseLegs(participant):
                plane = None
                self.forget(participant)
                self.unpublish(participant, now=now)
                self.unsubscribe(participant)
            case media.CloseRoom(room):
                plane = self._rooms.get(room)
                if plane is not None:
                    self._close_room(plane, now)
        if plane is not None:
            self._duties.flush(plane, now=now)

    def _close_room(self, plane: RoomPlane, now: float) -> None:
        plane.stage = None
        plane.taps.clear()
        # Viewers first, so that no slots are assigned again.
        for participant in list(plane.viewers):
            self.forget(participant)
            self.unsubscribe(participant)
        for participant in list(plane.publishers):
            self.forget(participant)
            self.unpublish(participant, now=now)
        self._close_if_empty(plane)

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
        arrived = plane.publishers[participant].on_rtp(data, now=now)
        if arrived is None:
            return
        plane.on_packet(arrived, now=now)
        if plane.requests or plane.switched:
            self._duties.flush(plane, now=now)

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
        if plane is not None:
            plane.feedback.on_rtcp(plane.viewers[participant], data, now=now)
            self._duties.flush(plane, now=now)

    # Time

    @property
    def next_due(self) -> float | None:
        """When ``on_timeout`` should be called."""
        return self._duties.timetable.next_due

    def on_timeout(self, *, now: float) -> None:
        """Do what is due."""
        self._duties.timetable.run(now=now)

    def emit(self, event: media.Event) -> None:
        """Add an event of the transport, in its order with those of this plane."""
        self._events.append(event)

    def drain(self) -> tuple[list[RtcpOut], list[media.Event]]:
        """Return the RTCP to send and the events since the last call."""
        events = self._events.copy()
        self._events.clear()
        return self._duties.drain_rtcp(), events
