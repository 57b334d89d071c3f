"""Slots with a temporal limit: frames are left out, and no numbers are missing."""

import itertools
from dataclasses import dataclass

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conference.fanout.contract import REPEAT_BEHIND, FanoutFactory, LayerKey
from conference.rtp.codecs import inspect_vp8
from conference.rtp.packet import RtpPacket
from tests.conference.fanout.test_contract import ADA, BO, SLOT, VIEWER, Wire
from tests.support.wire import rtp

PATTERN = (0, 2, 1, 2)
"""Temporal layers of four frames, in the order of browsers."""


@dataclass(frozen=True)
class Frame:
    number: int
    packets: tuple[RtpPacket, ...]

    @property
    def temporal(self) -> int:
        return PATTERN[self.number % 4]


def vp8(extended: int, frame: int, *, start: bool, end: bool, key: bool) -> RtpPacket:
    temporal = PATTERN[frame % 4]
    descriptor = bytes(
        (
            0x90 if start else 0x80,
            0xE0,
            0x80 | (frame >> 8 & 0x7F),
            frame & 0xFF,
            frame // 4 & 0xFF,
            temporal << 6 | (0x20 if temporal else 0),
        )
    )
    body = bytes((0 if key and start else 1,)) + frame.to_bytes(4, "big")
    made = RtpPacket(
        payload_type=120,
        marker=end,
        sequence=extended & 0xFFFF,
        timestamp=frame * 3000,
        ssrc=1,
        extensions={},
        payload=descriptor + body,
    )
    made.extended = extended
    return made


def frames(count: int, *, sizes: int = 2, first: int = 70_000) -> list[Frame]:
    """Return frames of ``sizes`` packets; the first one is a key frame."""
    numbers = itertools.count(first)
    return [
        Frame(
            number,
            tuple(
                vp8(
                    next(numbers),
                    number,
                    start=place == 0,
                    end=place == sizes - 1,
                    key=number == 0,
                )
                for place in range(sizes)
            ),
        )
        for number in range(count)
    ]


def follow(wire: Wire, layer: LayerKey, sent: list[Frame], temporal: int) -> None:
    first = sent[0].packets[0]
    wire.fanout.attach(
        SLOT, layer, first, wire.head(first), timestamp=9_000, temporal=temporal
    )
    for frame in sent:
        wire.forward(layer, *frame.packets)


def content(packet: rtp.Packet) -> int:
    """Return the number of the frame that a packet belongs to."""
    return int.from_bytes(packet.payload[7:11], "big")


def temporal_of(packet: rtp.Packet) -> int:
    return inspect_vp8(packet.payload).temporal


def assert_consecutive(packets: list[rtp.Packet]) -> None:
    """Check that sequence numbers and picture ids are consecutive."""
    for before, after in itertools.pairwise(packets):
        assert (after.sequence - before.sequence) & 0xFFFF == 1
        old, new = (rtp.parse_vp8(p.payload).picture_id for p in (before, after))
        assert old is not None
        assert new is not None
        same = content(before) == content(after)
        assert (new - old) & 0x7FFF == (0 if same else 1)


@pytest.mark.parametrize(("temporal", "kept"), [(0, {0}), (1, {0, 1}), (2, {0, 1, 2})])
def test_only_frames_up_to_the_limit_are_sent(
    engine: FanoutFactory, temporal: int, kept: set[int]
) -> None:
    wire = Wire(engine)
    sent = frames(40)
    follow(wire, ADA, sent, temporal)
    assert {temporal_of(packet) for packet in wire.got} == kept
    assert len(wire.got) == sum(2 for frame in sent if frame.temporal <= temporal)
    assert_consecutive(wire.got)


@given(st.lists(st.tuples(st.integers(1, 12), st.integers(0, 2)), max_size=12))
def test_changes_of_the_limit_leave_no_gap(
    engine: FanoutFactory, changes: list[tuple[int, int]]
) -> None:
    wire = Wire(engine)
    sent = frames(200, sizes=1)
    follow(wire, ADA, sent[:4], 2)
    rest = iter(sent[4:])
    for count, temporal in changes:
        for number in range(count):
            frame = next(rest)
            first = frame.packets[0]
            if number == 0:
                wire.fanout.limit(SLOT, first, wire.head(first), temporal=temporal)
            wire.forward(ADA, *frame.packets)
    assert_consecutive(wire.got)


