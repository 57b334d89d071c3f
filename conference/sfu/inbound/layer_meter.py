"""Measures the bitrate of a layer, by temporal layer."""

WINDOW_S = 0.5
"""Between two readings: long enough for a full cycle of temporal layers."""
SHARE = 0.25
"""Weight of a lower reading; a higher one is taken in full, because a layer that grows may
not fit the link, and a screen that stands still for a moment will be scrolled again."""
TEMPORALS = 3


class LayerMeter:
    """
    The bitrates of one layer.

    Inputs: ``count`` per packet, ``read`` on a timer. Output: ``rates``.
    """

    __slots__ = ("_bytes", "_read_at", "known", "rates")

    def __init__(self) -> None:
        self.rates = [0, 0, 0]
        """Bits a second of the layer with all temporal layers up to the index."""
        self.known = False
        """Whether there was a reading since the start, or since ``reset``."""
        self._bytes = [0, 0, 0]
        self._read_at: float | None = None

    def reset(self) -> None:
        """Forget everything; nothing is known until the next reading."""
        self.known = False
        self.rates = [0, 0, 0]
        self._bytes = [0, 0, 0]
        self._read_at = None

    def count(self, temporal: int, size: int) -> None:
        """Count a packet of ``size`` payload bytes."""
        self._bytes[temporal if temporal < TEMPORALS else TEMPORALS - 1] += size

    def read(self, *, now: float) -> None:
        """Update ``rates``, at most every half second."""
        if self._read_at is None:
            if any(self._bytes):
                self._read_at = now
            return
        elapsed = now - self._read_at
        if elapsed < WINDOW_S:
            return
        total = 0
        for temporal in range(TEMPORALS):
            total += self._bytes[temporal]
            measured = int(total * 8 / elapsed)
            before = self.rates[temporal]
            if measured < before:
                measured = int(before + SHARE * (measured - before))
            self.rates[temporal] = measured
        self._bytes = [0, 0, 0]
        self._read_at = now
        self.known = True
