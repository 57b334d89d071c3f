"""Room administration: making rooms, and managing their invitations."""

from dataclasses import dataclass, replace

from conference.contract.records import InvitationRecord, RoomRecord
from conference.contract.stores import InvitationStore, RoomStore
from conference.contract.words import Role
from conference.errors import NotFound, TooMuch
from conference.ids import AccountId, InvitationId, ParticipantId, RoomId
from conference.rooms import commands as c
from conference.rooms.roles import Capability
from conference.service.open_rooms import OpenRoom, OpenRooms
from conference.service.tokens import InvitationTokens, new_id

INVITATIONS_PER_ROOM = 100
# Each is a link that can be revoked on its own: one per organisation is usual.
# More would make the list unusable before it made the server slow.


@dataclass(frozen=True, slots=True)
class Actor:
    """Who requests something: an account outside any room, or a seat in a room."""

    account: AccountId | None = None
    room: RoomId | None = None
    participant: ParticipantId | None = None


@dataclass(frozen=True, slots=True)
class RoomSummary:
    """A room in its owner's list."""

    id: RoomId
    title: str
    organisation: str
    created_at: float
    present: int


@dataclass(frozen=True, slots=True)
class Invitation:
    """An invitation with the token of its link."""

    id: InvitationId
    role: Role
    token: str
    created_at: float
    revoked: bool
    note: str
    most_people: int | None


class RoomAdmin:
    """Creating, listing and closing rooms, and their invitations."""

    def __init__(
        self,
        rooms: OpenRooms,
        store: RoomStore,
        invitations: InvitationStore,
        tokens: InvitationTokens,
        *,
        max_rooms: int,
    ) -> None:
        self._rooms = rooms
        self._store = store
        self._invitations = invitations
        self._tokens = tokens
        self._max_rooms = max_rooms

    async def create(
        self, account: AccountId, title: str, organisation: str
    ) -> tuple[RoomSummary, list[Invitation]]:
        """
        Make a room, with one invitation for presenters and one for researchers.

        Raises:
            TooMuch: The server holds as many rooms as it may.
        """
        if len(self._rooms.by_id) >= self._max_rooms:
            raise TooMuch(
                "too-many-rooms", "There are too many rooms. Close one of them first."
            )
        now = self._rooms.wall()
        room = RoomRecord(
            id=RoomId(new_id()),
            owner=account,
            title=title,
            organisation=organisation,
            created_at=now,
        )
        invitations = [
            InvitationRecord(
                InvitationId(new_id()), room.id, role, created_at=now, number=number
            )
            for number, role in enumerate((Role.PRESENTER, Role.RESEARCHER))
        ]
        await self._store.add(room, invitations)
        opened = self._rooms.open(room)
        return self._summary(opened), [self._shown(i) for i in invitations]

    def rooms_of(self, account: AccountId) -> list[RoomSummary]:
        """Return an account's rooms, newest first."""
        own = [o for o in self._rooms.by_id.values() if o.room.owner == account]
        return [self._summary(opened) for opened in reversed(own)]

    async def close(self, actor: Actor, room: RoomId) -> None:
        """End a room for everybody."""
        opened = self._managed(actor, room)
        by = None
        if actor.participant is not None:
            by = opened.room.seat(actor.participant).name
        await self._rooms.handle(opened, c.CloseRoom(by))

    async def invite(
        self,
        actor: Actor,
        room: RoomId,
        role: Role,
        *,
        note: str = "",
        most_people: int | None = None,
    ) -> Invitation:
        """
        Make an invitation.

        Args:
            actor: Who requests it.
            room: Where it leads.
            role: The role of those who join by it.
            note: Tells it from others on the moderators' pages.
            most_people: How many may be in the room by it at the same time; None:
                as many as the room holds.
        """
        self._managed(actor, room)
        if len(await self._invitations.invitations(room)) >= INVITATIONS_PER_ROOM:
            raise TooMuch(
                "too-many-invitations", "This room has too many invitations already."
            )
        record = InvitationRecord(
            InvitationId(new_id()),
            room,
            role,
            created_at=self._rooms.wall(),
            note=note,
            most_people=most_people,
        )
        await self._invitations.add_invitation(record)
        return self._shown(record)

    async def invitations(self, actor: Actor, room: RoomId) -> list[Invitation]:
        """Return a room's invitations, oldest first."""
        self._managed(actor, room)
        return [self._shown(i) for i in await self._invitations.invitations(room)]

    async def revoke(
        self, actor: Actor, room: RoomId, invitation: InvitationId
    ) -> Invitation:
        """Revoke an invitation: joining by it is refused from now on."""
        self._managed(actor, room)
        record = await self._invitations.invitation(invitation)
        if record is None or record.room != room:
            raise NotFound("invitation-unknown", "This invitation does not exist.")
        await self._invitations.revoke(invitation)
        return self._shown(replace(record, revoked=True))

    def _managed(self, actor: Actor, room: RoomId) -> OpenRoom:
        """Return a room for its owner or a moderator in it; for others it does not exist."""
        opened = self._rooms.room(room)
        if actor.account is not None and opened.room.owner == actor.account:
            return opened
        if actor.participant is not None and actor.room == room:
            seat = opened.room.seats.get(actor.participant)
            if seat is not None and seat.may(Capability.ROOM_MANAGE):
                return opened
        raise NotFound("room-not-found", "This room does not exist any more.")

    def _shown(self, record: InvitationRecord) -> Invitation:
        return Invitation(
            record.id,
            record.role,
            self._tokens.write(record.id),
            record.created_at,
            record.revoked,
            record.note,
            record.most_people,
        )

    @staticmethod
    def _summary(opened: OpenRoom) -> RoomSummary:
        room = opened.room
        return RoomSummary(
            room.id, room.title, room.organisation, room.created_at, room.present
        )
