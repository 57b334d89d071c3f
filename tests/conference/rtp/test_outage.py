"""Which gaps after a silence belong to an outage."""

import pytest

from conference.rtp.outage import OUTAGE_S, RECOVERY_S, REPAIRED_GAP, OutageDetector
from conference.rtp.sequence import HALF

LONG = REPAIRED_GAP + 1


@pytest.mark.parametrize(
    ("silent_s", "gap", "outage"),
    [
        (OUTAGE_S, LONG, True),
        (OUTAGE_S, HALF - 1, True),
        (OUTAGE_S, REPAIRED_GAP, False),
        (OUTAGE_S, HALF, False),  # an old packet that came late
        (0.99 * OUTAGE_S, LONG, False),
    ],
)
def test_a_long_gap_after_a_long_silence_belongs_to_an_outage(
    silent_s: float, gap: int, outage: bool
) -> None:
    detector = OutageDetector()
    assert not detector.on_packet(0, now=7.0)
    assert detector.on_packet(gap, now=7.0 + silent_s) is outage


def test_the_first_packet_has_no_outage_before_it() -> None:
    assert not OutageDetector().on_packet(LONG, now=100.0)


def test_gaps_belong_to_an_outage_until_the_recovery_has_passed() -> None:
    detector = OutageDetector()
    detector.on_packet(0, now=0.0)
    assert not detector.on_packet(1, now=5.0)
    assert detector.on_packet(LONG, now=5.0 + RECOVERY_S / 2)
    assert detector.on_packet(LONG, now=5.0 + RECOVERY_S)
    assert not detector.on_packet(LONG, now=5.01 + RECOVERY_S)
