"""Raising and lowering hands."""

from dataclasses import dataclass

from conference.ids import ParticipantId


@dataclass(frozen=True, slots=True)
class RaiseHand:
    """Raise or lower one's own hand."""

    by: ParticipantId
    raised: bool


@dataclass(frozen=True, slots=True)
class LowerHand:
    """Lower the hand of another participant."""

    by: ParticipantId
    participant: ParticipantId
