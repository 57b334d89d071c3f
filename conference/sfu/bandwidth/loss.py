"""
Loss-based control: limits the rate only if the loss depends on it.

draft-ietf-rmcat-gcc-02 §6 reduces the rate by half the loss whenever that is above 10 %.
On a link that loses 20 % at any rate, such as a radio link or a bad cable, the rate would
fall to nothing without saving a single packet. So this departs from the draft:

- Loss with a standing queue is left to the delay-based control, which measures
  the link better.
- Loss well above the *ambient* loss, which occurs at any rate, starts a
  trial: the rate is limited to what was acknowledged. A full link without a
  queue (a policer) then stops losing packets, and the limit stays and grows slowly. If
  the loss stays, it is ambient from now on, and the limit is lifted at once.
- No limit is below ``FLOOR_BPS``; there only delay decides.

A pure function of counts and time; driven by ``estimate`` once per feedback.
"""

from enum import Enum, auto

WINDOW_S = 0.7
"""Least length of a counting window. Shorter: too much noise; longer: a policer
is detected later."""
WINDOW_PACKETS = 30
"""Least packets of a window; after ``STALE_WINDOW_S`` one with fewer is discarded."""
STALE_WINDOW_S = 2.0
MARGIN = 0.07
"""Loss above the ambient one that starts a trial, as a share. Less is repaired by RTX
without visible effect; the draft keeps its rate up to 10 %."""
CONFIDENCE = 2.5
"""The loss must also be this many standard deviations of such a count above it."""
AMBIENT_WEIGHT = 0.1
"""Weight of a window in the ambient loss, a time constant of 7 s; the first windows weigh
more. Higher: a policer's loss becomes ambient step by step, and the allocation follows
noise; lower: an improvement of the link is used late."""
UNTRIED_WEIGHT = 0.3
"""The same weight where the rate is too low for a trial."""
MAX_AMBIENT = 0.6
"""With more loss a link is unusable."""
SETTLE_S = 0.4
"""Added to the round trip until a trial's lower rate shows in the counts."""
FLOOR_BPS = 250_000.0
"""Two voices and the lowest layer of a camera with their repairs."""
GROWTH_PER_S = 1.05
"""Growth of a confirmed limit: 1 Mbit/s to 1.5 Mbit/s in 8 s."""
HOLD_S = 4.0
"""Time until a confirmed limit begins to grow."""
LIFTED = 3.0
"""A limit this many times above the acknowledged rate has no effect and is removed."""


class _State(Enum):
    WATCHING = auto()
    TRIAL = auto()


class LossControl:
    """
    The loss-based limit of the rate.

    Inputs: ``on_counts``, ``interrupted``. Outputs: ``limit_bps``, ``ambient``.
    """

    __slots__ = (
        "_began",
        "_counted_from",
        "_grown",
        "_lost",
        "_received",
        "_seen",
        "_state",
        "_windows",
        "ambient",
        "limit_bps",
    )

    def __init__(self) -> None:
        self.ambient = 0.0
        """Share of packets lost independently of the rate, 0…1."""
        self.limit_bps: float | None = None
        self._state = _State.WATCHING
        self._windows = 0
        self._received = 0
        self._lost = 0
        self._began = 0.0
        self._counted_from: float | None = None
        self._seen = 0.0
        self._grown = 0.0

    def interrupted(self) -> None:
        """Discard the present window: nothing arrived for a while."""
        self._counted_from = None

    def on_counts(
        self,
        received: int,
        lost: int,
        *,
        acknowledged_bps: float | None,
        queued: bool,
        rtt_s: float,
        now: float,
    ) -> None:
        """
        Count packets.

        Args:
            received: Packets that arrived, of those that feedback covers.
            lost: Packets that did not; negative if some counted as lost arrived late.
            acknowledged_bps: Rate of arriving data, None if unknown.
            queued: There is a standing queue, or overuse is detected.
            rtt_s: Round-trip time.
            now: Monotonic seconds.
        """
        self._grow(acknowledged_bps, now)
        if queued:
            self._counted_from = None
            if self._state is _State.TRIAL:
                # A queue even at the lower rate: the link is full.
                self._confirm(now)
            return
        if self._counted_from is None:
            self._received = self._lost = 0
            self._counted_from = now
            if self._state is _State.TRIAL:
                self._counted_from = max(now, self._began + rtt_s + SETTLE_S)
        if now < self._counted_from:
            return
        self._received += received
        self._lost += lost
        length = now - self._counted_from
        packets = self._received + self._lost
        if length < WINDOW_S or (packets < WINDOW_PACKETS and length < STALE_WINDOW_S):
            return
        self._counted_from = None
        if packets >= WINDOW_PACKETS:
            share = min(1.0, max(0.0, self._lost / packets))
            self._judge(share, packets, acknowledged_bps, now)

    def _judge(
        self, share: float, packets: int, acknowledged_bps: float | None, now: float
    ) -> None:
        if self._state is _State.TRIAL:
            if share < self.ambient + (self._seen - self.ambient) / 2:
                self._confirm(now)
            else:
                self.ambient = min(MAX_AMBIENT, (share + self._seen) / 2)
                self.limit_bps = None
                self._state = _State.WATCHING
            return
        spread = (max(share, 0.02) * (1 - share) / packets) ** 0.5
        excess = share - self.ambient
        if excess <= MARGIN + CONFIDENCE * spread:
            self._windows += 1
            self.ambient += max(AMBIENT_WEIGHT, 1 / (1 + self._windows)) * excess
            return
        if acknowledged_bps is None or acknowledged_bps <= FLOOR_BPS:
            # A trial is impossible: the loss is assumed to be ambient, slowly.
            self.ambient = min(MAX_AMBIENT, self.ambient + UNTRIED_WEIGHT * excess)
            return
        through = acknowledged_bps / (1 - min(self.ambient, MAX_AMBIENT))
        self.limit_bps = max(FLOOR_BPS, through)
        self._seen = share
        self._state = _State.TRIAL
        self._began = now

    def _confirm(self, now: float) -> None:
        self._state = _State.WATCHING
        self._grown = now + HOLD_S

    def _grow(self, acknowledged_bps: float | None, now: float) -> None:
        if self.limit_bps is None or self._state is _State.TRIAL:
            return
        if now > self._grown:
            self.limit_bps *= GROWTH_PER_S ** (now - self._grown)
            self._grown = now
        if acknowledged_bps is not None and self.limit_bps > LIFTED * acknowledged_bps:
            self.limit_bps = None
