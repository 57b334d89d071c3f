"""
Delay-based rate control: slow increase, quick decrease.

After draft-ietf-rmcat-gcc-02 §5.5: multiplicative increase, additive near the known
capacity, multiplicative decrease.

Departures. The draft decreases to 0.85 of the acknowledged rate; here a standing queue
lowers it further, so that it drains within a second or two, and
once it has drained the rate returns to 0.85 at once. Ambient loss, which occurs at any
rate, is added to the acknowledged rate, as it does not show that the link is full. The
limit of 1.5 times the acknowledged rate applies to growth only: what a probe
has proved remains, even while little is sent.
"""

from collections import deque

from conference.sfu.bandwidth.delay import Usage

BETA = 0.85
"""Decrease (§5.5)."""
DRAIN_S = 1.0
"""A standing queue of this length would reduce the rate to zero. Shorter: each queue costs
more picture quality; longer: audio waits in it."""
DRAIN_FLOOR = 0.5
"""Least share of what the link carries, so that the lowest layer continues."""
DRAINED_S = 0.015
"""A queue of this length or less has drained; jitter looks the same."""
FRAME_BITS = 19_200.0
"""Two full packets. More: a link that got worse is detected later; less: a key frame on
a thin link looks like that."""
GROWTH_PER_S = 1.08
"""Multiplicative increase (eta, §5.5)."""
CAUTIOUS_QUEUE_S = 0.030
"""With a longer standing queue the rate does not grow."""
AHEAD = 1.5
"""Growth ends at this multiple of the acknowledged rate (§5.5): more is not proved."""
AHEAD_BPS = 10_000.0
CEILING_S = 15.0
"""How long a probe that found the capacity of the link limits growth: three of the prober's
longest intervals. Without it the rate would grow to half as much again as a small layer
takes, without proof."""
CEILING_AHEAD = 1.05
"""Growth over the acknowledged rate that is still allowed: the probe may be wrong."""
PACKET_BITS = 9_600.0
"""Additive increase per response time: one packet (§5.5)."""
RESPONSE_S = 0.100
"""Added to the round trip for the response time (§5.5)."""
MEMORY = 0.05
"""Weight of a new overuse in the known capacity (§5.5 proposes 0.95 for the old)."""
NEAR = 3.0
"""Standard deviations around the capacity within which growth is additive (§5.5)."""
BETWEEN_CUTS_S = 0.200
"""Least time between two decreases, plus the round trip: the first must take effect."""
MAX_RTT_S = 0.5
"""Upper bound of the round trip in this."""
WINDOW_S = 0.5
"""Window of the acknowledged rate (§5.5 proposes 0.5-1 s)."""
SHORT_WINDOW_S = 0.15
"""Window with a standing queue: a busy link delivers evenly."""


class AcknowledgedRate:
    """The rate of arriving data, by the receiver's clock."""

    __slots__ = ("_edge", "_entries", "_octets")

    def __init__(self) -> None:
        self._entries: deque[tuple[float, int]] = deque()
        self._octets = 0
        self._edge: float | None = None

    def interrupted(self) -> None:
        """Forget everything: nothing arrived for a while."""
        self._entries.clear()
        self._octets = 0
        self._edge = None

    def add(self, octets: int, newest: float) -> None:
        """Note the bytes of one feedback message, and when its newest packet arrived."""
        if self._edge is None:
            # The time that the first bytes took is not known.
            self._edge = newest
            return
        entries = self._entries
        entries.append((newest, octets))
        self._octets += octets
        while entries[0][0] < newest - WINDOW_S:
            self._edge, expired = entries.popleft()
            self._octets -= expired

    def bps(self) -> float | None:
        """Return the rate; None while too little is known."""
        if not self._entries or self._edge is None:
            return None
        span = self._entries[-1][0] - self._edge
        return self._octets * 8 / span if span >= SHORT_WINDOW_S else None

    def short_bps(self) -> float | None:
        """Return the rate of the newest ``SHORT_WINDOW_S``, or None."""
        octets = 0
        newest = self._entries[-1][0] if self._entries else 0.0
        for arrival, count in reversed(self._entries):
            if newest - arrival >= SHORT_WINDOW_S:
                return octets * 8 / (newest - arrival)
            octets += count
        return None


