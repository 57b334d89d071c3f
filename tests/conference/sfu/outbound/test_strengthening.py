"""Doubled repairs and pictures, pacing, and the share left for pictures."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conference.contract.words import Source
from conference.fanout.pacer import FACTOR
from conference.sfu.bandwidth.loss import MAX_AMBIENT
from conference.sfu.outbound.adaptation import (
    INSIST_LOSS,
    LONG_RTT_S,
    MIN_BPS,
    REPEAT_LOSS,
    Adaptation,
    voice_price,
)
from tests.conference.sfu.support import play, viewer_of, watch
from tests.support.bench import Bench

CAMERA = Source.CAMERA
NEAR_S, FAR_S = 0.02, 0.2


def on_a_line(loss: float, rtt_s: float, bitrate_bps: float = 50e6) -> Adaptation:
    adaptation = Adaptation(now=0)
    adaptation.has_feedback = True
    line(adaptation, loss, rtt_s)
    adaptation.estimator.bitrate_bps = bitrate_bps
    adaptation.strengthen()
    return adaptation


def line(adaptation: Adaptation, loss: float, rtt_s: float) -> None:
    estimator = adaptation.estimator
    estimator._loss.ambient, estimator.rtt_s = loss, rtt_s


@pytest.mark.parametrize(
    ("loss", "rtt_s", "insistent", "repeating"),
    [
        (0.0, FAR_S, False, False),
        (0.02, FAR_S, False, False),
        (0.05, NEAR_S, False, False),
        (0.05, FAR_S, True, False),
        (0.10, FAR_S, True, False),
        (0.20, FAR_S, True, True),
        (0.20, NEAR_S, False, False),
    ],
)
def test_with_more_loss_on_a_long_round_trip_more_is_sent_twice(
    loss: float, rtt_s: float, insistent: bool, repeating: bool
) -> None:
    adaptation = on_a_line(loss, rtt_s)
    assert (adaptation.insistent, adaptation.repeating) == (insistent, repeating)


def test_loss_at_the_threshold_does_not_alternate() -> None:
    adaptation = on_a_line(1.1 * INSIST_LOSS, 1.1 * LONG_RTT_S)
    assert adaptation.insistent
    line(adaptation, 0.9 * INSIST_LOSS, 0.9 * LONG_RTT_S)
    adaptation.strengthen()
    assert adaptation.insistent
    line(adaptation, 0.4 * INSIST_LOSS, LONG_RTT_S)
    adaptation.strengthen()
    assert not adaptation.insistent


@given(st.floats(0, MAX_AMBIENT), st.sampled_from([NEAR_S, FAR_S]))
def test_any_loss_leaves_a_share_for_pictures(loss: float, rtt_s: float) -> None:
    adaptation = on_a_line(loss, rtt_s)
    assert 0.25 < adaptation.kept <= 1
    # More loss never leaves a larger share, as long as the same is doubled.
    worse = on_a_line(min(MAX_AMBIENT, loss + 0.01), rtt_s)
    if (worse.insistent, worse.repeating) == (
        adaptation.insistent,
        adaptation.repeating,
    ):
        assert worse.kept <= adaptation.kept


def test_room_for_doubled_pictures_is_probed() -> None:
    bench = Bench()
    camera = bench.simulcast("ada", CAMERA)
    watch(bench, ada=720)
    bench.limited("viewer", 2.4e6)
    play(bench, camera, seconds=2)
    adaptation = viewer_of(bench).adaptation
    adaptation._allocator.wanted_bps = 1e6
    line(adaptation, 1.2 * REPEAT_LOSS, FAR_S)
    adaptation.estimator.bitrate_bps = 2.4e6
    adaptation.strengthen()
    assert adaptation.insistent
    assert not adaptation.repeating
    adaptation.settled = False
    adaptation.estimator.prober.on_feedback(now=bench.now)
    cluster = adaptation.probe(now=bench.now)
    assert cluster is not None
    assert cluster.rate_bps >= 2.5e6
    adaptation.estimator.bitrate_bps = 3e6
    adaptation.strengthen()
    assert adaptation.repeating


def test_pictures_are_paced_at_the_rate_without_voices() -> None:
    adaptation = on_a_line(0, NEAR_S, 400_000)
    adaptation.choose([], {}, 100_000, now=1)
    adaptation.settled = False
    assert adaptation.pace_bps == 300_000
    adaptation.estimator.queue_delay_s = 0.1
    assert adaptation.pace_bps == 300_000 / FACTOR
    adaptation.estimator.bitrate_bps = 110_000
    assert adaptation.pace_bps == MIN_BPS / FACTOR
    adaptation.settled = True
    assert adaptation.pace_bps is None


def test_older_frames_add_the_payload_to_the_price_of_a_voice() -> None:
    bench = Bench()
    bench.origin("ada", Source.MICROPHONE)
    (publisher,) = bench.plane.publishers.values()
    layer = publisher.tracks[Source.MICROPHONE].layers[0]
    layer.meter.rates = [32_000] * 3
    plain, reinforced = voice_price(layer), voice_price(layer, reinforced=True)
    assert reinforced - plain == 32_000
