"""
The order of raised hands.

Pure and frozen. A seat keeps a ticket, the number of its raising. The place that people
see is counted among those who are connected: a lost participant keeps the ticket and is
at the same place again after returning.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from conference.ids import ParticipantId
from conference.rooms.seat import Seat


@dataclass(frozen=True, slots=True)
class Hands:
    """Those who raised a hand, the earliest first."""

    order: tuple[ParticipantId, ...] = ()
    """Lost ones included."""
    next_ticket: int = 1
    """Ticket of the next hand: after all that are in use."""

    @classmethod
    def of(cls, seats: Iterable[Seat]) -> "Hands":
        """Return the order in which these seats raised their hands."""
        raised = sorted((seat.hand, seat.id) for seat in seats if seat.hand is not None)
        return cls(
            order=tuple(participant for _, participant in raised),
            next_ticket=1 + raised[-1][0] if raised else 1,
        )

    def with_last(self, participant: ParticipantId) -> "Hands":
        """Return the order after a participant raised a hand, with ``next_ticket``."""
        return Hands((*self.order, participant), self.next_ticket + 1)

    def without(self, participant: ParticipantId) -> "Hands":
        """Return the order after a participant lowered its hand."""
        at = self.order.index(participant)
        return Hands(self.order[:at] + self.order[at + 1 :], self.next_ticket)

    def behind(self, participant: ParticipantId) -> tuple[ParticipantId, ...]:
        """Return those whose place changes when this hand is no longer counted, or again."""
        return self.order[self.order.index(participant) + 1 :]

    def place(
        self, participant: ParticipantId, seats: Mapping[ParticipantId, Seat]
    ) -> int | None:
        """Return the place of a hand, counted from 1; None: not in the order."""
        seat = seats[participant]
        if seat.hand is None or not seat.connected:
            return None
        before = self.order[: self.order.index(participant)]
        return 1 + sum(seats[one].connected for one in before)
