"""The door of a room and the seats in it: coming, coming back, going."""

import logging
from dataclasses import dataclass, replace

from conference.contract import media as m
from conference.contract.stores import ChatStore, InvitationStore
from conference.contract.words import ChatLine, Leg, Role
from conference.errors import NotFound, Refused
from conference.ids import AccountId, ConnectionId, InvitationId, ParticipantId, RoomId
from conference.rooms import commands as c
from conference.rooms.roles import Capabilities
from conference.rooms.seat import Seat
from conference.service import notices as n
from conference.service.hall import Hall, OpenRoom
from conference.service.tokens import InvitationTokens, digest, new_id, new_secret

log = logging.getLogger(__name__)

LINES_ON_JOINING = 200
LINES_ON_RETURNING = 1000
# Of 4 kB at most each, though usually 100 bytes: what fits on a screen many
# times over, without filling a slow client's queue. ``chat.history`` has more.


@dataclass(frozen=True, slots=True)
class Door:
    """Somebody's right to enter a room."""

    room: RoomId
    role: Role
    invitation: InvitationId | None = None
    account: AccountId | None = None
    most_people: int | None = None
    """How many may be in the room by this invitation at the same time."""


@dataclass(frozen=True, slots=True)
class Occupied:
    """A seat that a connection sits on, or may come back to."""

    room: RoomId
    participant: ParticipantId


@dataclass(frozen=True, slots=True)
class Preview:
    """A room as seen from its door."""

    title: str
    organisation: str
    role: Role
    seats: tuple[Seat, ...]
    """Those who are connected, without the one who asks."""
    seated_elsewhere: bool
    """Whether the one who asks is in the room already, by another connection."""


@dataclass(frozen=True, slots=True)
class Taken:
    """Everything that somebody who sits down needs to know."""

    occupied: Occupied
    token: str
    role: Role
    capabilities: Capabilities
    room: n.RoomView
    seats: tuple[n.SeatView, ...]
    lines: tuple[ChatLine, ...]
    slots: tuple[m.SlotState, ...]
    legs: frozenset[Leg]
    offer: m.SlotOffer | None


