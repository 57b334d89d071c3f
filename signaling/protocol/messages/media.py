"""Negotiating media, and what is sent and received."""

from typing import Annotated, Literal

from pydantic import Field

from signaling.protocol.base import (
    CodecName,
    Count,
    GroupName,
    Identifier,
    MediaKind,
    Mid,
    Sdp,
    Share,
    SourceName,
    Wire,
)
from signaling.protocol.events import NEGOTIATION, USUAL, ClientEvent, Rate, ServerEvent
from signaling.protocol.messages.connection import Nothing

SDP_BYTES = 96 * 1024  # 64 KiB of SDP, escaped as JSON
PREFLIGHT = Rate(per_second=0.2, burst=6)  # three runs over UDP and TCP, then slowly


LegNumber = Annotated[int, Field(ge=0, le=2**53 - 1)]
"""The generation of a leg; a whole number that JavaScript keeps exactly."""


class SlotPlan(Wire):
    """A slot of the subscribe offer; fixed for the life of that peer connection."""

    mid: Mid
    kind: MediaKind
    group: GroupName


class SlotState(Wire):
    """What a slot carries now."""

    mid: Mid
    participant: Identifier | None
    source: SourceName | None
    codec: CodecName | None
    gap: Literal["codec", "link"] | None
    """Why the slot stays empty: this browser cannot decode that codec (``codec``),
    or this link has no room for the picture now (``link``)."""


class SlotOffer(Wire):
    """The server's only offer: answer it with ``media.answer``."""

    generation: LegNumber
    """Its number; the answer names it."""
    sdp: Sdp
    slots: list[SlotPlan]


class MediaSubscribe(Wire):
    """Ask for a fresh slot offer; the old subscribe peer connection is closed."""


class MediaAnswer(Wire):
    generation: LegNumber
    """Of the offer that this answers."""
    sdp: Sdp


class PublishedSection(Wire):
    """One section of a publish offer and what it carries."""

    mid: Mid
    source: SourceName
    active: bool = False
    """It is sent from now on. Off, it may be started later with ``media.track``."""


class MediaPublish(Wire):
    """
    A publish offer.

    All sections are ``sendonly``; each video section names the codecs the
    browser can send, its favourite first. The server's answer keeps one.
    """

    sdp: Sdp
    tracks: Annotated[list[PublishedSection], Field(min_length=1, max_length=4)]


class MediaPublished(Wire):
    sdp: Sdp


class MediaPreflight(Wire):
    """
    Test the media connection before joining.

    Two sections, ``sendonly``: audio with mid 0 and video with mid 1. They are not
    forwarded to anybody.
    """

    sdp: Sdp


class MediaTrack(Wire):
    """Start or stop one of the participant's own tracks (microphone or camera on/off)."""

    source: SourceName
    active: bool


class ViewTile(Wire):
    participant: Identifier
    max_height: Annotated[int, Field(ge=0, le=4320)]
    """Height of the tile in device pixels; 0: not on the screen."""


class ViewSet(Wire):
    """What this client shows. Grid cameras that are not listed are not sent."""

    stage: Identifier | None = None
    """An own choice for the stage (pin); None: the room's."""
    tiles: Annotated[list[ViewTile], Field(max_length=48)]
    stage_height: Annotated[int, Field(ge=0, le=4320)] = 4320
    """Height of the stage in device pixels; 0: not on the screen."""
    content_height: Annotated[int, Field(ge=0, le=4320)] = 4320
    """The same of a shared screen."""
    receive: Literal["auto", "saver", "audio"] = "auto"
    """A person's choice: what the link allows, small pictures, or none."""


class SlotsChanged(Wire):
    slots: list[SlotState]


class SpeakersChanged(Wire):
    """Participants who are speaking now; sent when that changes."""

    speakers: list[Identifier]
    dominant: Identifier | None
    """The dominant speaker, also through pauses and short sounds of others."""


class PublishNeeded(Wire):
    """Offer again: another codec is wanted from you."""


class PublishLayers(Wire):
    """Which layers of a video track of yours are watched: send these, stop the others."""

    source: SourceName
    layers: list[Annotated[int, Field(ge=0, le=2)]]
    """In the order of ``a=simulcast``, 0 the smallest; empty: none is watched."""


class LinkChanged(Wire):
    """The server's estimate of the link to you; sent when it changes noticeably."""

    down_kbps: Count | None
    """Estimated capacity towards you; None: not known yet."""
    loss: Share
    """Share of packets to you that are lost, 0…1."""
    rtt_ms: Count | None
    reduced: Literal["link", "operator", "choice"] | None
    """Why you are sent less than your screen could show; None: you are not."""


CLIENT_EVENTS = (
    ClientEvent(
        "media.subscribe", MediaSubscribe, SlotOffer, "room.watch", NEGOTIATION
    ),
    ClientEvent(
        "media.answer",
        MediaAnswer,
        Nothing,
        "room.watch",
        NEGOTIATION,
        SDP_BYTES,
    ),
    ClientEvent(
        "media.publish",
        MediaPublish,
        MediaPublished,
        "media.publish",
        NEGOTIATION,
        SDP_BYTES,
    ),
    ClientEvent(
        "media.preflight",
        MediaPreflight,
        MediaPublished,
        "room.preview",
        PREFLIGHT,
        SDP_BYTES,
    ),
    ClientEvent("media.track", MediaTrack, Nothing, "media.publish", USUAL),
    ClientEvent("view.set", ViewSet, Nothing, "room.watch", USUAL, 16_384),
)

SERVER_EVENTS = (
    ServerEvent("slots.changed", SlotsChanged),
    ServerEvent("speakers.changed", SpeakersChanged),
    ServerEvent("publish.needed", PublishNeeded),
    ServerEvent("publish.layers", PublishLayers),
    ServerEvent("link.changed", LinkChanged),
)
