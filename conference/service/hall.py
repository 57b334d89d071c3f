"""
The Hall: all open rooms, and the one way to change one.

``apply`` runs a command through a room and makes its events happen in one
order: persist, then media, then broadcast. What was not stored did not happen,
and nobody hears of it. Chat is therefore on the disk before anybody sees it.
"""

import asyncio
import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType

from conference.contract import media as m
from conference.contract import records as r
from conference.contract.media_plane import MediaPlane
from conference.contract.stores import RoomStore
from conference.contract.words import Departure, Removal
from conference.errors import NotFound
from conference.ids import ConnectionId, Mid, ParticipantId, RoomId
from conference.rooms import commands as c
from conference.rooms import events as e
from conference.rooms.removals import Removals
from conference.rooms.room import Room
from conference.rooms.seat import SEAT_KEPT_S, Presence, Seat
from conference.rooms.state import RoomLimits
from conference.service import notices as n
from conference.service.notices import Outbox

log = logging.getLogger(__name__)

MediaCommand = c.TrackUp | c.TrackDown | c.Dominate


@dataclass(slots=True)
class OpenRoom:
    """A room with what is known of it beside its own state."""

    room: Room
    lock: asyncio.Lock = field(default_factory=asyncio.Lock)
    holders: dict[ParticipantId, ConnectionId] = field(default_factory=dict)
    """The connection that sits on each seat; a seat has one at most."""
    tokens: dict[ParticipantId, bytes] = field(default_factory=dict)
    """Hash of each seat's token."""
    slots: dict[ParticipantId, dict[Mid, m.SlotState]] = field(default_factory=dict)
    """What each viewer's slots carry, to tell those who come back."""
    speakers: tuple[ParticipantId, ...] = ()
    dominant: ParticipantId | None = None

    def view(self) -> n.RoomView:
        """Return the room as everybody in it knows it."""
        room = self.room
        return n.RoomView(
            room.id,
            room.title,
            room.organisation,
            stage=room.stage,
            chosen_stage=room.chosen_stage,
        )

    def seat_view(self, participant: ParticipantId) -> n.SeatView:
        """Return a seat as everybody in the room sees it."""
        return n.SeatView(
            self.room.seat(participant), self.room.hand_place(participant)
        )


