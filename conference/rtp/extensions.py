"""RTP header extensions (RFC 8285): URIs, parsing and building."""

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
    Parse the extension block that starts at ``offset``.

    Returns:
        The elements by negotiated identifier (empty for an unknown profile), and the
        offset after the block.

    Raises:
        MalformedPacket: The block or an element is longer than the data.
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
            if identifier == 15:  # RFC 8285 §4.2: ignore the rest
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
    """Return a block with one-byte headers (RFC 8285 §4.2); empty without elements.

    Args:
        elements: Identifiers (1 to 14) and values of 1 to 16 octets.
    """
    if not elements:
        return b""
    body = b"".join(
        bytes(((identifier << 4) | (len(value) - 1),)) + value
        for identifier, value in elements
    )
    body += bytes(-len(body) % 4)
    return _HEADER.pack(ONE_BYTE_PROFILE, len(body) // 4) + body


def abs_send_time(seconds: float) -> bytes:
    """Return the 24-bit value of abs-send-time: seconds in 6.18 fixed point."""
    return (int(seconds * 262_144) & 0xFFFFFF).to_bytes(3, "big")


def audio_level(value: bytes) -> int:
    """Return the audio level in -dBov (RFC 6464 §3): 0 is loudest, 127 is silence."""
    return value[0] & 0x7F
