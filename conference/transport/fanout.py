"""
The fan-out in Python: the reference for any other.

Everything here runs once per copy. The shared part of a packet (its extension
block, its payload after the descriptor) is made once, then each follower gets
its own header, running numbers, protection and datagram. The numbers themselves
are in ``copies``.
"""

from collections.abc import Sequence
from struct import Struct

import pylibsrtp

from conference.rtp import extensions
from conference.rtp.codecs import PICTURE_ID_MASK, Codec, RunningNumbers
from conference.rtp.packet import RtpPacket
from conference.rtp.sequence import signed32
from conference.sfu import formats
from conference.sfu.fanout import SlotKey, SlotProgress, TrackKey, ViewerKey
from conference.sfu.slot import FRAME_TICKS
from conference.transport import copies
from conference.transport.addresses import Address, Send
from conference.transport.copies import MASK32
from conference.transport.srtp import Protection

KEPT_SEGMENTS = 8
"""Earlier sources of a slot whose packets can still be repaired."""
MAX_BEHIND_TICKS = 30 * 90_000
"""Half a minute: capture times are believed to 5 s, and slots run ahead by less."""
WITH_EXTENSIONS = 0x90
"""Version 2, extension bit set."""
SEND_ERRORS = (OSError, ValueError, pylibsrtp.Error)
"""One viewer's full buffer, or a packet that its profile cannot protect, must not
cost the next viewer its copy."""
_HEADER = Struct("!BBHII")


