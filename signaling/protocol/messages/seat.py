"""Entering a room, and one's own seat in it."""

from typing import Annotated, Literal

from pydantic import Field

from signaling.protocol.base import (
    CapabilityName,
    Count,
    Identifier,
    Name,
    RoleName,
    Token,
    Wire,
)
from signaling.protocol.events import (
    NEGOTIATION,
    SELDOM,
    USUAL,
    ClientEvent,
    Rate,
    ServerEvent,
)
from signaling.protocol.messages.chat import ChatMessage
from signaling.protocol.messages.connection import Nothing
from signaling.protocol.messages.media import SlotOffer, SlotState
from signaling.protocol.messages.room import ParticipantInfo, RoomInfo


class PreviewAsk(Wire):
    seat: Token | None = None
    """The seat that another tab of this browser holds: it is left out of the list."""


class PreviewParticipant(Wire):
    """A participant as shown to a guest before joining."""

    name: str
    organisation: str
    role: RoleName


class RoomPreview(Wire):
    """The room as shown to a guest before joining."""

    title: str
    organisation: str
    role: RoleName
    """The role that the client would join with."""
    participants: list[PreviewParticipant]
    """Connected participants, except the one who asks."""
    seated_elsewhere: bool
    """Whether the client has a seat in the room already: by its account, or by ``seat``."""


class SeatJoin(Wire):
    name: Name
    organisation: Name
    subscribe: bool = True
    """Ask for the slot offer in the same answer: saves a round trip."""
    browser: Token | None = None
    """A random key that this browser made for this invitation and shows to no other.
    It has one use: a removal holds for the browser that shows it."""
    take_over: bool = False
    """For an account that is in the room already: end its other connection."""


class SeatResume(Wire):
    """Return to the seat that the connection's ``auth`` named."""

    last_chat: Count = 0
    """The highest chat ``seq`` this client has; newer ones are in the answer."""
    subscribe: bool = False
    """Ask for a new slot offer (the old peer connection is lost)."""


class SeatTaken(Wire):
    """You are in the room: everything needed to show it."""

    participant: Identifier
    seat: Token
    """Secret: presented when connecting again."""
    role: RoleName
    capabilities: list[CapabilityName]
    room: RoomInfo
    participants: list[ParticipantInfo]
    messages: list[ChatMessage]
    """The newest, in order: 200 at most on joining, all missed ones (1000 at most) on coming back."""
    slots: list[SlotState]
    """Slots that carry something now (of a subscription that is still up)."""
    publish_connected: bool
    subscribe_connected: bool
    offer: SlotOffer | None


class QualityReport(Wire):
    level: Annotated[int, Field(ge=0, le=4)]
    """0 no media … 4 good."""


class SeatChanged(Wire):
    """Your own role or capabilities changed (for one: the floor was given)."""

    role: RoleName
    capabilities: list[CapabilityName]


class SeatClosed(Wire):
    """Your seat has ended; the server closes the connection after this."""

    reason: Literal["removed", "taken-over", "room-closed", "too-slow", "flooding"]
    by: str | None


CLIENT_EVENTS = (
    ClientEvent("room.preview", PreviewAsk, RoomPreview, "room.preview", USUAL),
    ClientEvent("seat.join", SeatJoin, SeatTaken, "room.preview", SELDOM),
    ClientEvent("seat.resume", SeatResume, SeatTaken, "room.watch", NEGOTIATION),
    ClientEvent("seat.leave", Nothing, Nothing, "room.watch", USUAL),
    ClientEvent("quality.report", QualityReport, Nothing, "room.watch", Rate(0.5, 5)),
)

SERVER_EVENTS = (
    ServerEvent("seat.changed", SeatChanged),
    ServerEvent("seat.closed", SeatClosed),
)
