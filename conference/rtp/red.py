"""
Redundant audio (RFC 2198): each packet contains older frames besides its own.

The frame of a lost packet is then in the next packet, without a round trip. Towards
viewers the payload type of the blocks is rewritten to the one that they negotiated;
viewers without RED get the newest frame alone.
"""

from dataclasses import dataclass

from conference.rtp.errors import MalformedPacket

MAX_BLOCKS = 4
"""Older frames accepted in a packet. Browsers send two at most; each one costs bitrate."""


@dataclass(frozen=True, slots=True)
class Older:
    """An older frame in a packet."""

    ticks: int
    """How much older than the packet's own frame, in timestamp units (14 bits)."""
    payload: bytes


@dataclass(frozen=True, slots=True)
class Redundant:
    """The blocks of a packet."""

    primary: bytes
    """The packet's own frame."""
    older: tuple[Older, ...]
    """Older frames, the oldest first."""
    payload: bytes
    """The whole payload with the requested payload type in its block headers."""


def parse(payload: bytes, payload_type: int) -> Redundant:
    """
    Parse the blocks and replace their payload type (RFC 2198 §3).

    Args:
        payload: Of the packet.
        payload_type: For the block headers of the result.

    Raises:
        MalformedPacket: A header or block is longer than the payload, or there are more
            than ``MAX_BLOCKS`` older frames.
    """
    size = len(payload)
    heads: list[tuple[int, int]] = []
    at = 0
    renamed = bytearray()
    while True:
        if at >= size:
            raise MalformedPacket("redundant block header cut off")
        if not payload[at] & 0x80:
            break
        if at + 4 > size or len(heads) == MAX_BLOCKS:
            raise MalformedPacket("redundant block header cut off")
        word = int.from_bytes(payload[at + 1 : at + 4], "big")
        heads.append((word >> 10, word & 0x3FF))
        renamed.append(0x80 | payload_type)
        renamed += payload[at + 1 : at + 4]
        at += 4
    renamed.append(payload_type)
    at += 1
    rest = payload[at:]
    older: list[Older] = []
    position = 0
    for ticks, length in heads:
        if position + length > len(rest):
            raise MalformedPacket("redundant block cut off")
        older.append(Older(ticks, rest[position : position + length]))
        position += length
    return Redundant(rest[position:], tuple(older), bytes(renamed) + rest)
