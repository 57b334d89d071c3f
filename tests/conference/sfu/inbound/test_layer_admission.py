"""Which packets of a layer are forwarded, dropped, or start its slots again."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conference.rtp import extensions
from conference.rtp.outage import OUTAGE_S, REPAIRED_GAP
from conference.rtp.packet import RtpPacket
from conference.rtp.red import Older
from conference.sfu.inbound.layer_admission import (
    JUMP_INTERVAL_S,
    MAX_GAP,
    MAX_PAYLOAD_BYTES,
    RESTARTS,
    LayerAdmission,
    Outcome,
)
from conference.sfu.inbound.nack import MAX_AGE, REORDER_S

VIDEO_HZ = 90_000
STEP_S = 0.01


def packet(sequence: int, *, size: int = 100, redundant: int = 0) -> RtpPacket:
    """Return a packet, with so many octets of older frames around its own."""
    made = RtpPacket(
        payload_type=96,
        marker=False,
        sequence=sequence & 0xFFFF,
        timestamp=sequence * 3_000 & 0xFFFFFFFF,
        ssrc=1,
        extensions=extensions.NO_EXTENSIONS,
        payload=bytes(size),
    )
    if redundant:
        made.redundant = bytes(redundant)
    return made


class Arrivals:
    """A layer and the time."""

    def __init__(self, *, repairable: bool = True) -> None:
        self.layer = LayerAdmission(VIDEO_HZ, repairable=repairable)
        self.now = 100.0

    def arrive(
        self, sequence: int, *, after_s: float = STEP_S, retransmitted: bool = False
    ) -> Outcome:
        """Let a packet arrive a while after the last one."""
        self.now += after_s
        return self.layer.admit(
            packet(sequence), now=self.now, retransmitted=retransmitted
        )


@pytest.fixture
def arrivals() -> Arrivals:
    return Arrivals()


def test_consecutive_packets_are_forwarded_across_the_wrap(arrivals: Arrivals) -> None:
    numbers = []
    for sequence in range(65_530, 65_545):
        made = packet(sequence)
        assert arrivals.layer.admit(made, now=arrivals.now) is Outcome.FORWARD
        numbers.append(made.extended)
    assert all(after == before + 1 for before, after in pairwise(numbers))
    assert arrivals.layer.newest == numbers[-1]


def test_a_duplicate_is_dropped_and_counted_as_received(arrivals: Arrivals) -> None:
    arrivals.arrive(10)
    assert arrivals.arrive(10) is Outcome.DUPLICATE
    assert arrivals.layer.reception.received == 2


def test_a_late_packet_fills_its_gap_once(arrivals: Arrivals) -> None:
    arrivals.arrive(10)
    assert arrivals.arrive(12) is Outcome.FORWARD
    assert arrivals.arrive(11) is Outcome.FORWARD
    assert arrivals.arrive(11) is Outcome.DUPLICATE


def test_only_missing_packets_are_taken_from_retransmissions(
    arrivals: Arrivals,
) -> None:
    assert arrivals.arrive(9, retransmitted=True) is Outcome.PROBE
    arrivals.arrive(10)
    arrivals.arrive(12)
    assert arrivals.arrive(12, retransmitted=True) is Outcome.PROBE
    assert arrivals.arrive(30_000, retransmitted=True) is Outcome.PROBE
    assert arrivals.layer.newest == 12 + 0x10000
    assert arrivals.arrive(11, retransmitted=True) is Outcome.FORWARD


def test_a_retransmission_is_not_counted_as_received(arrivals: Arrivals) -> None:
    arrivals.arrive(10)
    arrivals.arrive(12)
    arrivals.arrive(11, retransmitted=True)
    assert arrivals.layer.reception.received == 2


@pytest.mark.parametrize(
    "made",
    [
        packet(10_000, size=MAX_PAYLOAD_BYTES + 1),
        packet(10_000, redundant=MAX_PAYLOAD_BYTES + 1),
    ],
)
def test_a_packet_that_is_too_large_changes_no_number(
    arrivals: Arrivals, made: RtpPacket
) -> None:
    arrivals.arrive(10)
    assert arrivals.layer.admit(made, now=arrivals.now) is Outcome.TOO_LARGE
    assert arrivals.arrive(11) is Outcome.FORWARD
    assert not arrivals.layer.missing


def test_the_longest_repairable_gap_is_repaired(arrivals: Arrivals) -> None:
    arrivals.arrive(10)
    assert arrivals.arrive(10 + MAX_GAP) is Outcome.FORWARD
    due = arrivals.layer.missing.due(now=arrivals.now + REORDER_S)
    assert due[0] == 11 + 0x10000


def test_a_longer_gap_restarts_slots_and_requests_nothing(arrivals: Arrivals) -> None:
    arrivals.arrive(10)
    assert arrivals.arrive(10 + MAX_GAP + 1) is Outcome.RESTART
    assert not arrivals.layer.missing
    assert arrivals.arrive(10 + MAX_GAP + 2) is Outcome.FORWARD


def test_a_second_jump_soon_after_is_dropped_until_its_time(arrivals: Arrivals) -> None:
    arrivals.arrive(0)
    assert arrivals.arrive(1_000) is Outcome.RESTART
    assert arrivals.arrive(2_000) is Outcome.TOO_SOON
    assert arrivals.arrive(1_001) is Outcome.FORWARD
    assert arrivals.arrive(2_001, after_s=JUMP_INTERVAL_S) is Outcome.RESTART


def test_a_gap_after_an_outage_restarts_slots(arrivals: Arrivals) -> None:
    arrivals.arrive(10)
    outcome = arrivals.arrive(10 + REPAIRED_GAP + 1, after_s=OUTAGE_S)
    assert outcome is Outcome.RESTART_AFTER_OUTAGE
    assert not arrivals.layer.missing


def test_further_gaps_of_an_outage_restart_nothing_more(arrivals: Arrivals) -> None:
    arrivals.arrive(10)
    arrivals.arrive(50, after_s=OUTAGE_S)
    assert arrivals.arrive(100) is Outcome.FORWARD
    assert not arrivals.layer.missing


def test_a_voice_is_never_restarted_by_an_outage() -> None:
    voice = Arrivals(repairable=False)
    voice.arrive(10)
    assert voice.arrive(10 + REPAIRED_GAP + 1, after_s=OUTAGE_S) is Outcome.FORWARD


def test_a_packet_far_behind_the_newest_is_dropped(arrivals: Arrivals) -> None:
    arrivals.arrive(1_000)
    for sequence in range(1_001, 1_000 + MAX_AGE + 2):
        arrivals.arrive(sequence)
    assert arrivals.arrive(1_000) is Outcome.TOO_OLD


def test_another_ssrc_continues_behind_a_gap_that_restarts(arrivals: Arrivals) -> None:
    arrivals.arrive(10)
    arrivals.arrive(12)
    before = arrivals.layer.newest
    assert before is not None
    assert arrivals.layer.change_ssrc(packet(7_000))
    assert arrivals.arrive(7_000) is Outcome.RESTART
    after = arrivals.layer.newest
    assert after is not None
    assert after - before > MAX_GAP
    assert after & 0xFFFF == 7_000
    assert not arrivals.layer.missing
    assert arrivals.layer.reception.received == 1


def test_the_first_ssrc_needs_no_gap(arrivals: Arrivals) -> None:
    assert not arrivals.layer.change_ssrc(packet(10))
    assert arrivals.arrive(10) is Outcome.FORWARD


def test_a_lost_voice_packet_is_recovered_once_from_the_next() -> None:
    voice = Arrivals(repairable=False)
    voice.arrive(10)
    voice.arrive(12)
    newest = packet(12)
    newest.extended = 12 + 0x10000
    older = Older(ticks=960, payload=b"older")
    recovered = voice.layer.recover(newest, older, now=voice.now)
    assert recovered is not None
    assert recovered.extended == 11 + 0x10000
    assert recovered.timestamp == newest.timestamp - 960
    assert recovered.payload == b"older"
    assert voice.layer.recover(newest, older, now=voice.now) is None


def test_an_empty_older_frame_recovers_nothing() -> None:
    voice = Arrivals(repairable=False)
    voice.arrive(10)
    voice.arrive(12)
    newest = packet(12)
    newest.extended = 12 + 0x10000
    older = Older(ticks=960, payload=b"")
    assert voice.layer.recover(newest, older, now=voice.now) is None


@given(
    st.lists(
        st.tuples(st.integers(0, 0xFFFF), st.floats(0, 2), st.booleans()),
        max_size=60,
    )
)
def test_no_number_is_forwarded_twice_and_restarts_are_rare(
    steps: list[tuple[int, float, bool]],
) -> None:
    layer, now = LayerAdmission(VIDEO_HZ, repairable=True), 100.0
    forwarded: list[int] = []
    restarted_at = [float("-inf")]
    for sequence, after_s, retransmitted in steps:
        now += after_s
        made = packet(sequence)
        outcome = layer.admit(made, now=now, retransmitted=retransmitted)
        if outcome in RESTARTS:
            assert now - restarted_at[-1] >= JUMP_INTERVAL_S
            restarted_at.append(now)
        if outcome is Outcome.FORWARD or outcome in RESTARTS:
            assert made.extended & 0xFFFF == sequence
            forwarded.append(made.extended)
    assert len(forwarded) == len(set(forwarded))
