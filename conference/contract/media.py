"""
What the domain and the media plane say to each other.

Commands go down (``conference.service`` → ``conference.transport``), events
come up. All are frozen and made of plain values that survive a round trip
through bytes, so that the media plane can run in another process or on another
host without a change here. Therefore every event names its room, and one about a leg
also the leg's generation, or for a track the number of the negotiation: an event may
still be on its way when the leg is replaced or negotiated again.
"""

from dataclasses import dataclass

from conference.contract.words import (
    Generation,
    LegKind,
    Negotiation,
    Receive,
    Reduced,
    SlotGap,
    SlotGroup,
    Source,
)
from conference.ids import Mid, ParticipantId, RoomId

MAX_HEIGHT = 4320
"""Pixels of the largest screen there is: no limit."""


@dataclass(frozen=True, slots=True)
class SlotPlan:
    """A slot as negotiated: fixed for the life of the subscription."""

    mid: Mid
    kind: str
    """``audio`` or ``video``."""
    group: SlotGroup


@dataclass(frozen=True, slots=True)
class SlotState:
    """What a slot carries now; ``participant`` is None for nothing."""

    mid: Mid
    participant: ParticipantId | None = None
    source: Source | None = None
    codec: str | None = None
    gap: SlotGap | None = None


@dataclass(frozen=True, slots=True)
class TrackDeclaration:
    """One section of a publish offer and what it carries."""

    mid: Mid
    source: Source


@dataclass(frozen=True, slots=True)
class Tile:
    """A participant's camera as the viewer shows it."""

    participant: ParticipantId
    max_height: int
    """Pixels on the viewer's screen; more is not worth sending."""


# Commands with a result


@dataclass(frozen=True, slots=True)
class Subscribe:
    """Open (or replace) the subscribe leg; answered by ``SlotOffer``."""

    room: RoomId
    viewer: ParticipantId


@dataclass(frozen=True, slots=True)
class SlotOffer:
    """The one offer of a subscribe leg, and the slots in it."""

    generation: Generation
    sdp: str
    slots: tuple[SlotPlan, ...]


@dataclass(frozen=True, slots=True)
class AcceptAnswer:
    """The viewer's answer to the ``SlotOffer`` of the same generation."""

    viewer: ParticipantId
    generation: Generation
    sdp: str


@dataclass(frozen=True, slots=True)
class Publish:
    """
    Open the publish leg, or negotiate it again; answered by ``PublishAnswer``.

    An offer of the same browser session keeps the leg, and restarts its ICE when
    the user fragment differs. An offer of another session (a page that was loaded
    again) closes the old leg and opens a new one in its place.
    """

    room: RoomId
    publisher: ParticipantId
    sdp: str
    tracks: tuple[TrackDeclaration, ...]
    budget_bytes: int | None = None
    """Of media that a new leg may send before it is closed; None: no limit."""


@dataclass(frozen=True, slots=True)
class PublishAnswer:
    """The server's answer to a publish offer."""

    generation: Generation
    """Of the leg that was opened or continues."""
    negotiation: Negotiation
    sdp: str


# Commands without a result


@dataclass(frozen=True, slots=True)
class SetTrack:
    """Unmute or mute a published track; nothing of a muted one is forwarded."""

    publisher: ParticipantId
    source: Source
    active: bool


@dataclass(frozen=True, slots=True)
class SetStage:
    """Whose camera and microphone the stage pair carries in this room."""

    room: RoomId
    participant: ParticipantId | None


@dataclass(frozen=True, slots=True)
class SetView:
    """What a viewer shows: an own choice for the stage, its tiles, and their sizes."""

    viewer: ParticipantId
    stage: ParticipantId | None
    tiles: tuple[Tile, ...]
    stage_height: int = MAX_HEIGHT
    """Pixels of the stage on the viewer's screen; 0: not on it."""
    content_height: int = MAX_HEIGHT
    """The same of a shared screen."""
    receive: Receive = Receive.AUTO


@dataclass(frozen=True, slots=True)
class RepeatLayers:
    """Emit ``LayersWanted`` again: the publisher was away and may have missed it."""

    publisher: ParticipantId


@dataclass(frozen=True, slots=True)
class CloseLegs:
    """Take a participant off the media plane, both legs."""

    participant: ParticipantId


@dataclass(frozen=True, slots=True)
class CloseRoom:
    """Take a room and everybody in it off the media plane."""

    room: RoomId


Command = SetTrack | SetStage | SetView | RepeatLayers | CloseLegs | CloseRoom


# Events


@dataclass(frozen=True, slots=True)
class TrackStarted:
    """First packet of a track arrived, or its codec changed."""

    room: RoomId
    participant: ParticipantId
    negotiation: Negotiation
    """The newest of its leg when this happened."""
    source: Source
    codec: str


@dataclass(frozen=True, slots=True)
class TrackStopped:
    """A track ended with its leg or left the publish offer."""

    room: RoomId
    participant: ParticipantId
    negotiation: Negotiation
    """The newest of its leg when this happened."""
    source: Source


@dataclass(frozen=True, slots=True)
class SlotsChanged:
    """New contents of some slots of one viewer."""

    room: RoomId
    viewer: ParticipantId
    generation: Generation
    slots: tuple[SlotState, ...]


@dataclass(frozen=True, slots=True)
class SpeakersChanged:
    """Who is speaking now; sent when that changes."""

    room: RoomId
    speakers: tuple[ParticipantId, ...]
    dominant: ParticipantId | None = None
    """The dominant speaker, also through pauses; None: no participant has spoken."""


@dataclass(frozen=True, slots=True)
class LegChanged:
    """A leg came up or went away (closed by its owner, or timed out)."""

    room: RoomId
    participant: ParticipantId
    generation: Generation
    leg: LegKind
    connected: bool


@dataclass(frozen=True, slots=True)
class PublishNeeded:
    """
    The publisher should offer again: a viewer cannot decode its codec.

    When that viewer leaves, the publisher is not asked to switch back; its next
    offer may use its preferred codec again.
    """

    room: RoomId
    participant: ParticipantId
    generation: Generation


@dataclass(frozen=True, slots=True)
class LayersWanted:
    """Which layers of a video track are watched; the publisher may stop the others."""

    room: RoomId
    participant: ParticipantId
    generation: Generation
    source: Source
    layers: tuple[int, ...]
    """Numbers of the spatial layers, 0 the smallest; empty: none is watched."""


@dataclass(frozen=True, slots=True)
class LinkChanged:
    """The server's estimate of a viewer's link; sent when it changes noticeably."""

    room: RoomId
    viewer: ParticipantId
    generation: Generation
    down_bps: int | None
    """Estimated capacity towards the viewer; None: not known yet."""
    loss: float
    """Share of packets to the viewer that are lost, 0…1."""
    rtt_s: float | None
    reduced: Reduced | None
    """Why less is sent than the viewer's screen could show; None: it is not."""


Event = (
    TrackStarted
    | TrackStopped
    | SlotsChanged
    | SpeakersChanged
    | LegChanged
    | PublishNeeded
    | LayersWanted
    | LinkChanged
)
