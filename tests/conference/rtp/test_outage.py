"""Silences, and which gaps are theirs."""

import pytest

from conference.rtp.outage import BACK_S, DEAD_GAP, DEAD_S, OutageDetector
from conference.rtp.sequence import HALF

LONG = DEAD_GAP + 1


@pytest.mark.parametrize(
    ("silent_s", "gap", "dead"),
    [
        (DEAD_S, LONG, True),
        (DEAD_S, HALF - 1, True),
        (DEAD_S, DEAD_GAP, False),
        (DEAD_S, HALF, False),  # an old one that came late
        (0.99 * DEAD_S, LONG, False),
    ],
)
def test_a_long_gap_behind_a_long_silence_is_of_the_dark(
    silent_s: float, gap: int, dead: bool
) -> None:
    line = OutageDetector()
    assert not line.swallowed(0, now=7.0)
    assert line.swallowed(gap, now=7.0 + silent_s) is dead


def test_nothing_is_before_the_first_packet() -> None:
    assert not OutageDetector().swallowed(LONG, now=100.0)


def test_it_stays_so_for_a_while() -> None:
    line = OutageDetector()
    line.swallowed(0, now=0.0)
    assert not line.swallowed(1, now=5.0)
    assert line.swallowed(LONG, now=5.0 + BACK_S / 2)
    assert line.swallowed(LONG, now=5.0 + BACK_S)
    assert not line.swallowed(LONG, now=5.01 + BACK_S)
