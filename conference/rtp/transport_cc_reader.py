"""
Transport-wide congestion control feedback: parsing the messages of viewers.

Follows draft-holmer-rmcat-transport-wide-cc-extensions-01 §3.1. The estimator in
``conference.sfu.bandwidth`` uses the result. Optimised, because it runs once for every
twenty packets sent.
"""

from itertools import accumulate
from struct import Struct
from struct import error as StructError
from typing import NamedTuple

from conference.rtp.errors import MalformedPacket
from conference.rtp.transport_cc import LARGE, SMALL, TICK_S

MAX_STATUSES = 2048
"""Packets that one message may cover: 0.4 s at 5,000 packets per second, and the size of
the log of sent packets. A run-length chunk covers 8,191 packets in two octets, so that
without a limit one datagram would cost milliseconds."""

_HEADER = Struct("!HHI")
_CHUNK = Struct("!H")
_LARGE_DELTA = Struct("!h")
_RESERVED = 3
_SMALL_DELTAS = tuple(ticks * TICK_S for ticks in range(256))

# Tables for status vectors: the symbols in their first six and in their last eight bits.
_BITS_6 = tuple(tuple(v >> s & 1 for s in range(5, -1, -1)) for v in range(64))
_BITS_8 = tuple(tuple(v >> s & 1 for s in range(7, -1, -1)) for v in range(256))
_PAIRS_6 = tuple(tuple(v >> s & 3 for s in (4, 2, 0)) for v in range(64))
_PAIRS_8 = tuple(tuple(v >> s & 3 for s in (6, 4, 2, 0)) for v in range(256))


class Feedback(NamedTuple):
    """The contents of one message (§3.1)."""

    base: int
    """Transport-wide number of the first packet, 16 bits."""
    reference: int
    """Reference time for ``arrivals``, in 64 ms of the receiver's clock, 24 bits."""
    arrivals: list[float | None]
    """For each packet from ``base`` on: seconds after ``reference``; None: not received."""


def parse_transport_cc(information: bytes) -> Feedback:
    """
    Parse feedback control information, the part after both SSRCs.

    Octets after the last delta are padding and are ignored (§3.1 pads to 32 bits).

    Raises:
        MalformedPacket: It is incomplete, covers no packet or more than
            ``MAX_STATUSES``, or contains the reserved symbol.
    """
    size = len(information)
    if size < 8:
        raise MalformedPacket("transport feedback cut off")
    base, total, word = _HEADER.unpack_from(information)
    if not 0 < total <= MAX_STATUSES:
        raise MalformedPacket("transport feedback about no packet, or too many")
    symbols: list[int] = []
    at = 8
    missing = total
    while missing > 0:
        if at + 2 > size:
            raise MalformedPacket("transport feedback cut off")
        (chunk,) = _CHUNK.unpack_from(information, at)
        at += 2
        if chunk < 0x8000:  # run length, §3.1.3
            run = min(chunk & 0x1FFF, missing)
            if not run:
                raise MalformedPacket("empty run in transport feedback")
            symbols += [chunk >> 13] * run
            missing -= run
        elif chunk < 0xC000:  # status vector of fourteen bits, §3.1.4
            symbols += _BITS_6[chunk >> 8 & 63]
            symbols += _BITS_8[chunk & 255]
            missing -= 14
        else:
            symbols += _PAIRS_6[chunk >> 8 & 63]
            symbols += _PAIRS_8[chunk & 255]
            missing -= 7
    if missing:
        del symbols[missing:]
    return Feedback(base, word >> 8, _arrivals(symbols, information, at))


def _arrivals(symbols: list[int], information: bytes, at: int) -> list[float | None]:
    if symbols.count(SMALL) == len(symbols):
        deltas = information[at : at + len(symbols)]
        if len(deltas) < len(symbols):
            raise MalformedPacket("transport feedback cut off")
        return list(accumulate(map(_SMALL_DELTAS.__getitem__, deltas)))
    arrivals: list[float | None] = []
    add = arrivals.append
    ticks = 0
    try:
        for symbol in symbols:
            if symbol == SMALL:
                ticks += information[at]
                at += 1
                add(ticks * TICK_S)
            elif symbol == LARGE:
                ticks += _LARGE_DELTA.unpack_from(information, at)[0]
                at += 2
                add(ticks * TICK_S)
            elif symbol == _RESERVED:
                raise MalformedPacket("reserved symbol in transport feedback")
            else:
                add(None)
    except (IndexError, StructError) as error:
        raise MalformedPacket("transport feedback cut off") from error
    return arrivals
