"""
What a room remembers of its chat: the newest number, and what was sent lately.

Pure. The lines themselves are stored; only enough is kept here to number the next
one and to find a line that a client sends again.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

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
    sent: Mapping[tuple[ParticipantId, str], ChatLine] = field(
        default_factory=lambda: MappingProxyType({})
    )
    """The newest lines by their sender and nonce, oldest first."""

    def having(self, line: ChatLine) -> "ChatLog":
        """Return it with one line more; ``line.seq`` is the next number."""
        assert line.seq == self.seq + 1
        sent = {**self.sent, (line.participant, line.nonce): line}
        if len(sent) > NONCES_KEPT:
            del sent[next(iter(sent))]
        return ChatLog(line.seq, MappingProxyType(sent))
