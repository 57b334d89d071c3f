"""
Remembers the checks of a transport, to detect copies of them.

The transaction id of a check is random and covered by its MESSAGE-INTEGRITY (RFC 8489
§5), so one that arrives a second time from another address is an attacker's copy. A
copy may be sent hours later, and a browser sends two checks a second, so the ids are
kept in Bloom filters. One in a thousand new ids is mistaken for a known one; the
browser then sends another check within a second.
"""

import hashlib
import struct
from collections import deque

FILTER_BYTES = 8192
"""Size of one filter: two octets of a hash select one of its 65,536 bits."""
FILTER_IDS = 4096
"""Ids in one filter, half an hour of checks. With six bits each, one in a thousand
unseen ids then finds all of its bits set. More: more authentic checks are refused."""
MAX_FILTERS = 16
"""128 kB and nine hours of checks for one transport; then the oldest filter is dropped.
More: a participant that floods its own transport with checks takes more memory."""

_BITS = struct.Struct("!6H")


class SeenTransactions:
    """The transaction ids of one transport's authentic checks."""

    __slots__ = ("_filters", "_room")

    def __init__(self) -> None:
        self._filters: deque[bytearray] = deque(maxlen=MAX_FILTERS)
        self._room = 0
        """How many ids the newest filter can still take."""

    def note(self, transaction: bytes) -> bool:
        """Add an id; return whether it was seen before."""
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
