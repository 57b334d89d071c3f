"""
Which checks a transport has seen, so that a copy of one is told from a new one.

The transaction id of a check is random and under its MESSAGE-INTEGRITY (RFC 8489
§5), so one that comes a second time from another address is a copy by a stranger.
A copy may be kept for hours before it is used, and a browser sends two checks a
second; so ids are kept in Bloom filters. Those take one in a thousand new ids for a
seen one: its browser checks again within a second.
"""

import hashlib
import struct
from collections import deque

FILTER_BYTES = 8192
"""Of one filter: each of its 65,536 bits is named by two bytes of a hash."""
FILTER_IDS = 4096
"""Taken by one filter, half an hour of checks. With six bits each, one in a thousand
ids that were never seen then finds all of its bits set. More: more are refused in
vain."""
MAX_FILTERS = 16
"""128 kB and nine hours for one transport; then the oldest is forgotten. More: a
participant who floods its own transport with checks takes more memory."""

_BITS = struct.Struct("!6H")


class SeenTransactions:
    """The transaction ids of one transport's believed checks."""

    __slots__ = ("_filters", "_room")

    def __init__(self) -> None:
        self._filters: deque[bytearray] = deque(maxlen=MAX_FILTERS)
        self._room = 0
        """How many ids the newest filter still takes."""

    def note(self, transaction: bytes) -> bool:
        """Take an id in; return whether it was seen before."""
        digest = hashlib.blake2b(transaction, digest_size=_BITS.size).digest()
        bits = [(bit >> 3, 1 << (bit & 7)) for bit in _BITS.unpack(digest)]
        for known in self._filters:
            for at, mask in bits:
                if not known[at] & mask:
                    break
            else:
                return True
        if not self._room:
            self._filters.append(bytearray(FILTER_BYTES))
            self._room = FILTER_IDS
        self._room -= 1
        newest = self._filters[-1]
        for at, mask in bits:
            newest[at] |= mask
        return False
