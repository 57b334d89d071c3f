"""The estimate of one viewer's link, from feedback."""

from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conference.fanout.python.sent_ring import MASK, SentRing
from conference.fanout.sent import SIZE
from conference.rtp.transport_cc import REFERENCE_S
from conference.rtp.transport_cc_reader import Feedback
from conference.sfu.bandwidth.estimate import FALLBACK_S, BandwidthEstimator

START, LEAST, MOST = 1e6, 50e3, 8e6


class Path:
    """A sender of even packets, and feedback on them."""

    def __init__(self, first: int = 0) -> None:
        self.estimator = BandwidthEstimator(START, LEAST, MOST)
        self.sent = SentRing()
        self.sent.next = first
        self.now = 100.0
        self.covered = first
        self.skew = 5000.0

    def send(self, count: int = 1, *, size: int = 1200, every_s: float = 0.01) -> None:
        for _ in range(count):
            self.sent.note(size, now=self.now)
            self.now += every_s

    def give_feedback(
        self, *, delay_s: float = 0.03, lost: frozenset[int] | set[int] = frozenset()
    ) -> None:
        """Give feedback on all packets since the last one, 20 ms after the newest arrival."""
        self.give_feedback_on(self.covered, self.sent.next, delay_s=delay_s, lost=lost)
        self.covered = self.sent.next

    def give_feedback_on(
        self,
        first: int,
        end: int,
        *,
        delay_s: float = 0.03,
        lost: frozenset[int] | set[int] = frozenset(),
    ) -> None:
        times = [
            None if n in lost else self.sent.times[n & MASK] + delay_s + self.skew
            for n in range(first, end)
        ]
        start = next((t for t in times if t is not None), 0.0)
        reference = int(start / REFERENCE_S)
        arrivals = [None if t is None else t - reference * REFERENCE_S for t in times]
        self.estimator.on_feedback(
            Feedback(first & 0xFFFF, reference & 0xFFFFFF, arrivals),
            self.sent,
            now=self.now + delay_s,
        )

    def flow(self, seconds: float, *, loss: float = 0.0, size: int = 1200) -> None:
        random = Random(3)
        for _ in range(round(seconds * 10)):
            first = self.sent.next
            self.send(10, size=size)
            last = self.sent.next - 1
            self.give_feedback(
                lost={n for n in range(first, last) if random.random() < loss},
            )


@pytest.mark.parametrize("start", [0, 1, 32767, 65534, 65535])
def test_the_arrival_rate_is_measured_across_the_wrap(start: int) -> None:
    path = Path(start)
    path.flow(3)
    estimator = path.estimator
    assert estimator.acknowledged_bps == pytest.approx(960e3, rel=0.02)
    assert estimator.loss == 0
    assert estimator.rtt_s == pytest.approx(0.04, abs=0.01)
    assert not estimator.overusing
    assert estimator.queue_delay_s == pytest.approx(0, abs=1e-6)
    assert estimator.bitrate_bps > START


def test_the_reference_time_may_wrap() -> None:
    path = Path()
    path.skew = (1 << 24) * REFERENCE_S - path.now - 1.5
    path.flow(5)
    assert path.estimator.acknowledged_bps == pytest.approx(960e3, rel=0.02)
    assert path.estimator.bitrate_bps > START


def test_loss_is_smoothed_and_forgotten() -> None:
    path = Path()
    path.flow(6, loss=0.2)
    assert path.estimator.loss == pytest.approx(0.18, abs=0.06)
    assert path.estimator.ambient_loss > 0
    path.flow(10)
    assert path.estimator.loss < 0.01


def test_a_late_packet_is_not_counted_as_lost() -> None:
    path = Path()
    path.flow(1)
    path.send(10)
    late = path.sent.next - 4
    path.give_feedback(lost={late})
    path.give_feedback_on(late, late + 1, delay_s=0.06)
    path.flow(1)
    assert path.estimator.loss == 0


def test_a_packet_that_arrives_after_it_was_given_up_is_not_lost() -> None:
    path = Path()
    path.flow(1)
    path.send(10)
    late = path.sent.next - 4
    path.give_feedback(lost={late})
    path.flow(0.4)
    assert path.estimator.loss > 0
    path.give_feedback_on(late, late + 1, delay_s=0.5)
    path.flow(0.2)
    assert path.estimator.loss == 0


