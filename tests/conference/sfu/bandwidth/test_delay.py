"""Distinguishing a growing queue from jitter and bursts."""

from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conference.sfu.bandwidth.delay import (
    BASE_BUCKET_S,
    BASE_BUCKETS,
    GROUPS,
    LONG_QUEUE_S,
    PATIENCE,
    OveruseDetector,
    StandingQueue,
    Usage,
)

GROUP_S = 0.01
FEEDBACK_S = 0.1


def feed(
    detector: OveruseDetector,
    delays: list[float],
    *,
    start: float = 0.0,
    per_feedback: int = 10,
) -> list[Usage]:
    """Add a group every 10 ms with these delays; return a verdict per feedback message."""
    verdicts = []
    for index, delay in enumerate(delays):
        sent = start + index * GROUP_S
        detector.add_group(sent, sent + delay)
        if (index + 1) % per_feedback == 0:
            least = min(delays[index + 1 - per_feedback : index + 1])
            verdicts.append(detector.evaluate(least, now=sent))
    return verdicts


def ramp(first: float, per_s: float, count: int) -> list[float]:
    return [first + per_s * GROUP_S * i for i in range(count)]


def test_an_even_delay_is_normal() -> None:
    assert set(feed(OveruseDetector(), [0.05] * 300)) == {Usage.NORMAL}


@pytest.mark.parametrize("growth", [0.1, 0.3, 1.0, 5.0])
def test_a_filling_queue_is_overuse_within_a_second(growth: float) -> None:
    detector = OveruseDetector()
    feed(detector, [0.05] * 100)
    count = 60 if growth > 0.2 else 100
    assert Usage.OVERUSE in feed(detector, ramp(0.05, growth, count), start=1)


def test_a_draining_queue_is_underuse() -> None:
    detector = OveruseDetector()
    feed(detector, [0.05] * 100 + ramp(0.05, 0.2, 40))
    verdicts = feed(detector, ramp(0.13, -0.3, 25), start=1.4)
    assert Usage.UNDERUSE in verdicts


@pytest.mark.parametrize("seed", range(5))
def test_jitter_of_twenty_milliseconds_is_normal(seed: int) -> None:
    random = Random(seed)
    delays = [0.1 + random.uniform(-0.02, 0.02) for _ in range(3000)]
    assert Usage.OVERUSE not in feed(OveruseDetector(), delays)


def test_the_burst_of_a_key_frame_is_normal() -> None:
    detector = OveruseDetector()
    delays = [0.05] * 200
    for i in range(10):  # 100 ms of queue, which drains within 100 ms
        delays[100 + i] = 0.05 + 0.01 * i
        delays[110 + i] = 0.15 - 0.01 * i
    assert Usage.OVERUSE not in feed(detector, delays)


def test_a_long_queue_is_overuse_even_without_growth() -> None:
    detector = OveruseDetector()
    feed(detector, [0.05] * 100)
    verdicts = feed(detector, [0.05 + 1.5 * LONG_QUEUE_S] * 200, start=1)
    assert verdicts[-1] is Usage.OVERUSE


def test_a_queue_that_no_cut_shortens_is_attributed_to_other_traffic() -> None:
    detector = OveruseDetector()
    feed(detector, [0.05] * 100)
    start, cuts = 1.0, 0
    for _ in range(50):
        verdict = feed(detector, [0.05 + 2 * LONG_QUEUE_S] * 10, start=start)[-1]
        start += 10 * GROUP_S
        if verdict is Usage.OVERUSE:
            detector.cut()
            cuts += 1
    assert PATIENCE < cuts <= PATIENCE + 4
    assert detector.usage is Usage.NORMAL
    assert detector.queue.delay_s == pytest.approx(0)


def test_a_cut_for_a_short_queue_is_not_counted_against_it() -> None:
    detector = OveruseDetector()
    feed(detector, [0.05] * 100)
    for _ in range(2 * PATIENCE):
        detector.cut()
    feed(detector, [0.05 + 1.5 * LONG_QUEUE_S] * 40, start=1)
    assert detector.queue.delay_s == pytest.approx(1.5 * LONG_QUEUE_S)


def test_an_interruption_leaves_no_trend() -> None:
    detector = OveruseDetector()
    feed(detector, [0.05] * 100)
    detector.interrupted(moved=False)
    verdicts = feed(detector, [0.09] * 100, start=3)
    assert set(verdicts) == {Usage.NORMAL}
    assert detector.queue.delay_s == pytest.approx(0.04)
    detector.interrupted(moved=True)
    feed(detector, [0.2] * 100, start=6)
    assert detector.queue.delay_s == pytest.approx(0)


def test_the_least_delay_expires() -> None:
    queue = StandingQueue()
    queue.on_delay(0.05, now=0)
    now = 0.0
    while now < BASE_BUCKET_S * BASE_BUCKETS - 1:
        now += FEEDBACK_S
        queue.on_delay(0.08, now=now)
    assert queue.delay_s == pytest.approx(0.03)
    for _ in range(40):
        now += FEEDBACK_S
        queue.on_delay(0.08, now=now)
    assert queue.delay_s == 0


def test_groups_at_one_instant_have_no_slope() -> None:
    detector = OveruseDetector()
    for _ in range(GROUPS):
        detector.add_group(1.0, 2.0)
    assert detector.evaluate(1.0, now=2.0) is Usage.NORMAL


@given(
    st.lists(
        st.tuples(st.floats(-1e6, 1e6), st.floats(-1e6, 1e6)), min_size=40, max_size=90
    )
)
def test_any_times_give_a_verdict(groups: list[tuple[float, float]]) -> None:
    detector = OveruseDetector()
    now = 0.0
    for sent, arrived in groups:
        now += FEEDBACK_S
        detector.add_group(sent, arrived)
        assert detector.evaluate(arrived - sent, now=now) in Usage
        if detector.usage is Usage.OVERUSE:
            detector.cut()
        assert detector.queue.delay_s >= 0
