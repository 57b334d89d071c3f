"""
What was sent to a viewer: send time and size by transport-wide number.

Written inline by the fan-out's loop, read by the estimator when feedback comes.
The numbers are unbounded inside; their low 16 bits are on the wire
(draft-holmer-rmcat-transport-wide-cc-extensions-01 §2).
"""

from array import array

SIZE = 2048
"""Packets remembered, a power of two: 4 s at 5 Mbit/s. Feedback is back after a
round trip and 0.1 s; less would forget packets on a slow link, more is memory."""
MASK = SIZE - 1
"""``number & MASK`` is a packet's place."""


class SentPackets:
    """
    The newest ``SIZE`` packets of one viewer.

    The sender numbers a packet ``n = sent.next`` and writes ``next = n + 1``,
    ``times[n & MASK]`` and ``sizes[n & MASK]``. Reading: ``get``, ``extend``.
    """

    __slots__ = ("next", "sizes", "times")

    def __init__(self) -> None:
        self.next = 0
        """Number of the next packet, not reduced to 16 bits."""
        self.times = [0.0] * SIZE
        """When each was sent, monotonic seconds."""
        self.sizes = array("H", bytes(2 * SIZE))
        """Bytes on the wire, with RTP header and authentication tag; the
        estimator writes 0 once the packet is acknowledged. Numbers in a list would
        be objects of each viewer's own, 60 KiB of them; one send time is the same
        object for all who get the packet."""

    def extend(self, wire: int) -> int:
        """Return the newest number below ``next`` with these low 16 bits."""
        newest = self.next - 1
        return newest - ((newest - wire) & 0xFFFF)

    def get(self, number: int) -> tuple[float, int] | None:
        """Return send time and size; None if forgotten or never sent."""
        if not max(0, self.next - SIZE) <= number < self.next:
            return None
        return self.times[number & MASK], self.sizes[number & MASK]

    def rates_bps(self, window_s: float, *, now: float) -> tuple[float, float]:
        """
        Return what was sent in the last window and in the one before.

        What is acknowledged already does not count.
        """
        newer = older = 0
        for number in range(self.next - 1, max(-1, self.next - 1 - SIZE), -1):
            age = now - self.times[number & MASK]
            if age <= window_s:
                newer += self.sizes[number & MASK]
            elif age <= 2 * window_s:
                older += self.sizes[number & MASK]
            else:
                break
        return newer * 8 / window_s, older * 8 / window_s
