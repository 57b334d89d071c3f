"""
The Python engine's log of sent packets: two ring buffers that its loops write directly.

The loops over followers write the fields themselves, because a method call per copy
would cost more than the assignments.
"""

from array import array
from collections.abc import Iterable
from math import inf

from conference.fanout.sent import SIZE

MASK = SIZE - 1
"""``number & MASK`` is a packet's index in the rings."""


class SentRing:
    """
    ``conference.fanout.sent.SentLog`` of one viewer.

    The engine numbers a packet ``n = ring.next`` and writes ``next = n + 1``,
    ``times[n & MASK]`` and ``sizes[n & MASK]``; ``note`` does the same for code outside
    the hot path.
    """

    __slots__ = ("next", "sizes", "times")

    def __init__(self) -> None:
        self.next = 0
        """Number of the next packet, not reduced to 16 bits."""
        self.times = [0.0] * SIZE
        """Send times, monotonic seconds. A list, because all viewers of a packet share
        one float object."""
        self.sizes = array("H", bytes(2 * SIZE))
        """Octets on the wire; 0 once acknowledged. An array, because a list would hold
        60 KiB of integer objects per viewer."""

    def note(self, size: int, *, now: float) -> int:
        """Add a packet; return its number."""
        number = self.next
        self.next = number + 1
        self.times[number & MASK] = now
        self.sizes[number & MASK] = size
        return number

    @property
    def oldest(self) -> int:
        """Number of the oldest packet in the log; ``next`` if it is empty."""
        return max(0, self.next - SIZE)

    def extend(self, wire: int) -> int:
        """Return the newest number below ``next`` with these low 16 bits."""
        newest = self.next - 1
        return newest - ((newest - wire) & 0xFFFF)

    def idle_s(self, *, now: float) -> float:
        """Return the seconds since the newest packet; infinite before the first."""
        return now - self.times[(self.next - 1) & MASK] if self.next else inf

    def get(self, number: int) -> tuple[float, int] | None:
        """Return send time and size of a packet; None if it is not in the log."""
        if not self.oldest <= number < self.next:
            return None
        return self.times[number & MASK], self.sizes[number & MASK]

    def window(self, first: int, count: int) -> tuple[list[float], "array[int]"]:
        """Return times and sizes of ``count`` consecutive packets in the log."""
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
        """Acknowledge packets: return times and sizes, then set the sizes to 0."""
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
        """Return the bitrates of unacknowledged packets: of the last window, and before."""
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
