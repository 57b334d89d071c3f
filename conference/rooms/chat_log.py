"""
What a room remembers of its chat: the newest number, and what was sent lately.

Pure. The lines themselves are stored; only enough is kept here to number the next
one and to find a line that a client sends again.
"""

from dataclasses import dataclass, field

from immutables import Map

from conference.contract.words import ChatLine
from conference.ids import ParticipantId

NONCES_KEPT = 512
# Lines whose nonce is remembered, so that one sent again is not said twice. A
# client repeats within seconds of a reconnection; older repeats are found by
# the unique key of the chat table.


@dataclass(frozen=True, slots=True)
class ChatLog:
    """The memory of a room's chat."""

    seq: int = 0
    """Number of the newest line; 0: nothing was said."""
    _lines: Map[int, ChatLine] = field(default_factory=Map)
    """The newest lines by their number."""
    _numbers: Map[tuple[ParticipantId, str], int] = field(default_factory=Map)
    """Their numbers by sender and nonce."""

    def find(self, participant: ParticipantId, nonce: str) -> ChatLine | None:
        """Return the line that was sent with this nonce, if it is remembered."""
        number = self._numbers.get((participant, nonce))
        return None if number is None else self._lines[number]

    def having(self, line: ChatLine) -> "ChatLog":
        """Return it with one line more; ``line.seq`` is the next number."""
        assert line.seq == self.seq + 1
        lines = self._lines.set(line.seq, line)
        numbers = self._numbers.set((line.participant, line.nonce), line.seq)
        oldest = lines.get(line.seq - NONCES_KEPT)
        if oldest is not None:
            lines = lines.delete(oldest.seq)
            numbers = numbers.delete((oldest.participant, oldest.nonce))
        return ChatLog(line.seq, lines, numbers)