def test_feedback_that_repeats_itself_changes_nothing() -> None:
    path, other = Path(), Path()
    for p in (path, other):
        p.flow(2)
        p.send(10)
        p.give_feedback()
    path.give_feedback_on(path.sent.next - 50, path.sent.next)
    for p in (path, other):
        p.flow(1)
    assert path.estimator.bitrate_bps == other.estimator.bitrate_bps
    assert path.estimator.acknowledged_bps == other.estimator.acknowledged_bps


def test_packets_lost_in_a_blackout_are_not_counted() -> None:
    path = Path()
    path.flow(3)
    before = path.estimator.bitrate_bps
    first = path.sent.next
    path.send(200)
    last = path.sent.next
    path.send(10)
    path.give_feedback(lost=set(range(first, last)))
    assert path.estimator.loss == 0
    path.flow(3)
    assert path.estimator.bitrate_bps >= before


def test_the_estimate_does_not_grow_without_feedback() -> None:
    path = Path()
    path.flow(3)
    before = path.estimator.bitrate_bps
    path.send(600)
    assert path.estimator.bitrate_bps == before
    assert (
        path.estimator.prober.poll(now=path.now, estimate=before, wanted_bps=9e6)
        is None
    )


def test_a_filling_queue_is_overuse_and_cuts_the_rate() -> None:
    path = Path()
    path.flow(3)
    delay = 0.03
    seen = False
    for _ in range(15):
        path.send(10)
        delay += 0.03
        path.give_feedback(delay_s=delay)
        seen = seen or path.estimator.overusing
    assert seen
    assert path.estimator.queue_delay_s > 0.1
    assert path.estimator.bitrate_bps < 0.85 * 960e3


def test_an_overflowing_short_queue_is_overuse() -> None:
    path = Path()
    path.flow(3)
    before = path.estimator.bitrate_bps
    seen = False
    for _ in range(30):
        first = path.sent.next
        path.send(10)
        path.give_feedback(
            delay_s=0.08, lost={first + 1, first + 3, first + 5, first + 7}
        )
        seen = seen or path.estimator.overusing
    assert seen
    assert path.estimator.bitrate_bps < 0.7 * before


def test_packets_reordered_by_the_pacer_are_measured() -> None:
    path = Path()
    path.flow(2)
    for _ in range(40):
        waiting = [path.sent.next + n for n in range(4)]
        path.send(4, every_s=0)
        path.send(3)
        for number in waiting:  # sent after the three that were numbered later
            path.sent.times[number & MASK] = path.now
            path.now += 0.005
        path.send(1)
        path.give_feedback()
    assert path.estimator.loss == 0
    assert not path.estimator.overusing
    assert path.estimator.queue_delay_s == pytest.approx(0, abs=1e-6)
    assert path.estimator.acknowledged_bps > 1e6


def test_lost_feedback_does_not_lower_the_acknowledged_rate() -> None:
    path = Path()
    path.flow(2)
    for _ in range(20):
        path.send(10)
        path.covered = path.sent.next  # no feedback covers these
        path.send(10)
        path.give_feedback()
    assert path.estimator.acknowledged_bps == pytest.approx(960e3, rel=0.1)


def test_a_round_trip_from_a_report_has_priority() -> None:
    path = Path()
    path.flow(1)
    path.estimator.on_rtt(0.02, now=path.now)
    path.flow(2)
    assert path.estimator.rtt_s == pytest.approx(0.02)
    path.flow(30)
    assert path.estimator.rtt_s > 0.03


def test_remb_is_used_only_without_feedback() -> None:
    path = Path()
    path.send(300)
    path.estimator.on_remb(300e3, path.sent, now=path.now)
    assert path.estimator.bitrate_bps == 300e3
    path.covered = path.sent.next
    path.flow(1)
    before = path.estimator.bitrate_bps
    path.estimator.on_remb(100e3, path.sent, now=path.now)
    assert path.estimator.bitrate_bps == before
    path.estimator.on_report(0.5, now=path.now)
    assert path.estimator.loss == 0
    path.send(110, every_s=FALLBACK_S / 100)
    path.estimator.on_remb(100e3, path.sent, now=path.now)
    assert path.estimator.bitrate_bps == 100e3


