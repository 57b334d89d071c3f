"""
RTP packets (RFC 3550 §5.1), read once on their way in.

They are never written back from here: what leaves is rewritten by the fan-out,
which takes only the parts it needs.
"""

from struct import Struct

from conference.rtp import extensions
from conference.rtp.errors import MalformedPacket

FIXED_HEADER = Struct("!BBHII")
MAX_BYTES = 1500
"""Largest datagram taken in. libsrtp's binding refuses more; so does Ethernet."""


class RtpPacket:
    """
    One parsed packet.

    ``sequence`` is the wire's 16 bits. The track that it belongs to sets
    ``extended``, the unbounded form, and ``level``, the value of the header extension
    that travels on (RFC 6464). ``redundant`` is the whole payload of a packet with
    older frames in it, of which ``payload`` is the newest (RFC 2198).
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
    """Tell RTCP from RTP on a multiplexed port (RFC 5761 §4)."""
    return len(data) >= 2 and 192 <= data[1] <= 223


def parse(data: bytes) -> RtpPacket:
    """
    Read one packet, its padding cut off.

    Raises:
        MalformedPacket: wrong version, or a length that runs past the end.
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

    None for a retransmission without payload: bandwidth probes look like that.
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
