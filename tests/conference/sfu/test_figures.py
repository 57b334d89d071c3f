"""Figures of a room, for the operator."""

import pytest

from conference.contract.words import Reduced, Source
from tests.conference.sfu.support import VIEWER, play, viewer_of, watch
from tests.support.bench import ROOM, Bench

CAMERA = Source.CAMERA


def test_the_figures_of_a_room_describe_its_state() -> None:
    bench = Bench()
    camera = bench.simulcast("ada", CAMERA)
    hungry = [bench.simulcast(f"p{i}", CAMERA) for i in range(3)]
    watch(bench, ada=180, p0=180, p1=180, p2=180)
    bench.limited("viewer", 180_000)
    play(bench, camera, *hungry, seconds=3)
    (figures,) = bench.router.figures()
    assert figures.publishers == 4
    assert figures.viewers == 1
    assert figures.counts.forwarded_packets > 0
    assert figures.counts.received_packets > figures.counts.forwarded_packets
    assert figures.counts.key_frame_requests > 0
    assert figures.paused >= 1
    assert figures.layers
    assert figures.reduced == {Reduced.LINK: 1}
    assert figures.estimate_bps == pytest.approx(180_000)


def test_the_room_that_a_stage_opens_has_empty_figures() -> None:
    bench = Bench()
    bench.stage("ada")
    (figures,) = bench.router.figures()
    assert figures.room == ROOM
    assert (figures.publishers, figures.viewers) == (0, 0)
    assert figures.loss == figures.rtt_s == figures.estimate_bps == 0.0
    assert not figures.layers
    assert not figures.reduced


def test_a_viewer_counts_once_it_is_connected() -> None:
    bench = Bench()
    bench.sink(VIEWER)
    viewer_of(bench).connected = False
    assert bench.router.figures()[0].viewers == 0
    viewer_of(bench).connected = True
    assert bench.router.figures()[0].viewers == 1


def test_loss_and_round_trip_are_means_over_viewers_with_feedback() -> None:
    bench = Bench()
    for name, loss, rtt_s in (("one", 0.1, 0.02), ("two", 0.3, 0.04)):
        viewer = bench.sink(name).participant
        bench.limited(name, 1e6)
        estimator = bench.plane.viewers[viewer].adaptation.estimator
        estimator.loss, estimator.rtt_s = loss, rtt_s
    bench.sink("silent")
    (figures,) = bench.router.figures()
    assert figures.viewers == 3
    assert figures.loss == pytest.approx(0.2)
    assert figures.rtt_s == pytest.approx(0.03)


def test_upstream_loss_is_what_receiver_reports_said() -> None:
    bench = Bench()
    (camera,) = bench.origin("ada", CAMERA)
    for number in range(100):
        packets = camera.frame()
        if number % 4:
            camera.send(packets)
        bench.pass_time(0.02)
    (figures,) = bench.router.figures()
    assert figures.upstream_loss == pytest.approx(0.25, abs=0.05)
    assert figures.upstream_nacked > 0
