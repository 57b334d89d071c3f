"""The bytes of header extension blocks, and probes of a slot that follows no layer."""

import struct

import pytest

from conference.contract.words import SlotGroup
from conference.fanout.formats import (
    ABS_SEND_TIME_ID,
    AUDIO_LEVEL_ID,
    RTX_PAYLOAD_TYPES,
    TRANSPORT_CC_ID,
    SlotFormat,
)
from conference.fanout.python.copies import Copy, Outlet
from conference.fanout.python.repairs import (
    MAX_PADDING,
    NUMBER_ELEMENT,
    VIDEO_WORDS,
    RepairSender,
    numbered_audio_block,
    video_block,
)
from conference.fanout.python.srtp import protection
from conference.ids import Mid
from conference.rtp import extensions
from conference.rtp.codecs import Codec
from conference.rtp.packet import RtpPacket
from tests.support.bench import KEYS

ADDRESS = ("192.0.2.1", 9)
HEADER_OCTETS = 12 + 4 + 4 * VIDEO_WORDS


def read(words: int, rest: bytes) -> dict[int, bytes]:
    """Return the elements of a block with transport-wide number 7."""
    block = struct.pack("!HHBH", 0xBEDE, words, NUMBER_ELEMENT, 7) + rest
    elements, end = extensions.parse(block, 0)
    assert end == len(block)
    return elements


def audio(level: bytes | None) -> RtpPacket:
    packet = RtpPacket(
        payload_type=111,
        marker=False,
        sequence=1,
        timestamp=0,
        ssrc=1,
        extensions={},
        payload=b"",
    )
    packet.level = level
    return packet


def test_a_video_packet_has_its_number_and_send_time() -> None:
    assert read(VIDEO_WORDS, video_block(1.5)) == {
        TRANSPORT_CC_ID: b"\0\7",
        ABS_SEND_TIME_ID: extensions.abs_send_time(1.5),
    }


@pytest.mark.parametrize("level", [None, b"\x9e"])
def test_a_numbered_audio_packet_keeps_its_level(level: bytes | None) -> None:
    elements = read(*numbered_audio_block(audio(level), 1.5))
    assert elements.get(AUDIO_LEVEL_ID) == level
    assert elements[TRANSPORT_CC_ID] == b"\0\7"
    assert elements[ABS_SEND_TIME_ID] == extensions.abs_send_time(1.5)


def slot(sent: list[bytes], *, full: bool = False) -> Copy:
    """Return a video slot that follows no layer; its packets go into a list."""

    def send(data: bytes, _address: object) -> None:
        if full:
            raise BlockingIOError
        sent.append(data)

    outlet = Outlet(protection(KEYS), send, ADDRESS)
    fmt = SlotFormat(Mid("2"), "video", SlotGroup.STAGE, "stage", 70, 80)
    return Copy(outlet, fmt, 100)


def test_a_probe_of_a_slot_that_follows_no_layer_is_padding() -> None:
    sent: list[bytes] = []
    octets = RepairSender().probe(slot(sent), 2 * MAX_PADDING, 3, now=1.0)
    assert len(sent) == 3
    assert octets == 3 * (HEADER_OCTETS + MAX_PADDING)
    for place, data in enumerate(sent):
        first, second, sequence, _, ssrc = struct.unpack_from("!BBHII", data)
        assert first & 0x20  # padding bit
        assert second == RTX_PAYLOAD_TYPES[Codec.VP8]
        assert (sequence, ssrc) == (100 + place, 80)


def test_packets_that_a_socket_refuses_are_counted() -> None:
    repairs = RepairSender()
    repairs.probe(slot([], full=True), 1, 2, now=1.0)
    assert repairs.unsent == 2