class Seats:
    """Coming, coming back and going."""

    def __init__(
        self,
        hall: Hall,
        invitations: InvitationStore,
        chat: ChatStore,
        tokens: InvitationTokens,
    ) -> None:
        self._hall = hall
        self._invitations = invitations
        self._chat = chat
        self._tokens = tokens

    async def door_by_invitation(self, token: str) -> Door:
        """
        Return the door an invitation opens.

        Raises:
            NotFound: Not an invitation, revoked, or its room has ended.
        """
        invitation = self._tokens.read(token)
        record = None
        if invitation is not None:
            record = await self._invitations.invitation(invitation)
        if record is None:
            raise NotFound("invitation-unknown", "This invitation does not exist.")
        if record.revoked:
            raise NotFound(
                "invitation-revoked",
                "This invitation has been withdrawn. Ask the moderator for another.",
            )
        self._hall.room(record.room)
        return Door(
            record.room,
            record.role,
            invitation=record.id,
            most_people=record.most_people,
        )

    def door_of_owner(self, account: AccountId, room: RoomId) -> Door:
        """
        Return the door of an account's own room.

        Raises:
            NotFound: No such room, or it is somebody else's: the two look alike.
        """
        opened = self._hall.room(room)
        if opened.room.owner != account:
            raise NotFound("room-not-found", "This room does not exist any more.")
        return Door(room, Role.MODERATOR, account=account)

    def seat_by_token(self, token: str) -> Occupied:
        """
        Return the seat that a token opens.

        Raises:
            NotFound: The seat was left, removed or lost for too long.
        """
        found = self._hall.seats.get(digest(token))
        if found is None:
            raise NotFound("seat-gone", "Your place is not kept any more. Join again.")
        return Occupied(*found)

    def capabilities(self, occupied: Occupied) -> Capabilities:
        """Return what a seat may do now; nothing when it is gone."""
        opened = self._hall.rooms.get(occupied.room)
        seat = opened and opened.room.seats.get(occupied.participant)
        return seat.capabilities if seat else frozenset()

    def preview(self, door: Door, own_token: str | None = None) -> Preview:
        """
        Return the room as seen from its door.

        Args:
            door: The door.
            own_token: The seat token of another tab of the same browser, if any.
        """
        room = self._hall.room(door.room).room
        own = None
        if own_token is not None:
            found = self._hall.seats.get(digest(own_token))
            if found is not None and found[0] == door.room:
                own = room.seats.get(found[1])
        elif door.account is not None:
            own = room.account_seat(door.account)
        return Preview(
            room.title,
            room.organisation,
            door.role,
            seats=tuple(
                seat for seat in room.seats.values() if seat.connected and seat != own
            ),
            seated_elsewhere=own is not None and own.connected,
        )

    async def join(
        self,
        door: Door,
        connection: ConnectionId,
        *,
        name: str,
        organisation: str,
        subscribe: bool,
        browser_key: str | None = None,
        take_over: bool = False,
    ) -> Taken:
        """
        Take a seat.

        Args:
            door: The right to enter.
            connection: The connection that will hold the seat.
            name: Name of the participant.
            organisation: Where the participant belongs.
            subscribe: Whether the answer carries a slot offer.
            browser_key: The key that this browser made for the invitation.
            take_over: Whether the account's present connection may be ended.

        Raises:
            NotFound: The invitation was withdrawn or the room ended meanwhile.
            Refused: A removal holds, or the account is in the room already.
            TooMuch: The room is full, or as full as the invitation allows.
        """
        if door.invitation is not None:
            door = await self.door_by_invitation(self._tokens.write(door.invitation))
        hall, opened = self._hall, self._hall.room(door.room)
        token, participant = new_secret(), ParticipantId(new_id())
        async with opened.lock:
            # All that may fail comes first: a seat that is taken must have a holder.
            lines = await self._chat.after(opened.room.id, 0, LINES_ON_JOINING)
            if door.account is not None:
                await self._free_own_seat(opened, door.account, take_over=take_over)
            hall.remember_token(door.room, participant, digest(token))
            try:
                await hall.apply(
                    opened,
                    c.TakeSeat(
                        participant,
                        name=name,
                        organisation=organisation,
                        role=door.role,
                        at=hall.wall(),
                        account=door.account,
                        invitation=door.invitation,
                        most_by_invitation=door.most_people,
                        browser=None if browser_key is None else digest(browser_key),
                    ),
                )
            except BaseException:
                hall.forget_token(opened, participant)
                raise
            opened.holders[participant] = connection
            taken = self._taken(opened, participant, token, lines)
        return await self._with_offer(opened, taken) if subscribe else taken

    async def resume(
        self,
        occupied: Occupied,
        token: str,
        connection: ConnectionId,
        *,
        last_chat: int,
        subscribe: bool,
    ) -> Taken:
        """
        Come back to a seat, from whoever sits on it.

        Raises:
            NotFound: The seat is gone.
        """
        hall, opened = self._hall, self._hall.room(occupied.room)
        participant = occupied.participant
        async with opened.lock:
            # Checked under the lock: a removal may have come first.
            self.seat_by_token(token)
            lines = await self._chat.after(
                opened.room.id, last_chat, LINES_ON_RETURNING
            )
            await hall.apply(opened, c.Return(participant))
            older = opened.holders.get(participant)
            opened.holders[participant] = connection
            hall.media.apply(m.RepeatLayers(participant))
            if older is not None and older != connection:
                hall.outbox.close(older, n.SeatClosed(n.Closing.TAKEN_OVER))
            taken = self._taken(opened, participant, token, lines)
        return await self._with_offer(opened, taken) if subscribe else taken

    async def leave(self, occupied: Occupied) -> None:
        """Free a seat."""
        opened = self._hall.room(occupied.room)
        await self._hall.handle(opened, c.Leave(occupied.participant))

    async def close_page(self, token: str, connection: ConnectionId) -> None:
        """
        Take the farewell of a page that is being closed or loaded again.

        A seat that another connection has taken meanwhile is left alone, and so is
        a token that opens nothing any more.
        """
        found = self._hall.seats.get(digest(token))
        opened = found and self._hall.rooms.get(found[0])
        if found is None or opened is None:
            return
        participant = found[1]
        async with opened.lock:
            holder = opened.holders.get(participant, connection)
            if participant in opened.room.seats and holder == connection:
                await self._hall.apply(opened, c.ClosePage(participant))

    async def lose(self, occupied: Occupied, connection: ConnectionId) -> None:
        """Note that a connection broke; its seat waits, unless another has it."""
        opened = self._hall.rooms.get(occupied.room)
        if opened is None:
            return
        async with opened.lock:
            if opened.holders.get(occupied.participant) != connection:
                return
            del opened.holders[occupied.participant]
            if occupied.participant in opened.room.seats and not opened.room.closed:
                await self._hall.apply(opened, c.Lose(occupied.participant))

    async def report_quality(self, occupied: Occupied, level: int) -> None:
        """Take a participant's report of its own connection; nothing of it is stored."""
        opened = self._hall.room(occupied.room)
        await self._hall.handle(
            opened, c.ReportQuality(occupied.participant, level=level)
        )
        self._hall.timeout_moved.set()  # it may wait, and then nothing happened yet

    async def _free_own_seat(
        self, opened: OpenRoom, account: AccountId, *, take_over: bool
    ) -> None:
        """One account has one seat in a room; a person decides which page keeps it."""
        seat = opened.room.account_seat(account)
        if seat is None:
            return
        if seat.connected and not take_over:
            raise Refused(
                "seated-elsewhere",
                "You are in this room in another window. Move here, or go on there.",
            )
        holder = opened.holders.get(seat.id)
        await self._hall.apply(opened, c.Leave(seat.id))
        # Only now: a move that could not be stored ends no connection.
        if holder is not None:
            self._hall.outbox.close(holder, n.SeatClosed(n.Closing.TAKEN_OVER))

    def _taken(
        self,
        opened: OpenRoom,
        participant: ParticipantId,
        token: str,
        lines: list[ChatLine],
    ) -> Taken:
        seat = opened.room.seat(participant)
        holder = opened.holders[participant]
        for source, by in seat.stopped.items():
            # It may have been away when it was muted.
            self._hall.outbox.send((holder,), n.SeatMuted(source, by))
        if opened.speakers or opened.dominant:
            # A notice like any later one: it follows the answer.
            self._hall.outbox.send(
                (holder,),
                n.SpeakersChanged(opened.speakers, opened.dominant),
            )
        return Taken(
            occupied=Occupied(opened.room.id, participant),
            token=token,
            role=seat.role,
            capabilities=seat.capabilities,
            room=opened.view(),
            seats=tuple(opened.seat_view(p) for p in opened.room.seats),
            lines=tuple(lines),
            slots=tuple(
                state
                for state in opened.slots.get(participant, {}).values()
                if state.participant is not None or state.gap is not None
            ),
            legs=self._hall.media.legs(participant),
            offer=None,
        )

    async def _with_offer(self, opened: OpenRoom, taken: Taken) -> Taken:
        """Add a slot offer; without one the seat is good, so nothing is undone."""
        try:
            offer = await subscribe_seat(self._hall, opened, taken.occupied)
        except Exception:
            # Whatever it was, the seat is taken and its holder must hear of it,
            # or it would be nobody's. The client asks with ``media.subscribe``.
            log.exception("no slot offer for a new seat")
            return taken
        legs = taken.legs - {Leg.SUBSCRIBE}
        return replace(taken, offer=offer, slots=(), legs=legs)


async def subscribe_seat(
    hall: Hall, opened: OpenRoom, occupied: Occupied
) -> m.SlotOffer:
    """Open or replace a seat's subscribe leg."""
    opened.slots[occupied.participant] = {}
    offer = await hall.media.subscribe(m.Subscribe(occupied.room, occupied.participant))
    if occupied.participant not in opened.room.seats or opened.room.closed:
        hall.media.apply(m.CloseLegs(occupied.participant))
        raise NotFound("seat-gone", "Your place is not kept any more. Join again.")
    return offer
