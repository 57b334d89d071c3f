"""
Probes with padding whether a link carries more than is being sent.

A viewer that gets a small layer gives no information about a larger one. So a cluster of
padding is sent at once for the rate to be proved; the spacing of its packets on arrival
shows what the bottleneck carries (packet-train dispersion, as in the probing of the WebRTC
code base). Jitter hides that in one short train; then trains are repeated and evaluated
together, by the slope of arrival over bytes with its standard error. This module decides
when and how much to send, and evaluates the result; the caller sends the padding, and
``estimate`` passes the arrivals.

```
 poll ──► Cluster ──► caller sends it ──► began(numbers) ──► feedback ──► verdict
   ▲                                                                        │
   └── at once at twice the rate, if proved ── later, if it failed ── again, if unclear
```
"""

from collections.abc import Sequence
from math import ceil, sqrt
from typing import NamedTuple

CLUSTER_S = 0.015
"""Duration of a cluster at its own rate. On a link of half that rate it delays audio by the
same time. Longer: clearer results; shorter: less delay."""
MAX_CLUSTER_BYTES = 12_000
"""Size of the largest cluster: ten full packets, reached at 6.4 Mbit/s."""
MIN_PACKETS = 5
"""Fewer packets give no slope."""
FULL_PACKET_BYTES = 1_200
STEP = 2.0
"""Rate of a cluster over the estimate. Higher: a free link is found sooner, and a full one
is overloaded more."""
GOAL_SHARE = 1.1
"""Of what is wanted: the headroom that the allocator needs for a raise."""
PROVED_SHARE = 0.85
"""A cluster delivered at this share of its rate has proved the rate; a lower share shows
the capacity of the link."""
TRUSTED_SHARE = 0.95
"""Share of a measured capacity that is used, as in the WebRTC code base."""
FIRST_INTERVAL_S = 2.0
"""From a failure to the next cluster."""
MAX_INTERVAL_S = 5.0
"""Longest interval: a link that has recovered carries the top layer within 10 s."""
BACK_OFF = 1.5
DISTRUST_S = 4.0
MAX_DISTRUST_S = 8.0
"""From a disproved result to the next probe; doubled each time. A train measures the
capacity of a link, not what other traffic leaves free: on a shared link each result would
cause a needless raise and lowering. Longer: the recovery of a link is detected later than
10 s."""
CONFIDENCE = 2.5
FEW_CONFIDENCE = 6.0
"""Distance of a result from the limit in standard errors, and the addition that is divided
by the degrees of freedom (about Student's 98 %): five packets alone prove little."""
REPEAT_S = 0.15
"""Between the trains of one unclear result."""
LONG_TRAINS = 4
"""Unclear trains after which they become twice as long: with so much jitter the added delay
of audio matters less, and four times the information gives a result sooner."""
MAX_TRAINS = 16
"""Most trains for one result; then the more likely verdict is taken."""
LOST_AFTER_S = 1.0
"""A cluster without feedback for this long, plus the round trip, has failed."""
SILENCE_S = 0.5
"""Without feedback for this long nothing is probed."""


class Cluster(NamedTuple):
    """A train of padding packets, to be sent at once."""

    rate_bps: float
    """The rate to prove."""
    size_bytes: int
    """Total bytes on the wire."""
    packets: int
    """Least number of packets, of about equal size."""


class ProbeResult(NamedTuple):
    """The result of a probe."""

    bps: float
    """What the link carries, minus a margin if that is its capacity."""
    limited: bool
    """The link, not the probe, set the limit."""


class Train(NamedTuple):
    """A cluster in transit."""

    rate_bps: float
    first: int
    last: int
    deadline: float


class _Regression:
    """Arrival time over bytes, pooled over trains: seconds per byte."""

    __slots__ = ("_degrees", "_xx", "_xy", "_yy", "trains")

    def __init__(self) -> None:
        self.trains = 0
        self._degrees = 0
        self._xx = self._xy = self._yy = 0.0

    def add(self, sizes: Sequence[int], arrivals: Sequence[float]) -> None:
        self.trains += 1
        count = len(sizes)
        if count < 3:
            return
        octets, total = [], 0
        for size in sizes:
            total += size
            octets.append(total)
        mean_x = sum(octets) / count
        start = arrivals[0]
        mean_y = sum(arrival - start for arrival in arrivals) / count
        for x, arrival in zip(octets, arrivals, strict=True):
            dx, dy = x - mean_x, arrival - start - mean_y
            self._xx += dx * dx
            self._xy += dx * dy
            self._yy += dy * dy
        self._degrees += count - 1

    @property
    def empty(self) -> bool:
        return self._xx == 0

    @property
    def confidence(self) -> float:
        """Standard errors to keep off a limit."""
        return CONFIDENCE + FEW_CONFIDENCE / max(1, self._degrees - 1)

    def slope(self) -> tuple[float, float]:
        """Return the slope and its standard error; zeros of an empty line."""
        if self.empty:
            return 0.0, 0.0
        slope = self._xy / self._xx
        rest = max(0.0, self._yy - slope * self._xy)
        return slope, sqrt(rest / max(1, self._degrees - 1) / self._xx)


