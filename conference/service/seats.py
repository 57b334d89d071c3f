"""Joining a room, returning to a seat, and losing it."""

import logging
from dataclasses import dataclass, replace

from conference.contract import media
from conference.contract.stores import ChatStore, InvitationStore
from conference.contract.words import ChatLine, LegKind, Removal, Role
from conference.errors import NotFound, Refused
from conference.ids import AccountId, ConnectionId, InvitationId, ParticipantId, RoomId
from conference.rooms import commands as c
from conference.rooms.roles import Capabilities
from conference.rooms.seat import Seat
from conference.service import notices as n
from conference.service.effects import room_view, seat_view
from conference.service.open_rooms import OpenRoom, OpenRooms, SeatRef
from conference.service.tokens import InvitationTokens, digest, new_id, new_secret

log = logging.getLogger(__name__)

LINES_ON_JOINING = 200
LINES_ON_RETURNING = 1000
# Of 4 kB at most each, though usually 100 bytes: what fits on a screen many
# times over, without filling a slow client's queue. ``chat.history`` has more.


@dataclass(frozen=True, slots=True)
class Admission:
    """The right to join a room."""

    room: RoomId
    role: Role
    invitation: InvitationId | None = None
    account: AccountId | None = None
    most_people: int | None = None
    """How many may be in the room by this invitation at the same time."""


@dataclass(frozen=True, slots=True)
class Preview:
    """A room as shown to a guest before joining."""

    title: str
    organisation: str
    role: Role
    seats: tuple[Seat, ...]
    """Connected participants, except the one who asks."""
    seated_elsewhere: bool
    """Whether one is in the room already, by another connection."""


@dataclass(frozen=True, slots=True)
class Joined:
    """Everything that a new or returning participant needs."""

    seat_ref: SeatRef
    token: str
    role: Role
    capabilities: Capabilities
    room: n.RoomView
    seats: tuple[n.SeatView, ...]
    lines: tuple[ChatLine, ...]
    slots: tuple[media.SlotState, ...]
    legs: frozenset[LegKind]
    offer: media.SlotOffer | None


