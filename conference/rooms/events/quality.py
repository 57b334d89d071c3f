"""How good connections are."""

from dataclasses import dataclass

from conference.ids import ParticipantId


@dataclass(frozen=True, slots=True)
class QualityChanged:
    """The quality of a participant's connection changed."""

    participant: ParticipantId
