"""
Which packets of a slot may be sent again now.

A browser repeats a NACK each round trip until the packet is there. One that repeats it
sooner, or without end, gets no more for it: one repair of a packet in a round trip,
and few of each. Forty octets that name the same 17 packets would else bring 20 kB each
time. How many repairs a viewer's link has room for is ``Viewer``'s to say.
"""

from collections.abc import Iterable, Sequence

TRIP_SHARE = 0.9
"""Of a round trip between two repairs of a packet: browsers' own idea of it differs
a little from ours. Lower: a repair that is still under way is sent twice."""
MIN_WAIT_S = 0.020
"""Where the round trip is shorter, or not known: libwebrtc looks for what to ask for
that often. Lower: more for who lies about its round trip; higher: a lost repair is
repeated late on a LAN."""
MAX_REPAIRS = 10
"""Of one packet; libwebrtc gives it up after as many NACKs."""
FORGET_S = 5.0
"""After a packet's last repair it counts as never asked for: at 1.5 Mbit/s it is out of
the cache by then, and its 16-bit number comes again after some 40 s at the soonest."""
MAX_KEPT = 1_024
"""Packets remembered, as many as a layer's cache holds."""


class Repairs:
    """
    The repairs of one slot.

    Inputs: ``note``. Output: ``due``.
    """

    __slots__ = ("_sent",)

    def __init__(self) -> None:
        self._sent: dict[int, tuple[float, int]] = {}
        """When a packet was last sent again, and how often; longest ago first."""

    def due(self, sequences: Iterable[int], *, rtt_s: float, now: float) -> list[int]:
        """Return those of the 16-bit numbers that may be sent again now, once each."""
        wait_s = max(MIN_WAIT_S, TRIP_SHARE * rtt_s)
        return [
            sequence
            for sequence in dict.fromkeys(sequences)
            if (sent := self._sent.get(sequence)) is None
            or now - sent[0] > FORGET_S
            or (now - sent[0] >= wait_s and sent[1] < MAX_REPAIRS)
        ]

    def note(self, sequences: Sequence[int], *, now: float) -> None:
        """Remember that these are sent again now."""
        for sequence in sequences:
            last, times = self._sent.pop(sequence, (now, 0))
            self._sent[sequence] = now, 1 if now - last > FORGET_S else times + 1
        while self._sent:
            oldest = next(iter(self._sent))
            if len(self._sent) <= MAX_KEPT and now - self._sent[oldest][0] <= FORGET_S:
                break
            del self._sent[oldest]