class SeatService:
    """Joining, returning, removing and losing."""

    def __init__(
        self,
        rooms: OpenRooms,
        invitations: InvitationStore,
        chat: ChatStore,
        tokens: InvitationTokens,
    ) -> None:
        self._rooms = rooms
        self._invitations = invitations
        self._chat = chat
        self._tokens = tokens

    async def admission_by_invitation(self, token: str) -> Admission:
        """
        Return the admission of an invitation.

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
        self._rooms.room(record.room)
        return Admission(
            record.room,
            record.role,
            invitation=record.id,
            most_people=record.most_people,
        )

    def admission_of_owner(self, account: AccountId, room: RoomId) -> Admission:
        """
        Return the admission of an account to its own room.

        Raises:
            NotFound: No such room, or another account owns it; the two look the same.
        """
        opened = self._rooms.room(room)
        if opened.room.owner != account:
            raise NotFound("room-not-found", "This room does not exist any more.")
        return Admission(room, Role.MODERATOR, account=account)

    def seat_by_token(self, token: str) -> SeatRef:
        """
        Return the seat that a token opens.

        Raises:
            NotFound: The seat was left, removed or lost for too long.
        """
        found = self._rooms.by_token.get(digest(token))
        if found is None:
            raise NotFound("seat-gone", "Your place is not kept any more. Join again.")
        return found

    def capabilities(self, seat_ref: SeatRef) -> Capabilities:
        """Return the capabilities of a seat; none if there is no such seat."""
        opened = self._rooms.by_id.get(seat_ref.room)
        seat = opened and opened.room.seats.get(seat_ref.participant)
        return seat.capabilities if seat else frozenset()

    def preview(self, admission: Admission, own_token: str | None = None) -> Preview:
        """
        Return the room as shown to a guest before joining.

        Args:
            admission: The right to enter.
            own_token: The seat token of another tab of the same browser, if any.
        """
        room = self._rooms.room(admission.room).room
        own = None
        if own_token is not None:
            found = self._rooms.by_token.get(digest(own_token))
            if found is not None and found.room == admission.room:
                own = room.seats.get(found.participant)
        elif admission.account is not None:
            own = room.account_seat(admission.account)
        return Preview(
            room.title,
            room.organisation,
            admission.role,
            seats=tuple(
                seat for seat in room.seats.values() if seat.connected and seat != own
            ),
            seated_elsewhere=own is not None and own.connected,
        )

    async def join(
        self,
        admission: Admission,
        connection: ConnectionId,
        *,
        name: str,
        organisation: str,
        subscribe: bool,
        browser_key: str | None = None,
        take_over: bool = False,
    ) -> Joined:
        """
        Take a seat.

        Args:
            admission: The right to enter.
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
        if admission.invitation is not None:
            admission = await self.admission_by_invitation(
                self._tokens.write(admission.invitation)
            )
        rooms, opened = self._rooms, self._rooms.room(admission.room)
        token, participant = new_secret(), ParticipantId(new_id())
        async with opened.lock:
            # Everything that may fail comes first: a taken seat must have a connection.
            lines = await self._chat.after(opened.room.id, 0, LINES_ON_JOINING)
            if admission.account is not None:
                await self._free_own_seat(
                    opened, admission.account, take_over=take_over
                )
            rooms.remember_token(admission.room, participant, digest(token))
            try:
                await rooms.apply(
                    opened,
                    c.TakeSeat(
                        participant,
                        name=name,
                        organisation=organisation,
                        role=admission.role,
                        at=rooms.wall(),
                        account=admission.account,
                        invitation=admission.invitation,
                        most_by_invitation=admission.most_people,
                        browser=None if browser_key is None else digest(browser_key),
                    ),
                )
            except BaseException:
                rooms.forget_token(opened, participant)
                raise
            opened.holders[participant] = connection
            joined = self._joined(opened, participant, token, lines)
        return await self._with_offer(opened, joined) if subscribe else joined

    async def resume(
        self,
        seat_ref: SeatRef,
        token: str,
        connection: ConnectionId,
        *,
        last_chat: int,
        subscribe: bool,
    ) -> Joined:
        """
        Return to a seat; another connection of it is closed.

        Raises:
            NotFound: The seat is gone.
        """
        rooms, opened = self._rooms, self._rooms.room(seat_ref.room)
        participant = seat_ref.participant
        async with opened.lock:
            # Checked under the lock: a removal may have come first.
            self.seat_by_token(token)
            lines = await self._chat.after(
                opened.room.id, last_chat, LINES_ON_RETURNING
            )
            await rooms.apply(opened, c.Return(participant))
            older = opened.holders.get(participant)
            opened.holders[participant] = connection
            rooms.media.apply(media.RepeatLayers(participant))
            if older is not None and older != connection:
                rooms.outbox.close(older, n.SeatClosed(n.Closing.TAKEN_OVER))
            joined = self._joined(opened, participant, token, lines)
        return await self._with_offer(opened, joined) if subscribe else joined

    async def remove(self, by: SeatRef, participant: ParticipantId) -> None:
        """
        Remove a participant; the seat's token becomes invalid.

        The same browser cannot join by the same link until the removal is
        lifted.
        """
        command = c.Remove(by.participant, participant, at=self._rooms.wall())
        await self._rooms.handle(self._rooms.room(by.room), command)

    def removals(self, by: SeatRef) -> tuple[Removal, ...]:
        """Return the removals that hold in the room, oldest first."""
        return self._rooms.room(by.room).room.removals

    async def close_page(self, token: str, connection: ConnectionId) -> None:
        """
        Note that a page is being closed or reloaded.

        A seat that another connection has taken meanwhile is left alone, and so is
        a token that opens nothing any more.
        """
        found = self._rooms.by_token.get(digest(token))
        opened = None if found is None else self._rooms.by_id.get(found.room)
        if found is None or opened is None:
            return
        participant = found.participant
        async with opened.lock:
            holder = opened.holders.get(participant, connection)
            if participant in opened.room.seats and holder == connection:
                await self._rooms.apply(opened, c.ClosePage(participant))

    async def lose(self, seat_ref: SeatRef, connection: ConnectionId) -> None:
        """Note that a connection was lost; its seat is kept, unless another connection has it."""
        opened = self._rooms.by_id.get(seat_ref.room)
        if opened is None:
            return
        async with opened.lock:
            if opened.holders.get(seat_ref.participant) != connection:
                return
            del opened.holders[seat_ref.participant]
            if seat_ref.participant in opened.room.seats and not opened.room.closed:
                await self._rooms.apply(opened, c.Lose(seat_ref.participant))

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
        await self._rooms.apply(opened, c.Leave(seat.id))
        # After storing: a move that failed must not close the other connection.
        if holder is not None:
            self._rooms.outbox.close(holder, n.SeatClosed(n.Closing.TAKEN_OVER))

    def _joined(
        self,
        opened: OpenRoom,
        participant: ParticipantId,
        token: str,
        lines: list[ChatLine],
    ) -> Joined:
        seat = opened.room.seat(participant)
        holder = opened.holders[participant]
        for source, by in seat.stopped.items():
            # The participant may have been disconnected when it was muted.
            self._rooms.outbox.send((holder,), n.SeatMuted(source, by))
        if opened.speakers or opened.dominant:
            # Like every notice, it is sent after the answer.
            self._rooms.outbox.send(
                (holder,),
                n.SpeakersChanged(opened.speakers, opened.dominant),
            )
        return Joined(
            seat_ref=SeatRef(opened.room.id, participant),
            token=token,
            role=seat.role,
            capabilities=seat.capabilities,
            room=room_view(opened.room),
            seats=tuple(seat_view(opened.room, p) for p in opened.room.seats),
            lines=tuple(lines),
            slots=tuple(
                state
                for state in opened.slots.get(participant, {}).values()
                if state.participant is not None or state.gap is not None
            ),
            legs=opened.legs.connected(participant),
            offer=None,
        )

    async def _with_offer(self, opened: OpenRoom, joined: Joined) -> Joined:
        """Add a slot offer; the seat is valid without one, so a failure undoes nothing."""
        try:
            offer = await subscribe_seat(self._rooms, opened, joined.seat_ref)
        except Exception:
            # Whatever failed, the seat is taken and its client must learn that,
            # or nobody could use it. The client asks again with ``media.subscribe``.
            log.exception("no slot offer for a new seat")
            return joined
        legs = joined.legs - {LegKind.SUBSCRIBE}
        return replace(joined, offer=offer, slots=(), legs=legs)


async def subscribe_seat(
    rooms: OpenRooms, opened: OpenRoom, seat_ref: SeatRef
) -> media.SlotOffer:
    """Open or replace a seat's subscribe leg."""
    participant = seat_ref.participant
    offer = await rooms.media.subscribe(media.Subscribe(seat_ref.room, participant))
    if participant not in opened.room.seats or opened.room.closed:
        rooms.media.apply(media.CloseLegs(participant))
        raise NotFound("seat-gone", "Your place is not kept any more. Join again.")
    opened.legs.opened(participant, LegKind.SUBSCRIBE, offer.generation)
    opened.slots[participant] = {}
    return offer
