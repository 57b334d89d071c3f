"""Packets cached for repair are found by the number that they were sent under."""

import random
from typing import SupportsIndex

from hypothesis import given
from hypothesis import strategies as st

from conference.fanout.contract import CACHE_PACKETS
from conference.fanout.python.copies import CachedPacket, LayerCopyState
from conference.rtp.codecs import Codec, PayloadHead, RunningNumbers
from conference.rtp.packet import RtpPacket

FIRST = 50_000


def keep(state: LayerCopyState, extended: int, temporal: int) -> None:
    """Add a packet that is a frame."""
    packet = RtpPacket(
        payload_type=96,
        marker=True,
        sequence=extended & 0xFFFF,
        timestamp=0,
        ssrc=1,
        extensions={},
        payload=b"",
    )
    packet.extended = extended
    numbers = RunningNumbers(extended & 0x7FFF, 2, 2)
    head = PayloadHead(False, numbers, True, temporal)
    if state.fresh(extended, head):
        state.keep(packet, head)


def found_by_exhaustive_search(
    state: LayerCopyState, number: int, temporal: int
) -> CachedPacket | None:
    """Of the packets that share a number, the last one is the one that was sent."""
    sharing = [
        cached
        for cached in state.ring
        if cached is not None and cached.extended - cached.skips[temporal] == number
    ]
    return max(sharing, key=lambda cached: cached.extended, default=None)


@given(
    st.lists(st.tuples(st.integers(1, 40), st.integers(0, 2)), min_size=1, max_size=60),
    st.integers(0, 2),
    st.randoms(use_true_random=False),
)
def test_a_packet_is_found_by_its_number_after_losses_and_reordering(
    steps: list[tuple[int, int]], temporal: int, chance: random.Random
) -> None:
    state = LayerCopyState(Codec.VP8)
    extended, sent = FIRST, []
    for step, layer in steps:
        extended += step
        sent.append((extended, layer))
    # Some packets arrive late by up to 60 numbers.
    sent.sort(key=lambda one: one[0] + chance.choice((0, 0, 0, 60)))
    for one, layer in sent:
        keep(state, one, layer)
    lowest = FIRST - len(steps)
    for number in range(lowest, extended + 1):
        expected = found_by_exhaustive_search(state, number, temporal)
        assert state.find(number, temporal) is expected


class CountingRing(list[CachedPacket | None]):
    """Counts accesses to its items."""

    accesses = 0

    def __getitem__(self, place: SupportsIndex | slice) -> CachedPacket | None:  # type: ignore[override]
        self.accesses += 1
        return super().__getitem__(place)  # type: ignore[return-value]


def test_a_search_for_missing_packets_takes_few_steps() -> None:
    state = LayerCopyState(Codec.VP8)
    ring = state.ring = CountingRing(state.ring)
    for extended in range(FIRST, FIRST + 3_000):
        keep(state, extended, 2 * (extended % 2))
    newest = FIRST + 2_999
    for hole in range(1, 3):
        keep(state, newest + hole * 490, 0)
    number = newest + 980 - state.skips[0]
    ring.accesses = 0
    for back in range(1, 480):
        assert state.find(number - back, 0) is None
    assert ring.accesses < 480 * 2 * CACHE_PACKETS.bit_length()
    ring.accesses = 0
    for late in range(newest + 979, newest + 491, -1):
        keep(state, late, 0)
    assert ring.accesses < 490 * 4
