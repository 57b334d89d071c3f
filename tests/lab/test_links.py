"""
Viewers on bad lines, with real browsers.

The bounds leave room for a busy machine; the figures themselves, with the aims,
are in docs/performance.md and are measured by ``tests.figures.links``.
"""

import pytest

from tests.support.lab import links

pytestmark = [pytest.mark.lab, pytest.mark.timeout(180)]


async def test_a_good_line_gets_the_top_layer_at_once() -> None:
    figures = await links.join()
    assert figures["top_layer_s"] <= 6


async def test_a_line_that_breaks_down_keeps_its_voice_and_comes_back() -> None:
    figures = await links.fall(low_s=8)
    assert figures["lower_layer_s"] <= 5
    assert figures["audio_hole_s"] <= 0.5
    assert figures["top_again_s"] <= 30
    assert figures["others_heights"] <= 2


async def test_loss_is_repaired() -> None:
    figures = await links.lossy(0.1, 12)
    assert figures["audio_concealed"] <= 0.10
    assert figures["wait_ms"] >= 300  # a round trip of 200 ms, and its repair
    assert figures["freezes_share"] <= 0.05
    assert figures["fps"] >= 8
    assert figures["connections"] == 1
    assert_told(figures)


async def test_firefox_tells_the_way_that_it_uses() -> None:
    # On a line this long it nominates TCP as well, whose check took twice the time.
    figures = await links.lossy(0.1, 2, viewer="firefox")
    assert figures["wait_ms"] >= 300
    assert figures["connections"] == 1
    assert_told(figures)


def assert_told(figures: dict[str, float]) -> None:
    """The panel says UDP, and a round trip of twice 100 ± 20 ms."""
    assert figures["udp"] == 1
    assert 160 <= figures["rtt_ms"] <= links.TRIP_MS


async def test_a_thin_line_is_steady() -> None:
    figures = await links.steady(20)
    assert figures["switches_per_minute"] <= 6
    assert figures["audio_concealed"] <= 0.05
