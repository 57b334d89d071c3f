"""What is published, muted and sent."""

from dataclasses import dataclass

from conference.contract.words import Generation, Negotiation, Source
from conference.ids import ParticipantId


@dataclass(frozen=True, slots=True)
class Publish:
    """A publish offer was accepted: these tracks, and no others."""

    by: ParticipantId
    generation: Generation
    """Of the publish leg; tracks of an older one have ended with it."""
    negotiation: Negotiation
    sources: tuple[Source, ...]
    active: frozenset[Source] = frozenset()
    """Those of them that are to be sent; the others are declared and off."""


@dataclass(frozen=True, slots=True)
class SwitchTrack:
    """Start or stop one of the participant's own tracks."""

    by: ParticipantId
    source: Source
    active: bool


@dataclass(frozen=True, slots=True)
class Mute:
    """Mute a track of another participant."""

    by: ParticipantId
    participant: ParticipantId
    source: Source


@dataclass(frozen=True, slots=True)
class TrackUp:
    """The media plane saw a track start, or change its codec."""

    participant: ParticipantId
    negotiation: Negotiation
    source: Source
    codec: str


@dataclass(frozen=True, slots=True)
class TrackDown:
    """The media plane saw a track end."""

    participant: ParticipantId
    negotiation: Negotiation
    source: Source
