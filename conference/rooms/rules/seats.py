"""Joining, leaving and resuming seats, and the timeouts of seats and removals."""

from dataclasses import replace

from conference.contract.words import Departure, Removal
from conference.errors import TooMuch
from conference.ids import ParticipantId
from conference.rooms import commands as c
from conference.rooms import events as e
from conference.rooms.roles import Capability
from conference.rooms.rules.hands import lowered, shown_again
from conference.rooms.seat import Seat, Signal, signalled
from conference.rooms.state import RoomState, Step


def take_seat(state: RoomState, command: c.TakeSeat, *, now: float) -> Step:
    """
    Give a new participant a seat.

    Raises:
        TooMuch: The room is full, or the invitation's number of people is reached.
        Refused: A removal holds for this browser and invitation.
    """
    del now
    if len(state.seats) >= state.limits.max_seats:
        raise TooMuch("room-full", "This room is full. Try again later.")
    state.removals.admit(command.invitation, command.browser)
    most, invitation = command.most_by_invitation, command.invitation
    inside = 0 if invitation is None else state.seats.by_invitation(invitation)
    if most is not None and inside >= most:
        raise TooMuch(
            "link-full",
            "As many people as this link allows are in the room already.",
        )
    assert command.participant not in state.seats
    seat = Seat(
        id=command.participant,
        name=command.name,
        organisation=command.organisation,
        role=command.role,
        joined_at=command.at,
        account=command.account,
        invitation=command.invitation,
        browser=command.browser,
    )
    return state.having(seat), [e.SeatOpened(seat.id)]


def return_to_seat(state: RoomState, command: c.Return, *, now: float) -> Step:
    """Note that a participant returned."""
    return _signal(state, command.participant, Signal.RETURNED, now)


def lose(state: RoomState, command: c.Lose, *, now: float) -> Step:
    """Keep a seat whose connection broke, for a while."""
    return _signal(state, command.participant, Signal.CONNECTION_LOST, now)


def close_page(state: RoomState, command: c.ClosePage, *, now: float) -> Step:
    """Keep a seat whose page was closed, for a reload only."""
    state, events = _signal(state, command.participant, Signal.PAGE_CLOSED, now)
    return state, [*events, e.PageClosed(command.participant)]


def leave(state: RoomState, command: c.Leave, *, now: float) -> Step:
    """Free a seat."""
    del now
    state.seat(command.participant)
    return _vacate(state, command.participant, Departure.LEFT)


def remove(state: RoomState, command: c.Remove, *, now: float) -> Step:
    """Remove a participant, and refuse its browser from now on if it is known."""
    del now
    actor = state.actor(command.by, Capability.PARTICIPANT_REMOVE)
    seat = state.seat(command.participant)
    state, events = _vacate(state, seat.id, Departure.REMOVED, actor.name)
    if seat.invitation is None or seat.browser is None:
        return state, events
    removal = Removal(
        participant=seat.id,
        name=seat.name,
        organisation=seat.organisation,
        invitation=seat.invitation,
        browser=seat.browser,
        at=command.at,
        by=actor.name,
    )
    removals, lifted = state.removals.adding(removal)
    events.append(e.RemovalHeld(removal))
    events += [e.RemovalLifted(participant) for participant in lifted]
    return replace(state, removals=removals), events


def lift_removal(state: RoomState, command: c.LiftRemoval, *, now: float) -> Step:
    """Allow a removed participant to join again."""
    del now
    state.actor(command.by, Capability.PARTICIPANT_REMOVE)
    removals = state.removals.without(command.participant)
    return replace(state, removals=removals), [e.RemovalLifted(command.participant)]


def free_lost(state: RoomState, *, now: float) -> Step:
    """Free the seats that were kept for long enough."""
    events: list[e.Event] = []
    for seat in state.seats.due(now):
        if seat.kept_until is not None:
            state, freed = _vacate(state, seat.id, Departure.LOST)
            events += freed
    return state, events


def _signal(
    state: RoomState, participant: ParticipantId, signal: Signal, now: float
) -> Step:
    seat = state.seat(participant)
    after = signalled(seat, signal, now=now)
    if after == seat:
        return state, []
    state = state.having(after)
    if after.presence is seat.presence:
        return state, []  # only the end of its time moved, which is not shown
    state, moved = shown_again(state, after)
    return state, [e.SeatUpdated(participant, durable=False), *moved]


def _vacate(
    state: RoomState,
    participant: ParticipantId,
    reason: Departure,
    by: str | None = None,
) -> Step:
    gone = state.seats[participant]
    events: list[e.Event] = [e.SeatVacated(participant, reason, by)]
    if state.stage.chosen == participant:
        events.append(e.StageChosen(None))
    state, moved = lowered(state, gone)
    state = replace(
        state,
        seats=state.seats.without(participant),
        stage=state.stage.without(participant),
    )
    return state, events + moved
