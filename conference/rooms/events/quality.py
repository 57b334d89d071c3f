"""How good connections are."""

from dataclasses import dataclass

from conference.ids import ParticipantId


@dataclass(frozen=True, slots=True)
class QualityChanged:
    """How good somebody's connection is changed, for those whom it concerns."""

    participant: ParticipantId
