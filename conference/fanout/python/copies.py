"""
State of the fan-out: what layers, slots and viewers keep from packet to packet.

The engine's loops read and write these fields directly. The only logic here is what
a single copy needs: timestamps of late frames, running numbers of a payload, and the
guard against forwarding a packet number twice.
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
"""A slot that runs ahead of its clock falls back by an eighth of each frame's duration.
Smaller: faster, and the change of speed becomes visible."""
OFFSET_HISTORY_TICKS = 90_000
"""Earlier timestamp offsets are kept for 1 s, for packets that arrive late."""
MASK32 = 0xFFFFFFFF
TWO_BYTES = Struct("!H")
_WINDOW_MASK = (1 << CACHE_PACKETS) - 1

Send = Callable[[bytes, Address], object]
"""``sendto`` of a socket."""


Skips = tuple[int, int, int]
"""Number of packets or frames left out so far, by temporal limit of a slot (0, 1, 2)."""
NO_SKIPS: Skips = (0, 0, 0)
ALL_TEMPORALS = 2
"""Temporal limit of a slot that leaves no frame out."""


class CachedPacket:
    """A packet kept for NACKs, and what slots with a temporal limit left out before it."""

    __slots__ = ("after", "extended", "frames", "head", "packet", "skips")

    def __init__(
        self, packet: RtpPacket, head: PayloadHead, skips: Skips, frames: Skips
    ) -> None:
        self.extended = packet.extended
        self.packet = packet
        self.head = head
        self.skips = skips
        self.after = skips
        """Packets left out up to and including this one."""
        self.frames = frames


class LayerCopyState:
    """
    A layer: its packet cache, its running numbers, and the slots that follow it.

    For each temporal limit it counts the packets and frames that are left out. The
    sequence number of a copy is that of the packet minus this count, so that all
    slots with the same limit share it, and a late packet still has its number.
    """

    __slots__ = (
        "_cached",
        "_counted",
        "_highest",
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
        self.ring: list[CachedPacket | None] = (
            [None] * CACHE_PACKETS if self.rtx_payload_type is not None else []
        )
        self.numbers = NO_NUMBERS
        """Numbers of the newest packet that has a picture id; padding has none."""
        self.tl0: int | None = None
        """TL0PICIDX of the newest packet that has one."""
        self.skips = NO_SKIPS
        """Packets left out before the next packet."""
        self.frames = NO_SKIPS
        """Frames left out before the next packet."""
        self._cached: list[int] = []
        """Extended numbers of the packets in the ring, in ascending order."""
        self._counted = -1
        self._highest = 0
        self._window = 0

    @property
    def newest(self) -> int:
        """Highest extended sequence number that was forwarded."""
        return self._highest

    def fresh(self, extended: int, head: PayloadHead) -> bool:
        """
        Mark a packet as forwarded; return False if it was forwarded before.

        Two packets under one number break an AEAD cipher (RFC 7714 §8.4), so this
        check does not rely on the caller.
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

    def keep(self, packet: RtpPacket, head: PayloadHead) -> CachedPacket:
        """Put a packet into the cache; count it if a temporal limit leaves it out."""
        extended, temporal = packet.extended, head.temporal
        if extended == self._highest:
            skips, frames = self.skips, self.frames
            if temporal:
                # Copies with a lower limit must have consecutive picture ids, so
                # each frame that is left out counts once, for all frames after it.
                picture = head.numbers.picture_id
                new = int(picture != self._counted)
                self._counted = picture
                low = int(temporal > 1)
                self.skips = (skips[0] + 1, skips[1] + low, 0)
                self.frames = frames = (frames[0] + new, frames[1] + new * low, 0)
        else:
            skips, frames = self.before(extended)
        cached = CachedPacket(packet, head, skips, frames)
        if extended == self._highest:
            cached.after = self.skips
        place = extended % CACHE_PACKETS
        old, self.ring[place] = self.ring[place], cached
        order = self._cached
        if old is not None:
            del order[bisect_left(order, old.extended)]
        if order and extended < order[-1]:
            insort(order, extended)
        else:
            order.append(extended)
        return cached

    def before(self, extended: int) -> tuple[Skips, Skips]:
        """Return the packets and frames that were left out before a late packet."""
        order = self._cached
        at = bisect_left(order, extended)
        if at and order[at - 1] > max(0, self._highest - CACHE_PACKETS):
            cached = self._at(order[at - 1])
            return cached.after, cached.frames
        # Packets before it have left the cache. No packet is known between it and the
        # next one in the cache, so both have the same count; an estimate could use a
        # number twice.
        if at < len(order):
            cached = self._at(order[at])
            return cached.skips, cached.frames
        return NO_SKIPS, NO_SKIPS

    def _at(self, extended: int) -> CachedPacket:
        cached = self.ring[extended % CACHE_PACKETS]
        assert cached is not None
        return cached

    def find(self, number: int, temporal: int) -> CachedPacket | None:
        """
        Return the cached packet that was sent under a number.

        Args:
            number: Extended number, counted without the packets that were left out.
            temporal: Temporal limit under which it was sent.

        Returns:
            Of the packets with this number, the last: only that one was sent. None
            if it is no longer in the cache.
        """
        if not self.skips[temporal]:
            cached = self.ring[number % CACHE_PACKETS]
            return cached if cached is not None and cached.extended == number else None
        order = self._cached
        at = bisect_right(
            order, number, key=lambda one: one - self._at(one).skips[temporal]
        )
        if not at:
            return None
        cached = self._at(order[at - 1])
        return cached if cached.extended - cached.skips[temporal] == number else None


