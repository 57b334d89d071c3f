"""
Which packets of a slot may be retransmitted now.

A browser repeats a NACK each round trip until the packet arrives. A client that repeats it
sooner, or endlessly, gets no more for it: one repair of a packet per round trip, and a
limited number of each. Otherwise forty octets that name the same 17 packets would be
answered with 20 kB each time. How many repairs a viewer's link has room for is decided by
``Viewer``.
"""

from collections.abc import Iterable, Sequence

TRIP_SHARE = 0.9
"""Share of a round trip between two repairs of a packet: browsers measure the round trip a
little differently. Lower: a repair that is still in transit is sent twice."""
MIN_WAIT_S = 0.020
"""Least wait where the round trip is shorter, or not known: libwebrtc's NACK interval.
Lower: more repairs for a client that reports a false round trip; higher: a lost repair is
repeated late on a LAN."""
MAX_REPAIRS = 10
"""Repairs of one packet; libwebrtc gives up after as many NACKs."""
FORGET_S = 5.0
"""After a packet's last repair its number is forgotten: at 1.5 Mbit/s the packet is out of
the cache by then, and its 16-bit number is used again after some 40 s at the earliest."""
MAX_KEPT = 1_024
"""Packets remembered: as many as a layer's cache holds."""


class Repairs:
    """
    The repairs of one slot.

    Inputs: ``note``. Output: ``due``.
    """

    __slots__ = ("_sent",)

    def __init__(self) -> None:
        self._sent: dict[int, tuple[float, int]] = {}
        """By packet, when it was last repaired, and how often; the oldest first."""

    def due(self, sequences: Iterable[int], *, rtt_s: float, now: float) -> list[int]:
        """Return the 16-bit numbers that may be repaired now, once each."""
        wait_s = max(MIN_WAIT_S, TRIP_SHARE * rtt_s)
        return [
            sequence
            for sequence in dict.fromkeys(sequences)
            if (sent := self._sent.get(sequence)) is None
            or now - sent[0] > FORGET_S
            or (now - sent[0] >= wait_s and sent[1] < MAX_REPAIRS)
        ]

    def note(self, sequences: Sequence[int], *, now: float) -> None:
        """Record that these are repaired now."""
        for sequence in sequences:
            last, times = self._sent.pop(sequence, (now, 0))
            self._sent[sequence] = now, 1 if now - last > FORGET_S else times + 1
        while self._sent:
            oldest = next(iter(self._sent))
            if len(self._sent) <= MAX_KEPT and now - self._sent[oldest][0] <= FORGET_S:
                break
            del self._sent[oldest]
