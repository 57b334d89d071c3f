"""RTP header extensions (RFC 8285): their names, and how they are read and written."""

from struct import Struct

from conference.rtp.errors import MalformedPacket

MID = "urn:ietf:params:rtp-hdrext:sdes:mid"  # RFC 9143 §15.2
RID = "urn:ietf:params:rtp-hdrext:sdes:rtp-stream-id"  # RFC 8852 §3.1
REPAIRED_RID = "urn:ietf:params:rtp-hdrext:sdes:repaired-rtp-stream-id"  # RFC 8852 §3.2
ABS_SEND_TIME = "http://www.webrtc.org/experiments/rtp-hdrext/abs-send-time"
TRANSPORT_CC = (
    "http://www.ietf.org/id/draft-holmer-rmcat-transport-wide-cc-extensions-01"
)
AUDIO_LEVEL = "urn:ietf:params:rtp-hdrext:ssrc-audio-level"  # RFC 6464

ONE_BYTE_PROFILE = 0xBEDE
TWO_BYTE_PROFILE = 0x1000  # low four bits are application bits
_HEADER = Struct("!HH")

Extensions = dict[int, bytes]
NO_EXTENSIONS: Extensions = {}


def parse(data: bytes, offset: int) -> tuple[Extensions, int]:
    """
    Read the extension block that starts at ``offset``.

    Returns:
        The elements by their negotiated id, and the offset after the block.
        An unknown profile has no elements for us.

    Raises:
        MalformedPacket: the block or an element runs past its end.
    """
    if offset + 4 > len(data):
        raise MalformedPacket("extension header cut off")
    profile, words = _HEADER.unpack_from(data, offset)
    position = offset + 4
    end = position + 4 * words
    if end > len(data):
        raise MalformedPacket("extension block cut off")
    elements: Extensions = {}
    if profile == ONE_BYTE_PROFILE:
        while position < end:
            head = data[position]
            position += 1
            if head == 0:
                continue
            identifier, length = head >> 4, (head & 15) + 1
            if identifier == 15:  # RFC 8285 §4.2: stop here
                break
            if position + length > end:
                raise MalformedPacket("extension element cut off")
            elements[identifier] = data[position : position + length]
            position += length
    elif profile & 0xFFF0 == TWO_BYTE_PROFILE:
        while position < end:
            identifier = data[position]
            position += 1
            if identifier == 0:
                continue
            if position >= end:
                raise MalformedPacket("extension element cut off")
            length = data[position]
            position += 1
            if position + length > end:
                raise MalformedPacket("extension element cut off")
            elements[identifier] = data[position : position + length]
            position += length
    return elements, end


def build(elements: list[tuple[int, bytes]]) -> bytes:
    """Return a one-byte-header block for elements of 1 to 16 bytes; empty for none."""
    if not elements:
        return b""
    body = b"".join(
        bytes(((identifier << 4) | (len(value) - 1),)) + value
        for identifier, value in elements
    )
    body += bytes(-len(body) % 4)
    return _HEADER.pack(ONE_BYTE_PROFILE, len(body) // 4) + body


def abs_send_time(seconds: float) -> bytes:
    """Return the 24-bit 6.18 fixed-point value for a clock in seconds."""
    return (int(seconds * 262_144) & 0xFFFFFF).to_bytes(3, "big")


def audio_level(value: bytes) -> int:
    """Return the level of RFC 6464 §3 in -dBov: 0 is loudest, 127 is silence."""
    return value[0] & 0x7F
