"""The rate that follows from the verdicts."""

import pytest

from conference.sfu.bandwidth.delay import Usage
from conference.sfu.bandwidth.rate import (
    BETA,
    CEILING_AHEAD,
    CEILING_S,
    DRAIN_FLOOR,
    AcknowledgedRate,
    RateControl,
)


def grow(
    rate: RateControl,
    seconds: float,
    carried: float,
    *,
    start: float,
    queue_s: float = 0.0,
) -> float:
    now = start
    while now < start + seconds:
        now += 0.1
        rate.update(Usage.NORMAL, carried, queue_s=queue_s, rtt_s=0.05, now=now)
    return now


def cut(
    rate: RateControl, carried: float, *, now: float, queue_s: float = 0.035
) -> bool:
    return rate.update(Usage.OVERUSE, carried, queue_s=queue_s, rtt_s=0.05, now=now)


def test_the_rate_grows_by_eight_percent_a_second() -> None:
    rate = RateControl(1e6, 50e3, 8e6)
    grow(rate, 0.1, 5e6, start=0)
    before = rate.bps
    grow(rate, 1, 5e6, start=0.1)
    assert rate.bps / before == pytest.approx(1.08, abs=0.01)


def test_growth_ends_at_a_multiple_of_the_acknowledged_rate() -> None:
    rate = RateControl(400e3, 50e3, 8e6)
    grow(rate, 60, 400e3, start=0)
    assert rate.bps == pytest.approx(1.5 * 400e3 + 10e3)
    # A lower acknowledged rate does not lower the rate.
    grow(rate, 10, 50e3, start=60)
    assert rate.bps == pytest.approx(1.5 * 400e3 + 10e3)


def test_the_rate_does_not_grow_with_a_standing_queue() -> None:
    rate = RateControl(1e6, 50e3, 8e6)
    grow(rate, 10, 5e6, start=0, queue_s=0.05)
    assert rate.bps == 1e6


def test_overuse_cuts_below_the_carried_rate_once_per_round_trip() -> None:
    rate = RateControl(3e6, 50e3, 8e6)
    assert cut(rate, 1e6, now=1)
    assert BETA * 1e6 - 50e3 < rate.bps <= BETA * 1e6
    assert not cut(rate, 500e3, now=1.1)
    assert cut(rate, 500e3, now=1.4)
    assert rate.bps <= BETA * 500e3


def test_a_standing_queue_cuts_deeper_until_it_has_drained() -> None:
    rate = RateControl(3e6, 50e3, 8e6)
    cut(rate, 1e6, now=1, queue_s=0.8)
    assert rate.bps == DRAIN_FLOOR * 1e6
    rate.update(Usage.NORMAL, 500e3, queue_s=0.1, rtt_s=0.05, now=2)
    assert rate.bps == DRAIN_FLOOR * 1e6
    rate.update(Usage.UNDERUSE, 500e3, queue_s=0.01, rtt_s=0.05, now=2.1)
    assert rate.bps == pytest.approx(BETA * 1e6)


def test_the_rate_after_draining_is_not_above_the_rate_before() -> None:
    rate = RateControl(500e3, 50e3, 8e6)
    cut(rate, 2e6, now=1)
    rate.update(Usage.UNDERUSE, 500e3, queue_s=0.0, rtt_s=0.05, now=2)
    assert rate.bps == 500e3


def test_growth_is_slow_near_the_known_capacity_and_forgets_it_beyond() -> None:
    rate = RateControl(1e6, 50e3, 8e6)
    cut(rate, 1e6, now=1)
    now = grow(rate, 0.1, 1e6, start=1.5)
    before = rate.bps
    now = grow(rate, 1, 1e6, start=now)
    assert rate.bps - before == pytest.approx(9600 / 0.15, rel=0.2)
    rate.prove(3e6, limited=False, now=now)
    before = rate.bps
    grow(rate, 1, 5e6, start=now)
    assert rate.bps / before == pytest.approx(1.08, abs=0.02)


def test_a_carried_rate_far_above_the_capacity_forgets_it() -> None:
    rate = RateControl(1e6, 50e3, 8e6)
    cut(rate, 1e6, now=1)
    now = grow(rate, 0.3, 4e6, start=1.5)
    before = rate.bps
    grow(rate, 1, 4e6, start=now)
    assert rate.bps / before > 1.07


def test_an_unknown_carried_rate_changes_nothing() -> None:
    rate = RateControl(1e6, 50e3, 8e6)
    assert not rate.update(Usage.OVERUSE, None, queue_s=1, rtt_s=0.05, now=1)
    assert rate.bps == 1e6


def test_a_probe_that_found_the_capacity_limits_growth_for_a_while() -> None:
    rate = RateControl(1e6, 50e3, 8e6)
    grow(rate, 0.1, 1e6, start=0)
    rate.prove(1.05e6, limited=True, now=0.2)
    now = grow(rate, CEILING_S - 1, 1e6, start=0.2)
    assert rate.bps <= CEILING_AHEAD * 1e6 + 1
    grow(rate, 10, 1e6, start=now)
    assert rate.bps > 1.3e6


def test_the_rate_stays_within_its_bounds() -> None:
    rate = RateControl(1e6, 50e3, 2e6)
    rate.prove(9e6, limited=False, now=0)
    assert rate.bps == 2e6
    cut(rate, 1e3, now=1)
    assert rate.bps == 50e3
    rate.set(1.0)
    assert rate.bps == 50e3


def test_repeated_overuse_refines_the_capacity() -> None:
    rate = RateControl(1e6, 50e3, 8e6)
    for i in range(20):
        cut(rate, 1e6 + 20e3 * (i % 2), now=1.0 + i)
    # A rate far outside replaces the capacity.
    cut(rate, 200e3, now=30)
    assert rate.bps <= BETA * 200e3


def test_the_acknowledged_rate_uses_the_receivers_clock() -> None:
    arrived = AcknowledgedRate()
    assert arrived.bps() is None
    assert arrived.short_bps() is None
    for i in range(30):
        arrived.add(12_500, 100 + i * 0.1)
    assert arrived.bps() == pytest.approx(1e6)
    assert arrived.short_bps() == pytest.approx(1e6)
    for i in range(3):
        arrived.add(2_500, 103 + i * 0.1)
    rate = arrived.bps()
    assert rate is not None
    assert 200e3 < rate < 1e6
    assert arrived.short_bps() == pytest.approx(200e3)
    arrived.interrupted()
    arrived.add(1, 200)
    assert arrived.bps() is None


def test_one_large_frame_on_a_thin_link_does_not_cut_the_rate() -> None:
    rate = RateControl(200e3, 50e3, 8e6)
    assert not cut(rate, 60e3, now=1, queue_s=0.02)
    assert rate.bps == 200e3
    assert cut(rate, 60e3, now=2, queue_s=0.1)
    fast = RateControl(5e6, 50e3, 8e6)
    assert cut(fast, 4e6, now=1, queue_s=0.02)
