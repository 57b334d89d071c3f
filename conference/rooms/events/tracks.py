"""What is forwarded of a track."""

from dataclasses import dataclass

from conference.contract.words import Source
from conference.ids import ParticipantId


@dataclass(frozen=True, slots=True)
class GateMoved:
    """A track's gate opens or shuts."""

    participant: ParticipantId
    source: Source
    open: bool


@dataclass(frozen=True, slots=True)
class TrackMuted:
    """A moderator stopped somebody's track."""

    participant: ParticipantId
    source: Source
    by: str
    """Name of the moderator."""
