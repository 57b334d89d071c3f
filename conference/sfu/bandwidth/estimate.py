"""
The bandwidth estimate of one viewer's link.

Takes the RTCP of the viewer's browser and keeps one number, the estimate. It
sends nothing and allocates nothing. Driven by the viewer's RTCP:

```
 feedback ──► groups ──► OveruseDetector ──► RateControl ──┐
    │        (not if calm)  (is it full?)    (what then?)  ├─ min ─► bitrate_bps
    ├──► received, lost ──────────────────► LossControl ───┘
    ├──► acknowledged rate ──► both
    └──► arrivals of a cluster ──► Prober ──► RateControl
 REMB, report blocks: only while there is no feedback
```

The algorithm is draft-ietf-rmcat-gcc-02 with the departures that ``delay``,
``rate`` and ``loss`` describe. A gap in the feedback is treated as an interruption
and not as congestion: packets lost in it are not counted, and afterwards
the estimate continues from its last value.
"""

import math

from conference.fanout.sent import SentLog
from conference.rtp.transport_cc_reader import Feedback
from conference.sfu.bandwidth.delay import LONG_QUEUE_S, OveruseDetector, Usage
from conference.sfu.bandwidth.digest import Digest
from conference.sfu.bandwidth.loss import LossControl
from conference.sfu.bandwidth.probe import Prober, ProbeResult
from conference.sfu.bandwidth.rate import (
    CAUTIOUS_QUEUE_S,
    GROWTH_PER_S,
    AcknowledgedRate,
    RateControl,
)

CONCLUDE_S = 0.07
"""Least time between conclusions: browsers send feedback every 50-250 ms, and two
messages cost little more than one. Longer: congestion is detected later."""
CALM_S = 0.25
"""The same without loss and queue. Longer: capacity that becomes free is used late;
shorter: CPU, as most viewers are calm most of the time."""
CALM_QUEUE_S = 0.010
"""Excess of the newest message's least delay over the least known one, up to which a link is
calm; no queue is confirmed below it (``delay.CONFIRMED_QUEUE_S``)."""
CALM_LOSS = 0.002
MOVED_S = 2.0
"""After a gap this long the route may have changed, and with it the least delay."""
LATE_S = 0.05
"""A cluster is evaluated when feedback covers packets sent this much later. Lower: the
packets that jitter delayed most are missing, and the others look faster than they were."""
PROOF_S = 10.0
"""A cut within this time after a probe disproves its result. Longer: changes of the link are
attributed to the probe."""
PROOF_SHARE = 1.3
"""A probe that raises the estimate by less is never disproved."""
LOSS_MEMORY_S = 2.0
"""Time constant of ``loss``. Shorter: the overhead of repairs varies too fast; longer: it
follows late."""
FALLBACK_S = 2.0
"""Without feedback for this long REMB and report blocks are used."""
OVERFLOW_PACKETS = 3
OVERFLOW_SHARE = 0.15
"""Lost packets between two conclusions, and their share above the ambient loss, that
make a standing queue an overuse. Lower: random loss on a link with a short queue looks like
overuse."""
REMB_HEADROOM = 1.2
"""Ratio of REMB to the rate sent above which the receiver sees no congestion: browsers report
about 1.5 times what they receive. Lower: congestion is detected late."""
REMB_HOLD_S = 10.0
"""Time after a lower REMB until the rate grows again. Shorter: the quality oscillates."""
REMB_WINDOW_S = 1.0
"""Window over which the rate sent is measured."""
REPORT_PACKETS = 50
"""A report block counts as this many packets: a second of one voice."""
RTT_MEMORY = 0.125
"""Weight of a longer round trip (RFC 6298 §2)."""
RTT_REPORTED_S = 5.0
"""How long a round trip from a report block has priority: unlike feedback, it does not
include the wait for the receiver's feedback timer."""


