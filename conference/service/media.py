"""Media of participants: negotiation with the media plane, and its events."""

from collections.abc import Sequence

from conference.contract import media
from conference.contract.words import Source
from conference.errors import NotAllowed, NotFound, Refused
from conference.ids import ParticipantId, RoomId
from conference.rooms import commands as c
from conference.rooms.roles import Capability
from conference.service import notices as n
from conference.service.open_rooms import OpenRooms, SeatRef
from conference.service.seats import subscribe_seat


class Media:
    """Publishing and subscribing of participants."""

    def __init__(self, rooms: OpenRooms) -> None:
        self._rooms = rooms

    async def subscribe(self, seat_ref: SeatRef) -> media.SlotOffer:
        """Return a fresh slot offer; the old subscribe leg is closed."""
        opened = self._rooms.room(seat_ref.room)
        opened.room.seat(seat_ref.participant)
        return await subscribe_seat(self._rooms, opened, seat_ref)

    async def answer(self, seat_ref: SeatRef, sdp: str) -> None:
        """Take a viewer's answer to its slot offer."""
        await self._rooms.media.accept_answer(
            media.AcceptAnswer(seat_ref.participant, sdp)
        )

    async def publish(
        self,
        seat_ref: SeatRef,
        sdp: str,
        tracks: Sequence[media.TrackDeclaration],
        active: frozenset[Source] = frozenset(),
    ) -> media.PublishAnswer:
        """
        Open, replace or renegotiate a publish leg.

        Args:
            seat_ref: The seat that publishes.
            sdp: The offer.
            tracks: What its sections carry.
            active: The sources that are to be sent now; the others are off.

        Raises:
            NotAllowed: Neither the role nor the floor allows it (any more).
            Refused: The same section or source twice, or a bad offer.
        """
        rooms, opened = self._rooms, self._rooms.room(seat_ref.room)
        seat = opened.room.seat(seat_ref.participant)
        if not seat.may(Capability.MEDIA_PUBLISH):
            raise NotAllowed("not-allowed", "Your role does not allow this.")
        sources = tuple(track.source for track in tracks)
        mids = {track.mid for track in tracks}
        if len(set(sources)) < len(tracks) or len(mids) < len(tracks):
            raise Refused(
                "duplicate-track", "Each section and each source may be named once."
            )
        answer = await rooms.media.publish(
            media.Publish(seat_ref.room, seat_ref.participant, sdp, tuple(tracks))
        )
        try:
            await rooms.handle(opened, c.Publish(seat_ref.participant, sources, active))
        except NotFound:  # left or was removed meanwhile
            rooms.media.apply(media.CloseLegs(seat_ref.participant))
            raise
        except NotAllowed:  # lost the floor meanwhile
            for source in sources:
                rooms.media.apply(
                    media.SetTrack(seat_ref.participant, source, active=False)
                )
            raise
        return answer

    def view(self, command: media.SetView) -> None:
        """Set what a viewer shows."""
        self._rooms.media.apply(command)

    def on_event(self, event: media.Event) -> None:
        """Take an event of the media plane. Never waits, never raises for data."""
        match event:
            case media.SlotsChanged(viewer, slots):
                self._slots_changed(viewer, slots)
            case media.TrackStarted(room, participant, source, codec):
                opened = self._rooms.by_id.get(room)
                if opened is not None:
                    self._rooms.apply_at_once(
                        opened, c.TrackUp(participant, source, codec)
                    )
            case media.TrackStopped(room, participant, source):
                opened = self._rooms.by_id.get(room)
                if opened is not None:
                    self._rooms.apply_at_once(opened, c.TrackDown(participant, source))
            case media.SpeakersChanged(room, speakers, dominant):
                self._speakers_changed(room, speakers, dominant)
            case media.PublishNeeded(room, participant):
                self._tell(room, participant, n.PublishNeeded())
            case media.LayersWanted(room, participant, source, layers):
                self._tell(room, participant, n.LayersWanted(source, layers))
            case media.LinkChanged(viewer, down_bps, loss, rtt_s, reduced):
                opened = self._rooms.room_of(viewer)
                if opened is not None:
                    self._tell(
                        opened.room.id,
                        viewer,
                        n.LinkChanged(down_bps, loss, rtt_s, reduced),
                    )
            case media.LegChanged():
                pass  # the client sees its own peer connections

    def _speakers_changed(
        self,
        room: RoomId,
        speakers: tuple[ParticipantId, ...],
        dominant: ParticipantId | None,
    ) -> None:
        opened = self._rooms.by_id.get(room)
        if opened is None:
            return
        moved = dominant != opened.dominant
        opened.speakers, opened.dominant = speakers, dominant
        self._rooms.outbox.send(
            opened.holders.values(), n.SpeakersChanged(speakers, dominant)
        )
        if moved:
            self._rooms.apply_at_once(opened, c.Dominate(dominant))

    def _tell(self, room: RoomId, participant: ParticipantId, notice: n.Notice) -> None:
        opened = self._rooms.by_id.get(room)
        holder = opened and opened.holders.get(participant)
        if holder:
            self._rooms.outbox.send((holder,), notice)

    def _slots_changed(
        self, viewer: ParticipantId, slots: tuple[media.SlotState, ...]
    ) -> None:
        room = self._rooms.room_of(viewer)
        if room is None:
            return
        known = room.slots.setdefault(viewer, {})
        known.update({state.mid: state for state in slots})
        holder = room.holders.get(viewer)
        if holder is not None:
            self._rooms.outbox.send((holder,), n.SlotsChanged(slots))
