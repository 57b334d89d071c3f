"""
Viewers on bad lines, with real browsers.

On a busy machine everything is late, so a viewer's figures are compared with those of
another viewer, or of the same one earlier in the same run. Times are measured by
``tests.figures.links``; docs/performance.md has the figures and the aims.
"""

import pytest

from tests.support.browsers import BrowserName
from tests.support.lab import links

pytestmark = [pytest.mark.lab, pytest.mark.timeout(400)]
BROWSERS: tuple[BrowserName, ...] = ("chromium", "firefox")
HOLE_S = 1.0
"""Longer than the queue of the thin line, which delays sound once, by its length."""
WORSE = 0.2
"""Share of the sound that loss may cost, in a busy hour."""
FROZEN = 0.5
"""Share of the time. A tenth of the packets hits more than every second picture, and
each that is not repaired spoils all that follow."""
MIDDLE = 360


async def test_falling_rate_keeps_the_voice_and_recovers() -> None:
    """A good picture, a lower one, and a good one again: ``fall`` waits for each."""
    figures = await links.fall(low_s=4, top=MIDDLE)
    print(figures)
    assert figures["audio_hole_s"] <= figures["others_audio_hole_s"] + HOLE_S


async def test_loss_is_repaired_and_the_panel_names_the_route() -> None:
    for browser, figures in zip(
        BROWSERS, await links.lossy(0.1, 8, viewers=BROWSERS), strict=True
    ):
        print(browser, figures)
        assert figures["wait_ms"] >= 300  # a round trip of 200 ms, and its repair
        assert figures["connections"] == 1
        assert figures["audio_concealed"] <= figures["calm_audio_concealed"] + WORSE
        assert figures["freezes_share"] <= figures["calm_freezes_share"] + FROZEN
        assert figures["fps"] >= figures["calm_fps"] / 4
        # The panel says UDP, and a round trip of twice 100 ± 20 ms.
        assert figures["udp"] == 1
        assert 160 <= figures["rtt_ms"] <= links.TRIP_MS
