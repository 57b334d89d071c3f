"""
What is stored, as plain values: the types of the storage interface.

Imports no database. Rooms and seats come back as records, from which the
service builds rooms again.
"""

from dataclasses import dataclass

from conference.contract.words import ChatLine, Removal, Role
from conference.ids import AccountId, InvitationId, ParticipantId, RoomId


@dataclass(frozen=True, slots=True)
class RoomRecord:
    """A room that has not ended."""

    id: RoomId
    owner: AccountId
    title: str
    organisation: str
    created_at: float
    """Seconds since the epoch."""
    chosen_stage: ParticipantId | None = None


@dataclass(frozen=True, slots=True)
class SeatRecord:
    """A seat that is taken or kept."""

    id: ParticipantId
    room: RoomId
    name: str
    organisation: str
    role: Role
    joined_at: float
    token_hash: bytes
    """SHA-256 of the seat token."""
    account: AccountId | None
    invitation: InvitationId | None
    browser: bytes | None
    """SHA-256 of the key that this browser made for the invitation."""
    has_floor: bool
    hand: int | None


@dataclass(frozen=True, slots=True)
class InvitationRecord:
    """An invitation. Its token is computed, never stored."""

    id: InvitationId
    room: RoomId
    role: Role
    created_at: float
    revoked: bool = False
    note: str = ""
    """What its moderators wrote to tell it from others."""
    most_people: int | None = None
    """How many may be in the room by it at the same time; None: no limit."""
    number: int = 0
    """Its place among invitations that were made in the same moment."""


@dataclass(frozen=True, slots=True)
class StoredRoom:
    """A room with everything needed to open it again."""

    room: RoomRecord
    seats: tuple[SeatRecord, ...]
    chat_seq: int
    removals: tuple[Removal, ...] = ()


# Changes: what one command changed, stored in one transaction.


@dataclass(frozen=True, slots=True)
class SaveSeat:
    """Insert or replace a seat."""

    seat: SeatRecord


@dataclass(frozen=True, slots=True)
class DropSeat:
    """Delete a seat."""

    participant: ParticipantId


@dataclass(frozen=True, slots=True)
class SaveStage:
    """Store the moderator's choice of the stage."""

    room: RoomId
    participant: ParticipantId | None


@dataclass(frozen=True, slots=True)
class AddLine:
    """Store one line of chat."""

    room: RoomId
    line: ChatLine


@dataclass(frozen=True, slots=True)
class AddRemoval:
    """Store a removal that holds."""

    room: RoomId
    removal: Removal


@dataclass(frozen=True, slots=True)
class DropRemoval:
    """Delete a removal that was lifted."""

    participant: ParticipantId


@dataclass(frozen=True, slots=True)
class EndRoom:
    """Mark the room as ended; free its seats and lift removals. The chat is kept."""

    room: RoomId
    at: float


Change = SaveSeat | DropSeat | SaveStage | AddLine | AddRemoval | DropRemoval | EndRoom
