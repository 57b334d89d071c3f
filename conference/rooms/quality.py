"""
Who receives quality reports, and how often.

Pure. In a room of hundreds every participant reports; sent to everybody at once
this would be n² messages. So a report waits until the last one is old enough,
the newest one wins, and only moderators receive those of pure viewers.
"""

from collections.abc import Iterable
from dataclasses import replace

from conference.rooms.seat import Seat

TELL_EVERY_S = 5.0
# Between two changes sent of one participant. Less: more messages in a large
# room; more: a weak link is seen late by the moderator who could help.


def reported(seat: Seat, level: int, *, now: float) -> Seat:
    """Return the seat after a report; its shown quality changes when it is due."""
    if level == seat.quality:
        return replace(seat, quality_waiting=None)
    return told(replace(seat, quality_waiting=level), now=now)


def told(seat: Seat, *, now: float) -> Seat:
    """Return the seat with its waiting report shown, if it has waited long enough."""
    due = due_at(seat)
    if due is None or now < due:
        return seat
    return replace(
        seat, quality=seat.quality_waiting, quality_waiting=None, quality_told_at=now
    )


def due_at(seat: Seat) -> float | None:
    """Return when a waiting report is due, in monotonic seconds; None: none waits."""
    if seat.quality_waiting is None:
        return None
    if seat.quality_told_at is None:
        return float("-inf")
    return seat.quality_told_at + TELL_EVERY_S


def audience(
    seat: Seat, seats: Iterable[Seat], moderators: Iterable[Seat]
) -> Iterable[Seat]:
    """
    Return who receives a seat's quality.

    Everybody, of somebody who publishes: it explains a bad picture. Moderators
    and the participant itself, of somebody who only watches.
    """
    if seat.started:
        return seats
    return {one.id: one for one in (*moderators, seat)}.values()
