"""The room, and everybody in it."""

from typing import Annotated, Literal

from pydantic import Field

from signaling.protocol.base import (
    CodecName,
    Identifier,
    Place,
    RoleName,
    SourceName,
    Wire,
)
from signaling.protocol.events import ServerEvent


class TrackInfo(Wire):
    """
    A published track of which packets came.

    ``muted`` means that nothing of it is forwarded. What was declared in an offer
    and has sent nothing yet is not listed.
    """

    source: SourceName
    codec: CodecName
    muted: bool = False


class ParticipantInfo(Wire):
    """A seat as everybody in the room sees it."""

    id: Identifier
    name: str
    organisation: str
    role: RoleName
    connected: bool
    """False while the seat is kept for a participant whose connection was lost."""
    has_floor: bool
    """A researcher who may publish until the floor is taken back."""
    hand: Place | None
    """Place in the order of raised hands, counted from 1; None: not raised, or lost."""
    tracks: list[TrackInfo]
    quality: Annotated[int, Field(ge=0, le=4)] | None
    """The participant's own report of its connection; None: not known."""


class RoomInfo(Wire):
    """What everybody in the room knows about it."""

    id: Identifier
    title: str
    organisation: str
    stage: Identifier | None
    """The participant on the stage, by a moderator's choice or by default."""
    chosen_stage: Identifier | None
    """The participant that a moderator keeps there; None: the room chooses. While that
    participant's connection is lost, another one is on the stage."""


class ParticipantChanged(Wire):
    """A participant joined or changed: the whole new state."""

    participant: ParticipantInfo


class ParticipantLeft(Wire):
    participant: Identifier
    reason: Literal["left", "removed", "lost"]


class RoomChanged(Wire):
    room: RoomInfo


SERVER_EVENTS = (
    ServerEvent("participant.changed", ParticipantChanged),
    ServerEvent("participant.left", ParticipantLeft),
    ServerEvent("room.changed", RoomChanged),
)
