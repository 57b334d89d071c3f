"""
Who receives quality reports, and how often.

Pure. In a room of hundreds every participant reports; sent to everybody at once
this would be n² messages. So a report waits until the last one is old enough,
the newest one wins, and only moderators receive those of pure viewers.
"""

from collections.abc import Iterable
from dataclasses import replace

from conference.rooms.seat import Seat

SHOW_EVERY_S = 5.0
# Between two changes of one participant that are sent. Shorter: more messages in a large
# room; longer: the moderator who could help sees a weak link late.


def reported(seat: Seat, level: int, *, now: float) -> Seat:
    """Return the seat after a report; its shown quality changes when it is due."""
    if level == seat.quality:
        return replace(seat, quality_waiting=None)
    return shown_when_due(replace(seat, quality_waiting=level), now=now)


def shown_when_due(seat: Seat, *, now: float) -> Seat:
    """Return the seat with its waiting report shown, if it has waited long enough."""
    due = due_at(seat)
    if due is None or now < due:
        return seat
    return replace(
        seat, quality=seat.quality_waiting, quality_waiting=None, quality_shown_at=now
    )


def due_at(seat: Seat) -> float | None:
    """Return when a waiting report is due, in monotonic seconds; None: none waits."""
    if seat.quality_waiting is None:
        return None
    if seat.quality_shown_at is None:
        return float("-inf")
    return seat.quality_shown_at + SHOW_EVERY_S


def audience(
    seat: Seat, seats: Iterable[Seat], moderators: Iterable[Seat]
) -> Iterable[Seat]:
    """
    Return the seats that receive the quality of a seat.

    The quality of a publishing seat goes to all seats, because it explains a bad
    picture. That of a viewing seat goes to the moderators and to the seat itself.
    """
    if seat.started:
        return seats
    return {one.id: one for one in (*moderators, seat)}.values()
