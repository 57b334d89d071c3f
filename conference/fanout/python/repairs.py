"""
What goes out on a slot's retransmission source: answers to NACKs, and probes.

Both repeat packets from their layer's cache under numbers of their own (RFC 4588);
a probe falls back to padding where there is nothing to repeat.
"""

from collections.abc import Sequence
from struct import Struct

import pylibsrtp

from conference.fanout import formats
from conference.fanout.contract import REPEAT_BEHIND
from conference.fanout.python import copies
from conference.fanout.python.sent_ring import MASK
from conference.rtp import extensions
from conference.rtp.codecs import Codec
from conference.rtp.packet import RtpPacket

WITH_EXTENSIONS = 0x90
"""Version 2, extension bit set."""
PADDED = 0x20
MAX_PADDING = 224
"""Octets of one padding packet; a length of one octet counts them (RFC 3550 §5.1)."""
SEND_ERRORS = (OSError, ValueError, pylibsrtp.Error)
"""One viewer's full buffer, or a packet that its profile cannot protect, must not
cost the next viewer its copy."""
NUMBER_ELEMENT = formats.TRANSPORT_CC_ID << 4 | 1
"""Head of the transport-wide number's element: identifier, two octets."""
VIDEO_WORDS = 2
"""Size of a picture packet's extension block in 32-bit words."""
NUMBERED = Struct("!BBHIIHHBH")
"""Header, and an extension block whose first element is the transport-wide number."""


class Repairs:
    """Sends on retransmission sources."""

    def __init__(self) -> None:
        self.unsent = 0
        """Packets that a socket refused."""

    def retransmit(
        self, copy: copies.Copy, sequences: Sequence[int], *, now: float
    ) -> int:
        """Answer a NACK (16-bit numbers) by RTX; return how many were still there."""
        if not copy.rtx_ssrc:
            return 0
        path = copy.path
        self.send_again(path, now=now)
        found: list[copies.Again] = []
        for sequence in sequences:
            number = copy.highest - ((copy.highest - sequence) & 0xFFFF)
            segment = next(
                (s for s in reversed(copy.segments) if s.first <= number),
                copies.NO_SEGMENT,
            )
            source = segment.source
            if source is None or not source.ring:
                continue
            kept = source.find(number - segment.sequence_offset, segment.temporal)
            if kept is not None and kept.head.temporal <= segment.temporal:
                found.append((copy, segment, number, kept))
                self._send_rtx(copy, segment, number, kept, path.repair, now)
        if path.insistent:
            path.again = found  # behind the next packet: losses come in short runs
        return len(found)

    def send_again(self, path: copies.Path, *, now: float) -> None:
        """Send the latest repairs a second time."""
        again, path.again = path.again, []
        for copy, segment, number, kept in again:
            self._send_rtx(copy, segment, number, kept, path.repair, now)

    def repeat(self, copy: copies.Copy, newest: int, *, now: float) -> None:
        """
        Send a packet of a little earlier once more, before it is asked for.

        On a long link that loses many packets a frame has several holes, and one of them
        is soon left open by each round of repairs; sent twice, a fifth lost becomes a
        twenty-fifth.
        """
        number = newest - REPEAT_BEHIND
        segment = copy.segment
        source = segment.source
        if source is None or number < segment.first or not copy.rtx_ssrc:
            return
        kept = source.find(number - segment.sequence_offset, segment.temporal)
        if kept is not None and kept.head.temporal <= segment.temporal:
            self._send_rtx(copy, segment, number, kept, copy.path.repair, now)

    def probe(self, copy: copies.Copy, octets: int, packets: int, *, now: float) -> int:
        """Repeat what the slot sent last, or send padding; return the octets."""
        segment, source = copy.segment, copy.source
        sent = count = 0
        number = copy.highest
        while source is not None and number >= segment.first:
            if sent >= octets and count >= packets:
                return sent
            kept = source.find(number - segment.sequence_offset, segment.temporal)
            if kept is None:
                break
            if kept.head.temporal <= segment.temporal:
                sent += self._send_rtx(
                    copy, segment, number, kept, copy.path.voice, now
                )
                count += 1
            number -= 1
        while sent < octets or count < packets:
            sent += self._send_padding(copy, now)
            count += 1
        return sent

    def _send_rtx(
        self,
        copy: copies.Copy,
        segment: copies.Segment,
        number: int,
        kept: copies.Kept,
        send: copies.Send,
        now: float,
    ) -> int:
        packet, source = kept.packet, segment.source
        payload_type = (source.rtx_payload_type if source is not None else None) or 0
        if packet.marker:
            payload_type |= 0x80
        body = copies.TWO_BYTES.pack(number & 0xFFFF) + segment.payload(
            packet.payload, kept.head.numbers, kept.frames
        )
        timestamp = segment.timestamp(packet.timestamp)
        return self._send_extra(copy, 0, payload_type, timestamp, body, send, now)

    def _send_padding(self, copy: copies.Copy, now: float) -> int:
        source = copy.source
        payload_type = source.rtx_payload_type if source is not None else None
        if payload_type is None:
            payload_type = formats.RTX_PAYLOAD_TYPES[Codec.VP8]
        body = bytes(MAX_PADDING - 1) + bytes((MAX_PADDING,))
        timestamp = copy.last_timestamp or 0
        send = copy.path.voice
        return self._send_extra(copy, PADDED, payload_type, timestamp, body, send, now)

    def _send_extra(
        self,
        copy: copies.Copy,
        flags: int,
        payload_type: int,
        timestamp: int,
        body: bytes,
        send: copies.Send,
        now: float,
    ) -> int:
        """Send one packet on a slot's RTX source; return its size."""
        path = copy.path
        record = path.sent
        transport_number = record.next
        header = NUMBERED.pack(
            WITH_EXTENSIONS | flags,
            payload_type,
            copy.rtx_sequence & 0xFFFF,
            timestamp,
            copy.rtx_ssrc,
            0xBEDE,
            VIDEO_WORDS,
            NUMBER_ELEMENT,
            transport_number & 0xFFFF,
        ) + video_block(now)
        iv = path.salt ^ (copy.rtx_ssrc << 48) ^ copy.rtx_sequence
        copy.rtx_sequence += 1
        size = len(header) + len(body)
        try:
            if path.encrypt is not None:
                data = header + path.encrypt(iv.to_bytes(12, "big"), body, header)
            else:
                data = path.protect(header + body)
            record.next = transport_number + 1
            record.times[transport_number & MASK] = now
            record.sizes[transport_number & MASK] = len(data)
            send(data, path.address)
        except SEND_ERRORS:
            self.unsent += 1
        return size


def video_block(now: float) -> bytes:
    """Return what follows the transport-wide number in an extension block."""
    return (
        bytes((formats.ABS_SEND_TIME_ID << 4 | 2,))
        + extensions.abs_send_time(now)
        + b"\0"
    )


def numbered_audio_block(packet: RtpPacket, now: float) -> tuple[int, bytes]:
    """
    Return the same of a voice's packet.

    With it the size of the whole block in 32-bit words, the number's three
    octets included.
    """
    if packet.level is None:
        return VIDEO_WORDS, video_block(now)
    block = bytes((formats.ABS_SEND_TIME_ID << 4 | 2,)) + extensions.abs_send_time(now)
    return 3, block + bytes((formats.AUDIO_LEVEL_ID << 4,)) + packet.level + b"\0\0\0"
