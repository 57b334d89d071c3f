"""
Whether a queue is growing on the path to a viewer.

Delay-based detection after draft-ietf-rmcat-gcc-02 §5.2-§5.4 with the trendline
filter: a line fitted through the smoothed delays of the last twenty groups, as
in the WebRTC code base, where it succeeded the draft's Kalman filter (§5.3).
It detects overuse; ``rate`` decides what follows. Driven by ``estimate`` with a summary
of feedback: with groups of packets, or without while there is no queue.

The draft treats any trend as congestion. Here a standing queue must confirm it:
the least delay of the last 0.3 s must exceed the least of the last 20 s by more than the
jitter. Jitter and the burst of a key frame raise some delays, a queue raises the
least one too.
"""

from collections import deque
from enum import Enum, auto
from operator import mul

GROUPS = 20
"""Points of the line (trendline window of the WebRTC code base). Fewer: jitter
looks like a trend; more: a filling queue is detected later."""
SMOOTHING = 0.1
"""Weight of a new delay in the smoothed one (1 - 0.9 in the WebRTC code base)."""
GAIN = 0.24
"""Factor from the slope in ms/s to comparable milliseconds: 60 groups times a gain of 4
(WebRTC code base)."""
THRESHOLD_MS = 12.5
"""First threshold (del_var_th(0), §5.4): a queue that grows by 5 % of the time."""
THRESHOLD_RISE = 0.0087
"""Adaptation per millisecond while the trend is above (WebRTC code base; the
draft's K_u is 0.01). Without it a competing TCP connection starves this one."""
THRESHOLD_FALL = 0.039
"""The same while it is below."""
THRESHOLD_RANGE_MS = (6.0, 600.0)
"""Bounds of the threshold (§5.4)."""
OUTLIER_MS = 15.0
"""A trend this far above the threshold does not change it (§5.4)."""
CONFIRMED_QUEUE_S = 0.010
"""Least standing queue, in addition to the jitter, that makes a trend an overuse. Lower:
noise looks like overuse where packets are few; higher: shallow queues overflow first."""
MAX_JITTER_S = 0.030
"""Upper bound of this jitter: a queue that fills fast changes delays as well."""
JITTER_MEMORY = 1 / 16
"""Weight of a new difference in the jitter (RFC 3550 §6.4.1)."""
LONG_QUEUE_S = 0.100
"""A standing queue that counts as overuse even if it no longer grows: audio
waits in it. Three times a frame's duration."""
PATIENCE = 4
"""Cuts for a long queue that does not shrink. Then other traffic fills it, and the present
delay becomes the new least one."""
RECENT_S = 0.3
"""Window of the least delay that indicates a standing queue. Shorter: jitter matters;
longer: congestion is confirmed later."""
SUDDEN_QUEUE_S = 0.12
"""A queue of this length is accepted at once if two consecutive feedback messages show it:
a link that suddenly got worse drops voices until less is sent. Lower: a short stall of a
radio link looks like a queue."""
BASE_BUCKET_S = 2.0
BASE_BUCKETS = 10
"""The least delay is remembered for 20 s; for as long, the higher delay after a change of
route looks like a queue."""


_RANKS = tuple(rank - (GROUPS - 1) / 2 for rank in range(GROUPS))


class Usage(Enum):
    """How the link responds to the rate sent (§5.4)."""

    NORMAL = auto()
    OVERUSE = auto()
    UNDERUSE = auto()


class StandingQueue:
    """The queueing delay, robust against jitter."""

    __slots__ = ("_bucket_at", "_buckets", "_recent", "_recent_at", "base_s", "delay_s")

    def __init__(self) -> None:
        self.delay_s = 0.0
        """Least delay of the last 0.3 s, or of two feedback messages after a sudden rise,
        minus the least of the last 20 s."""
        self.base_s = 0.0
        """Least delay of the last 20 s, between unsynchronised clocks."""
        self._buckets: deque[float] = deque(maxlen=BASE_BUCKETS)
        self._bucket_at = 0.0
        self._recent: deque[float] = deque()
        self._recent_at: deque[float] = deque()

    def on_delay(self, least: float, *, now: float) -> None:
        """Note the least one-way delay of a feedback message, on unsynchronised clocks."""
        recent, recent_at = self._recent, self._recent_at
        recent.append(least)
        recent_at.append(now)
        while recent_at[0] < now - RECENT_S:
            recent.popleft()
            recent_at.popleft()
        buckets = self._buckets
        if not buckets or now >= self._bucket_at + BASE_BUCKET_S:
            buckets.append(least)
            self._bucket_at = now
            self.base_s = min(buckets)
        elif least < buckets[-1]:
            buckets[-1] = least
            if least < self.base_s:
                self.base_s = least
        self.delay_s = max(0.0, min(recent) - self.base_s)
        if len(recent) > 1:
            sudden = min(recent[-2], recent[-1]) - self.base_s
            if sudden > SUDDEN_QUEUE_S:
                # Earlier delays would hide how the queue drains.
                while len(recent) > 2:
                    recent.popleft()
                    recent_at.popleft()
                self.delay_s = sudden

    def accept(self) -> None:
        """Make the present delay the new least one."""
        present = self.base_s + self.delay_s
        self._buckets.clear()
        self._buckets.append(present)
        self.base_s = present
        self.delay_s = 0.0

    def interrupted(self, *, moved: bool) -> None:
        """
        Forget the delays from just before a pause.

        Args:
            moved: The route may have changed, and with it the least delay.
        """
        self._recent.clear()
        self._recent_at.clear()
        if moved:
            self._buckets.clear()


