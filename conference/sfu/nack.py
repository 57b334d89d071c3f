"""
Which packets of a publisher are missing, and when to ask for them again.

Sees extended sequence numbers, decides on generic NACKs (RFC 4585 §6.2.1);
sends nothing itself. Driven by packets and by the publish leg's timer.
"""

REORDER_S = 0.010
"""Wait before the first request. Lower: needless requests on Wi-Fi, which
reorders by a few milliseconds; higher: the repair may miss its frame."""
REPEAT_S = 0.050
"""Between requests for the same packet; above most round trips on a LAN."""
MAX_REQUESTS = 8
"""Then the packet is given up: 0.4 s later the picture has moved on."""
MAX_GAP = 500
"""A longer gap is a restart, not loss; slots then start at a key frame anew."""
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

    Inputs: ``on_packet`` (also for repaired ones). Output: ``due``.
    """

    __slots__ = ("_early", "_first", "_highest", "_missing")

    def __init__(self) -> None:
        self._highest: int | None = None
        self._first = 0
        self._early: set[int] = set()
        self._missing: dict[int, tuple[float, int]] = {}

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
            return self._missing.pop(extended, None) is not None
        if extended - highest > MAX_GAP:
            self._missing.clear()
        else:
            for number in range(highest + 1, extended):
                self._missing[number] = (now + REORDER_S, 0)
            self._forget(extended - MAX_AGE)
        self._highest = extended
        return True

    def _forget(self, oldest: int) -> None:
        # Numbers were entered in order, so the oldest stand first.
        while self._missing and (number := next(iter(self._missing))) < oldest:
            del self._missing[number]

    def due(self, *, now: float) -> list[int]:
        """Return the numbers to ask for now, in order, and plan the next request."""
        numbers = []
        for number, (when, requests) in list(self._missing.items()):
            if when > now:
                continue
            if requests >= MAX_REQUESTS:
                del self._missing[number]
                continue
            self._missing[number] = (now + REPEAT_S, requests + 1)
            numbers.append(number)
            if len(numbers) == MAX_DUE:
                break
        return sorted(numbers)
