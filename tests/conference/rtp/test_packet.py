"""Parsing RTP packets and their header extensions."""

import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conference.rtp import packet
from conference.rtp.errors import MalformedPacket


def header(first: int = 0x80, second: int = 96) -> bytes:
    return struct.pack("!BBHII", first, second, 7, 1000, 0xDEADBEEF)


def test_reads_the_fixed_header() -> None:
    read = packet.parse(header(second=0x80 | 111) + b"voice")
    assert (read.payload_type, read.marker) == (111, True)
    assert (read.sequence, read.timestamp, read.ssrc) == (7, 1000, 0xDEADBEEF)
    assert read.payload == b"voice"
    assert read.extensions == {}


def test_skips_contributing_sources_and_padding() -> None:
    data = header(0x80 | 0x20 | 2) + bytes(8) + b"voice" + b"\0\0\3"
    assert packet.parse(data).payload == b"voice"


def test_reads_one_byte_extensions() -> None:
    block = bytes.fromhex("bede0002") + b"\x10A\x00\x22\x01\x02\x03\x00"
    assert packet.parse(header(0x90) + block + b"x").extensions == {
        1: b"A",
        2: b"\1\2\3",
    }


def test_reads_two_byte_extensions() -> None:
    block = bytes.fromhex("10000002") + b"\x05\x03abc\x00\x06\x00"
    assert packet.parse(header(0x90) + block).extensions == {5: b"abc", 6: b""}


def test_stops_at_identifier_fifteen() -> None:
    block = bytes.fromhex("bede0001") + b"\x10A\xf0B"
    assert packet.parse(header(0x90) + block).extensions == {1: b"A"}


def test_an_unknown_extension_profile_gives_no_elements() -> None:
    assert packet.parse(header(0x90) + b"\x12\x34\0\1abcd!").payload == b"!"


@pytest.mark.parametrize(
    "data",
    [
        b"",
        header()[:11],
        header(0x40),  # version 1
        header(0x8F),  # sources cut off
        header(0x90),  # extension header cut off
        header(0x90) + bytes.fromhex("bede0009"),
        header(0x90) + bytes.fromhex("bede0001") + b"\x1f\0\0\0",
        header(0x90) + bytes.fromhex("10000001") + b"\x01\x09\0\0",
        header(0x90) + bytes.fromhex("10000001") + b"\0\0\0\x01",
        header(0xA0) + b"abc\0",  # no padding count
        header(0xA0) + b"ab\x09",  # longer than the payload
    ],
)
def test_inconsistent_lengths_are_refused(data: bytes) -> None:
    with pytest.raises(MalformedPacket):
        packet.parse(data)


@given(st.binary(max_size=200))
def test_any_bytes_are_parsed_or_refused(data: bytes) -> None:
    try:
        read = packet.parse(data)
    except MalformedPacket:
        return
    assert len(read.payload) <= len(data)


@pytest.mark.parametrize(
    ("second", "expected"), [(200, True), (207, True), (96, False), (111 | 0x80, False)]
)
def test_rtcp_is_distinguished_from_rtp(second: int, expected: bool) -> None:
    assert packet.is_rtcp(bytes((0x80, second))) is expected
    assert not packet.is_rtcp(b"\x80")


def test_unwraps_a_retransmission() -> None:
    rtx = packet.parse(header(second=0x80 | 97) + b"\x12\x34lost")
    original = packet.unwrap_rtx(rtx, payload_type=96, ssrc=5)
    assert original is not None
    assert (original.sequence, original.payload) == (0x1234, b"lost")
    assert (original.payload_type, original.ssrc, original.marker) == (96, 5, True)


def test_a_probe_contains_no_packet() -> None:
    for payload in (b"", b"\1", b"\1\2"):
        probe = packet.parse(header(second=97) + payload)
        assert packet.unwrap_rtx(probe, payload_type=96, ssrc=5) is None
