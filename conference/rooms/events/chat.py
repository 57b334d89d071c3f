"""Chat messages."""

from dataclasses import dataclass

from conference.contract.words import ChatLine


@dataclass(frozen=True, slots=True)
class Said:
    """A line of chat; stored before anybody sees it."""

    line: ChatLine
