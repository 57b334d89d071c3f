"""Who is on the stage."""

from dataclasses import replace

from conference.rooms import commands as c
from conference.rooms import events as e
from conference.rooms.roles import Capability
from conference.rooms.seats import in_order
from conference.rooms.state import RoomState, Step


def choose_stage(state: RoomState, command: c.ChooseStage, *, now: float) -> Step:
    """Take a moderator's choice."""
    del now
    state.actor(command.by, Capability.STAGE_SET)
    if command.participant is not None:
        state.seat(command.participant)
    if command.participant == state.stage.chosen:
        return state, []
    stage = replace(state.stage, chosen=command.participant)
    return replace(state, stage=stage), [e.StageChosen(command.participant)]


def follow_dominant(state: RoomState, command: c.Dominate, *, now: float) -> Step:
    """Note who is the dominant speaker."""
    del now
    stage = replace(state.stage, dominant=command.participant)
    return replace(state, stage=stage), []


def settle(before: RoomState, after: RoomState, *, now: float) -> Step:
    """
    Put the right one on the stage, if what decides that has changed.

    Args:
        before: The room before a command.
        after: The room after it.
        now: Monotonic seconds.
    """
    stage = after.stage
    chosen = None if stage.chosen is None else after.seats.get(stage.chosen)
    due = stage.due is not None and now >= stage.due
    if (
        not due
        and stage is before.stage
        and after.seats.publishing is before.seats.publishing
        and (chosen is None or chosen is before.seats.get(chosen.id))
    ):
        return after, []
    candidates = {seat.id: seat for seat in after.seats.publishing.values()}
    if chosen is not None:
        candidates[chosen.id] = chosen
    settled = stage.settled(in_order(candidates.values()), now=now)
    state = replace(after, stage=settled)
    if settled.present == stage.present:
        return state, []
    return state, [e.StageMoved(settled.present)]
