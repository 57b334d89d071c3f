"""Whether tracks are forwarded."""

from dataclasses import dataclass

from conference.contract.words import Source
from conference.ids import ParticipantId


@dataclass(frozen=True, slots=True)
class GateMoved:
    """A track is unmuted or muted in the media plane."""

    participant: ParticipantId
    source: Source
    open: bool


@dataclass(frozen=True, slots=True)
class TrackMuted:
    """A moderator muted a participant's track."""

    participant: ParticipantId
    source: Source
    by: str
    """Name of the moderator."""
