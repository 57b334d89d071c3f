"""
Redundant audio (RFC 2198): each packet carries older frames besides its own.

A lost packet's frame then comes again with the next one, without a round trip.
Towards viewers the blocks' payload type is rewritten to ours; those who cannot
read the format get the newest frame alone.
"""

from dataclasses import dataclass

from conference.rtp.errors import MalformedPacket

MAX_BLOCKS = 4
"""Browsers send two; each more costs bitrate for losses that are longer still."""


@dataclass(frozen=True, slots=True)
class Older:
    """A frame of before, sent once more."""

    ticks: int
    """How much older than the packet, in timestamp units (14 bits)."""
    payload: bytes


@dataclass(frozen=True, slots=True)
class Redundant:
    """A packet's blocks."""

    primary: bytes
    """The frame that belongs to the packet's own timestamp."""
    older: tuple[Older, ...]
    """Oldest first."""
    payload: bytes
    """The whole payload, its blocks named by the payload type that was asked for."""


def parse(payload: bytes, payload_type: int) -> Redundant:
    """
    Read the blocks and name them anew (RFC 2198 §3).

    Raises:
        MalformedPacket: a header or block runs past the end, or there are too many.
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