def _unused(packet: bytes) -> bytes:
    raise AssertionError("an outlet with an AEAD profile protects by its cipher")


PendingRepair = tuple["Copy", "Epoch", int, CachedPacket]
"""A retransmission that is to be repeated: slot, epoch, extended number, packet."""


class Outlet:
    """Socket, address and keys of a viewer, and the log of what it was sent."""

    __slots__ = (
        "address",
        "audio_transport_cc",
        "encrypt",
        "insistent",
        "pending_repairs",
        "protect",
        "redundant",
        "repeating",
        "salt",
        "send_repair",
        "send_unpaced",
        "send_video",
        "sent",
        "starved",
    )

    def __init__(self, protection: Protection, send: Send, address: Address) -> None:
        self.send_video = send
        """Sends video; goes through the pacer while the viewer's link is limited."""
        self.send_repair = send
        """Sends retransmissions; paced too, but with priority over new video."""
        self.send_unpaced = send
        """Sends audio and probes immediately."""
        self.address = address
        self.audio_transport_cc = False
        """Audio packets have transport-wide numbers too."""
        self.insistent = False
        """Each retransmission is sent twice."""
        self.repeating = False
        """Each video packet is sent twice, the second time as a retransmission."""
        self.pending_repairs: list[PendingRepair] = []
        """Retransmissions that are repeated after the next video packet."""
        self.starved = False
        """The pacer dropped video that had waited too long; reset when it is read."""
        self.redundant = False
        """Audio packets carry older frames too (RFC 2198)."""
        self.sent = SentRing()
        self.encrypt: Encrypt | None = None
        self.protect: Callable[[bytes], bytes] = _unused
        self.salt = 0
        if isinstance(protection, AeadProtection):
            self.encrypt = protection.encrypt
            self.salt = protection.salt
        else:
            self.protect = protection.protect


class Epoch:
    """
    A part of a slot's output that comes from one layer under one temporal limit.

    Holds the offsets between the layer's numbers and the slot's.
    """

    __slots__ = (
        "first",
        "layer",
        "offsets",
        "picture_id_offset",
        "sequence_offset",
        "temporal",
        "timestamp_offset",
        "tl0_offset",
    )

    def __init__(
        self,
        layer: LayerCopyState | None,
        first: int,
        sequence_offset: int,
        temporal: int,
    ) -> None:
        self.layer = layer
        self.first = first
        """First extended sequence number of the slot's output."""
        self.sequence_offset = sequence_offset
        self.temporal = temporal
        """Temporal limit: the highest temporal layer that is sent."""
        self.timestamp_offset = 0
        """Slot timestamp minus the layer's, modulo 2³²."""
        self.offsets: list[tuple[int, int]] | None = None
        """While the slot falls back to its clock: (layer timestamp, timestamp offset
        that applies from there on), oldest first."""
        self.picture_id_offset = 0
        self.tl0_offset = 0

    def timestamp(self, incoming: int) -> int:
        """Return the slot timestamp for a layer timestamp, also of a late frame."""
        offset = self.timestamp_offset
        if self.offsets is not None:
            for start, later_offset in reversed(self.offsets):
                offset = later_offset
                if signed32(incoming - start) >= 0:
                    break
        return (incoming + offset) & MASK32

    def picture_id(self, numbers: RunningNumbers, frames: Skips) -> int:
        """Return the slot's picture id of a frame, not reduced to its 7 or 15 bits."""
        number = numbers.picture_id + self.picture_id_offset
        return number - frames[self.temporal] if numbers.dense else number

    def payload(self, payload: bytes, numbers: RunningNumbers, frames: Skips) -> bytes:
        """Return the payload with the slot's picture id and TL0PICIDX."""
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