def test_numbers_continue_from_a_limited_layer_to_another_layer(
    engine: FanoutFactory,
) -> None:
    wire = Wire(engine)
    follow(wire, ADA, frames(18), 0)
    follow(wire, BO, frames(9, first=5_000), 2)
    for old, new in itertools.pairwise(wire.got):
        assert (new.sequence - old.sequence) & 0xFFFF == 1
        ids = [rtp.parse_vp8(p.payload).picture_id for p in (old, new)]
        assert None not in ids
        assert ((ids[1] or 0) - (ids[0] or 0)) & 0x7FFF in (0, 1)


def test_a_late_packet_of_a_frame_left_out_is_sent_empty(
    engine: FanoutFactory,
) -> None:
    wire = Wire(engine)
    sent = frames(5)
    missing = sent[1].packets[0]  # of a frame above the limit
    first = sent[0].packets[0]
    wire.fanout.attach(SLOT, ADA, first, wire.head(first), timestamp=9_000, temporal=0)
    wire.forward(ADA, *sent[0].packets, sent[1].packets[1])
    wire.forward(ADA, *(p for frame in sent[2:] for p in frame.packets))
    numbers = [p.sequence for p in wire.got]
    assert numbers[2] - numbers[1] == 2  # one number is free for the missing packet
    wire.forward(ADA, missing)
    filler = wire.got[-1]
    assert filler.sequence == numbers[1] + 1
    assert filler.payload == b""


@given(
    st.integers(0, 2),
    st.lists(st.integers(0, 79), max_size=20, unique=True),
    st.randoms(use_true_random=False),
)
def test_a_retransmission_is_the_packet_that_was_sent_under_the_number(
    engine: FanoutFactory, temporal: int, late: list[int], random: object
) -> None:
    """Also after losses and late packets on the publisher.s side."""
    wire = Wire(engine)
    sent = frames(40)
    packets = [p for frame in sent for p in frame.packets]
    first = packets[0]
    wire.fanout.attach(
        SLOT, ADA, first, wire.head(first), timestamp=9_000, temporal=temporal
    )
    wire.forward(ADA, *(p for i, p in enumerate(packets) if i == 0 or i not in late))
    wire.forward(ADA, *(packets[i] for i in late if i))
    originals = {p.sequence: p for p in wire.got if p.payload}
    assert len({p.sequence for p in wire.got}) == len(wire.got)
    wire.got.clear()
    wire.fanout.retransmit(SLOT, list(originals), now=2.0)
    for repair in wire.got:
        original = originals[int.from_bytes(repair.payload[:2], "big")]
        assert repair.payload[2:] == original.payload
        assert repair.timestamp == original.timestamp
    assert len(wire.got) == len(originals)


def test_a_probe_repeats_sent_packets_and_then_pads(engine: FanoutFactory) -> None:
    wire = Wire(engine)
    follow(wire, ADA, frames(3), 0)
    shown = [p.payload for p in wire.got]
    wire.got.clear()
    octets = wire.fanout.probe(SLOT, 2_000, 5, now=3.0)
    assert octets >= 2_000
    repeated = [p.payload[2:] for p in wire.got if p.payload]
    assert repeated
    assert set(repeated) <= set(shown)
    assert any(p.payload == b"" for p in wire.got)  # the parser removes padding
    numbers = [int.from_bytes(p.extensions[4], "big") for p in wire.got]
    assert numbers == list(range(numbers[0], numbers[0] + len(numbers)))


def limit(wire: Wire, packet: RtpPacket, temporal: int) -> None:
    wire.fanout.limit(SLOT, packet, wire.head(packet), temporal=temporal)


