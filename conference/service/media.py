"""Media of those in a room: negotiation down to the plane, its events up to people."""

from collections.abc import Sequence

from conference.contract import media as m
from conference.contract.words import Source
from conference.errors import NotAllowed, NotFound, Refused
from conference.ids import ParticipantId, RoomId
from conference.rooms import commands as c
from conference.rooms.roles import Capability
from conference.service import notices as n
from conference.service.hall import Hall
from conference.service.seats import Occupied, subscribe_seat


class Media:
    """Publishing and subscribing of those who sit in a room."""

    def __init__(self, hall: Hall) -> None:
        self._hall = hall

    async def subscribe(self, occupied: Occupied) -> m.SlotOffer:
        """Return a fresh slot offer; the old subscribe leg is closed."""
        opened = self._hall.room(occupied.room)
        opened.room.seat(occupied.participant)
        return await subscribe_seat(self._hall, opened, occupied)

    async def answer(self, occupied: Occupied, sdp: str) -> None:
        """Take a viewer's answer to its slot offer."""
        await self._hall.media.accept_answer(m.AcceptAnswer(occupied.participant, sdp))

    async def publish(
        self,
        occupied: Occupied,
        sdp: str,
        tracks: Sequence[m.TrackDeclaration],
        active: frozenset[Source] = frozenset(),
    ) -> m.PublishAnswer:
        """
        Open, replace or renegotiate a publish leg.

        Args:
            occupied: The seat that publishes.
            sdp: The offer.
            tracks: What its sections carry.
            active: The sources that are to be sent now; the others are off.

        Raises:
            NotAllowed: Neither the role nor the floor allows it (any more).
            Refused: The same section or source twice, or a bad offer.
        """
        hall, opened = self._hall, self._hall.room(occupied.room)
        seat = opened.room.seat(occupied.participant)
        if not seat.may(Capability.MEDIA_PUBLISH):
            raise NotAllowed("not-allowed", "Your role does not allow this.")
        sources = tuple(track.source for track in tracks)
        mids = {track.mid for track in tracks}
        if len(set(sources)) < len(tracks) or len(mids) < len(tracks):
            raise Refused(
                "duplicate-track", "Each section and each source may be named once."
            )
        answer = await hall.media.publish(
            m.Publish(occupied.room, occupied.participant, sdp, tuple(tracks))
        )
        try:
            await hall.handle(opened, c.Publish(occupied.participant, sources, active))
        except NotFound:  # left or was removed meanwhile
            hall.media.apply(m.CloseLegs(occupied.participant))
            raise
        except NotAllowed:  # lost the floor meanwhile
            for source in sources:
                hall.media.apply(m.SetTrack(occupied.participant, source, active=False))
            raise
        return answer

    async def switch(self, occupied: Occupied, source: Source, *, active: bool) -> None:
        """Start or stop a track of one's own."""
        opened = self._hall.room(occupied.room)
        await self._hall.handle(
            opened, c.SwitchTrack(occupied.participant, source, active=active)
        )

    def view(self, command: m.SetView) -> None:
        """Say what a viewer shows."""
        self._hall.media.apply(command)

    def on_event(self, event: m.Event) -> None:
        """Take an event of the media plane. Never waits, never raises for data."""
        match event:
            case m.SlotsChanged(viewer, slots):
                self._slots_changed(viewer, slots)
            case m.TrackStarted(room, participant, source, codec):
                opened = self._hall.rooms.get(room)
                if opened is not None:
                    self._hall.apply_at_once(
                        opened, c.TrackUp(participant, source, codec)
                    )
            case m.TrackStopped(room, participant, source):
                opened = self._hall.rooms.get(room)
                if opened is not None:
                    self._hall.apply_at_once(opened, c.TrackDown(participant, source))
            case m.SpeakersChanged(room, speakers, dominant):
                self._speakers_changed(room, speakers, dominant)
            case m.PublishNeeded(room, participant):
                self._tell(room, participant, n.PublishNeeded())
            case m.LayersWanted(room, participant, source, layers):
                self._tell(room, participant, n.LayersWanted(source, layers))
            case m.LinkChanged(viewer, down_bps, loss, rtt_s, reduced):
                opened = self._hall.room_of(viewer)
                if opened is not None:
                    self._tell(
                        opened.room.id,
                        viewer,
                        n.LinkChanged(down_bps, loss, rtt_s, reduced),
                    )
            case m.LegChanged():
                pass  # the client sees its own peer connections

    def _speakers_changed(
        self,
        room: RoomId,
        speakers: tuple[ParticipantId, ...],
        dominant: ParticipantId | None,
    ) -> None:
        opened = self._hall.rooms.get(room)
        if opened is None:
            return
        moved = dominant != opened.dominant
        opened.speakers, opened.dominant = speakers, dominant
        self._hall.outbox.send(
            opened.holders.values(), n.SpeakersChanged(speakers, dominant)
        )
        if moved:
            self._hall.apply_at_once(opened, c.Dominate(dominant))

    def _tell(self, room: RoomId, participant: ParticipantId, notice: n.Notice) -> None:
        opened = self._hall.rooms.get(room)
        holder = opened and opened.holders.get(participant)
        if holder:
            self._hall.outbox.send((holder,), notice)

    def _slots_changed(
        self, viewer: ParticipantId, slots: tuple[m.SlotState, ...]
    ) -> None:
        room = self._hall.room_of(viewer)
        if room is None:
            return
        known = room.slots.setdefault(viewer, {})
        known.update({state.mid: state for state in slots})
        holder = room.holders.get(viewer)
        if holder is not None:
            self._hall.outbox.send((holder,), n.SlotsChanged(slots))
