"""Missing packets: found, asked for, given up, and never without bound."""

import pytest

from conference.sfu.nack import (
    MAX_AGE,
    MAX_DUE,
    MAX_GAP,
    MAX_REQUESTS,
    REORDER_S,
    REPEAT_S,
    MissingPackets,
)


@pytest.mark.parametrize("start", [65_536, 65_536 + 65_535, 131_071])
def test_a_gap_is_asked_for_after_the_time_that_reordering_takes(start: int) -> None:
    missing = MissingPackets()
    assert missing.on_packet(start, now=0.0)
    assert missing.on_packet(start + 3, now=0.0)
    assert missing.due(now=REORDER_S / 2) == []
    assert missing.due(now=REORDER_S) == [start + 1, start + 2]
    assert missing.due(now=REORDER_S + REPEAT_S / 2) == []
    assert missing.on_packet(start + 1, now=0.1)
    assert missing.due(now=1.0) == [start + 2]


def test_a_packet_is_given_up_at_last() -> None:
    missing = MissingPackets()
    missing.on_packet(1, now=0.0)
    missing.on_packet(3, now=0.0)
    asked = sum(len(missing.due(now=second)) for second in range(1, 100))
    assert asked == MAX_REQUESTS
    assert not missing


def test_duplicates_are_told_from_what_was_missing() -> None:
    missing = MissingPackets()
    missing.on_packet(10, now=0.0)
    missing.on_packet(12, now=0.0)
    assert not missing.on_packet(12, now=0.0)
    assert missing.on_packet(11, now=0.0)
    assert not missing.on_packet(11, now=0.0)


def test_packets_that_the_first_one_overtook_are_taken_once() -> None:
    missing = MissingPackets()
    missing.on_packet(100, now=0.0)
    assert missing.on_packet(99, now=0.0)
    assert not missing.on_packet(99, now=0.0)
    assert not missing.on_packet(10, now=0.0)
    assert missing.due(now=1.0) == []


def test_a_restart_asks_for_nothing() -> None:
    missing = MissingPackets()
    missing.on_packet(1, now=0.0)
    missing.on_packet(3, now=0.0)
    missing.on_packet(3 + MAX_GAP + 1, now=0.0)
    assert not missing


def test_a_publisher_that_skips_on_purpose_costs_little() -> None:
    missing = MissingPackets()
    for step in range(400):
        missing.on_packet(step * MAX_GAP, now=0.0)
    assert len(missing._missing) <= MAX_AGE
    assert len(missing.due(now=1.0)) == MAX_DUE
