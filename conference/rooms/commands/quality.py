"""How good connections are."""

from dataclasses import dataclass

from conference.ids import ParticipantId


@dataclass(frozen=True, slots=True)
class ReportQuality:
    """A participant reports how good its own connection is."""

    by: ParticipantId
    level: int
