"""Media of participants: negotiation with the media plane, and its events."""

from collections.abc import Sequence

from conference.contract import media
from conference.contract.words import Generation, LegKind, Source
from conference.errors import NotAllowed, NotFound, Refused
from conference.ids import ParticipantId
from conference.rooms import commands as c
from conference.rooms.roles import Capability
from conference.service import notices as n
from conference.service.open_rooms import OpenRoom, OpenRooms, SeatRef
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

    async def answer(self, seat_ref: SeatRef, generation: Generation, sdp: str) -> None:
        """
        Take a viewer's answer to the slot offer of this generation.

        Raises:
            Refused: Another offer has replaced it, or the answer cannot be used.
        """
        await self._rooms.media.accept_answer(
            media.AcceptAnswer(seat_ref.participant, generation, sdp)
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
        participant = seat_ref.participant
        answer = await rooms.media.publish(
            media.Publish(seat_ref.room, participant, sdp, tuple(tracks))
        )
        if participant in opened.room.seats:
            opened.legs.opened(participant, LegKind.PUBLISH, answer.generation)
        try:
            await rooms.handle(
                opened,
                c.Publish(
                    participant,
                    answer.generation,
                    answer.negotiation,
                    sources,
                    active,
                ),
            )
        except NotFound:  # left or was removed meanwhile
            rooms.media.apply(media.CloseLegs(participant))
            raise
        except NotAllowed:  # lost the floor meanwhile
            for source in sources:
                rooms.media.apply(media.SetTrack(participant, source, active=False))
            raise
        return answer

    def view(self, command: media.SetView) -> None:
        """Set what a viewer shows."""
        self._rooms.media.apply(command)

    def on_event(self, event: media.Event) -> None:
        """
        Take an event of the media plane. Never waits, never raises for data.

        An event of a leg that has been replaced says nothing about its successor:
        it is dropped.
        """
        opened = self._rooms.by_id.get(event.room)
        if opened is None:
            return
        match event:
            case media.SlotsChanged(_, viewer, generation, slots):
                if opened.legs.current(viewer, LegKind.SUBSCRIBE, generation):
                    self._slots_changed(opened, viewer, slots)
            case media.LinkChanged(
                _, viewer, generation, down_bps, loss, rtt_s, reduced
            ):
                if opened.legs.current(viewer, LegKind.SUBSCRIBE, generation):
                    self._notify(
                        opened, viewer, n.LinkChanged(down_bps, loss, rtt_s, reduced)
                    )
            case media.TrackStarted(_, participant, negotiation, source, codec):
                self._rooms.apply_at_once(
                    opened, c.TrackUp(participant, negotiation, source, codec)
                )
            case media.TrackStopped(_, participant, negotiation, source):
                self._rooms.apply_at_once(
                    opened, c.TrackDown(participant, negotiation, source)
                )
            case media.PublishNeeded(_, participant, generation):
                if opened.legs.current(participant, LegKind.PUBLISH, generation):
                    self._notify(opened, participant, n.PublishNeeded())
            case media.LayersWanted(_, participant, generation, source, layers):
                if opened.legs.current(participant, LegKind.PUBLISH, generation):
                    self._notify(opened, participant, n.LayersWanted(source, layers))
            case media.LegChanged(_, participant, generation, kind, connected):
                if participant in opened.room.seats:
                    opened.legs.changed(
                        participant, kind, generation, connected=connected
                    )
            case media.SpeakersChanged(_, speakers, dominant):
                self._speakers_changed(opened, speakers, dominant)

    def _speakers_changed(
        self,
        opened: OpenRoom,
        speakers: tuple[ParticipantId, ...],
        dominant: ParticipantId | None,
    ) -> None:
        moved = dominant != opened.dominant
        opened.speakers, opened.dominant = speakers, dominant
        self._rooms.outbox.send(
            opened.holders.values(), n.SpeakersChanged(speakers, dominant)
        )
        if moved:
            self._rooms.apply_at_once(opened, c.Dominate(dominant))

    def _slots_changed(
        self,
        opened: OpenRoom,
        viewer: ParticipantId,
        slots: tuple[media.SlotState, ...],
    ) -> None:
        if viewer not in opened.room.seats:
            return
        known = opened.slots.setdefault(viewer, {})
        known.update({state.mid: state for state in slots})
        self._notify(opened, viewer, n.SlotsChanged(slots))

    def _notify(
        self, opened: OpenRoom, participant: ParticipantId, notice: n.Notice
    ) -> None:
        holder = opened.holders.get(participant)
        if holder is not None:
            self._rooms.outbox.send((holder,), notice)
