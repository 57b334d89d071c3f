"""Parsing transport-wide feedback."""

import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conference.rtp.errors import MalformedPacket
from conference.rtp.rtcp import TransportFeedback, parse
from conference.rtp.transport_cc import MAX_PACKETS, ArrivalRecorder
from conference.rtp.transport_cc_reader import (
    MAX_STATUSES,
    Feedback,
    parse_transport_cc,
)
from tests.support.wire import rtcp
from tests.support.wire.arrivals import Arrivals


def message(total: int, *chunks: int, deltas: bytes = b"", base: int = 7) -> bytes:
    return (
        struct.pack("!HHI", base, total, 5 << 8 | 1)
        + b"".join(struct.pack("!H", chunk) for chunk in chunks)
        + deltas
    )


def times(feedback: Feedback) -> list[float | None]:
    return [None if t is None else round(t * 4000) for t in feedback.arrivals]


def test_runs_of_received_and_missing() -> None:
    feedback = parse_transport_cc(
        message(5, 0x2000 | 2, 0x0000 | 3, deltas=bytes((4, 255)))
    )
    assert (feedback.base, feedback.reference) == (7, 5)
    assert times(feedback) == [4, 259, None, None, None]
    assert feedback.arrivals[0] == pytest.approx(0.001)


def test_a_vector_of_single_bits() -> None:
    # 1 0 1 1 0 0 0 0 0 0 0 0 0 1
    feedback = parse_transport_cc(
        message(14, 0b10_10110000000001, deltas=bytes((1, 1, 1, 1)))
    )
    received = [i for i, t in enumerate(feedback.arrivals) if t is not None]
    assert received == [0, 2, 3, 13]
    assert len(feedback.arrivals) == 14


def test_a_vector_of_pairs_with_a_negative_delta() -> None:
    # small, large, not received, small, then symbols beyond the count
    feedback = parse_transport_cc(
        message(4, 0b11_01_10_00_01_01_01_01, deltas=b"\x10\xff\xf0\x02")
    )
    assert times(feedback) == [16, 0, None, 2]


def test_padding_is_not_a_delta() -> None:
    assert times(parse_transport_cc(message(1, 0x2001, deltas=bytes((9, 0))))) == [9]


@pytest.mark.parametrize(
    "information",
    [
        b"",
        bytes(7),
        message(0),
        message(1),
        message(1, 0x2001),
        message(2, 0x4001, 0x2001, deltas=b"\x00"),
        message(1, 0x2000, 0x2001, deltas=b"\x00"),
        message(1, 0x6001, deltas=bytes(4)),
        message(7, 0b11_11_00_00_00_00_00_00, deltas=bytes(20)),
        message(MAX_STATUSES + 1, 0x1FFF),
        message(0xFFFF, *[0x1FFF] * 9),
    ],
    ids=[
        "empty",
        "no header",
        "about nothing",
        "no chunk",
        "no delta",
        "half a delta",
        "empty run",
        "reserved run",
        "reserved pair",
        "too many",
        "all numbers",
    ],
)
def test_malformed_feedback_is_refused(information: bytes) -> None:
    with pytest.raises(MalformedPacket):
        parse_transport_cc(information)


@given(st.binary(max_size=200))
def test_any_bytes_are_parsed_or_refused(information: bytes) -> None:
    try:
        feedback = parse_transport_cc(information)
    except MalformedPacket:
        return
    assert 0 < len(feedback.arrivals) <= MAX_STATUSES


@given(
    st.integers(0, 0xFFFF),
    st.lists(
        st.tuples(st.integers(1, 20), st.floats(-0.05, 7.0)), min_size=1, max_size=120
    ),
)
def test_messages_of_the_recorder_are_parsed(
    start: int, pattern: list[tuple[int, float]]
) -> None:
    recorder = ArrivalRecorder()
    number, now = start, 100.0
    arrivals: dict[int, float] = {}
    for gap, wait in pattern:
        number += gap
        now += wait
        recorder.record(number & 0xFFFF, now=now)
        arrivals[number] = now
    read: dict[int, float] = {}
    for information in recorder.feedback():
        feedback = parse_transport_cc(information)
        base = start + ((feedback.base - start) & 0xFFFF)
        for offset, arrival in enumerate(feedback.arrivals):
            if arrival is not None:
                read[base + offset] = feedback.reference * 0.064 + arrival
    newest = number - MAX_PACKETS
    assert read.keys() == {n for n in arrivals if n > newest}
    assert all(abs(read[n] - arrivals[n]) < 0.001 for n in read)


@given(
    st.integers(0, 0xFFFF),
    st.lists(
        st.lists(
            st.tuples(st.integers(-2, 20), st.floats(-0.05, 0.2)),
            min_size=1,
            max_size=40,
        ),
        min_size=1,
        max_size=4,
    ),
)
def test_messages_of_the_test_client_are_parsed(
    start: int, reports: list[list[tuple[int, float]]]
) -> None:
    """Two independent implementations of the draft agree."""
    viewer = Arrivals()
    number, now = start + 400, 100.0  # above what steps back lead to
    reported = number + reports[0][0][0] - 1
    for pattern in reports:
        arrivals: dict[int, float] = {}
        for gap, wait in pattern:
            number += gap
            now += wait
            viewer.record(number & 0xFFFF, now=now)
            if number > reported:
                arrivals.setdefault(number, now)
        information = viewer.report()
        assert bool(information) == bool(arrivals)
        if not information:
            continue
        message = rtcp.transport_feedback(1, 2, information)
        (part,) = parse(message)
        assert isinstance(part, TransportFeedback)
        feedback = parse_transport_cc(part.information)
        base = start + ((feedback.base - start) & 0xFFFF)
        read = {
            base + offset: feedback.reference * 0.064 + arrival
            for offset, arrival in enumerate(feedback.arrivals)
            if arrival is not None
        }
        assert read.keys() == arrivals.keys()
        assert all(abs(read[n] - arrivals[n]) < 0.001 for n in read)
        reported = max(arrivals)
