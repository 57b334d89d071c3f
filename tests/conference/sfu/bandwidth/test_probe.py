"""Measuring the capacity of a link with padding."""

from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conference.sfu.bandwidth.probe import (
    CLUSTER_S,
    FIRST_INTERVAL_S,
    MAX_CLUSTER_BYTES,
    MAX_INTERVAL_S,
    MAX_TRAINS,
    MIN_PACKETS,
    REPEAT_S,
    Cluster,
    Prober,
    ProbeResult,
)


def deliver(
    prober: Prober,
    cluster: Cluster,
    link_bps: float,
    *,
    now: float,
    jitter_s: float = 0.0,
    random: Random | None = None,
    arriving: int | None = None,
) -> ProbeResult | None:
    """Send a cluster over a link of this rate and pass its arrivals."""
    prober.began(cluster, 100, 99 + cluster.packets, now=now)
    size = cluster.size_bytes // cluster.packets
    arrived = now
    for _ in range(cluster.packets if arriving is None else arriving):
        arrived += size * 8 / link_bps
        late = random.uniform(-jitter_s, jitter_s) if random else 0.0
        prober.on_arrival(size, arrived + late)
    return prober.conclude(now=now + 0.1)


def poll(
    prober: Prober, now: float, estimate: float = 1e6, wanted: float = 4e6
) -> Cluster | None:
    prober.on_feedback(now=now)
    return prober.poll(now=now, estimate=estimate, wanted_bps=wanted)


def due(prober: Prober, now: float, estimate: float = 1e6) -> Cluster:
    cluster = poll(prober, now, estimate)
    assert cluster is not None
    return cluster


def test_without_feedback_nothing_is_probed() -> None:
    prober = Prober()
    assert prober.poll(now=1, estimate=1e6, wanted_bps=4e6) is None
    prober.on_feedback(now=1)
    assert prober.poll(now=1.1, estimate=1e6, wanted_bps=4e6) is not None
    assert prober.poll(now=3, estimate=1e6, wanted_bps=4e6) is None


def test_nothing_is_probed_if_the_estimate_suffices() -> None:
    assert poll(Prober(), 1, estimate=4.5e6) is None


@pytest.mark.parametrize("estimate", [50e3, 200e3, 1e6, 3e6])
def test_a_cluster_adds_little_delay(estimate: float) -> None:
    cluster = poll(Prober(), 1, estimate=estimate, wanted=20e6)
    assert cluster is not None
    assert cluster.rate_bps == 2 * estimate
    assert cluster.size_bytes <= MAX_CLUSTER_BYTES
    assert cluster.size_bytes * 8 / cluster.rate_bps <= CLUSTER_S
    assert cluster.packets >= MIN_PACKETS
    assert cluster.size_bytes / cluster.packets <= 1200


def test_a_free_link_is_found_in_a_few_steps() -> None:
    prober = Prober()
    estimate, now, steps = 1e6, 1.0, []
    while (cluster := poll(prober, now, estimate)) is not None:
        verdict = deliver(prober, cluster, 100e6, now=now)
        assert verdict is not None
        assert not verdict.limited
        steps.append(verdict.bps)
        estimate = verdict.bps
        now += 0.1
    assert steps == [
        pytest.approx(2e6),
        pytest.approx(4e6),
        pytest.approx(4.4e6 / 0.85),
    ]


def test_the_capacity_is_found_and_then_not_probed_for_a_while() -> None:
    prober = Prober()
    verdict = deliver(prober, due(prober, 1), 1.2e6, now=1)
    assert verdict is not None
    assert verdict.limited
    assert verdict.bps == pytest.approx(0.95 * 1.2e6, rel=0.01)
    assert poll(prober, 1 + FIRST_INTERVAL_S - 0.1) is None
    now, intervals = 1.1 + FIRST_INTERVAL_S, []
    for _ in range(5):
        deliver(prober, due(prober, now), 1.2e6, now=now)
        failed = now
        while poll(prober, now) is None:
            now += 0.1
        intervals.append(now - failed)
    assert intervals[0] < intervals[1] < intervals[2]
    assert intervals[-1] == pytest.approx(MAX_INTERVAL_S, abs=0.3)


