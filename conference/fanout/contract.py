"""
The seam between decisions and copies.

Everything done once per copy of a packet lives behind ``Fanout``: rewriting the
header and the running numbers, protecting with the viewer's key, sending, and
answering a NACK from the track's packet cache. It owns the numeric state of
every slot. What to copy and where is decided by its caller, per packet or per
timer. The Python one is ``conference.fanout.python.engine``; another must pass the
same tests.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import NewType, Protocol

from conference.fanout.formats import SlotFormat
from conference.fanout.sent import SentLog
from conference.rtp.codecs import Codec, PayloadHead
from conference.rtp.packet import RtpPacket

Address = tuple[str, int] | tuple[str, int, int, int]
"""As sockets give it: IPv4, or IPv6 with flow label and scope."""
Send = Callable[[bytes, Address], object]
"""A socket's ``sendto``."""

LayerKey = NewType("LayerKey", int)
SlotKey = NewType("SlotKey", int)
ViewerKey = NewType("ViewerKey", int)


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
    programming errors.
    """

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
        """End all slots of a viewer and forget its key and path."""
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
