"""
What each command does: one function for each, in a file for each subject.

A rule takes a room's state, a command and the time, and returns the next state with
the events. It raises ``UserError`` when the command is not possible; then nothing
has changed, because no state is ever changed in place.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Protocol

from conference.rooms import commands as c
from conference.rooms.rules import (
    chat,
    floor,
    hands,
    quality,
    room,
    seats,
    stage,
    tracks,
)
from conference.rooms.state import RoomState, Step


class Rule(Protocol):
    """What applies one kind of command."""

    def __call__(self, state: RoomState, command: Any, *, now: float) -> Step:  # noqa: ANN401
        """Return the next state and what should happen; ``now`` in monotonic seconds."""
        ...


RULES: Mapping[type[c.Command], Rule] = MappingProxyType(
    {
        c.TakeSeat: seats.take_seat,
        c.Return: seats.return_to_seat,
        c.Lose: seats.lose,
        c.ClosePage: seats.close_page,
        c.Leave: seats.leave,
        c.Remove: seats.remove,
        c.LiftRemoval: seats.lift_removal,
        c.RaiseHand: hands.raise_hand,
        c.LowerHand: hands.lower_hand,
        c.GiveFloor: floor.give_floor,
        c.ChooseStage: stage.choose_stage,
        c.Dominate: stage.follow_dominant,
        c.Publish: tracks.publish,
        c.SwitchTrack: tracks.switch_track,
        c.Mute: tracks.mute,
        c.TrackUp: tracks.track_up,
        c.TrackDown: tracks.track_down,
        c.ReportQuality: quality.report_quality,
        c.Say: chat.say,
        c.CloseRoom: room.close,
        c.Tick: room.tick,
    }
)


def apply(state: RoomState, command: c.Command, *, now: float) -> Step:
    """
    Return the room after a command, and what should happen.

    Raises:
        UserError: The command is not possible.
    """
    after, events = RULES[type(command)](state, command, now=now)
    after, moved = stage.settle(state, after, now=now)
    return after, events + moved
