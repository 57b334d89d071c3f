"""
What a Room says should happen; ``conference.service`` makes it happen.

An event names what changed and, where the state after it is enough, nothing
more: the service reads the room.
"""

from dataclasses import dataclass

from conference.contract.words import ChatLine, Departure, Removal, Source
from conference.ids import ParticipantId


@dataclass(frozen=True, slots=True)
class SeatOpened:
    """Somebody new sits in the room."""

    participant: ParticipantId


@dataclass(frozen=True, slots=True)
class SeatUpdated:
    """Something about a seat changed; ``durable``: it must be stored."""

    participant: ParticipantId
    durable: bool


@dataclass(frozen=True, slots=True)
class QualityChanged:
    """How good somebody's connection is changed, for those whom it concerns."""

    participant: ParticipantId


@dataclass(frozen=True, slots=True)
class SeatVacated:
    """A seat is free and gone; its token opens nothing any more."""

    participant: ParticipantId
    reason: Departure
    by: str | None = None
    """Name of the moderator, for a removal."""


@dataclass(frozen=True, slots=True)
class RemovalHeld:
    """A removed participant may not come in again; it must be stored."""

    removal: Removal


@dataclass(frozen=True, slots=True)
class RemovalLifted:
    """A removal does not hold any more; it must be stored."""

    participant: ParticipantId


@dataclass(frozen=True, slots=True)
class PageClosed:
    """The page of a seat is gone, and its media connections with it."""

    participant: ParticipantId


@dataclass(frozen=True, slots=True)
class CapabilitiesChanged:
    """What a seat may do changed."""

    participant: ParticipantId


@dataclass(frozen=True, slots=True)
class StageMoved:
    """Somebody else is on the stage, or nobody."""

    participant: ParticipantId | None


@dataclass(frozen=True, slots=True)
class StageChosen:
    """A moderator's choice of the stage changed; it must be stored."""

    participant: ParticipantId | None


@dataclass(frozen=True, slots=True)
class GateMoved:
    """A track's gate opens or shuts."""

    participant: ParticipantId
    source: Source
    open: bool


@dataclass(frozen=True, slots=True)
class TrackMuted:
    """A moderator stopped somebody's track."""

    participant: ParticipantId
    source: Source
    by: str
    """Name of the moderator."""


@dataclass(frozen=True, slots=True)
class Said:
    """A line of chat; stored before anybody sees it."""

    line: ChatLine


@dataclass(frozen=True, slots=True)
class RoomEnded:
    """The room is closed for everybody."""

    by: str | None


Event = (
    SeatOpened
    | SeatUpdated
    | QualityChanged
    | SeatVacated
    | RemovalHeld
    | RemovalLifted
    | PageClosed
    | CapabilitiesChanged
    | StageMoved
    | StageChosen
    | GateMoved
    | TrackMuted
    | Said
    | RoomEnded
)
