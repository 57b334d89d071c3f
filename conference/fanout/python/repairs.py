"""
Packets on a slot's RTX stream (RFC 4588): answers to NACKs, repetitions and probes.

All of them repeat packets from the layer's cache under RTX sequence numbers; a probe
uses padding where the cache has nothing to repeat.
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
"""A full socket buffer, or a packet that a viewer's profile cannot protect, must not
prevent the copies of other viewers."""
NUMBER_ELEMENT = formats.TRANSPORT_CC_ID << 4 | 1
"""First octet of the transport-wide number's header extension element: identifier and
length (RFC 8285 §4.2)."""
VIDEO_WORDS = 2
"""Size of a video packet's extension block in 32-bit words."""
NUMBERED = Struct("!BBHIIHHBH")
"""RTP header and the extension block up to the transport-wide number."""


class RepairSender:
    """Sends packets on RTX streams."""

    def __init__(self) -> None:
        self.unsent = 0
        """Packets that a socket refused since the start."""

    def retransmit(
        self, copy: copies.Copy, sequences: Sequence[int], *, now: float
    ) -> int:
        """Answer a NACK (16-bit numbers) by RTX; return how many were in the cache."""
        if not copy.rtx_ssrc:
            return 0
        outlet = copy.outlet
        self.send_pending(outlet, now=now)
        found: list[copies.PendingRepair] = []
        for sequence in sequences:
            number = copy.highest - ((copy.highest - sequence) & 0xFFFF)
            epoch = next(
                (s for s in reversed(copy.epochs) if s.first <= number),
                copies.NO_EPOCH,
            )
            layer = epoch.layer
            if layer is None or not layer.ring:
                continue
            cached = layer.find(number - epoch.sequence_offset, epoch.temporal)
            if cached is not None and cached.head.temporal <= epoch.temporal:
                found.append((copy, epoch, number, cached))
                self._send_rtx(copy, epoch, number, cached, outlet.send_repair, now)
        if outlet.insistent:
            # Repeated after the next video packet, because losses come in short runs.
            outlet.pending_repairs = found
        return len(found)

    def send_pending(self, outlet: copies.Outlet, *, now: float) -> None:
        """Send the latest retransmissions a second time."""
        pending, outlet.pending_repairs = outlet.pending_repairs, []
        for copy, epoch, number, cached in pending:
            self._send_rtx(copy, epoch, number, cached, outlet.send_repair, now)

    def repeat(self, copy: copies.Copy, newest: int, *, now: float) -> None:
        """
        Send the packet ``REPEAT_BEHIND`` before the newest again, without a NACK.

        With a high loss rate and a long round trip, a frame loses several packets and
        each round of retransmissions loses some of them again. Sending every packet
        twice squares the loss rate: 1/5 becomes 1/25.
        """
        number = newest - REPEAT_BEHIND
        epoch = copy.epoch
        layer = epoch.layer
        if layer is None or number < epoch.first or not copy.rtx_ssrc:
            return
        cached = layer.find(number - epoch.sequence_offset, epoch.temporal)
        if cached is not None and cached.head.temporal <= epoch.temporal:
            self._send_rtx(copy, epoch, number, cached, copy.outlet.send_repair, now)

    def probe(self, copy: copies.Copy, octets: int, packets: int, *, now: float) -> int:
        """Repeat the slot's latest packets, or send padding; return the octets."""
        epoch, layer = copy.epoch, copy.layer
        sent = count = 0
        number = copy.highest
        while layer is not None and number >= epoch.first:
            if sent >= octets and count >= packets:
                return sent
            cached = layer.find(number - epoch.sequence_offset, epoch.temporal)
            if cached is None:
                break
            if cached.head.temporal <= epoch.temporal:
                sent += self._send_rtx(
                    copy, epoch, number, cached, copy.outlet.send_unpaced, now
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
        epoch: copies.Epoch,
        number: int,
        cached: copies.CachedPacket,
        send: copies.Send,
        now: float,
    ) -> int:
        packet, layer = cached.packet, epoch.layer
        payload_type = (layer.rtx_payload_type if layer is not None else None) or 0
        if packet.marker:
            payload_type |= 0x80
        body = copies.TWO_BYTES.pack(number & 0xFFFF) + epoch.payload(
            packet.payload, cached.head.numbers, cached.frames
        )
        timestamp = epoch.timestamp(packet.timestamp)
        return self._send_extra(copy, 0, payload_type, timestamp, body, send, now)

    def _send_padding(self, copy: copies.Copy, now: float) -> int:
        layer = copy.layer
        payload_type = layer.rtx_payload_type if layer is not None else None
        if payload_type is None:
            payload_type = formats.RTX_PAYLOAD_TYPES[Codec.VP8]
        body = bytes(MAX_PADDING - 1) + bytes((MAX_PADDING,))
        timestamp = copy.last_timestamp or 0
        send = copy.outlet.send_unpaced
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
        """Send one packet on a slot's RTX stream; return its octets before protection."""
        outlet = copy.outlet
        record = outlet.sent
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
        iv = outlet.salt ^ (copy.rtx_ssrc << 48) ^ copy.rtx_sequence
        copy.rtx_sequence += 1
        size = len(header) + len(body)
        try:
            if outlet.encrypt is not None:
                data = header + outlet.encrypt(iv.to_bytes(12, "big"), body, header)
            else:
                data = outlet.protect(header + body)
            record.next = transport_number + 1
            record.times[transport_number & MASK] = now
            record.sizes[transport_number & MASK] = len(data)
            send(data, outlet.address)
        except SEND_ERRORS:
            self.unsent += 1
        return size


def video_block(now: float) -> bytes:
    """Return the rest of a video packet's extension block: abs-send-time and padding."""
    return (
        bytes((formats.ABS_SEND_TIME_ID << 4 | 2,))
        + extensions.abs_send_time(now)
        + b"\0"
    )


def numbered_audio_block(packet: RtpPacket, now: float) -> tuple[int, bytes]:
    """
    Return size and rest of a numbered audio packet's extension block.

    Returns:
        The size of the whole block in 32-bit words, and the octets after the
        transport-wide number: abs-send-time, audio level, padding.
    """
    if packet.level is None:
        return VIDEO_WORDS, video_block(now)
    block = bytes((formats.ABS_SEND_TIME_ID << 4 | 2,)) + extensions.abs_send_time(now)
    return 3, block + bytes((formats.AUDIO_LEVEL_ID << 4,)) + packet.level + b"\0\0\0"
