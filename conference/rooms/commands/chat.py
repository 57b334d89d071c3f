"""Sending chat messages."""

from dataclasses import dataclass

from conference.ids import ParticipantId


@dataclass(frozen=True, slots=True)
class Say:
    """Write one line of chat."""

    by: ParticipantId
    text: str
    nonce: str
    at: float
    """Seconds since the epoch."""