def test_one_probe_at_a_time() -> None:
    prober = Prober()
    prober.began(due(prober, 1), 100, 104, now=1)
    assert poll(prober, 1.1) is None
    # Its feedback never came, which is a failure.
    assert poll(prober, 2.5) is None
    assert poll(prober, 2.5 + FIRST_INTERVAL_S) is not None


def test_a_full_link_is_not_probed() -> None:
    prober = Prober()
    prober.on_feedback(now=1)
    prober.hold(now=1)
    assert poll(prober, 1 + FIRST_INTERVAL_S - 0.1) is None
    assert poll(prober, 1 + FIRST_INTERVAL_S + 0.1) is not None


def test_disproved_results_make_probes_less_frequent() -> None:
    prober, now, waits = Prober(), 1.0, []
    for _ in range(5):
        deliver(prober, due(prober, now), 100e6, now=now)
        prober.distrust(now=now)
        failed = now
        while poll(prober, now) is None:
            now += 0.5
        waits.append(now - failed)
    assert waits == [4, 8, 8, 8, 8]
    prober.confirm()
    prober.distrust(now=now)
    assert poll(prober, now + 4.5) is not None


@pytest.mark.parametrize(
    ("link_bps", "jitter_s", "proved", "least"),
    [(1e6, 0.02, False, 48), (20e6, 0.02, True, 48), (4e6, 0.04, True, 40)],
)
def test_jitter_hides_a_result_until_there_are_enough_trains(
    link_bps: float, jitter_s: float, proved: bool, least: int
) -> None:
    right = 0
    for seed in range(50):
        prober, random, now = Prober(), Random(seed), 1.0
        verdict, trains = None, 0
        while verdict is None and trains < MAX_TRAINS:
            cluster = due(prober, now)
            verdict = deliver(
                prober, cluster, link_bps, now=now, jitter_s=jitter_s, random=random
            )
            trains += 1
            if verdict is None:
                assert poll(prober, now + 0.1 + REPEAT_S / 2) is None
            now += 0.11 + REPEAT_S
        right += proved is (verdict is not None and not verdict.limited)
    assert right >= least


def test_a_lost_cluster_is_repeated_a_limited_number_of_times() -> None:
    prober, now = Prober(), 1.0
    for train in range(MAX_TRAINS):
        cluster = due(prober, now)
        assert deliver(prober, cluster, 10e6, now=now, arriving=train % 3) is None
        now += 0.11 + REPEAT_S
    assert poll(prober, now) is None
    assert poll(prober, now + FIRST_INTERVAL_S) is not None


def test_packets_that_arrive_at_once_prove_only_the_rate_of_the_probe() -> None:
    prober = Prober()
    cluster = due(prober, 1)
    prober.began(cluster, 0, cluster.packets - 1, now=1)
    for _ in range(cluster.packets):
        prober.on_arrival(700, 1.02)
    assert prober.conclude(now=1.1) == ProbeResult(cluster.rate_bps, limited=False)


def test_without_a_train_there_is_no_verdict() -> None:
    assert Prober().conclude(now=1) is None


@given(
    st.lists(st.tuples(st.integers(1, 1500), st.floats(-1e5, 1e5)), max_size=30),
    st.floats(50e3, 8e6),
)
def test_any_arrivals_give_a_sound_verdict(
    arrivals: list[tuple[int, float]], estimate: float
) -> None:
    prober = Prober()
    cluster = poll(prober, 1, estimate, wanted=20e6)
    assert cluster is not None
    prober.began(cluster, 0, cluster.packets - 1, now=1)
    for size, arrived in arrivals:
        prober.on_arrival(size, arrived)
    verdict = prober.conclude(now=1.1)
    if verdict is not None:
        assert 0 <= verdict.bps <= cluster.rate_bps