def test_remb_well_above_the_rate_sent_lets_the_rate_grow() -> None:
    path = Path()
    for _ in range(5):
        path.send(100, size=300)
        path.estimator.on_remb(400e3, path.sent, now=path.now)
    assert path.estimator.bitrate_bps > START
    path.estimator.on_remb(3e6, path.sent, now=path.now)
    assert path.estimator.bitrate_bps == 3e6
    # After a sign of congestion it waits.
    path.estimator.on_remb(200e3, path.sent, now=path.now)
    assert path.estimator.bitrate_bps == 200e3
    path.estimator.on_remb(400e3, path.sent, now=path.now)
    assert path.estimator.bitrate_bps == 200e3


def test_reported_loss_is_used_without_feedback() -> None:
    estimator = BandwidthEstimator(START, LEAST, MOST)
    for i in range(10):
        estimator.on_report(0.2, now=i * 1.0)
    assert estimator.loss == pytest.approx(0.2, abs=0.01)
    assert estimator.bitrate_bps >= 700e3


def test_a_probe_raises_the_estimate_at_once() -> None:
    path = Path()
    path.flow(1)
    estimator = path.estimator
    cluster = estimator.prober.poll(
        now=path.now, estimate=estimator.bitrate_bps, wanted_bps=6e6
    )
    assert cluster is not None
    first = path.sent.next
    size = cluster.size_bytes // cluster.packets
    path.send(cluster.packets, size=size, every_s=0)
    estimator.prober.began(cluster, first, path.sent.next - 1, now=path.now)
    # The first feedback ends within the cluster, the next one after it.
    path.give_feedback_on(path.covered, first + 2)
    path.covered = first + 2
    path.send(10)
    path.give_feedback()
    assert estimator.bitrate_bps == pytest.approx(cluster.rate_bps, rel=0.01)


def test_feedback_about_packets_never_sent_is_ignored() -> None:
    path = Path()
    path.flow(1)
    before = path.estimator.bitrate_bps
    arrivals: list[float | None] = [0.01 * i for i in range(100)]
    path.estimator.on_feedback(
        Feedback(path.sent.next & 0xFFFF, 0, arrivals), path.sent, now=path.now
    )
    assert path.estimator.bitrate_bps == before
    fresh = BandwidthEstimator(START, LEAST, MOST)
    fresh.on_feedback(Feedback(5, 0, arrivals), SentRing(), now=1)
    assert fresh.bitrate_bps == START


def test_feedback_of_losses_alone_waits_for_an_arrival() -> None:
    path = Path()
    path.flow(1)
    path.send(10)
    path.give_feedback(lost=set(range(path.covered, path.sent.next)))
    assert path.estimator.loss == 0
    path.flow(0.4)
    assert path.estimator.loss > 0


messages = st.builds(
    Feedback,
    base=st.integers(0, 0xFFFF),
    reference=st.integers(0, 0xFFFFFF),
    arrivals=st.lists(
        st.one_of(st.none(), st.floats(-8.0, 60.0)), min_size=1, max_size=60
    ),
)


@given(
    st.lists(
        st.tuples(messages, st.integers(0, 80), st.floats(0.0, 2.0), st.booleans()),
        max_size=40,
    )
)
def test_any_feedback_keeps_the_estimate_within_bounds(
    steps: list[tuple[Feedback, int, float, bool]],
) -> None:
    path = Path()
    estimator = path.estimator
    for feedback, count, wait, near in steps:
        path.send(count)
        path.now += wait
        cluster = estimator.prober.poll(
            now=path.now, estimate=estimator.bitrate_bps, wanted_bps=MOST
        )
        if cluster is not None:
            first = path.sent.next
            path.send(cluster.packets, every_s=0)
            estimator.prober.began(cluster, first, path.sent.next - 1, now=path.now)
        if near:
            base = max(0, path.sent.next - len(feedback.arrivals))
            feedback = feedback._replace(base=base & 0xFFFF)
        estimator.on_feedback(feedback, path.sent, now=path.now)
        assert LEAST <= estimator.bitrate_bps <= MOST
        assert 0 <= estimator.loss <= 1
        assert 0 <= estimator.ambient_loss < 1
        assert estimator.queue_delay_s >= 0
        assert estimator.acknowledged_bps >= 0


def test_feedback_on_packets_that_are_no_longer_logged_is_ignored() -> None:
    path = Path()
    path.flow(1)
    path.send(SIZE + 500, every_s=0.001)
    path.give_feedback_on(path.covered, path.sent.next)
    path.covered = path.sent.next
    path.flow(2)
    assert path.estimator.acknowledged_bps == pytest.approx(960e3, rel=0.05)
