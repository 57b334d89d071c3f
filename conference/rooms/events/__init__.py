"""
What a Room says should happen; ``conference.service`` makes it happen.

An event names what changed and, where the state after it is enough, nothing
more: the service reads the room. Frozen values, split by subject.
"""

from conference.rooms.events.chat import Said
from conference.rooms.events.floor import CapabilitiesChanged
from conference.rooms.events.hands import HandsMoved
from conference.rooms.events.quality import QualityChanged
from conference.rooms.events.room import RoomEnded
from conference.rooms.events.seats import (
    PageClosed,
    RemovalHeld,
    RemovalLifted,
    SeatOpened,
    SeatUpdated,
    SeatVacated,
)
from conference.rooms.events.stage import StageChosen, StageMoved
from conference.rooms.events.tracks import TrackMuted, TrackSwitched

Event = (
    SeatOpened
    | SeatUpdated
    | SeatVacated
    | RemovalHeld
    | RemovalLifted
    | PageClosed
    | CapabilitiesChanged
    | HandsMoved
    | StageMoved
    | StageChosen
    | TrackSwitched
    | TrackMuted
    | QualityChanged
    | Said
    | RoomEnded
)

__all__ = [
    "CapabilitiesChanged",
    "Event",
    "HandsMoved",
    "PageClosed",
    "QualityChanged",
    "RemovalHeld",
    "RemovalLifted",
    "RoomEnded",
    "Said",
    "SeatOpened",
    "SeatUpdated",
    "SeatVacated",
    "StageChosen",
    "StageMoved",
    "TrackMuted",
    "TrackSwitched",
]
