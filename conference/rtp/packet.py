"""
Parsing of received RTP packets (RFC 3550 §5.1).

Packets to viewers are built by the fan-out from the parts that it needs.
"""

from struct import Struct

from conference.rtp import extensions
from conference.rtp.errors import MalformedPacket

FIXED_HEADER = Struct("!BBHII")
MAX_BYTES = 1500
"""Largest datagram that is accepted: the limit of libsrtp's binding, and Ethernet's MTU."""


class RtpPacket:
    """
    A parsed packet.

    ``sequence`` is the 16-bit number of the packet. The receiving layer sets the other
    fields: ``extended``, the unbounded sequence number; ``level``, the audio level
    extension that is forwarded (RFC 6464); ``redundant``, the whole payload of a packet
    with redundant audio, of which ``payload`` is then the newest frame (RFC 2198).
    """

    __slots__ = (
        "extended",
        "extensions",
        "level",
        "marker",
        "payload",
        "payload_type",
        "redundant",
        "sequence",
        "ssrc",
        "timestamp",
    )

    def __init__(
        self,
        *,
        payload_type: int,
        marker: bool,
        sequence: int,
        timestamp: int,
        ssrc: int,
        extensions: extensions.Extensions,
        payload: bytes,
    ) -> None:
        self.payload_type = payload_type
        self.marker = marker
        self.sequence = sequence
        self.timestamp = timestamp
        self.ssrc = ssrc
        self.extensions = extensions
        self.payload = payload
        self.extended = sequence
        self.level: bytes | None = None
        self.redundant: bytes | None = None


def is_rtcp(data: bytes) -> bool:
    """Return whether a packet on a multiplexed port is RTCP (RFC 5761 §4)."""
    return len(data) >= 2 and 192 <= data[1] <= 223


def parse(data: bytes) -> RtpPacket:
    """
    Parse a packet and remove its padding.

    Raises:
        MalformedPacket: The version is not 2, or a length exceeds the packet.
    """
    size = len(data)
    if size < 12:
        raise MalformedPacket("shorter than an RTP header")
    first, second, sequence, timestamp, ssrc = FIXED_HEADER.unpack_from(data)
    if first >> 6 != 2:
        raise MalformedPacket("not RTP version 2")
    start = 12 + 4 * (first & 15)
    if start > size:
        raise MalformedPacket("contributing sources cut off")
    if first & 16:
        elements, start = extensions.parse(data, start)
    else:
        elements = extensions.NO_EXTENSIONS
    if first & 32:
        padding = data[-1]
        if padding == 0 or start + padding > size:
            raise MalformedPacket("padding longer than the payload")
        size -= padding
    return RtpPacket(
        payload_type=second & 0x7F,
        marker=bool(second & 0x80),
        sequence=sequence,
        timestamp=timestamp,
        ssrc=ssrc,
        extensions=elements,
        payload=data[start:size],
    )


def unwrap_rtx(packet: RtpPacket, *, payload_type: int, ssrc: int) -> RtpPacket | None:
    """
    Return the original packet inside a retransmission (RFC 4588 §4).

    Args:
        packet: The retransmission.
        payload_type: Of the original stream.
        ssrc: Of the original stream.

    Returns:
        None if there is no original payload, as in a bandwidth probe.
    """
    if len(packet.payload) <= 2:
        return None
    return RtpPacket(
        payload_type=payload_type,
        marker=packet.marker,
        sequence=int.from_bytes(packet.payload[:2], "big"),
        timestamp=packet.timestamp,
        ssrc=ssrc,
        extensions=packet.extensions,
        payload=packet.payload[2:],
    )
