"""How many bits a second a layer takes, by temporal layer, measured as they come."""

WINDOW_S = 0.5
"""Between two readings: long enough for a whole group of temporal layers."""
SHARE = 0.25
"""Of a new reading that falls; a rise counts whole, for what grows may not fit, and a
screen that stands still for a moment will be scrolled again."""
TEMPORALS = 3


class LayerMeter:
    """
    Rates of one layer.

    Inputs: ``count`` per packet, ``read`` on a timer. Output: ``rates``.
    """

    __slots__ = ("_bytes", "_read_at", "known", "rates")

    def __init__(self) -> None:
        self.rates = [0, 0, 0]
        """Bits a second of the layer with all temporal layers up to the index."""
        self.known = False
        """There was a reading since the beginning, or since ``reset``."""
        self._bytes = [0, 0, 0]
        self._read_at: float | None = None

    def reset(self) -> None:
        """Begin anew; nothing is known until the next reading."""
        self.known = False
        self.rates = [0, 0, 0]
        self._bytes = [0, 0, 0]
        self._read_at = None

    def count(self, temporal: int, size: int) -> None:
        """Count a packet of ``size`` payload bytes."""
        self._bytes[temporal if temporal < TEMPORALS else TEMPORALS - 1] += size

    def read(self, *, now: float) -> None:
        """Bring ``rates`` up to date, at most every half second."""
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
