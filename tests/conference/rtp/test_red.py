"""Redundant audio (RFC 2198)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conference.rtp import red
from conference.rtp.errors import MalformedPacket

FRAMES = st.binary(max_size=200)


def payload(
    older: list[tuple[int, bytes]], primary: bytes, *, name: int = 111
) -> bytes:
    heads = b"".join(
        bytes((0x80 | name,)) + (ticks << 10 | len(frame)).to_bytes(3, "big")
        for ticks, frame in older
    )
    return heads + bytes((name,)) + b"".join(f for _, f in older) + primary


@given(
    st.lists(st.tuples(st.integers(0, 0x3FFF), FRAMES), max_size=red.MAX_BLOCKS),
    FRAMES,
)
def test_every_block_is_parsed_and_gets_the_payload_type(
    older: list[tuple[int, bytes]], primary: bytes
) -> None:
    read = red.parse(payload(older, primary, name=100), 111)
    assert read.primary == primary
    assert [(o.ticks, o.payload) for o in read.older] == older
    assert read.payload == payload(older, primary, name=111)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\xef",
        b"\xef\x00\x00",
        b"\xef\x00\x00\x05\x6fab",  # a block of five octets, of which two are present
        payload([(960, b"x")] * (red.MAX_BLOCKS + 1), b"y"),
    ],
)
def test_incomplete_blocks_and_too_many_are_refused(data: bytes) -> None:
    with pytest.raises(MalformedPacket):
        red.parse(data, 111)


@given(st.binary(max_size=60))
def test_any_bytes_are_parsed_or_refused(data: bytes) -> None:
    try:
        read = red.parse(data, 111)
    except MalformedPacket:
        return
    assert len(read.payload) == len(data)
