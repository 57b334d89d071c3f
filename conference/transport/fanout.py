"""
The fan-out in Python: the reference for any other.

Everything here runs once per copy. The shared part of a packet (its extension
block, its payload after the descriptor) is made once, then each follower gets
its own header, running numbers, protection and datagram. What it may assume:
extended numbers never repeat within a track, and attach comes before forward.
"""

from collections.abc import Callable, Sequence
from struct import Struct

import pylibsrtp

from conference.rtp import extensions
from conference.rtp.codecs import NO_NUMBERS, PICTURE_ID_MASK, Codec, RunningNumbers
from conference.rtp.packet import RtpPacket
from conference.rtp.sequence import signed32
from conference.sfu import formats
from conference.sfu.fanout import SlotKey, SlotProgress, TrackKey, ViewerKey
from conference.sfu.slot import FRAME_TICKS
from conference.transport.srtp import AeadProtection, Encrypt, Protection

Address = tuple[str, int] | tuple[str, int, int, int]
"""As sockets give it: IPv4, or IPv6 with flow label and scope."""
Send = Callable[[bytes, Address], object]
"""A socket's ``sendto``."""

CACHE_PACKETS = 1024
"""Packets kept of a video track for NACKs, a power of two: 5 s at 1.5 Mbit/s,
1.2 MB of memory per track. Less: repairs fail on slow links."""
KEPT_SEGMENTS = 8
"""Earlier sources of a slot whose packets can still be repaired."""
SLEW_SHARE = 8
"""A slot that runs ahead falls back by an eighth of each frame's duration."""
EPOCH_TICKS = 90_000
"""Timestamp offsets are remembered for a second of late packets."""
MAX_BEHIND_TICKS = 30 * 90_000
"""Half a minute: capture times are believed to 5 s, and slots run ahead by less."""
WITH_EXTENSIONS = 0x90
"""Version 2, extension bit set."""
MASK32 = 0xFFFFFFFF
WINDOW_MASK = (1 << CACHE_PACKETS) - 1

SEND_ERRORS = (OSError, ValueError, pylibsrtp.Error)
"""One viewer's full buffer, or a packet that its profile cannot protect, must not
cost the next viewer its copy."""
_HEADER = Struct("!BBHII")
_TWO_BYTES = Struct("!H")


class _Source:
    """A track and its followers."""

    __slots__ = (
        "_highest",
        "_window",
        "codec",
        "followers",
        "payload_type",
        "ring",
        "rtx_payload_type",
    )

    def __init__(self, codec: Codec) -> None:
        self.codec = codec
        self.payload_type = formats.PAYLOAD_TYPES[codec]
        self.rtx_payload_type = formats.RTX_PAYLOAD_TYPES.get(codec)
        self.followers: list[_Copy] = []
        self.ring: list[tuple[RtpPacket, RunningNumbers] | None] = (
            [None] * CACHE_PACKETS if self.rtx_payload_type is not None else []
        )
        self._highest = 0
        self._window = 0

    def fresh(self, extended: int) -> bool:
        """
        Tell whether a packet was not forwarded before; it counts as forwarded.

        An AEAD cipher is broken by two packets under one number, so this guard
        stands here and does not trust the caller.
        """
        ahead = extended - self._highest
        if ahead > 0:
            shift = min(ahead, CACHE_PACKETS)
            self._window = (self._window << shift | 1) & WINDOW_MASK
            self._highest = extended
            return True
        bit = 1 << -ahead
        if -ahead >= CACHE_PACKETS or self._window & bit:
            return False
        self._window |= bit
        return True


def _unused(packet: bytes) -> bytes:
    raise AssertionError("an AEAD path protects by its cipher")


class _Path:
    """Where a viewer is reached, and its keys."""

    __slots__ = ("address", "encrypt", "protect", "salt", "send")

    def __init__(self, protection: Protection, send: Send, address: Address) -> None:
        self.send = send
        self.address = address
        self.encrypt: Encrypt | None = None
        self.protect: Callable[[bytes], bytes] = _unused
        self.salt = 0
        if isinstance(protection, AeadProtection):
            self.encrypt = protection.encrypt
            self.salt = protection.salt
        else:
            self.protect = protection.protect