class RateControl:
    """
    The delay-based rate.

    Inputs: ``update`` per feedback, ``prove`` by probes. Output: ``bps``.
    """

    __slots__ = (
        "_after_drain_bps",
        "_before_bps",
        "_capacity_bps",
        "_ceiling_at",
        "_ceiling_bps",
        "_cut_at",
        "_deviation",
        "_max_bps",
        "_min_bps",
        "_updated",
        "bps",
    )

    def __init__(self, start_bps: float, min_bps: float, max_bps: float) -> None:
        self.bps = float(start_bps)
        self._min_bps = min_bps
        self._max_bps = max_bps
        self._capacity_bps: float | None = None
        self._ceiling_bps: float | None = None
        self._ceiling_at = 0.0
        self._deviation = 0.0
        self._cut_at: float | None = None
        self._after_drain_bps: float | None = None
        self._before_bps = self.bps
        """The rate before the first cut for the present queue."""
        self._updated: float | None = None

    def update(
        self,
        usage: Usage,
        carried_bps: float | None,
        *,
        queue_s: float,
        rtt_s: float,
        now: float,
    ) -> bool:
        """
        Apply the detector's verdict.

        Args:
            usage: The verdict.
            carried_bps: The rate that passes the bottleneck; None: unknown, then
                nothing changes.
            queue_s: The standing queue.
            rtt_s: Round-trip time.
            now: Monotonic seconds.

        Returns:
            Whether the rate was cut.
        """
        elapsed = 0.0 if self._updated is None else min(1.0, now - self._updated)
        self._updated = now
        if carried_bps is None:
            return False
        if usage is Usage.OVERUSE and queue_s < min(
            CAUTIOUS_QUEUE_S, FRAME_BITS / self.bps
        ):
            # On a thin link one large frame delays the next by its own duration; a
            # trend without a standing queue is no more than that.
            return False
        if usage is Usage.OVERUSE:
            pause = BETWEEN_CUTS_S + min(rtt_s, MAX_RTT_S)
            if self._cut_at is not None and now - self._cut_at < pause:
                return False
            self._cut(carried_bps, queue_s)
            self._cut_at = now
            return True
        if self._after_drain_bps is not None and queue_s <= DRAINED_S:
            self.bps = self._clamp(max(self.bps, self._after_drain_bps))
            self._after_drain_bps = None
        if usage is Usage.NORMAL and queue_s <= CAUTIOUS_QUEUE_S:
            self._grow(carried_bps, elapsed, rtt_s)
        return False

    def prove(self, bps: float, *, limited: bool, now: float) -> None:
        """
        Take the result of a probe.

        Args:
            bps: The rate that it delivered, minus a margin.
            limited: Whether this is the capacity of the link.
            now: Monotonic seconds.
        """
        self.bps = self._clamp(max(self.bps, bps))
        if limited:
            self._ceiling_bps, self._ceiling_at = bps, now
            return
        self._ceiling_bps = None
        if self._capacity_bps is not None and bps > self._capacity_bps:
            self._capacity_bps = None

    def set(self, bps: float) -> None:
        """Take an estimate that the receiver made."""
        self.bps = self._clamp(bps)

    def _clamp(self, bps: float) -> float:
        return min(self._max_bps, max(self._min_bps, bps))

    def _cut(self, carried_bps: float, queue_s: float) -> None:
        share = max(DRAIN_FLOOR, BETA - queue_s / DRAIN_S)
        if self._after_drain_bps is None:
            self._before_bps = self.bps
        self._after_drain_bps = min(self._before_bps, BETA * carried_bps)
        self.bps = self._clamp(min(self.bps, share * carried_bps))
        self._learn(carried_bps)

    def _learn(self, carried_bps: float) -> None:
        """Update the known capacity: the rate at which the link was full (§5.5)."""
        known = self._capacity_bps
        if known is None or abs(carried_bps - known) > NEAR * self._deviation:
            self._capacity_bps = carried_bps
            self._deviation = 0.1 * carried_bps
            return
        error = carried_bps - known
        self._capacity_bps = known + MEMORY * error
        self._deviation += MEMORY * (abs(error) - self._deviation)
        self._deviation = max(self._deviation, 0.02 * carried_bps)

    def _grow(self, carried_bps: float, elapsed: float, rtt_s: float) -> None:
        limit = AHEAD * carried_bps + AHEAD_BPS
        if (
            self._ceiling_bps is not None
            and self._updated is not None
            and self._updated - self._ceiling_at < CEILING_S
        ):
            limit = min(limit, max(self._ceiling_bps, CEILING_AHEAD * carried_bps))
        if self.bps >= limit:
            return
        known = self._capacity_bps
        if known is not None and carried_bps > known + NEAR * self._deviation:
            known = self._capacity_bps = None
        if known is not None and abs(self.bps - known) <= NEAR * self._deviation:
            step = PACKET_BITS * elapsed / (rtt_s + RESPONSE_S)
        else:
            step = self.bps * (GROWTH_PER_S**elapsed - 1)
        self.bps = self._clamp(min(limit, self.bps + step))
