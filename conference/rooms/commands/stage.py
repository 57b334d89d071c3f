"""Choosing who is on the stage."""

from dataclasses import dataclass

from conference.ids import ParticipantId


@dataclass(frozen=True, slots=True)
class ChooseStage:
    """Put a participant on the stage; None: back to the room's own choice."""

    by: ParticipantId
    participant: ParticipantId | None


@dataclass(frozen=True, slots=True)
class Dominate:
    """The media plane detected the dominant speaker; None: there is none."""

    participant: ParticipantId | None
