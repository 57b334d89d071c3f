"""Coming, going and coming back."""

from dataclasses import dataclass

from conference.contract.words import Departure, Removal
from conference.ids import ParticipantId


@dataclass(frozen=True, slots=True)
class SeatOpened:
    """A participant joined."""

    participant: ParticipantId


@dataclass(frozen=True, slots=True)
class SeatUpdated:
    """Something about a seat changed; ``durable``: it must be stored."""

    participant: ParticipantId
    durable: bool


@dataclass(frozen=True, slots=True)
class SeatVacated:
    """A seat was freed; its token is no longer valid."""

    participant: ParticipantId
    reason: Departure
    by: str | None = None
    """Name of the moderator, for a removal."""


@dataclass(frozen=True, slots=True)
class RemovalHeld:
    """A removed participant may not join again; this must be stored."""

    removal: Removal


@dataclass(frozen=True, slots=True)
class RemovalLifted:
    """A removal was lifted; this must be stored."""

    participant: ParticipantId


@dataclass(frozen=True, slots=True)
class PageClosed:
    """The page of a seat was closed, and its media connections ended with it."""

    participant: ParticipantId
