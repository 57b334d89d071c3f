"""
Which packets of a layer are missing, and when to request them again.

Works on extended sequence numbers and decides when generic NACKs (RFC 4585 §6.2.1) are
due; sends nothing itself. Driven by packets and by the publish leg's timer.
"""

from conference.rtp.outage import OUTAGE_S

REORDER_S = 0.010
"""Wait before the first request. Lower: needless requests on Wi-Fi, which
reorders by a few milliseconds; higher: the repair may come too late for its frame."""
REPEAT_S = 0.050
"""Least time between requests for the same packet; above most round trips on a LAN."""
REPEAT_TRIPS = 1.2
"""Round trips between requests, where these are longer. Lower: a packet is requested
again while its retransmission is still in transit."""
RISE = 0.1
"""Weight of a longer measurement of the round trip: its first request may have been
lost."""
MAX_REQUESTS = 8
"""Then the packet is given up: on a LAN its frame is obsolete after 0.4 s, and on a lossy
link of 200 ms four of five requests have been answered by then."""
MAX_AGE = 512
"""Packets this far behind the newest are given up: no viewer still waits for
them. Also the largest size of the table of missing packets."""
MAX_DUE = 256
"""Packets requested at once; the others follow at the next interval."""
EARLY = 16
"""Packets just before the first received one that are still accepted: the first packet of
a key frame may have been overtaken by the second."""


class MissingPackets:
    """
    The missing packets of one layer.

    Inputs: ``on_packet`` (also for retransmissions), ``restart``. Output: ``due``.
    """

    __slots__ = ("_early", "_first", "_highest", "_missing", "rtt_s")

    def __init__(self) -> None:
        self._highest: int | None = None
        self._first = 0
        self._early: set[int] = set()
        self._missing: dict[int, tuple[float, int, float]] = {}
        """By number: when to request it next, how often it was requested, when first."""
        self.rtt_s = 0.0
        """From a request to its retransmission; 0.0 until one was measured."""

    def __bool__(self) -> bool:
        return bool(self._missing)

    def __contains__(self, extended: int) -> bool:
        return extended in self._missing

    def on_packet(self, extended: int, *, now: float) -> bool:
        """
        Note an arrival.

        Returns:
            True for a packet not seen before: the newest one, or one that was
            missing. False for a duplicate.
        """
        highest = self._highest
        if highest is None:
            self._highest = self._first = extended
            return True
        if extended < self._first:
            if self._first - extended > EARLY or extended in self._early:
                return False
            self._early.add(extended)
            return True
        if extended <= highest:
            entry = self._missing.pop(extended, None)
            if entry is not None and entry[1]:
                self._learn(now - entry[2])
            return entry is not None
        for number in range(highest + 1, extended):
            self._missing[number] = (now + REORDER_S, 0, now)
        self._forget(extended - MAX_AGE)
        self._highest = extended
        return True

    def restart(self) -> None:
        """Treat the next packet as the first one: nothing before it is missing."""
        self._highest = None
        self._early.clear()
        self._missing.clear()

    def _learn(self, trip_s: float) -> None:
        if not self.rtt_s or trip_s < self.rtt_s:
            self.rtt_s = trip_s
        else:
            self.rtt_s += RISE * (trip_s - self.rtt_s)

    def _forget(self, oldest: int) -> None:
        # Numbers are entered in order, so the oldest come first.
        while self._missing and (number := next(iter(self._missing))) < oldest:
            del self._missing[number]

    def due(self, *, now: float) -> list[int]:
        """Return the numbers to request now, in order; they count as requested."""
        numbers = []
        wait_s = max(REPEAT_S, REPEAT_TRIPS * self.rtt_s)
        for number, (when, requests, first) in list(self._missing.items()):
            if when > now:
                continue
            if requests >= MAX_REQUESTS or now - first > OUTAGE_S:
                del self._missing[number]
                continue
            requested_at = first if requests else now
            self._missing[number] = (now + wait_s, requests + 1, requested_at)
            numbers.append(number)
            if len(numbers) == MAX_DUE:
                break
        return sorted(numbers)