class OveruseDetector:
    """
    Trend, adaptive threshold and verdict.

    Inputs: ``add_group`` for each group, then ``evaluate``; or ``relax``; ``restart``
    before groups that do not continue the ones before; ``cut``.
    """

    __slots__ = (
        "_above_since",
        "_arrivals",
        "_delays",
        "_evaluated",
        "_jitter_ms",
        "_kept_cutting",
        "_last_delay",
        "_last_queue",
        "_origin",
        "_smoothed",
        "_threshold",
        "_trend",
        "queue",
        "usage",
    )

    def __init__(self) -> None:
        self.queue = StandingQueue()
        self.usage = Usage.NORMAL
        self._arrivals: deque[float] = deque(maxlen=GROUPS)
        self._delays: deque[float] = deque(maxlen=GROUPS)
        self._origin: float | None = None
        self._smoothed = 0.0
        self._last_delay = 0.0
        self._jitter_ms = 0.0
        self._threshold = THRESHOLD_MS
        self._trend = 0.0
        self._evaluated = 0.0
        self._above_since: float | None = None
        self._last_queue = 0.0
        self._kept_cutting = 0

    def restart(self) -> None:
        """Forget the trend: the next group does not continue the ones before."""
        self._arrivals.clear()
        self._delays.clear()
        self._origin = None
        self._above_since = None
        self._trend = 0.0
        self.usage = Usage.NORMAL

    def interrupted(self, *, moved: bool) -> None:
        """Note that nothing arrived for a while (see ``StandingQueue``)."""
        self.restart()
        self.queue.interrupted(moved=moved)

    def add_group(self, sent: float, arrived: float) -> None:
        """
        Note a group.

        Args:
            sent: When its last packet was sent, seconds.
            arrived: When its last packet arrived, seconds on the receiver's clock.
        """
        delay = (arrived - sent) * 1000
        if self._origin is None:
            self._origin = self._smoothed = self._last_delay = delay
        change = abs(delay - self._last_delay)
        self._last_delay = delay
        self._jitter_ms += JITTER_MEMORY * (change - self._jitter_ms)
        self._smoothed += SMOOTHING * (delay - self._smoothed)
        self._arrivals.append(arrived)
        self._delays.append(self._smoothed)

    def evaluate(self, least_delay: float, *, now: float) -> Usage:
        """Return the verdict after feedback with this least delay."""
        self.queue.on_delay(least_delay, now=now)
        queue = self.queue.delay_s
        trend = self._slope() * GAIN
        jitter = min(MAX_JITTER_S, self._jitter_ms / 1000)
        if trend > self._threshold and queue >= CONFIRMED_QUEUE_S + jitter:
            # Twice in a row and no longer falling, as in the WebRTC code base.
            if self._above_since is not None and trend >= self._trend:
                self.usage = Usage.OVERUSE
            self._above_since = now
        else:
            self._above_since = None
            if trend < -self._threshold:
                self.usage = Usage.UNDERUSE
            else:
                self.usage = Usage.NORMAL
        if queue > LONG_QUEUE_S and queue > 0.95 * self._last_queue:
            self.usage = Usage.OVERUSE
        elif queue < LONG_QUEUE_S:
            self._kept_cutting = 0
        self._last_queue = queue
        self._adapt(trend, now)
        self._trend = trend
        return self.usage

    def relax(self, least_delay: float, *, now: float) -> Usage:
        """Return the verdict for feedback that shows no queue, without a trend."""
        self.queue.on_delay(least_delay, now=now)
        self._last_queue = self.queue.delay_s
        self._kept_cutting = 0
        self._above_since = None
        self._adapt(0.0, now)
        self._trend = 0.0
        self.usage = Usage.NORMAL
        return self.usage

    def cut(self) -> None:
        """Note that the rate was cut for an overuse."""
        if self.queue.delay_s <= LONG_QUEUE_S:
            return
        self._kept_cutting += 1
        if self._kept_cutting > PATIENCE:
            self._kept_cutting = 0
            self.queue.accept()

    def _slope(self) -> float:
        """
        Return the growth of the smoothed delay, in ms per s of arrival time.

        The slope uses the ranks of the groups instead of their squared times: the
        same on a straight line, and half the work.
        """
        if len(self._delays) < GROUPS:
            return 0.0
        spread: float = sum(map(mul, _RANKS, self._arrivals))
        rise: float = sum(map(mul, _RANKS, self._delays))
        return rise / spread if spread > 0 else 0.0

    def _adapt(self, trend: float, now: float) -> None:
        elapsed_ms = min(100.0, (now - self._evaluated) * 1000)
        self._evaluated = now
        above = abs(trend) - self._threshold
        if above > OUTLIER_MS:
            return
        pace = THRESHOLD_RISE if above > 0 else THRESHOLD_FALL
        low, high = THRESHOLD_RANGE_MS
        self._threshold = min(
            high, max(low, self._threshold + pace * above * elapsed_ms)
        )
