"""
The contract between decisions and copies.

Everything done once per copy of a packet lives behind ``Fanout``: rewriting the
header and the running numbers, protecting with the viewer's key, sending, and
answering a NACK from the track's packet cache. It owns the numeric state of
every slot. What to copy and where is decided by its caller, per packet or per
timer. Keys and destinations are plain values, so that an engine may be written in
another language. The engines are listed in ``conference.fanout.engines``; each passes
the tests in ``tests/conference/fanout``.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from enum import Enum
from typing import NewType, Protocol

from conference.fanout.formats import SlotFormat
from conference.fanout.sent import SentLog
from conference.fanout.sockets import Address, SocketId, SocketTable
from conference.rtp.codecs import Codec, PayloadHead
from conference.rtp.packet import RtpPacket

CACHE_PACKETS = 1024
"""Packets kept of a video layer for NACKs, a power of two: 5 s at 1.5 Mbit/s,
1.2 MB of memory per layer. Less: repairs fail on slow links."""
KEPT_EPOCHS = 16
"""Earlier layers of a slot whose packets can still be repaired, and earlier limits of
its temporal layers."""
REPEAT_BEHIND = 2
"""Packets between one and its repetition: losses come in short runs. More: the end of a
frame waits for the next one."""

LayerKey = NewType("LayerKey", int)
SlotKey = NewType("SlotKey", int)
ViewerKey = NewType("ViewerKey", int)


class SrtpProfile(Enum):
    """How packets are protected (RFC 5764 §4.1.2, RFC 7714 §14.2)."""

    AEAD_AES_128_GCM = "AEAD_AES_128_GCM"
    AEAD_AES_256_GCM = "AEAD_AES_256_GCM"
    AES128_CM_SHA1_80 = "AES128_CM_SHA1_80"


@dataclass(frozen=True, slots=True)
class ViewerKeys:
    """What protects the RTP packets sent to a viewer; agreed on in its handshake."""

    profile: SrtpProfile
    master_key: bytes = field(repr=False)
    """16 octets, 32 for the 256-bit profile."""
    master_salt: bytes = field(repr=False)
    """12 octets for the AEAD profiles, 14 for the other."""


@dataclass(frozen=True, slots=True)
class Destination:
    """Where a viewer is reached."""

    socket: SocketId
    address: Address


@dataclass(frozen=True, slots=True)
class SlotProgress:
    """What a slot has sent so far."""

    packets: int
    octets: int
    """Payload bytes, as sender reports count them."""
    timestamp: int | None
    """RTP timestamp of the newest frame; None before the first packet."""
    timestamp_offset: int
    """Slot timestamp minus track timestamp, modulo 2³²."""


class Fanout(Protocol):
    """
    Copies packets of layers to the slots that follow them.

    The caller opens viewers, slots and layers, attaches slots at the packet
    that shall be the first, and closes what it opened. Unknown keys are
    programming errors, except where a method says otherwise.
    """

    @property
    def forwarded(self) -> int:
        """Copies handed to a socket since the start."""
        ...

    @property
    def unsent(self) -> int:
        """Copies that a socket refused, for example because its buffer was full."""
        ...

    def open_viewer(
        self,
        viewer: ViewerKey,
        keys: ViewerKeys,
        destination: Destination,
        *,
        counts_voices: bool = False,
    ) -> None:
        """
        Make a viewer reachable.

        Args:
            viewer: Has no slots yet.
            keys: Of its handshake.
            destination: The address of an authenticated check, on an open socket.
            counts_voices: Its feedback covers audio packets, so that these carry
                transport-wide numbers too.
        """
        ...

    def set_destination(self, viewer: ViewerKey, destination: Destination) -> None:
        """Reach a viewer at another address; ignored for one that is not open."""
        ...

    def open_layer(self, layer: LayerKey, codec: Codec) -> None:
        """Begin a layer without followers and with an empty packet cache."""
        ...

    def close_layer(self, layer: LayerKey) -> None:
        """End a layer: its followers are detached, its cache is dropped."""
        ...

    def open_slot(
        self, slot: SlotKey, viewer: ViewerKey, fmt: SlotFormat, *, first: int
    ) -> None:
        """Begin a slot; ``first`` (below 2¹⁴) is its first sequence number."""
        ...

    def close_viewer(self, viewer: ViewerKey) -> None:
        """End all slots of a viewer and forget its keys and destination."""
        ...

    def attach(
        self,
        slot: SlotKey,
        layer: LayerKey,
        packet: RtpPacket,
        head: PayloadHead,
        *,
        timestamp: int,
        temporal: int,
    ) -> None:
        """
        Let a slot follow a layer from ``packet`` on, which is forwarded next.

        Sequence and running numbers go on without a gap. ``timestamp`` is the
        slot clock at the packet's capture; if it lies behind what was sent, the
        slot runs ahead for a while (video) or stays ahead (audio). Frames above
        ``temporal`` are left out.
        """
        ...

    def limit(
        self, slot: SlotKey, packet: RtpPacket, head: PayloadHead, *, temporal: int
    ) -> None:
        """
        Leave out frames above a temporal layer from ``packet`` on.

        ``packet`` begins a frame and is forwarded next. Numbers go on without a
        gap, as if the frames left out had never been.
        """
        ...

    def detach(self, slot: SlotKey) -> None:
        """Let a slot send nothing; its numbers and history are kept."""
        ...

    def forward(
        self, layer: LayerKey, packet: RtpPacket, head: PayloadHead, *, now: float
    ) -> int:
        """Copy a packet to all followers and keep it for NACKs; return how many."""
        ...

    def retransmit(self, slot: SlotKey, sequences: Sequence[int], *, now: float) -> int:
        """
        Answer a NACK (16-bit numbers) by RTX; return how many were still there.

        A slot without an RTX source is answered nothing.
        """
        ...

    def probe(self, slot: SlotKey, octets: int, packets: int, *, now: float) -> int:
        """
        Send what carries nothing new on a video slot's RTX source.

        It repeats what the slot sent last, or is padding; at least so many octets
        in at least so many packets. Returns the octets.
        """
        ...

    def progress(self, slot: SlotKey) -> SlotProgress:
        """Return what a sender report of the slot needs."""
        ...

    def sent(self, viewer: ViewerKey) -> SentLog:
        """Return the record of what a viewer was sent under transport-wide numbers."""
        ...

    def reinforce(
        self,
        viewer: ViewerKey,
        *,
        redundant: bool,
        insistent: bool = False,
        repeating: bool = False,
    ) -> None:
        """
        Strengthen what a viewer is sent against loss.

        Args:
            viewer: Whose link loses packets.
            redundant: Voices carry older frames, where publishers send them.
            insistent: Each repair is sent twice.
            repeating: Each picture packet is sent twice.
        """
        ...

    def starved(self, viewer: ViewerKey) -> bool:
        """
        Tell whether pictures for a viewer waited too long and were thrown away.

        True once each time: what comes next cannot be decoded without a key frame.
        """
        ...

    def pace(self, viewer: ViewerKey, rate_bps: float | None, *, now: float) -> None:
        """Spread what a viewer is sent over time at a rate; None: send at once."""
        ...

    def flush(self, *, now: float) -> None:
        """Send the packets of paced viewers that are due."""
        ...


FanoutFactory = Callable[[SocketTable, Callable[[float], None]], Fanout]
"""Makes an engine from the sockets that it sends on, and from what it calls with the
time at which ``flush`` is due."""