@pytest.mark.parametrize(("old", "new"), [(2, 0), (2, 1), (0, 2)])
def test_a_late_packet_from_before_a_change_of_the_limit_is_sent(
    engine: FanoutFactory, old: int, new: int
) -> None:
    wire = Wire(engine)
    sent = frames(12)
    missing = sent[4].packets[1]  # of the frame before the change, on the base layer
    follow(wire, ADA, sent[:4], old)
    wire.forward(ADA, sent[4].packets[0])
    limit(wire, sent[5].packets[0], new)
    for frame in sent[5:]:
        wire.forward(ADA, *frame.packets)
    assert wire.forward(ADA, missing) == 1
    late = wire.got[-1]
    assert_consecutive(sorted(wire.got, key=lambda packet: packet.sequence))
    assert wire.fanout.retransmit(SLOT, [late.sequence], now=2.0) == 1
    assert wire.got[-1].payload[2:] == late.payload


def test_a_packet_from_before_the_attachment_is_not_sent_after_a_change(
    engine: FanoutFactory,
) -> None:
    wire = Wire(engine)
    sent = frames(12)
    missing = sent[3].packets[0]
    wire.forward(ADA, *sent[2].packets, sent[3].packets[1])
    follow(wire, ADA, sent[4:8], 2)
    limit(wire, sent[8].packets[0], 0)
    wire.forward(ADA, *sent[8].packets)
    assert wire.forward(ADA, missing) == 0


@given(
    st.lists(st.tuples(st.integers(1, 9), st.integers(0, 2)), max_size=8),
    st.lists(st.integers(0, 119), max_size=25, unique=True),
)
def test_changes_of_the_limit_lose_no_late_packets(
    engine: FanoutFactory, changes: list[tuple[int, int]], late: list[int]
) -> None:
    """The numbers of packets that are missing at a change stay free for them."""
    wire = Wire(engine)
    sent = frames(60)
    due = {frame: temporal for frame, temporal in _limits(changes)}
    lost, held, shown, current = set(late) - {0, 1}, [], set(), 2
    first = sent[0].packets[0]
    wire.fanout.attach(SLOT, ADA, first, wire.head(first), timestamp=9_000, temporal=2)
    for frame in sent:
        # The router changes a limit at a packet that is the newest so far.
        if frame.number in due and frame.number * 2 not in lost:
            current = due[frame.number]
            limit(wire, frame.packets[0], current)
        if frame.temporal <= current:
            shown.add(frame.number)
        for place, packet in enumerate(frame.packets):
            if frame.number * 2 + place in lost:
                held.append(packet)
            else:
                wire.forward(ADA, packet)
    wire.forward(ADA, *held)
    packets = sorted(wire.got, key=lambda packet: packet.sequence)
    numbers = [packet.sequence for packet in packets]
    assert numbers == list(range(numbers[0], numbers[0] + len(numbers)))
    whole = [content(packet) for packet in packets if packet.payload]
    assert whole == [number for number in sorted(shown) for _ in range(2)]
    originals = {p.sequence: p for p in packets if p.payload}
    wire.got.clear()
    assert wire.fanout.retransmit(SLOT, list(originals), now=2.0) == len(originals)
    for repair in wire.got:
        original = originals[int.from_bytes(repair.payload[:2], "big")]
        assert repair.payload[2:] == original.payload
        assert repair.timestamp == original.timestamp


