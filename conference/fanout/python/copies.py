"""
The numbers of copies: what each slot and each track carries from packet to packet.

Plain state for the fan-out's loop, which reads and writes it directly; the only
logic here is the one that a single copy needs: timestamps of late frames,
running numbers of a payload, and the guard against repeated packet numbers.
"""

from bisect import bisect_left, bisect_right, insort
from collections.abc import Callable
from struct import Struct

from conference.fanout import formats
from conference.fanout.contract import CACHE_PACKETS, KEPT_EPOCHS
from conference.fanout.python.sent_ring import SentRing
from conference.fanout.python.srtp import AeadProtection, Encrypt, Protection
from conference.fanout.sockets import Address
from conference.rtp.codecs import (
    NO_NUMBERS,
    PICTURE_ID_MASK,
    Codec,
    PayloadHead,
    RunningNumbers,
)
from conference.rtp.packet import RtpPacket
from conference.rtp.sequence import signed32

SLEW_SHARE = 8
"""A slot that runs ahead falls back by an eighth of each frame's duration."""
EPOCH_TICKS = 90_000
"""Timestamp offsets are remembered for a second of late packets."""
MASK32 = 0xFFFFFFFF
TWO_BYTES = Struct("!H")
_WINDOW_MASK = (1 << CACHE_PACKETS) - 1

Send = Callable[[bytes, Address], object]
"""``sendto`` of a socket."""


Skips = tuple[int, int, int]
"""By the highest temporal layer that is sent: how many were left out before."""
NO_SKIPS: Skips = (0, 0, 0)
ALL_TEMPORALS = 2
"""A slot that leaves no frame out."""


class Kept:
    """A packet in the cache, and how many with higher frames came before it."""

    __slots__ = ("after", "extended", "frames", "head", "packet", "skips")

    def __init__(
        self, packet: RtpPacket, head: PayloadHead, skips: Skips, frames: Skips
    ) -> None:
        self.extended = packet.extended
        self.packet = packet
        self.head = head
        self.skips = skips
        self.after = skips
        """How many came up to it; more than ``skips`` if it was counted itself."""
        self.frames = frames


