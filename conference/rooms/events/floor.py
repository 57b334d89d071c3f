"""What a seat may do."""

from dataclasses import dataclass

from conference.ids import ParticipantId


@dataclass(frozen=True, slots=True)
class CapabilitiesChanged:
    """What a seat may do changed."""

    participant: ParticipantId