class _Segment:
    """How one stretch of a slot's output came from one track."""

    __slots__ = (
        "epochs",
        "first",
        "picture_id_offset",
        "sequence_offset",
        "source",
        "timestamp_offset",
        "tl0_offset",
    )

    def __init__(
        self, source: _Source | None, first: int, sequence_offset: int
    ) -> None:
        self.source = source
        self.first = first
        """First extended number of the output."""
        self.sequence_offset = sequence_offset
        self.timestamp_offset = 0
        self.epochs: list[tuple[int, int]] | None = None
        """While slewing: (track timestamp, offset from there on), oldest first."""
        self.picture_id_offset = 0
        self.tl0_offset = 0

    def timestamp(self, incoming: int) -> int:
        """Return the slot timestamp of a frame, also of a late one."""
        offset = self.timestamp_offset
        if self.epochs is not None:
            for start, epoch_offset in reversed(self.epochs):
                offset = epoch_offset
                if signed32(incoming - start) >= 0:
                    break
        return (incoming + offset) & MASK32

    def payload(self, payload: bytes, numbers: RunningNumbers) -> bytes:
        """Return the payload with this slot's running numbers."""
        at, width = numbers.picture_id_offset, numbers.picture_id_bytes
        if width == 2:
            number = (numbers.picture_id + self.picture_id_offset) & PICTURE_ID_MASK
            payload = (
                payload[:at] + _TWO_BYTES.pack(0x8000 | number) + payload[at + 2 :]
            )
        elif width == 1:
            number = (numbers.picture_id + self.picture_id_offset) & 0x7F
            payload = payload[:at] + bytes((number,)) + payload[at + 1 :]
        at = numbers.tl0_offset
        if at >= 0:
            index = (numbers.tl0 + self.tl0_offset) & 0xFF
            payload = payload[:at] + bytes((index,)) + payload[at + 1 :]
        return payload


NO_SEGMENT = _Segment(None, 0, 0)
"""Of a slot that follows nothing."""


