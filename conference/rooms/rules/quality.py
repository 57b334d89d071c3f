"""How good connections are."""

from dataclasses import replace

from conference.rooms import commands as c
from conference.rooms import events as e
from conference.rooms import quality
from conference.rooms.roles import Capability
from conference.rooms.seat import Seat
from conference.rooms.state import RoomState, Step


def report_quality(state: RoomState, command: c.ReportQuality, *, now: float) -> Step:
    """Take a participant's report; others see it when the last one is old enough."""
    seat = state.actor(command.by, Capability.ROOM_WATCH)
    return _set(state, seat, quality.reported(seat, command.level, now=now))


def show_waiting(state: RoomState, *, now: float) -> Step:
    """Show the reports that have waited long enough."""
    events: list[e.Event] = []
    for seat in state.seats.due(now):
        state, shown = _set(state, seat, quality.shown_when_due(seat, now=now))
        events += shown
    return state, events


def _set(state: RoomState, before: Seat, after: Seat) -> Step:
    if after == before:
        return state, []
    state = replace(state, seats=state.seats.having(after))
    return state, (
        [] if after.quality == before.quality else [e.QualityChanged(after.id)]
    )