NO_EPOCH = Epoch(None, 0, 0, ALL_TEMPORALS)
"""The epoch of a slot that follows no layer."""


class Copy:
    """State of one slot."""

    __slots__ = (
        "ahead",
        "epoch",
        "epochs",
        "highest",
        "last_picture_id",
        "last_timestamp",
        "last_tl0",
        "layer",
        "octets",
        "outlet",
        "packets",
        "rtx_sequence",
        "rtx_ssrc",
        "salt",
        "ssrc",
        "video",
    )

    def __init__(self, outlet: Outlet, fmt: formats.SlotFormat, first: int) -> None:
        self.outlet = outlet
        self.ssrc = fmt.ssrc
        self.rtx_ssrc = fmt.rtx_ssrc
        self.video = fmt.kind == "video"
        self.salt = outlet.salt ^ (fmt.ssrc << 48)
        self.highest = first - 1
        """Highest extended sequence number sent."""
        self.rtx_sequence = first
        self.last_timestamp: int | None = None
        self.last_picture_id = 0
        self.last_tl0 = 0
        self.ahead = 0
        """Timestamp ticks by which the output is ahead of the slot clock."""
        self.packets = 0
        self.octets = 0
        self.layer: LayerCopyState | None = None
        self.epoch = NO_EPOCH
        self.epochs: list[Epoch] = []

    def follow(self, layer: LayerCopyState, epoch: Epoch) -> None:
        """Continue with another epoch."""
        self.layer, self.epoch = layer, epoch
        while self.epochs and self.epochs[-1].first >= epoch.first:
            del self.epochs[-1]  # nothing was sent in it
        self.epochs.append(epoch)
        del self.epochs[:-KEPT_EPOCHS]

    def earlier(self, extended: int, skips: Skips) -> Epoch | None:
        """Return the earlier epoch to which a late packet belongs, if it is kept."""
        end = self.epoch.first
        for epoch in reversed(self.epochs[:-1]):
            number = extended + epoch.sequence_offset - skips[epoch.temporal]
            if epoch.layer is self.layer and epoch.first <= number < end:
                return epoch
            end = epoch.first
        return None

    def leave(self) -> None:
        """Follow no layer; store the last running numbers."""
        self.remember()
        self.layer, self.epoch = None, NO_EPOCH

    def remember(self) -> None:
        """Store the last running numbers of the present epoch, if it sent anything."""
        layer, epoch = self.layer, self.epoch
        if layer is not None and epoch.first <= self.highest:
            if layer.numbers.picture_id_bytes:
                self.last_picture_id = epoch.picture_id(layer.numbers, layer.frames)
            if layer.tl0 is not None:
                self.last_tl0 = layer.tl0 + epoch.tl0_offset

    def slew(self, epoch: Epoch, timestamp: int, newest: int) -> None:
        """
        Bring the output closer to the slot clock at the start of a new frame.

        Args:
            epoch: The present one.
            timestamp: Layer timestamp of the new frame.
            newest: Layer timestamp of the newest frame sent.
        """
        duration = signed32(timestamp - newest)
        if duration <= 0:
            return
        offsets = epoch.offsets
        if offsets is None:
            offsets = epoch.offsets = [(newest, epoch.timestamp_offset)]
        step = min(self.ahead, duration // SLEW_SHARE)
        if step:
            self.ahead -= step
            epoch.timestamp_offset -= step
            offsets.append((timestamp, epoch.timestamp_offset))
        while (
            len(offsets) > 1
            and signed32(timestamp - offsets[1][0]) > OFFSET_HISTORY_TICKS
        ):
            del offsets[0]
        if len(offsets) == 1 and not self.ahead:
            epoch.offsets = None
