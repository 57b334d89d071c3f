"""Parsing and building RTCP."""

import struct

import pytest
from aiortc.rtp import RtcpPacket, RtcpRrPacket, RtcpRtpfbPacket, RtcpSrPacket
from hypothesis import given
from hypothesis import strategies as st

from conference.rtp import rtcp
from conference.rtp.errors import MalformedPacket

REPORT = rtcp.SenderReport(0xAABBCCDD, 1 << 40 | 5, 90_000, 12, 3400)


def test_a_sender_report_is_parsed_here_and_by_aiortc() -> None:
    data = rtcp.build_sender_report(REPORT)
    assert rtcp.parse(data) == [REPORT]
    (other,) = RtcpPacket.parse(data)
    assert isinstance(other, RtcpSrPacket)
    assert other.sender_info.rtp_timestamp == REPORT.rtp
    assert other.sender_info.ntp_timestamp == REPORT.ntp


def test_sender_report_counters_wrap() -> None:
    big = rtcp.SenderReport(1, 2, 1 << 32 | 7, 1 << 33 | 8, 1 << 34 | 9)
    assert rtcp.parse(rtcp.build_sender_report(big)) == [
        rtcp.SenderReport(1, 2, 7, 8, 9)
    ]


@pytest.mark.parametrize("lost", [0, 5, -3, 0x7FFFFF, -0x800000])
def test_a_receiver_report_is_parsed_here_and_by_aiortc(lost: int) -> None:
    block = rtcp.ReportBlock(9, 25, lost, 70_000, 33, 0x11223344, 65_536)
    data = rtcp.build_receiver_report(7, [block])
    assert rtcp.parse(data) == [rtcp.ReceiverReports((block,))]
    (other,) = RtcpPacket.parse(data)
    assert isinstance(other, RtcpRrPacket)
    assert other.reports[0].packets_lost == lost


def test_an_empty_receiver_report_has_no_parts() -> None:
    assert rtcp.parse(rtcp.build_receiver_report(7, [])) == []


@given(st.integers(0, 0xFFFF), st.sets(st.integers(0, 300), min_size=1, max_size=80))
def test_a_nack_is_parsed_across_the_wrap(start: int, steps: set[int]) -> None:
    numbers = [(start + step) & 0xFFFF for step in sorted(steps)]
    (data,) = rtcp.build_nacks(1, 2, numbers)
    assert rtcp.parse(data) == [rtcp.Nack(2, tuple(numbers))]
    (other,) = RtcpPacket.parse(data)
    assert isinstance(other, RtcpRtpfbPacket)
    # aiortc counts on past the wrap.
    assert sorted(n & 0xFFFF for n in other.lost) == sorted(numbers)


def test_many_losses_are_reported_in_several_packets() -> None:
    numbers = tuple(range(0, 60_000, 20))
    packets = rtcp.build_nacks(1, 2, numbers)
    assert max(map(len, packets)) < 300
    parts = [part for data in packets for part in rtcp.parse(data)]
    assert all(isinstance(part, rtcp.Nack) for part in parts)
    nacks = [part for part in parts if isinstance(part, rtcp.Nack)]
    assert tuple(n for nack in nacks for n in nack.sequences) == numbers


def test_only_the_first_numbers_of_a_huge_nack_are_read() -> None:
    items = struct.pack("!HH", 0, 0xFFFF) * 350
    body = struct.pack("!II", 1, 2) + items
    (nack,) = rtcp.parse(struct.pack("!BBH", 0x81, 205, len(body) // 4) + body)
    assert isinstance(nack, rtcp.Nack)
    assert len(nack.sequences) == rtcp.MAX_NACKED


def test_pli_and_fir_are_key_frame_requests() -> None:
    assert rtcp.parse(rtcp.build_pli(1, 2)) == [rtcp.KeyFrameRequest(2)]
    fir = struct.pack("!BBHIIIBxxx", 0x84, 206, 4, 1, 0, 2, 9)
    assert rtcp.parse(fir) == [rtcp.KeyFrameRequest(2)]


def test_remb_is_read() -> None:
    body = struct.pack("!II4sBBHI", 1, 0, b"REMB", 1, (3 << 2) | 1, 0x8000, 77)
    data = struct.pack("!BBH", 0x8F, 206, len(body) // 4) + body
    assert rtcp.parse(data) == [rtcp.Remb((0x18000) << 3, (77,))]


def test_bye_is_read() -> None:
    assert rtcp.parse(struct.pack("!BBHII", 0x82, 203, 2, 5, 6)) == [rtcp.Bye((5, 6))]


def test_unknown_parts_of_a_compound_are_skipped() -> None:
    sdes = struct.pack("!BBHI", 0x81, 202, 1, 5)
    unknown_feedback = struct.pack("!BBHII", 0x87, 206, 2, 1, 2)
    data = rtcp.build_sender_report(REPORT) + sdes + unknown_feedback
    assert rtcp.parse(data + rtcp.build_pli(1, 2)) == [REPORT, rtcp.KeyFrameRequest(2)]


def test_padding_is_removed() -> None:
    padded = struct.pack("!BBHII", 0xA1, 206, 3, 1, 2) + b"\0\0\0\4"
    assert rtcp.parse(padded) == [rtcp.KeyFrameRequest(2)]


@pytest.mark.parametrize(
    "data",
    [
        b"\x80\xc8\0",
        b"\x40\xc8\0\0",
        b"\x80\xc8\0\x09" + bytes(8),  # longer than the datagram
        b"\x80\xc8\0\x01" + bytes(4),  # sender report of four bytes
        b"\x81\xc9\0\x01" + bytes(4),  # report block missing
        b"\x81\xcd\0\x01" + bytes(4),  # NACK without an item
        b"\x81\xce\0\x01" + bytes(4),  # PLI without a source
        b"\x84\xce\0\x02" + bytes(8),  # FIR without an item
        b"\x8f\xce\0\x03" + bytes(8) + b"REMB",
        b"\x82\xcb\0\x01" + bytes(4),
        b"\xa1\xce\0\x02" + bytes(8),  # padding of zero bytes
        b"\xa1\xce\0\x02" + bytes(7) + b"\x40",
    ],
)
def test_inconsistent_lengths_are_refused(data: bytes) -> None:
    with pytest.raises(MalformedPacket):
        rtcp.parse(data)


@given(st.binary(max_size=120))
def test_any_bytes_are_parsed_or_refused(data: bytes) -> None:
    try:
        rtcp.parse(data)
    except MalformedPacket:
        return