class Hall:
    """All open rooms. Driven by the doors of ``Conference`` and its one timer."""

    def __init__(
        self,
        *,
        store: RoomStore,
        media: MediaPlane,
        outbox: Outbox,
        limits: RoomLimits,
        clock: Callable[[], float],
        wall: Callable[[], float],
    ) -> None:
        self.media = media
        self.outbox = outbox
        self.clock = clock
        self.wall = wall
        self.rooms: dict[RoomId, OpenRoom] = {}
        self.seats: dict[bytes, tuple[RoomId, ParticipantId]] = {}
        """Which seat a token's hash opens."""
        self.timeout_moved = asyncio.Event()
        self._room_of: dict[ParticipantId, RoomId] = {}
        self._store = store
        self._limits = limits

    async def load(self) -> None:
        """Open the rooms of the last run; their seats wait for their owners."""
        now = self.clock()
        for stored in await self._store.load():
            record = stored.room
            self.open(
                record,
                seats=[
                    Seat(
                        id=seat.id,
                        name=seat.name,
                        organisation=seat.organisation,
                        role=seat.role,
                        joined_at=seat.joined_at,
                        account=seat.account,
                        invitation=seat.invitation,
                        browser=seat.browser,
                        presence=Presence.LOST,
                        kept_until=now + SEAT_KEPT_S,
                        has_floor=seat.has_floor,
                        hand=seat.hand,
                    )
                    for seat in stored.seats
                ],
                chat_seq=stored.chat_seq,
                removals=stored.removals,
            )
            for seat in stored.seats:
                self.remember_token(record.id, seat.id, seat.token_hash)

    def open(
        self,
        record: r.RoomRecord,
        *,
        seats: Sequence[Seat] = (),
        chat_seq: int = 0,
        removals: Sequence[Removal] = (),
    ) -> OpenRoom:
        """Open a room that is stored."""
        opened = OpenRoom(
            Room(
                record.id,
                title=record.title,
                organisation=record.organisation,
                owner=record.owner,
                created_at=record.created_at,
                limits=self._limits,
                seats=seats,
                chosen_stage=record.chosen_stage,
                chat_seq=chat_seq,
                removals=Removals(
                    MappingProxyType({one.participant: one for one in removals})
                ),
            )
        )
        self.rooms[record.id] = opened
        if opened.room.stage is not None:
            self.media.apply(m.SetStage(record.id, opened.room.stage))
        return opened

    def room(self, room: RoomId) -> OpenRoom:
        """
        Return an open room.

        Raises:
            NotFound: There is none, or it has ended.
        """
        opened = self.rooms.get(room)
        if opened is None:
            raise NotFound("room-not-found", "This room does not exist any more.")
        return opened

    def room_of(self, participant: ParticipantId) -> OpenRoom | None:
        """Return the room in which a participant sits, if any."""
        room = self._room_of.get(participant)
        return None if room is None else self.rooms.get(room)

    def remember_token(
        self, room: RoomId, participant: ParticipantId, token_hash: bytes
    ) -> None:
        """Let a token open a seat."""
        self.rooms[room].tokens[participant] = token_hash
        self.seats[token_hash] = (room, participant)
        self._room_of[participant] = room

    def forget_token(self, opened: OpenRoom, participant: ParticipantId) -> None:
        """Let a seat's token open nothing any more."""
        self._room_of.pop(participant, None)
        token_hash = opened.tokens.pop(participant, None)
        if token_hash is not None:
            self.seats.pop(token_hash, None)

    async def handle(self, opened: OpenRoom, command: c.Command) -> list[e.Event]:
        """Wait for the room's turn, then ``apply``."""
        async with opened.lock:
            return await self.apply(opened, command)

    async def apply(self, opened: OpenRoom, command: c.Command) -> list[e.Event]:
        """
        Run a command and make its events happen. The caller holds the lock.

        Raises:
            UserError: The room refused; nothing changed.
            InfrastructureError: It could not be stored; nothing changed.
        """
        before, now = opened.room.state, self.clock()
        events = opened.room.handle(command, now=now)
        changes = [
            change for event in events if (change := self._change(opened, event))
        ]
        if changes:
            # Storing may take seconds, and the media plane goes on meanwhile. Until
            # it is done nothing has changed; then the same happens to the room as it
            # is by now. Of what is stored only the holder of the lock changes anything.
            opened.room.restore(before)
            await self._store.apply(changes)
            events = opened.room.handle(command, now=now)
        self._effects(opened, events)
        return events

    def apply_at_once(self, opened: OpenRoom, command: MediaCommand) -> None:
        """
        Run a command of the media plane, of which nothing is stored.

        It does not wait for the room's turn: a track that ended with its old
        leg must be gone before the new leg's tracks are written down.
        """
        if not opened.room.closed:
            self._effects(opened, opened.room.handle(command, now=self.clock()))
            self.timeout_moved.set()

    def _effects(self, opened: OpenRoom, events: Sequence[e.Event]) -> None:
        for event in events:
            self._tell_media(opened, event)
        for event in dict.fromkeys(events):
            self._tell_people(opened, event)
        if any(isinstance(event, e.StageMoved | e.StageChosen) for event in events):
            self.outbox.send(opened.holders.values(), n.RoomChanged(opened.view()))
        if events:
            self.timeout_moved.set()

    def _change(self, opened: OpenRoom, event: e.Event) -> r.Change | None:
        match event:
            case e.SeatOpened(participant) | e.SeatUpdated(participant, durable=True):
                return r.SaveSeat(self._seat_record(opened, participant))
            case e.SeatVacated(participant):
                return r.DropSeat(participant)
            case e.StageChosen(participant):
                return r.SaveStage(opened.room.id, participant)
            case e.Said(line):
                return r.AddLine(opened.room.id, line)
            case e.RemovalHeld(removal):
                return r.AddRemoval(opened.room.id, removal)
            case e.RemovalLifted(participant):
                return r.DropRemoval(participant)
            case e.RoomEnded():
                return r.EndRoom(opened.room.id, self.wall())
            case _:
                return None

    def _seat_record(
        self, opened: OpenRoom, participant: ParticipantId
    ) -> r.SeatRecord:
        seat = opened.room.seat(participant)
        return r.SeatRecord(
            id=seat.id,
            room=opened.room.id,
            name=seat.name,
            organisation=seat.organisation,
            role=seat.role,
            joined_at=seat.joined_at,
            token_hash=opened.tokens[participant],
            account=seat.account,
            invitation=seat.invitation,
            browser=seat.browser,
            has_floor=seat.has_floor,
            hand=seat.hand,
        )

    def _tell_media(self, opened: OpenRoom, event: e.Event) -> None:
        match event:
            case e.SeatVacated(participant) | e.PageClosed(participant):
                self.media.apply(m.CloseLegs(participant))
            case e.StageMoved(participant):
                self.media.apply(m.SetStage(opened.room.id, participant))
            case e.GateMoved(participant, source, is_open):
                self.media.apply(m.SetTrack(participant, source, is_open))
            case e.RoomEnded():
                self.media.apply(m.CloseRoom(opened.room.id))
                for participant in opened.room.seats:
                    self.media.apply(m.CloseLegs(participant))
            case _:
                pass

    def _tell_people(self, opened: OpenRoom, event: e.Event) -> None:
        everybody = opened.holders.values()
        match event:
            case e.SeatOpened(participant) | e.SeatUpdated(participant):
                if participant in opened.room.seats:
                    view = opened.seat_view(participant)
                    self.outbox.send(everybody, n.ParticipantChanged(view))
            case e.QualityChanged(participant):
                if participant in opened.room.seats:
                    audience = [
                        opened.holders[one]
                        for one in opened.room.quality_audience(participant)
                        if one in opened.holders
                    ]
                    view = opened.seat_view(participant)
                    self.outbox.send(audience, n.ParticipantChanged(view))
            case e.SeatVacated(participant, reason, by):
                self.forget_token(opened, participant)
                opened.slots.pop(participant, None)
                holder = opened.holders.pop(participant, None)
                if holder is not None and reason is Departure.REMOVED:
                    self.outbox.close(holder, n.SeatClosed(n.Closing.REMOVED, by))
                self.outbox.send(everybody, n.ParticipantLeft(participant, reason))
            case e.CapabilitiesChanged(participant):
                seat = opened.room.seat(participant)
                self._tell_one(
                    opened, participant, n.SeatChanged(seat.role, seat.capabilities)
                )
            case e.TrackMuted(participant, source, by):
                self._tell_one(opened, participant, n.SeatMuted(source, by))
            case e.Said(line):
                self.outbox.send(everybody, n.ChatSaid(line))
            case e.RoomEnded(by):
                self._end(opened, by)
            case (
                e.StageMoved()
                | e.StageChosen()
                | e.GateMoved()
                | e.PageClosed()
                | e.RemovalHeld()
                | e.RemovalLifted()
            ):
                pass

    def _tell_one(
        self, opened: OpenRoom, participant: ParticipantId, notice: n.Notice
    ) -> None:
        holder = opened.holders.get(participant)
        if holder is not None:
            self.outbox.send((holder,), notice)

    def _end(self, opened: OpenRoom, by: str | None) -> None:
        for participant in list(opened.tokens):
            self.forget_token(opened, participant)
        for holder in opened.holders.values():
            self.outbox.close(holder, n.SeatClosed(n.Closing.ROOM_CLOSED, by))
        opened.holders.clear()
        del self.rooms[opened.room.id]
