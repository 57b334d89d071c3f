"""Hands, the floor, the stage, muting and removing."""

from signaling.protocol.base import Identifier, Moment, SourceName, Wire
from signaling.protocol.events import CHAT, USUAL, ClientEvent, ServerEvent
from signaling.protocol.messages.connection import Nothing


class HandRaise(Wire):
    raised: bool


class HandLower(Wire):
    participant: Identifier


class FloorGive(Wire):
    participant: Identifier
    given: bool
    """True gives the floor, False takes it back."""


class StageSet(Wire):
    participant: Identifier | None
    """None: back to the room's own choice."""


class ParticipantMute(Wire):
    participant: Identifier
    source: SourceName


class ParticipantRemove(Wire):
    participant: Identifier


class RemovalInfo(Wire):
    """A removed participant, who cannot join again by the same link and browser."""

    participant: Identifier
    """The seat that was taken away; names the removal."""
    name: str
    organisation: str
    removed_at: Moment
    """Seconds since the epoch."""
    by: str
    """Name of the moderator."""


class RemovalList(Wire):
    removals: list[RemovalInfo]


class RemovalAddress(Wire):
    participant: Identifier


class SeatMuted(Wire):
    """A moderator stopped a track of yours; you may start it again."""

    source: SourceName
    by: str
    """Name of the moderator."""


CLIENT_EVENTS = (
    ClientEvent("hand.raise", HandRaise, Nothing, "hand.raise", CHAT),
    ClientEvent("hand.lower", HandLower, Nothing, "floor.give", USUAL),
    ClientEvent("floor.give", FloorGive, Nothing, "floor.give", USUAL),
    ClientEvent("stage.set", StageSet, Nothing, "stage.set", USUAL),
    ClientEvent(
        "participant.mute", ParticipantMute, Nothing, "participant.mute", USUAL
    ),
    ClientEvent(
        "participant.remove",
        ParticipantRemove,
        Nothing,
        "participant.remove",
        USUAL,
    ),
    ClientEvent("removal.list", Nothing, RemovalList, "participant.remove", USUAL),
    ClientEvent("removal.lift", RemovalAddress, Nothing, "participant.remove", USUAL),
)

SERVER_EVENTS = (ServerEvent("seat.muted", SeatMuted),)
