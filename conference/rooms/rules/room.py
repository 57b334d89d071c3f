"""The room as a whole: its end, and its timeouts."""

from dataclasses import replace

from conference.rooms import commands as c
from conference.rooms import events as e
from conference.rooms.rules.quality import show_waiting
from conference.rooms.rules.seats import free_lost
from conference.rooms.state import RoomState, Step


def close(state: RoomState, command: c.CloseRoom, *, now: float) -> Step:
    """End the room for everybody."""
    del now
    return replace(state, closed=True), [e.RoomEnded(command.by)]


def tick(state: RoomState, command: c.Tick, *, now: float) -> Step:
    """Apply the timeouts that have expired."""
    del command
    state, freed = free_lost(state, now=now)
    state, shown = show_waiting(state, now=now)
    return state, freed + shown