class Prober:
    """
    The probes of one viewer.

    Inputs: ``began``; from the estimator ``on_feedback``, ``hold``, ``confirm``,
    ``distrust``, ``on_arrival`` and ``conclude``. Output: ``poll``, some ten times a second.
    """

    __slots__ = (
        "_arrivals",
        "_distrust_s",
        "_feedback_at",
        "_interval_s",
        "_next_at",
        "_rate_bps",
        "_regression",
        "_sizes",
        "rtt_s",
        "train",
    )

    def __init__(self) -> None:
        self.rtt_s = 0.0
        """Kept by the estimator."""
        self._feedback_at: float | None = None
        self._next_at = 0.0
        self._interval_s = FIRST_INTERVAL_S
        self._distrust_s = DISTRUST_S
        self.train: Train | None = None
        """The cluster in transit; read by the estimator."""
        self._sizes: list[int] = []
        self._arrivals: list[float] = []
        self._rate_bps: float | None = None
        """Rate whose trains are still unclear."""
        self._regression = _Regression()

    def poll(self, *, now: float, estimate: float, wanted_bps: float) -> Cluster | None:
        """
        Return a cluster to send now, or None.

        Args:
            now: Monotonic seconds.
            estimate: The present estimate in bit/s.
            wanted_bps: What all slots would take at their preferred layers, with
                audio and overhead.
        """
        if self.train is not None:
            if now <= self.train.deadline:
                return None
            self.train = None
            self._fail(now)
        if (
            self._feedback_at is None
            or now - self._feedback_at > SILENCE_S
            or now < self._next_at
        ):
            return None
        goal = GOAL_SHARE * wanted_bps
        if estimate >= goal * 0.99:
            self._rate_bps = None
            return None
        rate = min(STEP * estimate, goal / PROVED_SHARE)
        length = CLUSTER_S
        if self._rate_bps is not None:
            rate = self._rate_bps
            if self._regression.trains >= LONG_TRAINS:
                length = 2 * CLUSTER_S
        size = min(MAX_CLUSTER_BYTES, int(rate * length / 8))
        return Cluster(rate, size, max(MIN_PACKETS, ceil(size / FULL_PACKET_BYTES)))

    def began(
        self, cluster: Cluster, first_number: int, last_number: int, *, now: float
    ) -> None:
        """Note the transport-wide numbers (unbounded) that carry a cluster."""
        if self._rate_bps != cluster.rate_bps:
            self._rate_bps = cluster.rate_bps
            self._regression = _Regression()
        self._sizes, self._arrivals = [], []
        self.train = Train(
            cluster.rate_bps,
            first_number,
            last_number,
            now + LOST_AFTER_S + min(self.rtt_s, 1.0),
        )

    def on_feedback(self, *, now: float) -> None:
        """Note that feedback came: the receiver supports it."""
        self._feedback_at = now

    def hold(self, *, now: float) -> None:
        """Note that the link is full: a probe would only add to its queue."""
        self._next_at = max(self._next_at, now + self._interval_s)
        self._rate_bps = None

    def distrust(self, *, now: float) -> None:
        """Note that the link did not carry what a probe had shown."""
        self._next_at = now + self._distrust_s
        self._distrust_s = min(MAX_DISTRUST_S, 2 * self._distrust_s)
        self._rate_bps = None

    def confirm(self) -> None:
        """Note that the link carries what a probe had shown."""
        self._distrust_s = DISTRUST_S

    def on_arrival(self, size: int, arrived: float) -> None:
        """Note the arrival of a packet of the train: bytes, receiver's clock."""
        self._sizes.append(size)
        self._arrivals.append(arrived)

    def conclude(self, *, now: float) -> ProbeResult | None:
        """
        Evaluate the train: feedback has covered all its packets.

        Returns:
            The verdict; None while it is unclear.
        """
        train, self.train = self.train, None
        if train is None:
            return None
        self._regression.add(self._sizes, self._arrivals)
        limit = 8 / (train.rate_bps * PROVED_SHARE)
        slope, error = self._regression.slope()
        doubt = error * self._regression.confidence
        if self._regression.empty or slope - doubt < limit < slope + doubt:
            if self._regression.trains < MAX_TRAINS:
                self._next_at = now + REPEAT_S
                return None
            if self._regression.empty or slope + error > limit:
                self._fail(now)
                return None
        return self._result(slope, train.rate_bps, now)

    def _result(self, slope: float, rate_bps: float, now: float) -> ProbeResult:
        delivered = min(rate_bps, 8 / slope) if slope > 0 else rate_bps
        if delivered >= PROVED_SHARE * rate_bps:
            self._rate_bps = None
            self._interval_s = FIRST_INTERVAL_S
            self._next_at = now
            return ProbeResult(delivered, False)
        self._fail(now)
        return ProbeResult(TRUSTED_SHARE * delivered, True)

    def _fail(self, now: float) -> None:
        self._rate_bps = None
        self._next_at = now + self._interval_s
        self._interval_s = min(MAX_INTERVAL_S, BACK_OFF * self._interval_s)
