"""The closed loop over a simulated network: what a viewer gets on such a link."""

from itertools import pairwise

import pytest

from tests.conference.sfu.bandwidth.network import Shape
from tests.conference.sfu.bandwidth.session import Session

SEEDS = [1, 2]


@pytest.mark.parametrize("seed", SEEDS)
def test_a_free_link_carries_the_top_layer_soon_after_joining(seed: int) -> None:
    trace = Session(Shape(rate_bps=50e6), seed=seed).run(4)
    assert trace.reached(0, 2) <= 2
    assert trace.layer_at(2) == (2, 2)
    assert trace.longest_queue(0, 4) < 0.02


def test_probes_show_four_megabits_within_a_second() -> None:
    session = Session(Shape(rate_bps=50e6), cameras=3)
    trace = session.run(2)
    assert max(trace.estimates_in(0, 1)) >= 4e6


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("queue_s", [0.1, 0.3, 1.0])
def test_a_link_that_shrinks_and_grows_again(seed: int, queue_s: float) -> None:
    session = Session(Shape(rate_bps=3e6, queue_s=queue_s), seed=seed)
    session.down.at(10, rate_bps=200e3)
    session.down.at(40, rate_bps=3e6)
    trace = session.run(55)
    assert trace.layer_at(9.9) == (2, 2)
    assert trace.reached(10, 0, 1) <= 2
    assert trace.longest_queue(13, 40) < 0.4
    assert trace.voices_lost(13, 55) == 0
    assert trace.shown(15, 40) >= 7
    assert trace.reached(40, 2) <= 10


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize(
    ("loss", "frames"), [(0.05, 25), (0.10, 25), (0.20, 10), (0.30, 5)]
)
def test_random_loss_and_jitter_do_not_starve_a_viewer(
    loss: float, frames: float, seed: int
) -> None:
    shape = Shape(rate_bps=10e6, delay_s=0.1, jitter_s=0.02, loss=loss)
    trace = Session(shape, up=shape, seed=seed).run(45)
    assert trace.shown(5, 45) >= frames
    assert min(trace.estimates_in(0, 45)) >= 250e3
    assert trace.most_switches(5, 45) <= 2
    assert trace.longest_hole(5, 45) < 0.5


@pytest.mark.parametrize("seed", SEEDS)
def test_jitter_is_not_treated_as_congestion(seed: int) -> None:
    trace = Session(Shape(rate_bps=3e6, delay_s=0.05, jitter_s=0.02), seed=seed).run(30)
    estimates = trace.estimates_in(0, 30)
    assert all(b >= 0.8 * a for a, b in pairwise(estimates))
    assert trace.reached(0, 2) <= 10


@pytest.mark.parametrize("seed", SEEDS)
def test_a_thin_link_keeps_one_layer_without_delaying_audio(seed: int) -> None:
    trace = Session(Shape(rate_bps=1e6), seed=seed).run(90)
    assert trace.most_switches(1, 90) == 0
    assert trace.layer_at(90) == (1, 2)
    assert trace.voices_lost(0, 90) == 0
    delays = [delay for t, delay in trace.audio if delay is not None and t < 89]
    assert max(delays) < 0.15
    assert sorted(delays)[len(delays) * 99 // 100] < 0.1


@pytest.mark.parametrize("rate_bps", [150e3, 200e3, 500e3, 550e3, 600e3, 1.65e6, 1.8e6])
def test_a_rate_at_the_boundary_of_a_layer_does_not_oscillate(rate_bps: float) -> None:
    trace = Session(Shape(rate_bps=rate_bps)).run(75)
    assert trace.most_switches(10, 75) <= 2
    assert trace.shown(10, 75) >= 7
    assert trace.longest_queue(5, 75) < 0.3


@pytest.mark.parametrize(("blackout_s", "back_s"), [(1, 0.3), (5, 0.5), (30, 2)])
def test_a_blackout_is_not_congestion(blackout_s: float, back_s: float) -> None:
    session = Session(Shape(rate_bps=3e6))
    for link in (session.down, session.up):
        link.at(10, down=True)
        link.at(10 + blackout_s, down=False)
    trace = session.run(20 + blackout_s)
    assert trace.reached(10 + blackout_s, 2) <= back_s
    # Repairs of the lost packets come at once, but no layer has to be lowered.
    assert trace.most_switches(9, 20 + blackout_s) == 0
    assert trace.layer_at(20 + blackout_s) == (2, 2)


def test_a_policer_without_a_queue_is_detected_by_its_loss() -> None:
    session = Session(Shape(rate_bps=1e6, queue_s=0.015), start_bps=3e6)
    trace = session.run(60)
    assert trace.layer_at(60) == (1, 2)
    assert trace.most_switches(5, 60) <= 2
    # The remaining loss is in bursts of single frames, which no queue absorbs.
    assert trace.voices_lost(10, 60) < 0.06


def test_a_shared_link_yields_to_other_traffic_and_recovers() -> None:
    session = Session(Shape(rate_bps=1e6))
    session.run(20)
    session.others_bps = 500e3
    session.run(40)
    session.others_bps = 0
    trace = session.run(75)
    assert trace.layer_at(20) == (1, 2)
    assert trace.layer_at(35) in [(0, 2), (1, 1)]
    assert trace.shown(22, 40) >= 10
    assert trace.longest_queue(23, 75) < 0.3
    assert trace.voices_lost(23, 75) == 0
    assert trace.layer_at(75) == (1, 2)
    # A train measures the capacity, not what other traffic leaves free: each result is
    # a raise that fails. Fewer probes would delay the recovery beyond 10 s.
    assert trace.most_switches(1, 75) <= 6


def test_a_grid_shares_the_rest_of_the_budget_after_the_stage() -> None:
    session = Session(Shape(rate_bps=3e6), cameras=10, preferred=(1, 2))
    session.preferred[0] = (2, 2)
    trace = session.run(60)
    assert trace.layer_at(60, 0) == (2, 2)
    for camera in range(10):
        assert trace.layer_at(60, camera) is not None
        assert trace.most_switches(5, 60, camera) <= 5
    assert trace.longest_queue(2, 60) < 0.15
    assert trace.voices_lost(0, 60) == 0


def test_a_browser_that_sends_only_remb() -> None:
    session = Session(Shape(rate_bps=3e6), feedback=False, remb=True)
    session.down.at(20, rate_bps=400e3)
    session.down.at(40, rate_bps=3e6)
    trace = session.run(80)
    assert trace.reached(0, 2) <= 10
    assert trace.layer_at(19) == (2, 2)
    assert trace.reached(20, 0, 1) <= 2
    assert trace.longest_queue(23, 40) < 0.4
    assert trace.shown(23, 40) >= 10
    assert trace.reached(40, 2) <= 30


def test_feedback_that_gets_lost_does_not_look_like_a_slow_link() -> None:
    session = Session(Shape(rate_bps=3e6), up=Shape(loss=0.4))
    trace = session.run(30)
    assert trace.layer_at(30) == (2, 2)
    assert trace.most_switches(3, 30) == 0
    assert trace.longest_queue(3, 30) < 0.1


def test_hidden_pictures_cost_nothing_and_return_at_once() -> None:
    session = Session(Shape(rate_bps=3e6))
    session.run(10)
    before = session.estimator.bitrate_bps
    session.video_on = False
    session.run(40)
    assert session.estimator.bitrate_bps >= 0.95 * before
    session.video_on = True
    trace = session.run(45)
    assert trace.reached(40, 2) <= 0.2
    assert trace.layer_at(45) == (2, 2)
