"""What a Room can be asked to do: frozen values, split by subject; ``by`` is who asks."""

from conference.rooms.commands.chat import Say
from conference.rooms.commands.floor import GiveFloor
from conference.rooms.commands.hands import LowerHand, RaiseHand
from conference.rooms.commands.quality import ReportQuality
from conference.rooms.commands.room import CloseRoom, Tick
from conference.rooms.commands.seats import (
    ClosePage,
    Leave,
    LiftRemoval,
    Lose,
    Remove,
    Return,
    TakeSeat,
)
from conference.rooms.commands.stage import ChooseStage, Dominate
from conference.rooms.commands.tracks import (
    Mute,
    Publish,
    SwitchTrack,
    TrackDown,
    TrackUp,
)

Command = (
    TakeSeat
    | Return
    | Lose
    | ClosePage
    | Leave
    | Remove
    | LiftRemoval
    | RaiseHand
    | LowerHand
    | GiveFloor
    | ChooseStage
    | Dominate
    | Publish
    | SwitchTrack
    | Mute
    | TrackUp
    | TrackDown
    | ReportQuality
    | Say
    | CloseRoom
    | Tick
)

__all__ = [
    "ChooseStage",
    "ClosePage",
    "CloseRoom",
    "Command",
    "Dominate",
    "GiveFloor",
    "Leave",
    "LiftRemoval",
    "Lose",
    "LowerHand",
    "Mute",
    "Publish",
    "RaiseHand",
    "Remove",
    "ReportQuality",
    "Return",
    "Say",
    "SwitchTrack",
    "TakeSeat",
    "Tick",
    "TrackDown",
    "TrackUp",
]
