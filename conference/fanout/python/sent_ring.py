"""
The log of sent packets of the Python engine: two rings, written inline.

The loops that make copies write the fields themselves, because a call for each copy
would cost more than the writing.
"""

from array import array
from collections.abc import Iterable
from math import inf

from conference.fanout.sent import SIZE

MASK = SIZE - 1
"""``number & MASK`` is a packet's place in the rings."""


class SentRing:
    """
    ``conference.fanout.sent.SentLog`` of one viewer.

    The engine numbers a packet ``n = ring.next`` and writes ``next = n + 1``,
    ``times[n & MASK]`` and ``sizes[n & MASK]``; ``note`` does the same for code that
    need not be fast.
    """

    __slots__ = ("next", "sizes", "times")

    def __init__(self) -> None:
        self.next = 0
        """Number of the next packet, not reduced to 16 bits."""
        self.times = [0.0] * SIZE
        """When each was sent, monotonic seconds."""
        self.sizes = array("H", bytes(2 * SIZE))
        """Octets on the wire; 0 once acknowledged. Numbers in a list would be objects
        of each viewer's own, 60 KiB of them; one send time is the same object for all
        viewers who get the packet."""

    def note(self, size: int, *, now: float) -> int:
        """Add a packet; return its number."""
        number = self.next
        self.next = number + 1
        self.times[number & MASK] = now
        self.sizes[number & MASK] = size
        return number

    @property
    def oldest(self) -> int:
        """Number of the oldest packet that is remembered; ``next`` if none is."""
        return max(0, self.next - SIZE)

    def extend(self, wire: int) -> int:
        """Return the newest number below ``next`` with these low 16 bits."""
        newest = self.next - 1
        return newest - ((newest - wire) & 0xFFFF)

    def idle_s(self, *, now: float) -> float:
        """Return the seconds since the newest packet; infinite before the first."""
        return now - self.times[(self.next - 1) & MASK] if self.next else inf

    def get(self, number: int) -> tuple[float, int] | None:
        """Return send time and size; None if forgotten or never sent."""
        if not self.oldest <= number < self.next:
            return None
        return self.times[number & MASK], self.sizes[number & MASK]

    def window(self, first: int, count: int) -> tuple[list[float], "array[int]"]:
        """Return times and sizes of ``count`` remembered packets in a row."""
        begin = first & MASK
        end = begin + count
        times, sizes = self.times[begin:end], self.sizes[begin:end]
        if end > SIZE:
            times += self.times[: end - SIZE]
            sizes += self.sizes[: end - SIZE]
        return times, sizes

    def take(
        self, first: int, count: int, *, missing: Iterable[int] = ()
    ) -> tuple[list[float], "array[int]"]:
        """Acknowledge packets, and return their times and sizes as they were before."""
        times, sizes = self.window(first, count)
        begin = first & MASK
        end = begin + count
        self.sizes[begin : min(end, SIZE)] = array(
            "H", bytes(2 * (min(end, SIZE) - begin))
        )
        if end > SIZE:
            self.sizes[: end - SIZE] = array("H", bytes(2 * (end - SIZE)))
        for number in missing:
            self.sizes[number & MASK] = sizes[number - first]
        return times, sizes

    def rates_bps(self, window_s: float, *, now: float) -> tuple[float, float]:
        """Return the rates sent in the last window and in the one before."""
        newer = older = 0
        for number in range(self.next - 1, self.oldest - 1, -1):
            age = now - self.times[number & MASK]
            if age <= window_s:
                newer += self.sizes[number & MASK]
            elif age <= 2 * window_s:
                older += self.sizes[number & MASK]
            else:
                break
        return newer * 8 / window_s, older * 8 / window_s
