"""
What was sent to a viewer: send times and sizes by transport-wide number.

An engine writes its log in a form of its own; the estimator reads it by the methods
given here when feedback comes. The numbers are unbounded inside; their low 16 bits
are on the wire (draft-holmer-rmcat-transport-wide-cc-extensions-01 §2).
"""

from collections.abc import Iterable, Sequence
from typing import Protocol

SIZE = 2048
"""Packets remembered, a power of two: 4 s at 5 Mbit/s. Feedback is back after a
round trip and 0.1 s; less would forget packets on a slow link, more is memory."""


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
        """Number of the oldest packet that is remembered; ``next`` if none is."""
        ...

    def extend(self, wire: int) -> int:
        """Return the newest number below ``next`` with these low 16 bits."""
        ...

    def idle_s(self, *, now: float) -> float:
        """Return the seconds since the newest packet; infinite before the first."""
        ...

    def get(self, number: int) -> tuple[float, int] | None:
        """Return send time and size; None if forgotten or never sent."""
        ...

    def window(self, first: int, count: int) -> tuple[Sequence[float], Sequence[int]]:
        """Return times and sizes of ``count`` remembered packets in a row."""
        ...

    def take(
        self, first: int, count: int, *, missing: Iterable[int] = ()
    ) -> tuple[list[float], Sequence[int]]:
        """
        Acknowledge packets, and return their times and sizes as they were before.

        Args:
            first: Number of the first one; all of them are remembered.
            count: How many in a row.
            missing: Numbers among them that are not acknowledged.
        """
        ...

    def rates_bps(self, window_s: float, *, now: float) -> tuple[float, float]:
        """
        Return the rates sent in the last window and in the one before.

        Acknowledged packets do not count.
        """
        ...
