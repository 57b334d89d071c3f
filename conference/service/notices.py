"""What the service sends to participants, as domain values; signaling converts them."""

from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from conference.contract.media import SlotState
from conference.contract.words import ChatLine, Departure, Reduced, Role, Source
from conference.ids import ConnectionId, ParticipantId, RoomId
from conference.rooms.roles import Capabilities
from conference.rooms.seat import Seat


class Closing(StrEnum):
    """Why a seat's connection is closed."""

    REMOVED = "removed"
    TAKEN_OVER = "taken-over"
    ROOM_CLOSED = "room-closed"
    TOO_SLOW = "too-slow"
    FLOODING = "flooding"


@dataclass(frozen=True, slots=True)
class RoomView:
    """What everybody in a room knows about it."""

    id: RoomId
    title: str
    organisation: str
    stage: ParticipantId | None
    """Who is on the stage."""
    chosen_stage: ParticipantId | None
    """The participant that a moderator keeps on the stage; None: the room chooses."""


@dataclass(frozen=True, slots=True)
class SeatView:
    """A seat, and its place in the order of hands."""

    seat: Seat
    hand: int | None


@dataclass(frozen=True, slots=True)
class ParticipantChanged:
    """A participant joined or changed."""

    view: SeatView


@dataclass(frozen=True, slots=True)
class ParticipantLeft:
    """A participant left."""

    participant: ParticipantId
    reason: Departure


@dataclass(frozen=True, slots=True)
class RoomChanged:
    """The room changed."""

    room: RoomView


@dataclass(frozen=True, slots=True)
class ChatSaid:
    """A chat message was sent."""

    line: ChatLine


@dataclass(frozen=True, slots=True)
class SeatChanged:
    """Your role or capabilities changed."""

    role: Role
    capabilities: Capabilities


@dataclass(frozen=True, slots=True)
class SeatMuted:
    """A moderator stopped a track of yours."""

    source: Source
    by: str


@dataclass(frozen=True, slots=True)
class SeatClosed:
    """Your seat has ended; the connection is closed after this."""

    reason: Closing
    by: str | None = None


@dataclass(frozen=True, slots=True)
class SlotsChanged:
    """The contents of your slots changed."""

    slots: tuple[SlotState, ...]


@dataclass(frozen=True, slots=True)
class SpeakersChanged:
    """Other participants are speaking."""

    speakers: tuple[ParticipantId, ...]
    dominant: ParticipantId | None


@dataclass(frozen=True, slots=True)
class PublishNeeded:
    """Offer again."""


@dataclass(frozen=True, slots=True)
class LayersWanted:
    """Which layers of your track are watched; stop the others."""

    source: Source
    layers: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class LinkChanged:
    """The server's estimate of your link."""

    down_bps: int | None
    loss: float
    rtt_s: float | None
    reduced: Reduced | None


@dataclass(frozen=True, slots=True)
class ServerStopping:
    """The server shuts down."""


Notice = (
    ParticipantChanged
    | ParticipantLeft
    | RoomChanged
    | ChatSaid
    | SeatChanged
    | SeatMuted
    | SeatClosed
    | SlotsChanged
    | SpeakersChanged
    | PublishNeeded
    | LayersWanted
    | LinkChanged
    | ServerStopping
)


class Outbox(Protocol):
    """Where notices go (``signaling.namespaces.hub.Hub``). Never waits."""

    def send(self, to: Collection[ConnectionId], notice: Notice) -> None:
        """Send to these connections, in order; closed ones are ignored."""
        ...

    def close(self, connection: ConnectionId, notice: SeatClosed) -> None:
        """Send the last notice of a connection, then close it."""
        ...