def _limits(changes: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """Return the frame of each change with its limit."""
    at = itertools.accumulate(count for count, _ in changes)
    return [(frame, temporal) for frame, (_, temporal) in zip(at, changes, strict=True)]


def test_a_slot_that_starts_at_a_repaired_key_frame_has_no_gap(
    engine: FanoutFactory,
) -> None:
    wire = Wire(engine)
    before = frames(8)
    key = frames(9)[8]
    after = frames(21)[9:]
    for frame in before:
        wire.forward(ADA, *frame.packets)
    wire.forward(ADA, key.packets[1])
    for frame in after[:6]:
        wire.forward(ADA, *frame.packets)
    first = key.packets[0]  # it was lost, and arrives late by retransmission
    wire.fanout.attach(SLOT, ADA, first, wire.head(first), timestamp=9_000, temporal=0)
    wire.forward(ADA, first)
    for frame in after[6:]:
        wire.forward(ADA, *frame.packets)
    start = wire.got[0].sequence
    assert start == 16_000
    seen = {p.sequence: p.payload for p in wire.got}
    missing = [n for n in range(start, max(seen)) if n not in seen]
    wire.got.clear()
    assert wire.fanout.retransmit(SLOT, missing, now=2.0) == len(missing) > 0
    seen |= {int.from_bytes(p.payload[:2], "big"): p.payload[2:] for p in wire.got}
    shown = [rtp.parse_vp8(seen[number]).picture_id for number in sorted(seen)]
    base = [f for f in (key, *after) if f.temporal == 0]
    assert len(shown) == sum(len(frame.packets) for frame in base)
    assert shown == [1 + n for n in range(len(base)) for _ in range(2)]


def test_picture_ids_continue_after_a_limit_under_which_nothing_was_sent(
    engine: FanoutFactory,
) -> None:
    wire = Wire(engine)
    sent = frames(8)
    follow(wire, ADA, sent[:5], 2)
    limit(wire, sent[5].packets[0], 0)
    wire.forward(ADA, *sent[5].packets)
    follow(wire, BO, frames(4, first=5_000), 2)
    assert_consecutive(wire.got[-9:])
    shown = [rtp.parse_vp8(p.payload).picture_id for p in wire.got]
    assert shown == [1 + n for n in range(9) for _ in range(2)]


def test_a_packet_older_than_the_cache_does_not_use_a_number_twice(
    engine: FanoutFactory,
) -> None:
    """Two packets under one number break an AEAD cipher (RFC 7714 §8.4)."""
    wire = Wire(engine)
    sent = frames(3_000, sizes=1)
    follow(wire, ADA, sent[:800], 0)
    for frame in sent[1_100:1_824]:
        wire.forward(ADA, *frame.packets)
    next_number = wire.got[199].sequence + 1
    wire.forward(ADA, *sent[800].packets)  # all packets before it have left the cache
    wire.got.clear()
    assert wire.fanout.retransmit(SLOT, [next_number], now=2.0) == 1
    assert int.from_bytes(wire.got[0].payload[9:13], "big") == 800
    wire.got.clear()
    for frame in sent[1_824:]:
        wire.forward(ADA, *frame.packets)
    assert_consecutive(wire.got)
    assert len(wire.got) == (3_000 - 1_824) // 4


def test_with_repeating_each_video_packet_is_sent_twice(engine: FanoutFactory) -> None:
    wire = Wire(engine)
    wire.fanout.reinforce(VIEWER, redundant=False, repeating=True)
    follow(wire, ADA, frames(20), 1)
    originals = {p.sequence: p for p in wire.got if p.payload_type == 96}
    repeats = [p for p in wire.got if p.payload_type == 97]
    assert len(originals) - len(repeats) == REPEAT_BEHIND
    again = [int.from_bytes(p.payload[:2], "big") for p in repeats]
    assert len(set(again)) == len(again)
    for number, repeat in zip(again, repeats, strict=True):
        assert repeat.payload[2:] == originals[number].payload


def test_with_insistent_each_retransmission_is_sent_twice(
    engine: FanoutFactory,
) -> None:
    wire = Wire(engine)
    wire.fanout.reinforce(VIEWER, redundant=False, insistent=True)
    sent = frames(21)
    follow(wire, ADA, sent[:20], 1)
    numbers = [p.sequence for p in wire.got][:3]
    assert all(p.payload_type == 96 for p in wire.got)
    wire.got.clear()
    assert wire.fanout.retransmit(SLOT, numbers, now=2.0) == 3
    assert len(wire.got) == 3
    wire.forward(ADA, *sent[20].packets)
    repairs = [p for p in wire.got if p.payload_type == 97]
    # The second time is after a video packet, because losses come in short runs.
    assert [p.payload_type for p in wire.got[3:5]] == [96, 97]
    assert [int.from_bytes(p.payload[:2], "big") for p in repairs] == numbers * 2
    assert len({p.sequence for p in repairs}) == 6
