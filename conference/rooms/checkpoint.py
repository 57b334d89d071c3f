"""The whole state of a room at one moment, to go back to when storing fails."""

from collections.abc import Mapping
from dataclasses import dataclass

from conference.ids import ParticipantId
from conference.rooms.chat_log import ChatLog
from conference.rooms.removals import Removals
from conference.rooms.seat import Seat
from conference.rooms.stage import Stage


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """The whole state of a room at one moment, for ``Room.restore``."""

    seats: Mapping[ParticipantId, Seat]
    stage: Stage
    chat: ChatLog
    next_hand: int
    closed: bool
    removals: Removals
