"""Missing packets: detected, requested, given up, and bounded in number."""

import itertools

import pytest

from conference.sfu.inbound.layer_admission import MAX_GAP
from conference.sfu.inbound.nack import (
    MAX_AGE,
    MAX_DUE,
    MAX_REQUESTS,
    REORDER_S,
    REPEAT_S,
    MissingPackets,
)


@pytest.mark.parametrize("start", [65_536, 65_536 + 65_535, 131_071])
def test_a_gap_is_requested_after_the_reordering_time(start: int) -> None:
    missing = MissingPackets()
    assert missing.on_packet(start, now=0.0)
    assert missing.on_packet(start + 3, now=0.0)
    assert missing.due(now=REORDER_S / 2) == []
    assert missing.due(now=REORDER_S) == [start + 1, start + 2]
    assert missing.due(now=REORDER_S + REPEAT_S / 2) == []
    assert missing.on_packet(start + 1, now=0.1)
    assert missing.due(now=1.0) == [start + 2]


def test_a_packet_is_given_up_after_some_requests() -> None:
    missing = MissingPackets()
    missing.on_packet(1, now=0.0)
    missing.on_packet(3, now=0.0)
    asked = sum(len(missing.due(now=tenth / 10)) for tenth in range(1, 100))
    assert asked == MAX_REQUESTS
    assert not missing


def test_duplicates_are_distinguished_from_missing_packets() -> None:
    missing = MissingPackets()
    missing.on_packet(10, now=0.0)
    missing.on_packet(12, now=0.0)
    assert not missing.on_packet(12, now=0.0)
    assert missing.on_packet(11, now=0.0)
    assert not missing.on_packet(11, now=0.0)


def test_packets_that_the_first_one_overtook_are_accepted_once() -> None:
    missing = MissingPackets()
    missing.on_packet(100, now=0.0)
    assert missing.on_packet(99, now=0.0)
    assert not missing.on_packet(99, now=0.0)
    assert not missing.on_packet(10, now=0.0)
    assert missing.due(now=1.0) == []


def test_a_restart_accepts_packets_that_its_first_one_overtook() -> None:
    missing = MissingPackets()
    missing.on_packet(1, now=0.0)
    missing.on_packet(3, now=0.0)
    missing.restart()
    assert missing.on_packet(100, now=3.0)
    assert missing.on_packet(99, now=3.0)
    assert not missing.on_packet(99, now=3.0)
    assert not missing


def test_deliberately_skipped_numbers_cost_little() -> None:
    missing = MissingPackets()
    for step in range(400):
        missing.on_packet(step * MAX_GAP, now=0.0)
    assert len(missing._missing) <= MAX_AGE
    assert len(missing.due(now=1.0)) == MAX_DUE


def test_requests_are_a_round_trip_apart() -> None:
    missing = MissingPackets()
    missing.on_packet(100, now=0.0)
    missing.on_packet(103, now=0.0)
    asked = [at for at in range(1000) if 101 in missing.due(now=at / 1000)]
    assert len(asked) == MAX_REQUESTS
    slow = MissingPackets()
    slow.on_packet(1, now=0.0)
    slow.on_packet(3, now=0.0)
    assert slow.due(now=0.02) == [2]
    assert slow.on_packet(2, now=0.22)
    assert slow.rtt_s == pytest.approx(0.2)
    slow.on_packet(5, now=1.0)
    asked = [at for at in range(1000, 4000) if slow.due(now=at / 1000)]
    assert all(b - a >= 200 for a, b in itertools.pairwise(asked))
    assert 3 <= len(asked) <= MAX_REQUESTS
    assert not slow
