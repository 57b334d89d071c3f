"""Whether tracks are forwarded."""

from dataclasses import dataclass

from conference.contract.words import Source
from conference.ids import ParticipantId


@dataclass(frozen=True, slots=True)
class TrackSwitched:
    """The media plane must forward a track, or stop forwarding it."""

    participant: ParticipantId
    source: Source
    active: bool
    """Whether the track is forwarded."""


@dataclass(frozen=True, slots=True)
class TrackMuted:
    """A moderator muted a participant's track."""

    participant: ParticipantId
    source: Source
    by: str
    """Name of the moderator."""
