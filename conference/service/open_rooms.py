"""
All open rooms, and the one way to change one.

``apply`` runs a command through a room and makes its events happen in one
order: persist, then media, then broadcast. What was not stored did not happen,
and no notice is sent. Chat is therefore on the disk before it is shown.
"""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType

from conference.contract import media
from conference.contract import records as r
from conference.contract.media_plane import MediaPlane
from conference.contract.stores import RoomStore
from conference.contract.words import Removal
from conference.errors import NotFound
from conference.ids import ConnectionId, Mid, ParticipantId, RoomId
from conference.rooms import commands as c
from conference.rooms import events as e
from conference.rooms.removals import Removals
from conference.rooms.room import Room
from conference.rooms.seat import SEAT_KEPT_S, Presence, Seat
from conference.rooms.state import RoomLimits
from conference.service.effects import (
    Close,
    Send,
    changes_of,
    media_of,
    notices_of,
)
from conference.service.known_legs import KnownLegs
from conference.service.notices import Outbox
from conference.service.timeouts import Timeouts

MediaCommand = c.TrackUp | c.TrackDown | c.Dominate


@dataclass(frozen=True, slots=True)
class SeatRef:
    """A seat, by its room and participant."""

    room: RoomId
    participant: ParticipantId


@dataclass(slots=True)
class OpenRoom:
    """A room with its connections, tokens and media state."""

    room: Room
    lock: asyncio.Lock = field(default_factory=asyncio.Lock)
    holders: dict[ParticipantId, ConnectionId] = field(default_factory=dict)
    """The connection of each seat; a seat has one at most."""
    tokens: dict[ParticipantId, bytes] = field(default_factory=dict)
    """Hash of each seat's token."""
    legs: KnownLegs = field(default_factory=KnownLegs)
    """What the media plane has said of the participants' legs."""
    slots: dict[ParticipantId, dict[Mid, media.SlotState]] = field(default_factory=dict)
    """What each viewer's slots carry, for those who return."""
    speakers: tuple[ParticipantId, ...] = ()
    dominant: ParticipantId | None = None
    retry_at: float | None = None
    """Before this time no timeout is handled, because the last one failed."""


class OpenRooms:
    """All open rooms. Driven by the parts of ``Conference`` and its one timer."""

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
        self.by_id: dict[RoomId, OpenRoom] = {}
        self.by_token: dict[bytes, SeatRef] = {}
        """Which seat a token's hash opens."""
        self.timeouts = Timeouts[RoomId]()
        """When the next timeout of a room is due."""
        self.timeout_moved = asyncio.Event()
        """Set when something is due earlier than all that was due before."""
        self._store = store
        self._limits = limits

    async def load(self) -> None:
        """Open the rooms of the last run; their seats are kept for their participants."""
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
        self.by_id[record.id] = opened
        self.arm(opened)
        if opened.room.stage is not None:
            self.media.apply(media.SetStage(record.id, opened.room.stage))
        return opened

    def room(self, room: RoomId) -> OpenRoom:
        """
        Return an open room.

        Raises:
            NotFound: There is none, or it has ended.
        """
        opened = self.by_id.get(room)
        if opened is None:
            raise NotFound("room-not-found", "This room does not exist any more.")
        return opened

    def remember_token(
        self, room: RoomId, participant: ParticipantId, token_hash: bytes
    ) -> None:
        """Make a token valid for a seat."""
        self.by_id[room].tokens[participant] = token_hash
        self.by_token[token_hash] = SeatRef(room, participant)

    def forget_token(self, opened: OpenRoom, participant: ParticipantId) -> None:
        """Make a seat's token invalid."""
        token_hash = opened.tokens.pop(participant, None)
        if token_hash is not None:
            self.by_token.pop(token_hash, None)

    async def handle(self, opened: OpenRoom, command: c.Command) -> list[e.Event]:
        """Wait for the room's lock, then ``apply``."""
        async with opened.lock:
            return await self.apply(opened, command)

    async def apply(self, opened: OpenRoom, command: c.Command) -> list[e.Event]:
        """
        Run a command and make its events happen. The caller holds the lock.

        Raises:
            UserError: The room refused; nothing changed.
            InfrastructureError: It could not be stored; nothing changed.
        """
        room, now = opened.room, self.clock()
        before = room.state
        events = room.handle(command, now=now)
        changes = changes_of(room, opened.tokens, events, at=self.wall())
        if changes:
            # Storing may take seconds, and media events arrive meanwhile. Until
            # it is done nothing has changed; then the same happens to the room as it
            # is by now. Of what is stored only the holder of the lock changes anything.
            room.restore(before)
            await self._store.apply(changes)
            events = room.handle(command, now=now)
        self._happen(opened, events)
        return events

    def apply_at_once(self, opened: OpenRoom, command: MediaCommand) -> None:
        """
        Run a command of the media plane, of which nothing is stored.

        It does not wait for the room's lock, so that a slow database delays no
        pictures.
        """
        if not opened.room.closed:
            self._happen(opened, opened.room.handle(command, now=self.clock()))

    def arm(self, opened: OpenRoom) -> None:
        """Note when the next timeout of a room is due, not before its ``retry_at``."""
        at = None if opened.room.closed else opened.room.next_timeout()
        if at is not None and opened.retry_at is not None:
            at = max(at, opened.retry_at)
        if self.timeouts.set(opened.room.id, at):
            self.timeout_moved.set()

    def _happen(self, opened: OpenRoom, events: Sequence[e.Event]) -> None:
        for command in media_of(opened.room, events):
            if isinstance(command, media.CloseLegs):
                opened.legs.closing(command.participant)
            self.media.apply(command)
        for delivery in notices_of(opened.room, opened.holders, events):
            match delivery:
                case Send(to, notice):
                    self.outbox.send(to, notice)
                case Close(connection, notice):
                    self.outbox.close(connection, notice)
        for event in events:
            match event:
                case e.SeatVacated(participant):
                    self._forget_seat(opened, participant)
                case e.RoomEnded():
                    self._forget_room(opened)
                case _:
                    pass
        self.arm(opened)

    def _forget_seat(self, opened: OpenRoom, participant: ParticipantId) -> None:
        self.forget_token(opened, participant)
        opened.legs.forget(participant)
        opened.slots.pop(participant, None)
        opened.holders.pop(participant, None)

    def _forget_room(self, opened: OpenRoom) -> None:
        for participant in list(opened.tokens):
            self.forget_token(opened, participant)
        opened.holders.clear()
        del self.by_id[opened.room.id]
