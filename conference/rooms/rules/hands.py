"""Raising and lowering hands."""

from dataclasses import replace

from conference.rooms import commands as c
from conference.rooms import events as e
from conference.rooms.roles import Capability
from conference.rooms.seat import Seat
from conference.rooms.state import RoomState, Step


def raise_hand(state: RoomState, command: c.RaiseHand, *, now: float) -> Step:
    """Raise or lower one's own hand."""
    del now
    seat = state.actor(command.by, Capability.HAND_RAISE)
    if not command.raised:
        return _lower(state, seat)
    if seat.hand is not None:
        return state, []
    seat = replace(seat, hand=state.hands.next_ticket)
    return replace(state, hands=state.hands.having(seat)).updated(seat)


def lower_hand(state: RoomState, command: c.LowerHand, *, now: float) -> Step:
    """Lower the hand of another participant."""
    del now
    state.actor(command.by, Capability.FLOOR_GIVE)
    return _lower(state, state.seat(command.participant))


def _lower(state: RoomState, seat: Seat) -> Step:
    if seat.hand is None:
        return state, []
    state, moved = lowered(state, seat)
    state, events = state.updated(replace(seat, hand=None))
    return state, events + moved


def lowered(state: RoomState, seat: Seat) -> Step:
    """
    Take a seat out of the order of hands, if it is in it; the seat is not changed.

    Returns:
        The state after it, and the event of those whose place moves.
    """
    if seat.hand is None or not seat.connected:
        return state, []
    state = replace(state, hands=state.hands.without(seat.hand))
    return state, behind(state, seat.hand)


def shown_again(state: RoomState, seat: Seat) -> Step:
    """
    Show or hide the hand of a seat that was lost or returned.

    Returns:
        The state after it, and the event of those whose place moves.
    """
    if seat.hand is None:
        return state, []
    state = replace(state, hands=state.hands.having(seat))
    return state, behind(state, seat.hand)


def behind(state: RoomState, ticket: int) -> list[e.Event]:
    """Return the event of those whose place moves when this hand goes or comes."""
    return [e.HandsMoved(ticket)] if state.hands.count_behind(ticket) else []
