"""What a viewer was sent."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conference.fanout.sent import MASK, SIZE, SentPackets


def send(sent: SentPackets, size: int, now: float) -> int:
    number = sent.next
    sent.next = number + 1
    sent.times[number & MASK] = now
    sent.sizes[number & MASK] = size
    return number


@pytest.mark.parametrize("start", [0, 1, 32767, 65534, 65535])
def test_the_newest_packets_are_known(start: int) -> None:
    sent = SentPackets()
    sent.next = start
    for i in range(SIZE + 10):
        send(sent, 100 + i, now=i / 100)
    newest = start + SIZE + 9
    assert sent.get(newest) == ((SIZE + 9) / 100, 100 + SIZE + 9)
    assert sent.get(newest + 1) is None
    assert sent.get(newest - SIZE) is None
    assert sent.get(-1) is None


@given(st.integers(1, 1 << 40), st.integers(0, 0xFFFF))
def test_a_wire_number_means_the_newest_packet_that_bears_it(
    following: int, wire: int
) -> None:
    sent = SentPackets()
    sent.next = following
    number = sent.extend(wire)
    assert number & 0xFFFF == wire
    assert following - 0x10000 <= number < following


def test_the_rate_of_late_and_before() -> None:
    sent = SentPackets()
    assert sent.rates_bps(1.0, now=5) == (0, 0)
    for i in range(300):
        send(sent, 125 if i < 200 else 250, now=i / 100)
    newer, older = sent.rates_bps(1.0, now=2.995)
    assert newer == pytest.approx(200e3, rel=0.02)
    assert older == pytest.approx(100e3, rel=0.02)
