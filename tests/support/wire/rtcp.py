"""RTCP, as much as a client says and hears (RFC 3550 §6, RFC 4585)."""

import struct
import time
from collections.abc import Iterator
from dataclasses import dataclass

SENDER_REPORT = 200
RECEIVER_REPORT = 201
GOODBYE = 203
TRANSPORT_FEEDBACK = 205
PAYLOAD_FEEDBACK = 206
NACK = 1
TRANSPORT_CC = 15
PLI = 1
FIR = 4
PADDING_BIT = 0x20
NTP_EPOCH_S = 2_208_988_800  # 1900 → 1970


@dataclass(frozen=True, slots=True)
class Message:
    """One RTCP packet of a compound."""

    kind: int
    count: int
    """Report count, or the format of a feedback message."""
    body: bytes
    """Everything after the common header."""

    @property
    def media_ssrc(self) -> int:
        """The SSRC that a feedback message is about."""
        return int(struct.unpack_from("!I", self.body, 4)[0])


def is_rtcp(data: bytes) -> bool:
    """Return whether a packet is RTCP, and not RTP on the same port (RFC 5761 §4)."""
    return len(data) >= 2 and 192 <= data[1] <= 223


def parse(data: bytes) -> Iterator[Message]:
    """Read a compound packet; what is cut off is left out."""
    at = 0
    while at + 4 <= len(data):
        first, kind, words = struct.unpack_from("!BBH", data, at)
        end = at + 4 * (words + 1)
        if end > len(data):
            return
        yield Message(kind, first & 31, data[at + 4 : end])
        at = end


def _message(kind: int, count: int, body: bytes) -> bytes:
    return struct.pack("!BBH", 0x80 | count, kind, len(body) // 4) + body


def pli(sender: int, media: int) -> bytes:
    """Ask for a key frame."""
    return _message(PAYLOAD_FEEDBACK, PLI, struct.pack("!II", sender, media))


def nack(sender: int, media: int, sequences: list[int]) -> bytes:
    """Ask for packets again."""
    entries = b"".join(struct.pack("!HH", s & 0xFFFF, 0) for s in sequences)
    return _message(
        TRANSPORT_FEEDBACK, NACK, struct.pack("!II", sender, media) + entries
    )


def transport_feedback(sender: int, media: int, information: bytes) -> bytes:
    """Report arrival times; ``information`` is that of ``arrivals``, padded here."""
    body = struct.pack("!II", sender, media) + information
    missing = -len(body) % 4
    if not missing:
        return _message(TRANSPORT_FEEDBACK, TRANSPORT_CC, body)
    padding = bytes(missing - 1) + bytes([missing])
    return _message(TRANSPORT_FEEDBACK, PADDING_BIT | TRANSPORT_CC, body + padding)


def nacked(message: Message) -> list[int]:
    """Return the sequence numbers that a NACK names."""
    found = []
    for at in range(8, len(message.body) - 3, 4):
        first, mask = struct.unpack_from("!HH", message.body, at)
        found.append(first)
        found += [first + 1 + bit & 0xFFFF for bit in range(16) if mask >> bit & 1]
    return found


def sender_report(ssrc: int, timestamp: int, packets: int, octets: int) -> bytes:
    """Report how a track's timestamps relate to the wall clock now."""
    seconds = time.time() + NTP_EPOCH_S
    ntp = int(seconds * (1 << 32)) & 0xFFFF_FFFF_FFFF_FFFF
    return _message(
        SENDER_REPORT,
        0,
        struct.pack(
            "!IQIII",
            ssrc,
            ntp,
            timestamp & 0xFFFFFFFF,
            packets & 0xFFFFFFFF,
            octets & 0xFFFFFFFF,
        ),
    )


def receiver_report(sender: int, highest: dict[int, int]) -> bytes:
    """Report the highest extended sequence number of each source; no loss, no jitter."""
    blocks = b"".join(
        struct.pack("!IIIIII", ssrc, 0, sequence & 0xFFFFFFFF, 0, 0, 0)
        for ssrc, sequence in list(highest.items())[:31]
    )
    return _message(
        RECEIVER_REPORT, len(blocks) // 24, struct.pack("!I", sender) + blocks
    )


def read_sender_report(message: Message) -> tuple[int, float, int]:
    """Return SSRC, wall-clock seconds since 1970 and RTP timestamp."""
    ssrc, ntp, timestamp = struct.unpack_from("!IQI", message.body)
    return ssrc, ntp / (1 << 32) - NTP_EPOCH_S, timestamp
