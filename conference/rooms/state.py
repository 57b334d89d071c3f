"""
The whole state of a room at one moment, in frozen parts.

A change makes another state that shares what did not change with the one before it. So
going back is keeping a reference, and a rule (``conference.rooms.rules``) is a function
from a state to the next one.
"""

from dataclasses import dataclass, field, replace

from conference.errors import NotAllowed, NotFound
from conference.ids import ParticipantId
from conference.rooms.chat_log import ChatLog
from conference.rooms.events import Event, SeatUpdated
from conference.rooms.hands import Hands
from conference.rooms.removals import NO_REMOVALS, Removals
from conference.rooms.roles import Capability
from conference.rooms.seat import Seat
from conference.rooms.seats import Seats
from conference.rooms.stage import Stage


@dataclass(frozen=True, slots=True)
class RoomLimits:
    """What one room holds."""

    max_seats: int = 500
    """Seats, lost ones included."""


DEFAULT_LIMITS = RoomLimits()


@dataclass(frozen=True, slots=True)
class RoomState:
    """Everything that commands change."""

    seats: Seats = field(default_factory=Seats)
    hands: Hands = field(default_factory=Hands)
    stage: Stage = field(default_factory=Stage)
    chat: ChatLog = field(default_factory=ChatLog)
    removals: Removals = NO_REMOVALS
    closed: bool = False
    limits: RoomLimits = DEFAULT_LIMITS

    def seat(self, participant: ParticipantId) -> Seat:
        """
        Return a seat.

        Raises:
            NotFound: No such seat in this room.
        """
        seat = self.seats.get(participant)
        if seat is None:
            raise NotFound("participant-not-found", "This participant is not here.")
        return seat

    def actor(self, participant: ParticipantId, capability: Capability) -> Seat:
        """
        Return the seat that asks for something.

        Raises:
            NotFound: No such seat in this room. NotAllowed: It lacks the capability.
        """
        seat = self.seat(participant)
        if not seat.may(capability):
            raise NotAllowed("not-allowed", "Your role does not allow this.")
        return seat

    def having(self, seat: Seat) -> "RoomState":
        """Return it with a seat that is new or changed."""
        return replace(self, seats=self.seats.having(seat))

    def updated(self, seat: Seat) -> "Step":
        """Return it with a changed seat, and the event if others see the change."""
        before = self.seats[seat.id]
        after = self.having(seat)
        if seat.looks_like(before):
            return after, []
        return after, [SeatUpdated(seat.id, durable=seat.durable != before.durable)]


Step = tuple[RoomState, list[Event]]
"""The next state of a room, and what should happen because of it."""
