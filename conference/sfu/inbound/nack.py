"""
Which packets of a publisher are missing, and when to ask for them again.

Sees extended sequence numbers, decides on generic NACKs (RFC 4585 §6.2.1);
sends nothing itself. Driven by packets and by the publish leg's timer.
"""

from conference.rtp.outage import DEAD_S

REORDER_S = 0.010
"""Wait before the first request. Lower: needless requests on Wi-Fi, which
reorders by a few milliseconds; higher: the repair may miss its frame."""
REPEAT_S = 0.050
"""Between requests for the same packet at least; above most round trips on a LAN."""
REPEAT_TRIPS = 1.2
"""Round trips between requests, where these are longer: sooner, the answer to the
last request is still under way."""
RISE = 0.1
"""Weight of a longer round trip: it may be one whose first request was lost."""
MAX_REQUESTS = 8
"""Then the packet is given up: on a LAN the picture has moved on after 0.4 s, and on
a lossy link of 200 ms the fourth request of five has come through."""
MAX_AGE = 512
"""Packets this far behind the newest are given up: no viewer still waits for
them. Also the size that the table of missing packets can reach."""
MAX_DUE = 256
"""Numbers asked for at once; the rest follows at the next look."""
EARLY = 16
"""Packets from just before the first one seen that are still taken: a key
frame's first packet may have been overtaken."""


class MissingPackets:
    """
    Gaps in one source.

    Inputs: ``on_packet`` (also for repaired ones), ``restart``. Output: ``due``.
    """

    __slots__ = ("_early", "_first", "_highest", "_missing", "rtt_s")

    def __init__(self) -> None:
        self._highest: int | None = None
        self._first = 0
        self._early: set[int] = set()
        self._missing: dict[int, tuple[float, int, float]] = {}
        """When to ask next, how often it was asked, and when first."""
        self.rtt_s = 0.0
        """From a request to its repair; 0.0 until one came."""

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
        """Take the next packet for the first one; nothing before it is missing."""
        self._highest = None
        self._early.clear()
        self._missing.clear()

    def _learn(self, trip_s: float) -> None:
        if not self.rtt_s or trip_s < self.rtt_s:
            self.rtt_s = trip_s
        else:
            self.rtt_s += RISE * (trip_s - self.rtt_s)

    def _forget(self, oldest: int) -> None:
        # Numbers were entered in order, so the oldest stand first.
        while self._missing and (number := next(iter(self._missing))) < oldest:
            del self._missing[number]

    def due(self, *, now: float) -> list[int]:
        """Return the numbers to ask for now, in order, and plan the next request."""
        numbers = []
        wait_s = max(REPEAT_S, REPEAT_TRIPS * self.rtt_s)
        for number, (when, requests, first) in list(self._missing.items()):
            if when > now:
                continue
            if requests >= MAX_REQUESTS or now - first > DEAD_S:
                del self._missing[number]
                continue
            asked = first if requests else now
            self._missing[number] = (now + wait_s, requests + 1, asked)
            numbers.append(number)
            if len(numbers) == MAX_DUE:
                break
        return sorted(numbers)
