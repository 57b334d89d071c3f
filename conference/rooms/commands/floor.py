"""Giving and taking back the floor."""

from dataclasses import dataclass

from conference.ids import ParticipantId


@dataclass(frozen=True, slots=True)
class GiveFloor:
    """Give the floor, or take it back."""

    by: ParticipantId
    participant: ParticipantId
    given: bool
