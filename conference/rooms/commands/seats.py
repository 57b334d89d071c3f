"""Coming, going and coming back."""

from dataclasses import dataclass

from conference.contract.words import Role
from conference.ids import AccountId, InvitationId, ParticipantId


@dataclass(frozen=True, slots=True)
class TakeSeat:
    """Join. The service has checked the invitation or the account."""

    participant: ParticipantId
    name: str
    organisation: str
    role: Role
    at: float
    """Seconds since the epoch."""
    account: AccountId | None = None
    invitation: InvitationId | None = None
    most_by_invitation: int | None = None
    """How many seats this invitation may fill at the same time; None: no limit."""
    browser: bytes | None = None
    """SHA-256 of the key that this browser made for the invitation."""


@dataclass(frozen=True, slots=True)
class Return:
    """Come back to a seat, from a new connection."""

    participant: ParticipantId


@dataclass(frozen=True, slots=True)
class Lose:
    """The connection of a seat was lost."""

    participant: ParticipantId


@dataclass(frozen=True, slots=True)
class ClosePage:
    """The page of a seat was closed or is being loaded again."""

    participant: ParticipantId


@dataclass(frozen=True, slots=True)
class Leave:
    """Leave."""

    participant: ParticipantId


@dataclass(frozen=True, slots=True)
class Remove:
    """Remove a participant."""

    by: ParticipantId
    participant: ParticipantId
    at: float
    """Seconds since the epoch."""


@dataclass(frozen=True, slots=True)
class LiftRemoval:
    """Allow a removed participant to join again."""

    by: ParticipantId
    participant: ParticipantId