class Source:
    """
    A layer and its followers.

    Counts, for slots that leave out higher temporal layers, how many packets and
    frames these were: a copy's number is the packet's less that count, so all
    slots of one limit share it and a late packet finds its number too.
    """

    __slots__ = (
        "_counted",
        "_highest",
        "_kept",
        "_window",
        "codec",
        "followers",
        "frames",
        "numbers",
        "payload_type",
        "ring",
        "rtx_payload_type",
        "skips",
        "tl0",
    )

    def __init__(self, codec: Codec) -> None:
        self.codec = codec
        self.payload_type = formats.PAYLOAD_TYPES[codec]
        self.rtx_payload_type = formats.RTX_PAYLOAD_TYPES.get(codec)
        self.followers: list[Copy] = []
        self.ring: list[Kept | None] = (
            [None] * CACHE_PACKETS if self.rtx_payload_type is not None else []
        )
        self.numbers = NO_NUMBERS
        """Of the newest packet that has a picture id: padding has none."""
        self.tl0: int | None = None
        """Of the newest packet that has one."""
        self.skips = NO_SKIPS
        """Packets left out before the one that comes next."""
        self.frames = NO_SKIPS
        self._kept: list[int] = []
        """Extended numbers of what is in the ring, in order."""
        self._counted = -1
        self._highest = 0
        self._window = 0

    @property
    def newest(self) -> int:
        """Highest extended number that was forwarded."""
        return self._highest

    def fresh(self, extended: int, head: PayloadHead) -> bool:
        """
        Tell whether a packet was not forwarded before; it counts as forwarded.

        An AEAD cipher is broken by two packets under one number, so this guard
        stands here and does not trust the caller.
        """
        ahead = extended - self._highest
        if ahead > 0:
            shift = min(ahead, CACHE_PACKETS)
            self._window = (self._window << shift | 1) & _WINDOW_MASK
            self._highest = extended
            numbers = head.numbers
            if numbers.picture_id_bytes:
                self.numbers = numbers
            if numbers.tl0_offset >= 0:
                self.tl0 = numbers.tl0
            return True
        bit = 1 << -ahead
        if -ahead >= CACHE_PACKETS or self._window & bit:
            return False
        self._window |= bit
        return True

    def keep(self, packet: RtpPacket, head: PayloadHead) -> Kept:
        """Put a packet into the cache and count it, if it is of a higher layer."""
        extended, temporal = packet.extended, head.temporal
        if extended == self._highest:
            skips, frames = self.skips, self.frames
            if temporal:
                # A frame that is left out has no picture id of its own in what
                # is sent; it counts once, and then for all that come after.
                picture = head.numbers.picture_id
                new = int(picture != self._counted)
                self._counted = picture
                low = int(temporal > 1)
                self.skips = (skips[0] + 1, skips[1] + low, 0)
                self.frames = frames = (frames[0] + new, frames[1] + new * low, 0)
        else:
            skips, frames = self.before(extended)
        kept = Kept(packet, head, skips, frames)
        if extended == self._highest:
            kept.after = self.skips
        place = extended % CACHE_PACKETS
        old, self.ring[place] = self.ring[place], kept
        order = self._kept
        if old is not None:
            del order[bisect_left(order, old.extended)]
        if order and extended < order[-1]:
            insort(order, extended)
        else:
            order.append(extended)
        return kept

    def before(self, extended: int) -> tuple[Skips, Skips]:
        """Return what was left out before a late packet."""
        order = self._kept
        at = bisect_left(order, extended)
        if at and order[at - 1] > max(0, self._highest - CACHE_PACKETS):
            kept = self._at(order[at - 1])
            return kept.after, kept.frames
        # What came before it is no longer kept, or not all of it. Nothing is known
        # between it and the next one that came, so the count before that one is the
        # same; a guess would give a number away twice.
        if at < len(order):
            kept = self._at(order[at])
            return kept.skips, kept.frames
        return NO_SKIPS, NO_SKIPS

    def _at(self, extended: int) -> Kept:
        kept = self.ring[extended % CACHE_PACKETS]
        assert kept is not None
        return kept

    def find(self, number: int, temporal: int) -> Kept | None:
        """
        Return the packet with a number, as counted without higher frames.

        Of the packets that share it, the last one is the one that was sent.
        """
        if not self.skips[temporal]:
            kept = self.ring[number % CACHE_PACKETS]
            return kept if kept is not None and kept.extended == number else None
        order = self._kept
        at = bisect_right(
            order, number, key=lambda one: one - self._at(one).skips[temporal]
        )
        if not at:
            return None
        kept = self._at(order[at - 1])
        return kept if kept.extended - kept.skips[temporal] == number else None


def _unused(packet: bytes) -> bytes:
    raise AssertionError("an AEAD path protects by its cipher")


Again = tuple["Copy", "Segment", int, Kept]
"""A slot, the segment and number of a packet that was sent on it, and the packet."""


class Path:
    """Where a viewer is reached, its keys, and what it was sent."""

    __slots__ = (
        "address",
        "again",
        "counts_voices",
        "encrypt",
        "insistent",
        "protect",
        "redundant",
        "repair",
        "repeating",
        "salt",
        "send",
        "sent",
        "starved",
        "voice",
    )

    def __init__(self, protection: Protection, send: Send, address: Address) -> None:
        self.send = send
        """Of pictures; paced when the viewer's link is thin."""
        self.repair = send
        """Of retransmissions; paced too, but ahead of new pictures."""
        self.voice = send
        """Of sound, and of probes; never waits."""
        self.address = address
        self.counts_voices = False
        """Packets of voices have transport-wide numbers too."""
        self.insistent = False
        """Each repair goes twice."""
        self.repeating = False
        """Each picture packet goes twice, the second time as a retransmission."""
        self.again: list[Again] = []
        """Repairs that go a second time, behind the next packet."""
        self.starved = False
        """Pictures waited so long that they were thrown away; reset by who asks."""
        self.redundant = False
        """Voices go with older frames in each packet."""
        self.sent = SentRing()
        self.encrypt: Encrypt | None = None
        self.protect: Callable[[bytes], bytes] = _unused
        self.salt = 0
        if isinstance(protection, AeadProtection):
            self.encrypt = protection.encrypt
            self.salt = protection.salt
        else:
            self.protect = protection.protect