class _Copy:
    """The numeric state of one slot."""

    __slots__ = (
        "ahead",
        "highest",
        "last_picture_id",
        "last_timestamp",
        "last_tl0",
        "octets",
        "packets",
        "path",
        "rtx_sequence",
        "rtx_ssrc",
        "salt",
        "segment",
        "segments",
        "source",
        "ssrc",
        "video",
    )

    def __init__(self, path: _Path, fmt: formats.SlotFormat, first: int) -> None:
        self.path = path
        self.ssrc = fmt.ssrc
        self.rtx_ssrc = fmt.rtx_ssrc
        self.video = fmt.kind == "video"
        self.salt = path.salt ^ (fmt.ssrc << 48)
        self.highest = first - 1
        """Highest extended number sent."""
        self.rtx_sequence = first
        self.last_timestamp: int | None = None
        self.last_picture_id = 0
        self.last_tl0 = 0
        self.ahead = 0
        """Ticks that the output runs ahead of the slot clock."""
        self.packets = 0
        self.octets = 0
        self.source: _Source | None = None
        self.segment = NO_SEGMENT
        self.segments: list[_Segment] = []

    def slew(self, segment: _Segment, timestamp: int, newest: int) -> None:
        """Fall back towards the slot clock at a new frame."""
        duration = signed32(timestamp - newest)
        if duration <= 0:
            return
        epochs = segment.epochs
        if epochs is None:
            epochs = segment.epochs = [(newest, segment.timestamp_offset)]
        step = min(self.ahead, duration // SLEW_SHARE)
        if step:
            self.ahead -= step
            segment.timestamp_offset -= step
            epochs.append((timestamp, segment.timestamp_offset))
        while len(epochs) > 1 and signed32(timestamp - epochs[1][0]) > EPOCH_TICKS:
            del epochs[0]
        if len(epochs) == 1 and not self.ahead:
            segment.epochs = None


class PythonFanout:
    """
    ``conference.sfu.fanout.Fanout`` over sockets of this process.

    ``set_path`` and ``open_viewer`` are the transport's side of it: keys come
    with the handshake, the address with an authenticated check.
    """

    def __init__(self) -> None:
        self._sources: dict[TrackKey, _Source] = {}
        self._copies: dict[SlotKey, _Copy] = {}
        self._paths: dict[ViewerKey, _Path] = {}
        self._slots: dict[ViewerKey, list[SlotKey]] = {}
        self.forwarded = 0
        """Copies handed to a socket since the start."""
        self.unsent = 0
        """Copies that a socket refused, for one because its buffer was full."""

    def open_viewer(
        self, viewer: ViewerKey, protection: Protection, send: Send, address: Address
    ) -> None:
        """Make a viewer reachable."""
        self._paths[viewer] = _Path(protection, send, address)
        self._slots[viewer] = []

    def set_path(self, viewer: ViewerKey, send: Send, address: Address) -> None:
        """Reach a viewer at another address."""
        path = self._paths.get(viewer)
        if path is not None:
            path.send, path.address = send, address

    def open_track(self, track: TrackKey, codec: Codec) -> None:
        """Begin a track without followers and with an empty packet cache."""
        self._sources[track] = _Source(codec)

    def close_track(self, track: TrackKey) -> None:
        """End a track: its followers are detached, its cache is dropped."""
        source = self._sources.pop(track)
        for copy in source.followers:
            copy.source, copy.segment = None, NO_SEGMENT
        source.followers.clear()
        source.ring = []

    def open_slot(
        self, slot: SlotKey, viewer: ViewerKey, fmt: formats.SlotFormat, *, first: int
    ) -> None:
        """Begin a slot; ``first`` (below 2¹⁴) is its first sequence number."""
        self._copies[slot] = _Copy(self._paths[viewer], fmt, first)
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
        segment = _Segment(source, first, first - packet.extended)
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
            copy.source, copy.segment = None, NO_SEGMENT

    def forward(
        self, track: TrackKey, packet: RtpPacket, numbers: RunningNumbers, *, now: float
    ) -> int:
        """Copy a packet to all followers and keep it for NACKs; return how many."""
        source = self._sources[track]
        if not source.fresh(packet.extended):
            return 0
        extended, incoming = packet.extended, packet.timestamp
        if source.ring:
            source.ring[extended % CACHE_PACKETS] = (packet, numbers)
        followers = source.followers
        if not followers:
            return 0
        block = _extension_block(packet, source.codec, now)
        second = source.payload_type | (0x80 if packet.marker else 0)
        shared = packet.payload
        octets = len(shared)
        numbered = numbers is not NO_NUMBERS and numbers.picture_id_bytes > 0
        pack = _HEADER.pack
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
            body = shared
            if numbered:
                body = segment.payload(shared, numbers)
            if newest:
                copy.highest = number
                copy.last_timestamp = timestamp
                if numbered:
                    copy.last_picture_id = (
                        numbers.picture_id + segment.picture_id_offset
                    ) & PICTURE_ID_MASK
                    copy.last_tl0 = numbers.tl0 + segment.tl0_offset
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
                (s for s in reversed(copy.segments) if s.first <= number), NO_SEGMENT
            )
            source = segment.source
            if source is None or not source.ring:
                continue
            extended = number - segment.sequence_offset
            kept = source.ring[extended % CACHE_PACKETS]
            if kept is not None and kept[0].extended == extended:
                self._send_rtx(copy, source, segment, number, *kept, now=now)
                sent += 1
        return sent

    def _send_rtx(
        self,
        copy: _Copy,
        source: _Source,
        segment: _Segment,
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
        body = _TWO_BYTES.pack(number & 0xFFFF) + segment.payload(
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