class BandwidthEstimator:
    """
    The estimate of one viewer.

    Inputs: ``on_feedback``, ``on_remb``, ``on_report``, ``on_rtt``. Outputs: the
    attributes below, read at any time. The caller polls ``prober`` and sends its
    clusters.
    """

    __slots__ = (
        "_acknowledged",
        "_detector",
        "_digest",
        "_feedback_at",
        "_loss",
        "_lost_faded",
        "_proved_at",
        "_rate",
        "_received_faded",
        "_remb_at",
        "_remb_low_at",
        "_reported_rtt_at",
        "acknowledged_bps",
        "bitrate_bps",
        "calm",
        "loss",
        "max_bps",
        "min_bps",
        "overusing",
        "prober",
        "queue_delay_s",
        "rtt_s",
    )

    def __init__(self, start_bps: float, min_bps: float, max_bps: float) -> None:
        self.min_bps = min_bps
        self.max_bps = max_bps
        self.bitrate_bps = float(start_bps)
        """What may be sent in total: audio, video, repairs, headers."""
        self.loss = 0.0
        """Share of packets lost, 0…1, smoothed over 2 s."""
        self.rtt_s = 0.0
        """Round-trip time in seconds; 0.0 until measured."""
        self.calm = False
        """There is neither loss nor queue in the latest feedback."""
        self.overusing = False
        """More is being sent than the link carries."""
        self.acknowledged_bps = 0.0
        """Rate of data that arrives at the viewer, over the last half second."""
        self.queue_delay_s = 0.0
        """Standing queue: the recent least delay minus the least of 20 s."""
        self.prober = Prober()
        self._digest = Digest()
        self._detector = OveruseDetector()
        self._rate = RateControl(start_bps, min_bps, max_bps)
        self._loss = LossControl()
        self._acknowledged = AcknowledgedRate()
        self._feedback_at: float | None = None
        self._proved_at: float | None = None
        self._remb_at: float | None = None
        self._remb_low_at: float | None = None
        self._reported_rtt_at: float | None = None
        self._received_faded = 0.0
        self._lost_faded = 0.0

    def on_feedback(self, feedback: Feedback, sent: SentLog, *, now: float) -> None:
        """
        Take transport-wide feedback.

        Args:
            feedback: As read from the wire. Packets that were never sent, are no longer
                logged, or were acknowledged before are ignored.
            sent: The log of sent packets; those that arrived are acknowledged there.
            now: Monotonic seconds.
        """
        digest = self._digest
        digest.advance(feedback.reference)
        arrivals = feedback.arrivals
        first = sent.extend(feedback.base)
        oldest = sent.oldest
        if first < oldest or first + len(arrivals) > sent.next:
            arrivals = arrivals[max(0, oldest - first) : max(0, sent.next - first)]
            first = max(first, oldest)
        if not arrivals:
            return
        prober = self.prober
        prober.on_feedback(now=now)
        proved = None
        if prober.train is not None:
            proved = self._probe(first, arrivals, sent, now)
        digest.take(first, arrivals, sent, loss=self.loss)
        if proved is not None:
            if proved.bps > PROOF_SHARE * self._rate.bps:
                self._proved_at = now
            self._rate.prove(proved.bps, limited=proved.limited, now=now)
        self.calm = proved is None and self._calm()
        if (
            proved is None
            and self._feedback_at is not None
            and now - self._feedback_at < (CALM_S if self.calm else CONCLUDE_S)
        ):
            return
        if digest.least_delay < math.inf:
            # Losses and duplicates alone wait for the next arrival.
            self._conclude(digest, now)
            digest.clear()
        self._settle()

    def on_remb(self, bitrate_bps: float, sent: SentLog, *, now: float) -> None:
        """
        Take a receiver's own estimate (draft-alvestrand-rmcat-remb-03).

        Used while there is no other feedback. A receiver does not estimate much
        more than it receives. So its estimate is used only when it is near to the rate
        sent, which indicates congestion; until then the rate grows.
        """
        if not self._without_feedback(now):
            return
        elapsed = 0.0 if self._remb_at is None else min(1.0, now - self._remb_at)
        self._remb_at = now
        # The older rate too: a receiver's estimate follows a rise with a delay.
        sending = min(sent.rates_bps(REMB_WINDOW_S, now=now))
        if bitrate_bps < REMB_HEADROOM * sending:
            self._rate.set(bitrate_bps)
            self._remb_low_at = now
        elif self._remb_low_at is None or now - self._remb_low_at > REMB_HOLD_S:
            self._rate.set(max(bitrate_bps, self._rate.bps * GROWTH_PER_S**elapsed))
        self._settle()

    def on_report(self, fraction_lost: float, *, now: float) -> None:
        """Take the loss (0…1) of a report block; used like ``on_remb``."""
        if not self._without_feedback(now):
            return
        self.loss += 0.4 * (fraction_lost - self.loss)
        lost = round(REPORT_PACKETS * fraction_lost)
        self._loss.on_counts(
            REPORT_PACKETS - lost,
            lost,
            acknowledged_bps=self.bitrate_bps * (1 - fraction_lost),
            queued=False,
            rtt_s=self.rtt_s,
            now=now,
        )
        self._settle()

    @property
    def ambient_loss(self) -> float:
        """
        Share of packets lost independently of the rate, 0…1: the lasting cost of repairs.

        ``loss`` also includes recent losses of a full queue, which a lower rate ends.
        """
        return self._loss.ambient

    def on_rtt(self, seconds: float, *, now: float) -> None:
        """Take the round-trip time of a report block."""
        self._reported_rtt_at = now
        self._take_rtt(seconds)

    def _calm(self) -> bool:
        """Return whether the latest feedback shows neither loss nor queue."""
        digest = self._digest
        return (
            self.loss < CALM_LOSS
            and digest.lost <= 0
            and not digest.gap_s
            and not self.overusing
            and self.prober.train is None
            and digest.latest_delay < self._detector.queue.base_s + CALM_QUEUE_S
        )

    @property
    def complete(self) -> bool:
        """Whether all packets that feedback covered have arrived or are given up."""
        return self._digest.complete

    def _without_feedback(self, now: float) -> bool:
        return self._feedback_at is None or now - self._feedback_at > FALLBACK_S

    def _take_rtt(self, seconds: float) -> None:
        if self.rtt_s == 0.0 or seconds < self.rtt_s:
            self.rtt_s = seconds
        else:
            self.rtt_s += RTT_MEMORY * (seconds - self.rtt_s)
        self.prober.rtt_s = self.rtt_s

    def _probe(
        self, first: int, arrivals: list[float | None], sent: SentLog, now: float
    ) -> ProbeResult | None:
        prober = self.prober
        train = prober.train
        assert train is not None
        end = first + len(arrivals)
        begin = max(first, train.first)
        _, sizes = sent.window(begin, max(0, min(end, train.last + 1) - begin))
        for size, arrival in zip(sizes, arrivals[begin - first :], strict=False):
            if arrival is not None and size:
                prober.on_arrival(size, self._digest.clock + arrival)
        newest, last = sent.get(end - 1), sent.get(train.last)
        if end <= train.last or (newest and last and newest[0] < last[0] + LATE_S):
            return None
        return prober.conclude(now=now)

    def _note_rtt(self, seconds: float, now: float) -> None:
        reported = self._reported_rtt_at
        if reported is None or now - reported > RTT_REPORTED_S:
            self._take_rtt(seconds)

    def _conclude(self, digest: Digest, now: float) -> None:
        """Update the estimate from the feedback since the last conclusions."""
        detector, loss, acknowledged = self._detector, self._loss, self._acknowledged
        elapsed = 0.0 if self._feedback_at is None else now - self._feedback_at
        self._feedback_at = now
        self._note_rtt(now - digest.sent_at, now)
        self._count_loss(digest.received, digest.lost, elapsed)
        if digest.gap_s:
            detector.interrupted(moved=digest.gap_s >= MOVED_S)
            acknowledged.interrupted()
            loss.interrupted()
        assert digest.arrived_at is not None
        acknowledged.add(digest.octets, digest.arrived_at)
        if self.calm:
            # Without a queue no trend matters, and groups are half of the work.
            digest.leave_ungrouped()
            usage = detector.relax(digest.least_delay, now=now)
        else:
            if digest.group():
                detector.restart()
            for group in digest.groups:
                detector.add_group(*group)
            usage = detector.evaluate(digest.least_delay, now=now)
        queue = self.queue_delay_s = detector.queue.delay_s
        if queue > CAUTIOUS_QUEUE_S and digest.lost >= OVERFLOW_PACKETS:
            # A short queue that overflows no longer grows: there is no trend.
            share = digest.lost / (digest.received + digest.lost)
            if share > loss.ambient + OVERFLOW_SHARE:
                usage = Usage.OVERUSE
        self.overusing = overusing = usage is Usage.OVERUSE
        arriving = carried = acknowledged.bps()
        if arriving is not None:
            self.acknowledged_bps = carried = arriving
            if overusing and queue > LONG_QUEUE_S:
                carried = min(arriving, acknowledged.short_bps() or arriving)
            carried /= 1 - loss.ambient
        cut = self._rate.update(
            usage, carried, queue_s=queue, rtt_s=self.rtt_s, now=now
        )
        if cut:
            detector.cut()
        self._review_proof(cut=cut, now=now)
        loss.on_counts(
            digest.received,
            digest.lost,
            acknowledged_bps=arriving,
            queued=overusing or queue > CAUTIOUS_QUEUE_S,
            rtt_s=self.rtt_s,
            now=now,
        )
        if overusing or loss.limit_bps is not None:
            self.prober.hold(now=now)

    def _review_proof(self, *, cut: bool, now: float) -> None:
        """Check whether the link carries what the latest probe showed."""
        if self._proved_at is None:
            return
        if now - self._proved_at > PROOF_S:
            self._proved_at = None
            self.prober.confirm()
        elif cut:
            self._proved_at = None
            self.prober.distrust(now=now)

    def _count_loss(self, received: int, lost: int, elapsed: float) -> None:
        fade = math.exp(-elapsed / LOSS_MEMORY_S)
        self._received_faded = self._received_faded * fade + received
        self._lost_faded = max(0.0, self._lost_faded * fade + lost)
        total = self._received_faded + self._lost_faded
        self.loss = self._lost_faded / total if total else 0.0

    def _settle(self) -> None:
        bitrate, limit = self._rate.bps, self._loss.limit_bps
        if limit is not None and limit < bitrate:
            bitrate = limit
        self.bitrate_bps = min(self.max_bps, max(self.min_bps, bitrate))
