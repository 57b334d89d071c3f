"""
Transport-wide congestion control feedback: recording arrivals and building messages.

Follows draft-holmer-rmcat-transport-wide-cc-extensions-01 §3.1. The publisher's browser
estimates its bitrate from these messages. Packets lost in an outage are not reported:
browsers (libwebrtc) retransmit every packet reported as lost before they send new ones,
so that live video would wait for packets that are too old to be shown. Driven by the
publish leg's timer.
"""

from struct import Struct

from conference.rtp.outage import OutageDetector
from conference.rtp.sequence import Unwrapper

TICK_S = 0.000_25
"""Unit of the receive deltas (§3.1.5)."""
REFERENCE_S = 0.064
"""Unit of the reference time (§3.1)."""
MAX_RUN = 8191
"""Longest run-length chunk (§3.1.3)."""
MAX_PACKETS = 2000
"""Packets reported by one call: 40,000 packets per second. More is an attack."""
MAX_COVERED = 400
"""Numbers in one message: 0.9 kB at most, so that it fits into a datagram."""
MAX_LATE = 16
"""Late arrivals reported by one call."""
MIN_RUN = 8
"""Shortest run for a run-length chunk; a status vector contains seven symbols."""

_HEADER = Struct("!HHI")
_CHUNK = Struct("!H")
_LARGE_DELTA = Struct("!h")

NOT_RECEIVED, SMALL, LARGE = 0, 1, 2


class ArrivalRecorder:
    """
    The arrivals since the last feedback.

    Input: ``record``. Output: ``feedback``, which also removes what it reports.
    """

    __slots__ = ("_arrivals", "_count", "_next", "_numbers", "_outages")

    def __init__(self) -> None:
        self._numbers = Unwrapper()
        self._arrivals: dict[int, float] = {}
        self._next: int | None = None
        self._outages = OutageDetector()
        self._count = 0

    def record(self, number: int, *, now: float) -> None:
        """Record the arrival of a packet by its 16-bit transport-wide number."""
        before = self._numbers.highest
        gap = 0 if before is None else (number - before) & 0xFFFF
        outage = self._outages.on_packet(gap, now=now)
        extended = self._numbers.unwrap(number)
        if self._next is None or outage:
            # Earlier arrivals that were not reported yet are reported as late.
            self._next = extended
        if len(self._arrivals) < MAX_PACKETS:
            self._arrivals.setdefault(extended, now)

    def feedback(self) -> list[bytes]:
        """
        Return feedback control information for the arrivals since the last call.

        A packet that was reported as missing and arrived late gets a message of its own,
        so that no packet is reported as missing twice.

        Returns:
            One item per message; empty without arrivals.
        """
        arrivals, self._arrivals = self._arrivals, {}
        if not arrivals or self._next is None:
            return []
        late = sorted(number for number in arrivals if number < self._next)
        messages = [self._message(n, n, arrivals) for n in late[-MAX_LATE:]]
        newest = max(arrivals)
        first = max(self._next, newest - MAX_PACKETS + 1)
        while first <= newest:
            last = min(newest, first + MAX_COVERED - 1)
            if any(number in arrivals for number in range(first, last + 1)):
                messages.append(self._message(first, last, arrivals))
            first = last + 1
        self._next = max(self._next, newest + 1)
        return messages

    def _message(self, first: int, last: int, arrivals: dict[int, float]) -> bytes:
        start = next(
            arrivals[number] for number in range(first, last + 1) if number in arrivals
        )
        reference = int(start / REFERENCE_S)
        clock = reference * REFERENCE_S
        symbols: list[int] = []
        deltas = bytearray()
        for number in range(first, last + 1):
            arrival = arrivals.get(number)
            if arrival is None:
                symbols.append(NOT_RECEIVED)
                continue
            delta = round((arrival - clock) / TICK_S)
            if 0 <= delta <= 255:
                symbols.append(SMALL)
                deltas.append(delta)
            else:
                delta = max(-32768, min(32767, delta))
                symbols.append(LARGE)
                deltas += _LARGE_DELTA.pack(delta)
            clock += delta * TICK_S
        header = _HEADER.pack(
            first & 0xFFFF,
            len(symbols),
            ((reference & 0xFFFFFF) << 8) | (self._count & 0xFF),
        )
        self._count += 1
        return header + _chunks(symbols) + bytes(deltas)


def _chunks(symbols: list[int]) -> bytes:
    chunks = bytearray()
    position, total = 0, len(symbols)
    while position < total:
        symbol = symbols[position]
        end = position
        while end < total and symbols[end] == symbol and end - position < MAX_RUN:
            end += 1
        if end - position >= MIN_RUN:
            chunks += _CHUNK.pack((symbol << 13) | (end - position))
            position = end
            continue
        vector = 0xC000  # status vector, two bits per symbol
        for place, value in enumerate(symbols[position : position + 7]):
            vector |= value << (12 - 2 * place)
        chunks += _CHUNK.pack(vector)
        position += 7
    return bytes(chunks)
