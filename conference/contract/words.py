"""
Values that several parts of Pavilion share, without behaviour.

The domain, the packet plane, the storage and the edge all use them, so they lie
below all of these.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import NewType

from conference.ids import InvitationId, ParticipantId


class Role(StrEnum):
    """The role of a participant in a room."""

    MODERATOR = "moderator"
    PRESENTER = "presenter"
    RESEARCHER = "researcher"


class Source(StrEnum):
    """What a published track shows or carries."""

    MICROPHONE = "microphone"
    CAMERA = "camera"
    SCREEN = "screen"
    SCREEN_AUDIO = "screen_audio"

    @property
    def kind(self) -> str:
        """The media kind: ``audio`` or ``video``."""
        return "video" if self in (Source.CAMERA, Source.SCREEN) else "audio"


class SlotGroup(StrEnum):
    """Which part of the layout a slot belongs to."""

    CONTENT = "content"
    STAGE = "stage"
    FLOATING = "floating"
    GRID = "grid"


class SlotGap(StrEnum):
    """Why a slot that was asked for carries nothing."""

    CODEC = "codec"
    """The viewer's browser cannot decode what the publisher sends."""
    LINK = "link"
    """The viewer's link has no room for it."""


class Receive(StrEnum):
    """What a person chose to receive."""

    AUTO = "auto"
    """As much as link, screen and processor allow."""
    SAVER = "saver"
    """Small pictures: a fraction of the data."""
    AUDIO = "audio"
    """No pictures at all, but for a shared screen's sound."""


class Reduced(StrEnum):
    """Why a viewer gets less than its screen could show."""

    LINK = "link"
    OPERATOR = "operator"
    CHOICE = "choice"


class LegKind(StrEnum):
    """One of the two peer connections of a participant."""

    PUBLISH = "publish"
    SUBSCRIBE = "subscribe"


Generation = NewType("Generation", int)
"""
The number of a leg. A leg that replaces another one has a higher number.

A message about a leg that has been replaced may arrive after its successor is known,
as when the media plane runs in another process. Its lower number tells it apart.
"""

Negotiation = NewType("Negotiation", int)
"""
The number of an accepted publish offer, from the same sequence as ``Generation``.

A leg may be negotiated many times. The end of a track may arrive after a later offer
has declared a track of the same source; its lower number tells it apart.
"""


class Departure(StrEnum):
    """Why a seat was freed."""

    LEFT = "left"
    REMOVED = "removed"
    LOST = "lost"


@dataclass(frozen=True, slots=True)
class ChatLine:
    """One line of chat; ``seq`` counts from 1 in each room, without a gap."""

    seq: int
    participant: ParticipantId
    name: str
    organisation: str
    text: str
    nonce: str
    sent_at: float
    """Seconds since the epoch."""


@dataclass(frozen=True, slots=True)
class Removal:
    """One removal that still holds."""

    participant: ParticipantId
    """The seat that was taken away; names this removal."""
    name: str
    organisation: str
    invitation: InvitationId
    browser: bytes
    """SHA-256 of the key that the browser made for this invitation."""
    at: float
    """Seconds since the epoch."""
    by: str
    """Name of the moderator."""