class Segment:
    """How one stretch of a slot's output came from one track."""

    __slots__ = (
        "epochs",
        "first",
        "picture_id_offset",
        "sequence_offset",
        "source",
        "temporal",
        "timestamp_offset",
        "tl0_offset",
    )

    def __init__(
        self, source: Source | None, first: int, sequence_offset: int, temporal: int
    ) -> None:
        self.source = source
        self.first = first
        """First extended number of the output."""
        self.sequence_offset = sequence_offset
        self.temporal = temporal
        """Highest temporal layer that is sent."""
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

    def picture_id(self, numbers: RunningNumbers, frames: Skips) -> int:
        """Return the slot's picture id of a frame, not cut to its width."""
        number = numbers.picture_id + self.picture_id_offset
        return number - frames[self.temporal] if numbers.dense else number

    def payload(self, payload: bytes, numbers: RunningNumbers, frames: Skips) -> bytes:
        """Return the payload with this slot's running numbers."""
        at, width = numbers.picture_id_offset, numbers.picture_id_bytes
        if width == 2:
            number = self.picture_id(numbers, frames) & PICTURE_ID_MASK
            payload = payload[:at] + TWO_BYTES.pack(0x8000 | number) + payload[at + 2 :]
        elif width == 1:
            number = self.picture_id(numbers, frames) & 0x7F
            payload = payload[:at] + bytes((number,)) + payload[at + 1 :]
        at = numbers.tl0_offset
        if at >= 0:
            index = (numbers.tl0 + self.tl0_offset) & 0xFF
            payload = payload[:at] + bytes((index,)) + payload[at + 1 :]
        return payload


NO_SEGMENT = Segment(None, 0, 0, ALL_TEMPORALS)
"""Of a slot that follows nothing."""


class Copy:
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

    def __init__(self, path: Path, fmt: formats.SlotFormat, first: int) -> None:
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
        self.source: Source | None = None
        self.segment = NO_SEGMENT
        self.segments: list[Segment] = []

    def follow(self, source: Source, segment: Segment) -> None:
        """Go on with another segment."""
        self.source, self.segment = source, segment
        while self.segments and self.segments[-1].first >= segment.first:
            del self.segments[-1]  # nothing was sent of it
        self.segments.append(segment)
        del self.segments[:-KEPT_EPOCHS]

    def earlier(self, extended: int, skips: Skips) -> Segment | None:
        """Return the segment before the newest one that a late packet is part of."""
        end = self.segment.first
        for segment in reversed(self.segments[:-1]):
            number = extended + segment.sequence_offset - skips[segment.temporal]
            if segment.source is self.source and segment.first <= number < end:
                return segment
            end = segment.first
        return None

    def leave(self) -> None:
        """Follow nothing; remember where the running numbers stand."""
        self.remember()
        self.source, self.segment = None, NO_SEGMENT

    def remember(self) -> None:
        """Note where the running numbers stand, if anything was sent."""
        source, segment = self.source, self.segment
        if source is not None and segment.first <= self.highest:
            if source.numbers.picture_id_bytes:
                self.last_picture_id = segment.picture_id(source.numbers, source.frames)
            if source.tl0 is not None:
                self.last_tl0 = source.tl0 + segment.tl0_offset

    def slew(self, segment: Segment, timestamp: int, newest: int) -> None:
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
