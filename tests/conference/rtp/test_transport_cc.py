"""Transport-wide feedback, checked by an independent decoder."""

import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conference.rtp.outage import OUTAGE_S, RECOVERY_S, REPAIRED_GAP
from conference.rtp.transport_cc import MAX_PACKETS, ArrivalRecorder


def decode(data: bytes) -> tuple[dict[int, float], int]:
    """Return arrival seconds by number, and the feedback count (draft §3.1)."""
    base, total, word = struct.unpack_from("!HHI", data)
    symbols: list[int] = []
    at = 8
    while len(symbols) < total:
        (chunk,) = struct.unpack_from("!H", data, at)
        at += 2
        if not chunk & 0x8000:
            symbols += [chunk >> 13 & 3] * (chunk & 0x1FFF)
        elif chunk & 0x4000:
            symbols += [chunk >> shift & 3 for shift in range(12, -1, -2)]
        else:
            symbols += [chunk >> shift & 1 for shift in range(13, -1, -1)]
    clock = (word >> 8) * 0.064
    arrivals = {}
    for offset, symbol in enumerate(symbols[:total]):
        if symbol == 1:
            clock += data[at] * 0.000_25
            at += 1
        elif symbol == 2:
            clock += struct.unpack_from("!h", data, at)[0] * 0.000_25
            at += 2
        else:
            continue
        arrivals[(base + offset) & 0xFFFF] = clock
    assert at == len(data)
    return arrivals, word & 0xFF


@pytest.mark.parametrize("start", [0, 1, 32767, 65534, 65535])
def test_every_arrival_is_reported_once(start: int) -> None:
    recorder = ArrivalRecorder()
    sent: dict[int, float] = {}
    now = 12.0
    for round_ in range(3):
        expected = {}
        for i in range(40):
            number = (start + 40 * round_ + i) & 0xFFFF
            now += 0.003
            if i % 7 != 3:
                recorder.record(number, now=now)
                expected[number] = now
        (feedback,) = recorder.feedback()
        arrivals, count = decode(feedback)
        assert count == round_
        assert arrivals.keys() == expected.keys()
        assert all(abs(arrivals[n] - expected[n]) < 0.001 for n in expected)
        sent |= arrivals
    assert recorder.feedback() == []


def test_losses_between_two_messages_are_reported() -> None:
    recorder = ArrivalRecorder()
    recorder.record(10, now=1.0)
    recorder.feedback()
    recorder.record(13, now=1.1)
    (feedback,) = recorder.feedback()
    assert struct.unpack_from("!HH", feedback) == (11, 3)


def test_losses_in_an_outage_are_not_reported() -> None:
    recorder = ArrivalRecorder()
    recorder.record(10, now=1.0)
    recorder.feedback()
    recorder.record(300, now=1.0 + OUTAGE_S)
    recorder.record(299, now=1.01 + OUTAGE_S)
    recorder.record(302, now=1.02 + OUTAGE_S)
    late, fresh = recorder.feedback()
    assert struct.unpack_from("!HH", late) == (299, 1)
    assert struct.unpack_from("!HH", fresh) == (300, 3)
    recorder.record(304, now=1.1 + OUTAGE_S)
    (after,) = recorder.feedback()
    assert struct.unpack_from("!HH", after) == (303, 2)


@pytest.mark.parametrize("reported", [True, False])
def test_losses_in_an_outage_are_not_reported_after_stragglers_either(
    reported: bool,
) -> None:
    recorder = ArrivalRecorder()
    recorder.record(10, now=1.0)
    recorder.feedback()
    back = 1.0 + 5.0
    recorder.record(12, now=back)
    messages = recorder.feedback() if reported else []
    recorder.record(200, now=back + 0.02)
    messages += recorder.feedback()
    straggler, fresh = (struct.unpack_from("!HH", message) for message in messages)
    assert straggler == ((11, 2) if reported else (12, 1))
    assert fresh == (200, 1)


@pytest.mark.parametrize(
    ("silent_s", "then_s", "lost"),
    [
        (OUTAGE_S, 0.0, REPAIRED_GAP - 1),  # the first packets of a frame after a pause
        (0.9 * OUTAGE_S, 0.0, 2 * REPAIRED_GAP),
        (OUTAGE_S, 1.1 * RECOVERY_S, 2 * REPAIRED_GAP),
    ],
)
def test_losses_without_an_outage_are_reported(
    silent_s: float, then_s: float, lost: int
) -> None:
    recorder = ArrivalRecorder()
    recorder.record(10, now=1.0)
    recorder.feedback()
    newest, now = 10, 1.0 + silent_s
    if then_s:
        newest += 1
        recorder.record(newest, now=now)
        recorder.feedback()
    recorder.record(newest + lost + 1, now=now + then_s)
    (feedback,) = recorder.feedback()
    assert struct.unpack_from("!HH", feedback) == (newest + 1, lost + 1)


def test_a_late_packet_after_a_silence_does_not_repeat_losses() -> None:
    recorder = ArrivalRecorder()
    for number in (10, 11, 13):
        recorder.record(number, now=1.0)
    recorder.feedback()
    recorder.record(12, now=1.0 + OUTAGE_S)
    recorder.record(15, now=1.0 + OUTAGE_S)
    late, fresh = recorder.feedback()
    assert struct.unpack_from("!HH", late) == (12, 1)
    assert struct.unpack_from("!HH", fresh) == (14, 2)


def test_a_late_arrival_gets_a_message_of_its_own() -> None:
    recorder = ArrivalRecorder()
    for number in (10, 11, 12, 14, 15, 16):
        recorder.record(number, now=1.0)
    recorder.feedback()
    recorder.record(13, now=1.2)
    recorder.record(17, now=1.2)
    late, fresh = recorder.feedback()
    assert struct.unpack_from("!HH", late) == (13, 1)
    assert struct.unpack_from("!HH", fresh) == (17, 1)


def test_a_jump_of_the_numbers_gives_one_small_message() -> None:
    recorder = ArrivalRecorder()
    recorder.record(0, now=1.0)
    recorder.record(20_000, now=1.0)
    messages = recorder.feedback()
    assert [struct.unpack_from("!HH", message)[1] for message in messages] == [400]


def test_many_arrivals_are_reported_in_messages_that_fit_into_datagrams() -> None:
    recorder = ArrivalRecorder()
    for number in range(5 * MAX_PACKETS):
        recorder.record(number, now=1.0 + number * 0.1)
    messages = recorder.feedback()
    assert max(map(len, messages)) < 1_100
    assert sum(len(decode(message)[0]) for message in messages) == MAX_PACKETS


@given(
    st.integers(0, 0xFFFF),
    st.lists(
        st.tuples(st.integers(1, 20), st.floats(0, 9.0)), min_size=1, max_size=120
    ),
)
def test_any_pattern_of_arrivals_is_decoded(
    start: int, pattern: list[tuple[int, float]]
) -> None:
    recorder = ArrivalRecorder()
    expected = []
    number, now = start, 1.0
    for gap, wait in pattern:
        number += gap
        now += wait
        recorder.record(number & 0xFFFF, now=now)
        expected.append(number & 0xFFFF)
    reported = [n for message in recorder.feedback() for n in decode(message)[0]]
    assert reported == [n for n in expected if n in reported]
    assert expected[-1] in reported
    if number - start < MAX_PACKETS:
        assert reported == expected
