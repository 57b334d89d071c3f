"""
The log of packets sent to a viewer: send times and sizes by transport-wide number.

Each engine has its own data structure for it; the bandwidth estimator reads it through
these methods when feedback arrives. The numbers are unbounded here; their low 16 bits
are on the wire (draft-holmer-rmcat-transport-wide-cc-extensions-01 §2).
"""

from collections.abc import Iterable, Sequence
from typing import Protocol

SIZE = 2048
"""Packets kept in the log, a power of two: 4 s at 5 Mbit/s. Feedback arrives after a
round trip and 0.1 s. Less: it would come too late on a slow link; more: memory."""


class SentLog(Protocol):
    """
    The newest ``SIZE`` packets of one viewer.

    Times are monotonic seconds, sizes octets on the wire with RTP header and
    authentication tag. The size of an acknowledged packet is 0.
    """

    @property
    def next(self) -> int:
        """Number of the next packet, not reduced to 16 bits."""
        ...

    @property
    def oldest(self) -> int:
        """Number of the oldest packet in the log; ``next`` if it is empty."""
        ...

    def extend(self, wire: int) -> int:
        """Return the newest number below ``next`` with these low 16 bits."""
        ...

    def idle_s(self, *, now: float) -> float:
        """Return the seconds since the newest packet; infinite before the first."""
        ...

    def get(self, number: int) -> tuple[float, int] | None:
        """Return send time and size of a packet; None if it is not in the log."""
        ...

    def window(self, first: int, count: int) -> tuple[Sequence[float], Sequence[int]]:
        """Return times and sizes of ``count`` consecutive packets in the log."""
        ...

    def take(
        self, first: int, count: int, *, missing: Iterable[int] = ()
    ) -> tuple[list[float], Sequence[int]]:
        """
        Acknowledge packets: return their times and sizes, then set the sizes to 0.

        Args:
            first: Number of the first packet; all of them are in the log.
            count: Number of consecutive packets.
            missing: Numbers among them that are not acknowledged.
        """
        ...

    def rates_bps(self, window_s: float, *, now: float) -> tuple[float, float]:
        """
        Return the bitrates of unacknowledged packets: of the last window, and before.

        Args:
            window_s: Length of a window in seconds.
            now: Monotonic seconds, the end of the last window.
        """
        ...
