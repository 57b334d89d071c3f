"""RTP packets and the VP8 payload descriptor (RFC 3550 §5, RFC 8285, RFC 7741)."""

import struct
from dataclasses import dataclass, field

MAX_PAYLOAD_BYTES = 1100  # room for headers and SRTP in a 1200-byte datagram


@dataclass(frozen=True, slots=True)
class Packet:
    """An RTP packet."""

    payload_type: int
    sequence: int
    timestamp: int
    ssrc: int
    marker: bool
    payload: bytes
    extensions: dict[int, bytes] = field(default_factory=dict)
    """Local identifier → value."""


def serialize(packet: Packet) -> bytes:
    """Return the packet as it goes on the wire (one-byte extension headers)."""
    header = struct.pack(
        "!BBHII",
        0x90 if packet.extensions else 0x80,
        packet.payload_type | (0x80 if packet.marker else 0),
        packet.sequence & 0xFFFF,
        packet.timestamp & 0xFFFFFFFF,
        packet.ssrc,
    )
    if not packet.extensions:
        return header + packet.payload
    block = b"".join(
        bytes([number << 4 | (len(value) - 1)]) + value
        for number, value in packet.extensions.items()
    )
    block += bytes(-len(block) % 4)
    return header + struct.pack("!HH", 0xBEDE, len(block) // 4) + block + packet.payload


def _extensions(profile: int, block: bytes) -> dict[int, bytes]:
    found: dict[int, bytes] = {}
    at = 0
    long_form = profile & 0xFFF0 == 0x1000
    while at < len(block):
        if block[at] == 0:
            at += 1
            continue
        if long_form:
            number, length, at = block[at], block[at + 1], at + 2
        else:
            number, length, at = block[at] >> 4, (block[at] & 15) + 1, at + 1
            if number == 15:
                break
        found[number] = block[at : at + length]
        at += length
    return found


def parse(data: bytes) -> Packet:
    """
    Read a packet.

    Raises:
        ValueError: Not an RTP packet.
    """
    if len(data) < 12 or data[0] >> 6 != 2:
        raise ValueError("no RTP packet")
    first, second, sequence, timestamp, ssrc = struct.unpack_from("!BBHII", data)
    at = 12 + 4 * (first & 15)
    extensions: dict[int, bytes] = {}
    if first & 0x10:
        profile, words = struct.unpack_from("!HH", data, at)
        at += 4
        extensions = _extensions(profile, data[at : at + 4 * words])
        at += 4 * words
    end = len(data) - (data[-1] if first & 0x20 else 0)
    if at > end:
        raise ValueError("the header is longer than the packet")
    return Packet(
        second & 0x7F,
        sequence,
        timestamp,
        ssrc,
        bool(second & 0x80),
        data[at:end],
        extensions,
    )


def packetize_vp8(frame: bytes, picture_id: int) -> list[bytes]:
    """Cut a frame into payloads with a descriptor that carries a 15-bit picture id."""
    identifier = struct.pack("!H", 0x8000 | picture_id & 0x7FFF)
    count = -(-len(frame) // MAX_PAYLOAD_BYTES)
    size = -(-len(frame) // count)
    return [
        bytes([0x90 if at == 0 else 0x80, 0x80]) + identifier + frame[at : at + size]
        for at in range(0, len(frame), size)
    ]


@dataclass(frozen=True, slots=True)
class Vp8Payload:
    """A VP8 payload, its descriptor read."""

    start: bool
    """First packet of its frame."""
    picture_id: int | None
    data: bytes

    @property
    def key(self) -> bool:
        """First packet of a key frame (RFC 7741 §4.3, P bit clear)."""
        return self.start and bool(self.data) and self.data[0] & 1 == 0


def parse_vp8(payload: bytes) -> Vp8Payload:
    """
    Read the descriptor (RFC 7741 §4.2).

    Raises:
        ValueError: The payload ends within it.
    """
    try:
        first, at, picture_id = payload[0], 1, None
        if first & 0x80:
            flags, at = payload[1], 2
            if flags & 0x80:
                if payload[at] & 0x80:
                    picture_id = (payload[at] & 0x7F) << 8 | payload[at + 1]
                    at += 2
                else:
                    picture_id = payload[at]
                    at += 1
            at += bool(flags & 0x40) + bool(flags & 0x30)
    except IndexError:
        raise ValueError("the VP8 descriptor is cut off") from None
    start = bool(first & 0x10) and first & 0x07 == 0
    return Vp8Payload(start, picture_id, payload[at:])