class PythonFanout:
    """
    ``conference.sfu.fanout.Fanout`` over sockets of this process.

    ``set_path`` and ``open_viewer`` are the transport's side of it: keys come
    with the handshake, the address with an authenticated check.
    """

    def __init__(self) -> None:
        self._sources: dict[TrackKey, copies.Source] = {}
        self._copies: dict[SlotKey, copies.Copy] = {}
        self._paths: dict[ViewerKey, copies.Path] = {}
        self._slots: dict[ViewerKey, list[SlotKey]] = {}
        self.forwarded = 0
        """Copies handed to a socket since the start."""
        self.unsent = 0
        """Copies that a socket refused, for one because its buffer was full."""

    def open_viewer(
        self, viewer: ViewerKey, protection: Protection, send: Send, address: Address
    ) -> None:
        """Make a viewer reachable."""
        self._paths[viewer] = copies.Path(protection, send, address)
        self._slots[viewer] = []

    def set_path(self, viewer: ViewerKey, send: Send, address: Address) -> None:
        """Reach a viewer at another address."""
        path = self._paths.get(viewer)
        if path is not None:
            path.send, path.address = send, address

    def open_track(self, track: TrackKey, codec: Codec) -> None:
        """Begin a track without followers and with an empty packet cache."""
        self._sources[track] = copies.Source(codec)

    def close_track(self, track: TrackKey) -> None:
        """End a track: its followers are detached, its cache is dropped."""
        source = self._sources.pop(track)
        for copy in source.followers:
            copy.leave()
        source.followers.clear()
        source.ring = []

    def open_slot(
        self, slot: SlotKey, viewer: ViewerKey, fmt: formats.SlotFormat, *, first: int
    ) -> None:
        """Begin a slot; ``first`` (below 2¹⁴) is its first sequence number."""
        self._copies[slot] = copies.Copy(self._paths[viewer], fmt, first)
        self._slots[viewer].append(slot)

    def close_viewer(self, viewer: ViewerKey) -> None:
        """End all slots of a viewer and forget its key and path."""
        for slot in self._slots.pop(viewer, ()):
            self.detach(slot)
            del self._copies[slot]
        self._paths.pop(viewer, None)

    def attach(
        self,
        slot: SlotKey,
        track: TrackKey,
        packet: RtpPacket,
        numbers: RunningNumbers,
        *,
        timestamp: int,
    ) -> None:
        """Let a slot follow a track from ``packet`` on, which is forwarded next."""
        copy, source = self._copies[slot], self._sources[track]
        self.detach(slot)
        first = copy.highest + 1
        segment = copies.Segment(source, first, first - packet.extended)
        copy.ahead = 0
        if copy.last_timestamp is not None:
            # Time never runs backwards; a voice also needs room for its last
            # frame. Further behind than any clock can be wrong by, the slot was
            # silent for hours and the 32 bits have wrapped: nothing to mend.
            earliest = copy.last_timestamp + (1 if copy.video else FRAME_TICKS)
            behind = signed32(earliest - timestamp)
            if 0 < behind < MAX_BEHIND_TICKS:
                timestamp = earliest
                copy.ahead = behind if copy.video else 0
        segment.timestamp_offset = (timestamp - packet.timestamp) & MASK32
        segment.picture_id_offset = copy.last_picture_id + 1 - numbers.picture_id
        segment.tl0_offset = copy.last_tl0 + 1 - numbers.tl0
        copy.source, copy.segment = source, segment
        copy.segments.append(segment)
        del copy.segments[:-KEPT_SEGMENTS]
        source.followers.append(copy)

    def detach(self, slot: SlotKey) -> None:
        """Let a slot send nothing; its numbers and history are kept."""
        copy = self._copies[slot]
        if copy.source is not None:
            copy.source.followers.remove(copy)
            copy.leave()

    def forward(
        self, track: TrackKey, packet: RtpPacket, numbers: RunningNumbers, *, now: float
    ) -> int:
        """Copy a packet to all followers and keep it for NACKs; return how many."""
        source = self._sources[track]
        if not source.fresh(packet.extended, numbers):
            return 0
        extended, incoming = packet.extended, packet.timestamp
        if source.ring:
            source.ring[extended % copies.CACHE_PACKETS] = (packet, numbers)
        followers = source.followers
        if not followers:
            return 0
        block = _extension_block(packet, source.codec, now)
        second = source.payload_type | (0x80 if packet.marker else 0)
        shared = packet.payload
        octets = len(shared)
        at = numbers.picture_id_offset
        numbered = at >= 0
        # The usual form, a 15-bit picture id and nothing else, is put together
        # from parts; the others go the long way.
        usual = numbers.picture_id_bytes == 2 and numbers.tl0_offset < 0
        before, after = (shared[:at], shared[at + 2 :]) if usual else (b"", b"")
        picture_id = numbers.picture_id
        pack, pack_id = _HEADER.pack, copies.TWO_BYTES.pack
        sent = 0
        for copy in followers:
            segment = copy.segment
            number = extended + segment.sequence_offset
            if number < segment.first:
                continue  # from before the packet that this slot began with
            newest = number > copy.highest
            if copy.ahead or segment.epochs is not None:
                if newest and copy.last_timestamp is not None:
                    copy.slew(
                        segment,
                        incoming,
                        (copy.last_timestamp - segment.timestamp_offset) & MASK32,
                    )
                timestamp = segment.timestamp(incoming)
            else:
                timestamp = (incoming + segment.timestamp_offset) & MASK32
            if usual:
                number_now = (picture_id + segment.picture_id_offset) & PICTURE_ID_MASK
                body = before + pack_id(0x8000 | number_now) + after
            elif numbered:
                body = segment.payload(shared, numbers)
            else:
                body = shared
            if newest:
                copy.highest = number
                copy.last_timestamp = timestamp
            header = (
                pack(WITH_EXTENSIONS, second, number & 0xFFFF, timestamp, copy.ssrc)
                + block
            )
            path = copy.path
            encrypt = path.encrypt
            try:
                if encrypt is not None:
                    iv = (copy.salt ^ number).to_bytes(12, "big")
                    path.send(header + encrypt(iv, body, header), path.address)
                else:
                    path.send(path.protect(header + body), path.address)
            except SEND_ERRORS:
                self.unsent += 1
            copy.packets += 1
            copy.octets += octets
            sent += 1
        self.forwarded += sent
        return sent

    def retransmit(self, slot: SlotKey, sequences: Sequence[int], *, now: float) -> int:
        """Answer a NACK (16-bit numbers) by RTX; return how many were still there."""
        copy = self._copies[slot]
        sent = 0
        for sequence in sequences:
            number = copy.highest - ((copy.highest - sequence) & 0xFFFF)
            segment = next(
                (s for s in reversed(copy.segments) if s.first <= number),
                copies.NO_SEGMENT,
            )
            source = segment.source
            if source is None or not source.ring:
                continue
            extended = number - segment.sequence_offset
            kept = source.ring[extended % copies.CACHE_PACKETS]
            if kept is not None and kept[0].extended == extended:
                self._send_rtx(copy, source, segment, number, *kept, now=now)
                sent += 1
        return sent

    def _send_rtx(
        self,
        copy: copies.Copy,
        source: copies.Source,
        segment: copies.Segment,
        number: int,
        packet: RtpPacket,
        numbers: RunningNumbers,
        *,
        now: float,
    ) -> None:
        rtx = source.rtx_payload_type or 0
        header = _HEADER.pack(
            WITH_EXTENSIONS,
            rtx | (0x80 if packet.marker else 0),
            copy.rtx_sequence & 0xFFFF,
            segment.timestamp(packet.timestamp),
            copy.rtx_ssrc,
        ) + _extension_block(packet, source.codec, now)
        body = copies.TWO_BYTES.pack(number & 0xFFFF) + segment.payload(
            packet.payload, numbers
        )
        path = copy.path
        iv = path.salt ^ (copy.rtx_ssrc << 48) ^ copy.rtx_sequence
        copy.rtx_sequence += 1
        try:
            if path.encrypt is not None:
                data = header + path.encrypt(iv.to_bytes(12, "big"), body, header)
            else:
                data = path.protect(header + body)
            path.send(data, path.address)
        except SEND_ERRORS:
            self.unsent += 1

    def progress(self, slot: SlotKey) -> SlotProgress:
        """Return what a sender report of the slot needs."""
        copy = self._copies[slot]
        segment = copy.segment
        return SlotProgress(
            copy.packets,
            copy.octets,
            copy.last_timestamp,
            segment.timestamp_offset,
        )


def _extension_block(packet: RtpPacket, codec: Codec, now: float) -> bytes:
    elements = [(formats.ABS_SEND_TIME_ID, extensions.abs_send_time(now))]
    level = packet.level
    if level is not None:
        elements.append((formats.AUDIO_LEVEL_ID, level))
    orientation = packet.orientation
    if orientation is not None:
        elements.append((formats.ORIENTATION_ID, orientation))
    return extensions.build(elements)
