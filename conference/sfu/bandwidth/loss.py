"""
Whether loss is our doing: a limit on the rate only if it is.

draft-ietf-rmcat-gcc-02 §6 cuts by half the loss each time it is above 10 %. On a
link that loses 20 % whatever is sent, a radio link or a bad cable, that ends at
nothing without a single packet being saved. So this departs from the draft:

- Loss while a queue stands is left to the delay-based control, which measures
  the link better.
- Loss well above the *ambient* one, the loss known to come at any rate, starts a
  trial: the rate is limited to what was acknowledged. A full link without a
  queue (a policer) then loses no more, and the limit stays and grows slowly. If
  the loss stays, it is ambient from now on, and the limit is lifted at once.
- No limit is below ``FLOOR_BPS``; there only delay decides.

A pure function of counts and time; driven by ``estimate`` once per feedback.
"""

from enum import Enum, auto

WINDOW_S = 0.7
"""Least length of a window of counting. Shorter: chance decides; longer: a policer
is noticed later."""
WINDOW_PACKETS = 30
"""Least packets of a window; 2 s end it anyway, then it counts for nothing."""
STALE_WINDOW_S = 2.0
MARGIN = 0.07
"""Loss above the ambient one that is looked into, as a share. RTX repairs less
than that unnoticed; the draft holds its rate up to 10 %."""
CONFIDENCE = 2.5
"""And so many standard deviations of a count of that size above it."""
AMBIENT_WEIGHT = 0.1
"""Of a window's loss in the ambient one: 7 s; the first windows weigh more. Faster: a policer becomes ambient step
by step, and chance shows in what is allotted; slower: a link that got better is
believed late."""
UNTRIED_WEIGHT = 0.3
"""Likewise where the rate is too low for a trial."""
MAX_AMBIENT = 0.6
"""More is no link."""
SETTLE_S = 0.4
"""After the round trip, until a trial's lower rate shows in the counts."""
FLOOR_BPS = 250_000.0
"""Two voices and the lowest layer of a camera with their repairs."""
GROWTH_PER_S = 1.05
"""Of a limit that was confirmed: 1 Mbit/s to 1.5 Mbit/s in 8 s."""
HOLD_S = 4.0
"""Until it begins to grow."""
LIFTED = 3.0
"""A limit so many times the rate sent means nothing any more."""


class _State(Enum):
    WATCHING = auto()
    TRIAL = auto()


class LossControl:
    """
    The limit that loss sets.

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
        """Share lost at any rate, 0…1."""
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
        """Drop the present window: nothing came for a while."""
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
            received: Arrived, of those that feedback speaks of.
            lost: Not arrived; negative if some believed lost came late.
            acknowledged_bps: Rate of what arrives, None if unknown.
            queued: A queue stands or overuse is detected.
            rtt_s: Round-trip time.
            now: Monotonic seconds.
        """
        self._grow(acknowledged_bps, now)
        if queued:
            self._counted_from = None
            if self._state is _State.TRIAL:
                # A queue at the lower rate: the link is full indeed.
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
            # Nothing to try at: it is taken for ambient, slowly.
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
