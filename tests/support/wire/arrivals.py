"""
When packets came, as a viewer reports it (transport-wide congestion control).

Written from draft-holmer-rmcat-transport-wide-cc-extensions-01 §3.1, and from nothing of
the server's: the two have to agree on the wire.
"""

import math
import struct

TICKS_PER_S = 4000  # receive deltas count 250 µs
REFERENCE_TICKS = 256  # the reference time counts 64 ms
MISSING, SMALL, LARGE = 0, 1, 2
VECTOR_SYMBOLS = 7
"""In a status vector of two bits each."""


class Arrivals:
    """
    Packets that came since the last report.

    Inputs: ``record``. Output: ``report``, which forgets what it reported.
    """

    def __init__(self) -> None:
        self._came: dict[int, float] = {}
        self._newest: int | None = None
        self._reported = -1
        """Highest extended number in a report so far."""
        self._reports = 0

    def record(self, number: int, *, now: float) -> None:
        """Note that the packet with this 16-bit number came now."""
        if self._newest is None:
            self._newest = number
            self._reported = number - 1
        step = (number - self._newest) & 0xFFFF
        extended = self._newest + (step if step < 0x8000 else step - 0x10000)
        self._newest = max(self._newest, extended)
        if extended > self._reported:
            self._came.setdefault(extended, now)

    def report(self) -> bytes:
        """Return the feedback control information, empty if nothing came."""
        if not self._came:
            return b""
        first, last = self._reported + 1, max(self._came)
        at = min(self._came.values()) * TICKS_PER_S
        reference = math.floor(at / REFERENCE_TICKS)
        clock = reference * REFERENCE_TICKS
        symbols, deltas = [], b""
        for number in range(first, last + 1):
            came = self._came.get(number)
            if came is None:
                symbols.append(MISSING)
                continue
            delta = round(came * TICKS_PER_S) - clock
            clock += delta
            small = 0 <= delta <= 0xFF
            symbols.append(SMALL if small else LARGE)
            deltas += struct.pack("!B" if small else "!h", delta)
        head = struct.pack(
            "!HHI",
            first & 0xFFFF,
            len(symbols),
            (reference & 0xFFFFFF) << 8 | self._reports & 0xFF,
        )
        self._came.clear()
        self._reported = last
        self._reports += 1
        return head + _chunks(symbols) + deltas


def _chunks(symbols: list[int]) -> bytes:
    """Write one run where all are alike, status vectors else."""
    if len(set(symbols)) == 1:
        return struct.pack("!H", symbols[0] << 13 | len(symbols))
    found = b""
    for at in range(0, len(symbols), VECTOR_SYMBOLS):
        vector = 0b11 << 14
        for place, symbol in enumerate(symbols[at : at + VECTOR_SYMBOLS]):
            vector |= symbol << 2 * (VECTOR_SYMBOLS - 1 - place)
        found += struct.pack("!H", vector)
    return found
