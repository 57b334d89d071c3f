"""
Parsing and building of RTCP (RFC 3550 §6, RFC 4585, RFC 5104).

``parse`` returns the known parts of a compound packet and skips all others. It raises
only for inconsistent lengths.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from struct import Struct

from conference.rtp.errors import MalformedPacket

SENDER_REPORT = 200
RECEIVER_REPORT = 201
BYE = 203
TRANSPORT_FEEDBACK = 205
PAYLOAD_FEEDBACK = 206
NACK_FORMAT = 1
TRANSPORT_CC_FORMAT = 15
PLI_FORMAT = 1
FIR_FORMAT = 4
APPLICATION_FORMAT = 15
MAX_REPORT_BLOCKS = 31
MAX_NACK_ITEMS = 64
"""Items in one NACK packet that we send: 268 octets."""
MAX_NACKED = 1024
"""Sequence numbers read from one NACK packet; more are ignored, because each costs a
look-up."""

_HEADER = Struct("!BBH")
_SENDER_INFO = Struct("!IQIII")
_REPORT_BLOCK = Struct("!IIIIII")
_FEEDBACK = Struct("!II")
_NACK_ITEM = Struct("!HH")


@dataclass(frozen=True, slots=True)
class ReportBlock:
    """Reception of one source (RFC 3550 §6.4.1)."""

    ssrc: int
    fraction_lost: int
    """Since the last report, in 1/256."""
    packets_lost: int
    """Since the start; negative after duplicates (signed 24 bits)."""
    highest_sequence: int
    """Extended highest sequence number, 32 bits."""
    jitter: int
    """In timestamp units."""
    last_sender_report: int
    """Middle 32 bits of the NTP timestamp of the last sender report; 0: none."""
    delay: int
    """Time since that sender report, in 1/65536 s."""


@dataclass(frozen=True, slots=True)
class SenderReport:
    """Sender information: wall-clock time of an RTP timestamp (RFC 3550 §6.4.1)."""

    ssrc: int
    ntp: int
    """64-bit NTP timestamp."""
    rtp: int
    """RTP timestamp of the same moment."""
    packets: int
    """Packets sent since the start."""
    octets: int
    """Octets of payload sent since the start."""


@dataclass(frozen=True, slots=True)
class ReceiverReports:
    """The report blocks of a sender or receiver report."""

    blocks: tuple[ReportBlock, ...]


@dataclass(frozen=True, slots=True)
class Nack:
    """Lost packets of a source: 16-bit numbers in packet order (RFC 4585 §6.2.1)."""

    ssrc: int
    sequences: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class KeyFrameRequest:
    """PLI (RFC 4585 §6.3.1) or FIR (RFC 5104 §4.3.1); they are treated the same."""

    ssrc: int


@dataclass(frozen=True, slots=True)
class Remb:
    """Receiver estimated maximum bitrate (draft-alvestrand-rmcat-remb-03)."""

    bitrate_bps: int
    ssrcs: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Bye:
    """Sources that ended (RFC 3550 §6.6)."""

    ssrcs: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class TransportFeedback:
    """Transport-wide feedback (draft-holmer-rmcat-transport-wide-cc-extensions-01)."""

    information: bytes
    """Feedback control information, for ``transport_cc_reader``."""


Part = (
    SenderReport
    | ReceiverReports
    | Nack
    | KeyFrameRequest
    | Remb
    | Bye
    | TransportFeedback
)


def parse(data: bytes) -> list[Part]:
    """
    Parse a compound or reduced-size packet (RFC 5506).

    Raises:
        MalformedPacket: A length exceeds the packet, or the version is not 2.
    """
    parts: list[Part] = []
    offset, size = 0, len(data)
    while offset < size:
        if offset + 4 > size:
            raise MalformedPacket("RTCP header cut off")
        first, kind, words = _HEADER.unpack_from(data, offset)
        end = offset + 4 + 4 * words
        if first >> 6 != 2:
            raise MalformedPacket("not RTCP version 2")
        if end > size:
            raise MalformedPacket("RTCP packet cut off")
        body_end = end
        if first & 32:
            padding = data[end - 1]
            if padding == 0 or padding > 4 * words:
                raise MalformedPacket("RTCP padding longer than the packet")
            body_end -= padding
        _parse_one(kind, first & 31, data[offset + 4 : body_end], parts)
        offset = end
    return parts


def _parse_one(kind: int, count: int, body: bytes, parts: list[Part]) -> None:
    if kind == SENDER_REPORT:
        if len(body) < 24:
            raise MalformedPacket("sender report cut off")
        parts.append(SenderReport(*_SENDER_INFO.unpack_from(body)))
        _parse_blocks(body, 24, count, parts)
    elif kind == RECEIVER_REPORT:
        _parse_blocks(body, 4, count, parts)
    elif kind == BYE:
        if len(body) < 4 * count:
            raise MalformedPacket("BYE cut off")
        parts.append(Bye(_numbers(body, 0, count)))
    elif kind == TRANSPORT_FEEDBACK and count == NACK_FORMAT:
        parts.append(_parse_nack(body))
    elif kind == TRANSPORT_FEEDBACK and count == TRANSPORT_CC_FORMAT:
        parts.append(TransportFeedback(body[8:]))
    elif kind == PAYLOAD_FEEDBACK:
        _parse_payload_feedback(count, body, parts)


def _numbers(body: bytes, offset: int, count: int) -> tuple[int, ...]:
    return tuple(
        int.from_bytes(body[i : i + 4], "big")
        for i in range(offset, offset + 4 * count, 4)
    )


def _parse_blocks(body: bytes, offset: int, count: int, parts: list[Part]) -> None:
    if len(body) < offset + 24 * count:
        raise MalformedPacket("report block cut off")
    blocks = []
    for position in range(offset, offset + 24 * count, 24):
        ssrc, loss, highest, jitter, last, delay = _REPORT_BLOCK.unpack_from(
            body, position
        )
        lost = loss & 0xFFFFFF
        blocks.append(
            ReportBlock(
                ssrc=ssrc,
                fraction_lost=loss >> 24,
                packets_lost=lost - 0x1000000 if lost & 0x800000 else lost,
                highest_sequence=highest,
                jitter=jitter,
                last_sender_report=last,
                delay=delay,
            )
        )
    if blocks:
        parts.append(ReceiverReports(tuple(blocks)))


def _parse_nack(body: bytes) -> Nack:
    if len(body) < 12 or len(body) % 4:
        raise MalformedPacket("NACK cut off")
    _, ssrc = _FEEDBACK.unpack_from(body)
    sequences: list[int] = []
    for position in range(8, len(body), 4):
        first, mask = _NACK_ITEM.unpack_from(body, position)
        sequences.append(first)
        sequences += [(first + i + 1) & 0xFFFF for i in range(16) if mask >> i & 1]
        if len(sequences) >= MAX_NACKED:
            break
    return Nack(ssrc, tuple(sequences[:MAX_NACKED]))


def _parse_payload_feedback(form: int, body: bytes, parts: list[Part]) -> None:
    if len(body) < 8:
        raise MalformedPacket("feedback cut off")
    _, ssrc = _FEEDBACK.unpack_from(body)
    if form == PLI_FORMAT:
        parts.append(KeyFrameRequest(ssrc))
    elif form == FIR_FORMAT:
        # The media source field is unused; each item has an SSRC (RFC 5104 §4.3.1.1).
        if len(body) < 16 or len(body) % 8:
            raise MalformedPacket("FIR cut off")
        parts += [
            KeyFrameRequest(int.from_bytes(body[i : i + 4], "big"))
            for i in range(8, len(body), 8)
        ]
    elif form == APPLICATION_FORMAT and body[8:12] == b"REMB":
        if len(body) < 16 or len(body) < 16 + 4 * body[12]:
            raise MalformedPacket("REMB cut off")
        exponent = body[13] >> 2
        mantissa = ((body[13] & 3) << 16) | (body[14] << 8) | body[15]
        parts.append(Remb(mantissa << exponent, _numbers(body, 16, body[12])))


def _pack(kind: int, count: int, body: bytes) -> bytes:
    padding = -len(body) % 4
    flag = 0
    if padding:
        body += bytes(padding - 1) + bytes((padding,))
        flag = 0x20
    return _HEADER.pack(0x80 | flag | count, kind, len(body) // 4) + body


def build_sender_report(report: SenderReport) -> bytes:
    """
    Return a sender report without report blocks.

    RFC 3550 §6.1 requires an SDES CNAME in the compound packet. It is left out, because
    the session description contains the CNAMEs (a=ssrc … cname).
    """
    return _pack(
        SENDER_REPORT,
        0,
        _SENDER_INFO.pack(
            report.ssrc,
            report.ntp,
            report.rtp & 0xFFFFFFFF,
            report.packets & 0xFFFFFFFF,
            report.octets & 0xFFFFFFFF,
        ),
    )


def build_receiver_report(ssrc: int, blocks: Sequence[ReportBlock]) -> bytes:
    """Return a receiver report with the first 31 blocks (RFC 3550 §6.4.2)."""
    body = ssrc.to_bytes(4, "big") + b"".join(
        _REPORT_BLOCK.pack(
            block.ssrc,
            (block.fraction_lost << 24) | (block.packets_lost & 0xFFFFFF),
            block.highest_sequence & 0xFFFFFFFF,
            block.jitter & 0xFFFFFFFF,
            block.last_sender_report,
            block.delay & 0xFFFFFFFF,
        )
        for block in blocks[:MAX_REPORT_BLOCKS]
    )
    return _pack(RECEIVER_REPORT, len(blocks[:MAX_REPORT_BLOCKS]), body)


def build_pli(sender: int, ssrc: int) -> bytes:
    """Return a picture loss indication (RFC 4585 §6.3.1)."""
    return _pack(PAYLOAD_FEEDBACK, PLI_FORMAT, _FEEDBACK.pack(sender, ssrc))


def build_nacks(sender: int, ssrc: int, sequences: Iterable[int]) -> list[bytes]:
    """
    Return generic NACKs (RFC 4585 §6.2.1).

    Args:
        sender: Our SSRC in the RTCP of this transport.
        ssrc: Of the source whose packets were lost.
        sequences: 16-bit numbers in packet order.

    Returns:
        As many packets as the numbers need.
    """
    items: list[tuple[int, int]] = []
    for sequence in sequences:
        if items:
            first, mask = items[-1]
            distance = (sequence - first) & 0xFFFF
            if 1 <= distance <= 16:
                items[-1] = (first, mask | 1 << (distance - 1))
                continue
        items.append((sequence & 0xFFFF, 0))
    head = _FEEDBACK.pack(sender, ssrc)
    return [
        _pack(
            TRANSPORT_FEEDBACK,
            NACK_FORMAT,
            head
            + b"".join(_NACK_ITEM.pack(*i) for i in items[at : at + MAX_NACK_ITEMS]),
        )
        for at in range(0, len(items), MAX_NACK_ITEMS)
    ]


def build_transport_cc(sender: int, ssrc: int, information: bytes) -> bytes:
    """Return a packet with the feedback control information of ``transport_cc``."""
    return _pack(
        TRANSPORT_FEEDBACK,
        TRANSPORT_CC_FORMAT,
        _FEEDBACK.pack(sender, ssrc) + information,
    )
