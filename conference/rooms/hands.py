"""
The order of raised hands.

Pure. A seat keeps a ticket, the number of its raising. The place that people see is
counted from the tickets of those who are connected: a lost participant keeps the
ticket and is at the same place again after returning.
"""

from collections.abc import Iterable

from conference.ids import ParticipantId
from conference.rooms.seat import Seat


def place(own: Seat, seats: Iterable[Seat]) -> int | None:
    """Return the place of a seat's hand, counted from 1; None: not in the order."""
    if own.hand is None or not own.connected:
        return None
    return sum(
        seat.connected and seat.hand is not None and seat.hand <= own.hand
        for seat in seats
    )


def behind(ticket: int, seats: Iterable[Seat]) -> list[ParticipantId]:
    """Return those whose place changes when the hand with this ticket goes or comes."""
    return [seat.id for seat in seats if seat.hand is not None and seat.hand > ticket]


def next_ticket(seats: Iterable[Seat]) -> int:
    """Return a ticket after all that are in use."""
    return 1 + max((seat.hand for seat in seats if seat.hand is not None), default=0)
