"""The log of packets sent to a viewer."""

from math import inf

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conference.fanout.python.sent_ring import SentRing
from conference.fanout.sent import SIZE


@pytest.mark.parametrize("start", [0, 1, 32767, 65534, 65535])
def test_the_newest_packets_are_in_the_log(start: int) -> None:
    sent = SentRing()
    sent.next = start
    for i in range(SIZE + 10):
        sent.note(100 + i, now=i / 100)
    newest = start + SIZE + 9
    assert sent.get(newest) == ((SIZE + 9) / 100, 100 + SIZE + 9)
    assert sent.get(newest + 1) is None
    assert sent.get(newest - SIZE) is None
    assert sent.get(-1) is None


@given(st.integers(1, 1 << 40), st.integers(0, 0xFFFF))
def test_a_16_bit_number_is_extended_to_the_newest_packet_with_it(
    following: int, wire: int
) -> None:
    sent = SentRing()
    sent.next = following
    number = sent.extend(wire)
    assert number & 0xFFFF == wire
    assert following - 0x10000 <= number < following


def test_the_rates_of_the_last_two_windows() -> None:
    sent = SentRing()
    assert sent.rates_bps(1.0, now=5) == (0, 0)
    for i in range(300):
        sent.note(125 if i < 200 else 250, now=i / 100)
    newer, older = sent.rates_bps(1.0, now=2.995)
    assert newer == pytest.approx(200e3, rel=0.02)
    assert older == pytest.approx(100e3, rel=0.02)


@given(st.integers(0, 3 * SIZE), st.integers(0, SIZE), st.data())
def test_acknowledged_packets_have_size_zero(
    following: int, count: int, data: st.DataObject
) -> None:
    sent = SentRing()
    for number in range(following):
        sent.note(1 + number % 1000, now=float(number))
    count = min(count, following - sent.oldest)
    first = data.draw(st.integers(sent.oldest, following - count))
    missing = (
        data.draw(st.sets(st.integers(first, first + count - 1), max_size=5))
        if count
        else set()
    )
    whole = sent.window(sent.oldest, following - sent.oldest)
    times, sizes = sent.take(first, count, missing=missing)
    assert times == [float(n) for n in range(first, first + count)]
    assert list(sizes) == [1 + n % 1000 for n in range(first, first + count)]
    after = sent.window(sent.oldest, following - sent.oldest)
    assert after[0] == whole[0]
    taken = set(range(first, first + count)) - missing
    assert list(after[1]) == [
        0 if number in taken else size
        for number, size in enumerate(whole[1], sent.oldest)
    ]


def test_the_time_since_the_newest_packet() -> None:
    sent = SentRing()
    assert sent.idle_s(now=5.0) == inf
    sent.note(100, now=3.0)
    assert sent.idle_s(now=5.0) == 2.0
