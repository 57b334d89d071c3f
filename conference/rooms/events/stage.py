"""Who is on the stage."""

from dataclasses import dataclass

from conference.ids import ParticipantId


@dataclass(frozen=True, slots=True)
class StageMoved:
    """Another participant is on the stage, or the stage is empty."""

    participant: ParticipantId | None


@dataclass(frozen=True, slots=True)
class StageChosen:
    """A moderator's choice of the stage changed; it must be stored."""

    participant: ParticipantId | None
