"""What the service asks of storage: small protocols, named by the consumer."""

from collections.abc import Sequence
from typing import Protocol

from conference.contract.records import (
    Change,
    InvitationRecord,
    RoomRecord,
    StoredRoom,
)
from conference.contract.words import ChatLine
from conference.ids import AccountId, InvitationId, ParticipantId, RoomId


class RoomStore(Protocol):
    """Rooms with their seats and invitations (``conference.storage.rooms.Rooms``)."""

    async def load(self) -> list[StoredRoom]:
        """Return every room that has not ended, oldest first."""
        ...

    async def add(
        self, room: RoomRecord, invitations: Sequence[InvitationRecord]
    ) -> None:
        """Store a new room with its first invitations."""
        ...

    async def apply(self, changes: Sequence[Change]) -> None:
        """Store all changes, or none."""
        ...


class InvitationStore(Protocol):
    """Invitations (``conference.storage.rooms.Rooms``)."""

    async def add_invitation(self, invitation: InvitationRecord) -> None:
        """Store a new invitation."""
        ...

    async def invitation(self, invitation: InvitationId) -> InvitationRecord | None:
        """Return an invitation, revoked or not."""
        ...

    async def invitations(self, room: RoomId) -> list[InvitationRecord]:
        """Return the invitations of a room, oldest first."""
        ...

    async def revoke(self, invitation: InvitationId) -> None:
        """Mark an invitation as revoked."""
        ...


class ChatStore(Protocol):
    """The chat as it was stored (``conference.storage.chat.Chat``)."""

    async def before(self, room: RoomId, seq: int, limit: int) -> list[ChatLine]:
        """Return the newest ``limit`` lines older than ``seq``, oldest first."""
        ...

    async def after(self, room: RoomId, seq: int, limit: int) -> list[ChatLine]:
        """Return the newest ``limit`` lines newer than ``seq``, oldest first."""
        ...

    async def by_nonce(
        self, room: RoomId, participant: ParticipantId, nonce: str
    ) -> ChatLine | None:
        """Return the line a participant sent with a nonce, if it was stored."""
        ...


class AccountStore(Protocol):
    """Accounts and what opens them (``conference.storage.accounts.Accounts``)."""

    async def any(self) -> bool:
        """Return whether there is an account at all."""
        ...

    async def add_link(
        self, token_hash: bytes, *, further: bool, now: float, expires_at: float
    ) -> None:
        """Store a one-time link; ``further``: it makes another account."""
        ...

    async def knows_link(self, token_hash: bytes, *, now: float) -> bool:
        """Return whether a one-time link could be used now."""
        ...

    async def redeem_link(
        self,
        token_hash: bytes,
        *,
        account: AccountId,
        sign_in_hash: bytes,
        now: float,
        sign_in_expires_at: float,
    ) -> bool:
        """Use up a one-time link; False when there is no such link."""
        ...

    async def by_sign_in(self, token_hash: bytes, *, now: float) -> AccountId | None:
        """Return the account of a sign-in that has not expired."""
        ...

    async def end_sign_in(self, token_hash: bytes) -> None:
        """Forget a sign-in."""
        ...
