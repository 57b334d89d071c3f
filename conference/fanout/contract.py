"""
The contract of the fan-out, which makes and sends the copies of packets.

All work per copy is behind ``Fanout``: rewriting the header and the running numbers,
protecting with the viewer's key, sending, and answering a NACK from the layer's packet
cache. The fan-out owns the numeric state of every slot. Its caller decides, per packet
or per timer, which slot follows which layer. Keys and destinations are plain values,
so that an engine can be written in another language. ``conference.fanout.engines``
lists the engines; each passes the tests in ``tests/conference/fanout``.
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
"""Packets of a video layer kept for NACKs, a power of two: 5 s at 1.5 Mbit/s, 1.2 MB
of memory per layer. Less: retransmissions fail on links with a long round trip."""
KEPT_EPOCHS = 16
"""Epochs of a slot (changes of layer or temporal limit) whose packets can still be
retransmitted."""
REPEAT_BEHIND = 2
"""Distance in packets between a packet and its repetition, because losses come in short
runs. More: the repetition of a frame's end waits for the next frame."""

LayerKey = NewType("LayerKey", int)
SlotKey = NewType("SlotKey", int)
ViewerKey = NewType("ViewerKey", int)


class SrtpProfile(Enum):
    """SRTP protection profile (RFC 5764 §4.1.2, RFC 7714 §14.2)."""

    AEAD_AES_128_GCM = "AEAD_AES_128_GCM"
    AEAD_AES_256_GCM = "AEAD_AES_256_GCM"
    AES128_CM_SHA1_80 = "AES128_CM_SHA1_80"


@dataclass(frozen=True, slots=True)
class ViewerKeys:
    """Profile and keys for the RTP packets sent to a viewer, from its DTLS handshake."""

    profile: SrtpProfile
    master_key: bytes = field(repr=False)
    """16 octets, 32 for the 256-bit profile."""
    master_salt: bytes = field(repr=False)
    """12 octets for the AEAD profiles, 14 for the other."""


@dataclass(frozen=True, slots=True)
class Destination:
    """The socket and address by which packets reach a viewer."""

    socket: SocketId
    address: Address


@dataclass(frozen=True, slots=True)
class SlotProgress:
    """What a slot has sent so far, for its sender reports (RFC 3550 §6.4.1)."""

    packets: int
    octets: int
    """Octets of payload."""
    timestamp: int | None
    """RTP timestamp of the newest frame; None before the first packet."""
    timestamp_offset: int
    """Slot timestamp minus layer timestamp, modulo 2³²."""


class Fanout(Protocol):
    """
    Copies packets of layers to the slots that follow them.

    The caller opens viewers, slots and layers, attaches each slot at the packet that
    is to be its first, and closes what it opened. Unknown keys are programming errors,
    except where a method says otherwise. ``now`` is monotonic seconds.
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
        audio_transport_cc: bool = False,
    ) -> None:
        """
        Add a viewer.

        Args:
            viewer: A new key.
            keys: From its DTLS handshake.
            destination: A socket, and the source address of an authenticated
                connectivity check on it.
            audio_transport_cc: The viewer negotiated transport-cc for audio: its audio
                packets get transport-wide numbers too.
        """
        ...

    def set_destination(self, viewer: ViewerKey, destination: Destination) -> None:
        """
        Send to a viewer at another address; ignored for one that is not open.

        The socket may have been closed meanwhile: then copies count as unsent until
        another destination is set.
        """
        ...

    def open_layer(self, layer: LayerKey, codec: Codec) -> None:
        """Add a layer without followers and with an empty packet cache."""
        ...

    def close_layer(self, layer: LayerKey) -> None:
        """Remove a layer: detach its followers and drop its cache."""
        ...

    def open_slot(
        self, slot: SlotKey, viewer: ViewerKey, fmt: SlotFormat, *, first: int
    ) -> None:
        """Add a slot; ``first`` (below 2¹⁴) is its first sequence number."""
        ...

    def close_viewer(self, viewer: ViewerKey) -> None:
        """Remove a viewer with its slots, keys and destination."""
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
        Let a slot follow a layer from ``packet`` on.

        Sequence numbers, picture ids and TL0PICIDX continue without a gap.

        Args:
            slot: Follows this layer only, from now on.
            layer: An open layer.
            packet: The packet that is forwarded next.
            head: What its payload descriptor says.
            timestamp: Slot clock at the packet's capture time, in ticks. If it is less
                than what was sent already, the slot's timestamps run ahead of the
                clock: for some frames (video), or for the whole epoch (audio).
            temporal: Temporal limit; frames of higher temporal layers are left out.
        """
        ...

    def limit(
        self, slot: SlotKey, packet: RtpPacket, head: PayloadHead, *, temporal: int
    ) -> None:
        """
        Change the temporal limit of a slot from ``packet`` on.

        ``packet`` begins a frame and is forwarded next. Numbers continue without a
        gap, as if the frames left out did not exist.
        """
        ...

    def detach(self, slot: SlotKey) -> None:
        """Stop following a layer; the slot's numbers and history are kept."""
        ...

    def forward(
        self, layer: LayerKey, packet: RtpPacket, head: PayloadHead, *, now: float
    ) -> int:
        """
        Copy a packet to all followers, and keep video for NACKs.

        Returns:
            The copies sent; 0 for a packet number that was forwarded before.
        """
        ...

    def retransmit(self, slot: SlotKey, sequences: Sequence[int], *, now: float) -> int:
        """
        Answer a NACK (16-bit numbers) by RTX (RFC 4588).

        Returns:
            How many of the packets were in the cache; 0 for a slot without RTX.
        """
        ...

    def probe(self, slot: SlotKey, octets: int, packets: int, *, now: float) -> int:
        """
        Send a bandwidth probe on a video slot's RTX stream.

        Its packets repeat the slot's latest ones, or are padding.

        Args:
            slot: A video slot with RTX.
            octets: To send at least.
            packets: To send at least.
            now: Monotonic seconds.

        Returns:
            The octets sent, before protection.
        """
        ...

    def progress(self, slot: SlotKey) -> SlotProgress:
        """Return the counters and timestamps for a sender report of a slot."""
        ...

    def sent(self, viewer: ViewerKey) -> SentLog:
        """Return the log of a viewer's packets by transport-wide number."""
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
        Set the protection against loss for a viewer.

        Args:
            viewer: An open viewer.
            redundant: Audio packets carry older frames too, where publishers send
                them (RFC 2198).
            insistent: Each retransmission is sent twice.
            repeating: Each video packet is sent twice.
        """
        ...

    def starved(self, viewer: ViewerKey) -> bool:
        """
        Return whether waiting video of a viewer was dropped since the last call.

        Video after the dropped packets cannot be decoded without a key frame.
        """
        ...

    def pace(self, viewer: ViewerKey, rate_bps: float | None, *, now: float) -> None:
        """Pace a viewer's video at a rate in bit/s; None ends pacing."""
        ...

    def flush(self, *, now: float) -> None:
        """Send the paced packets that are due."""
        ...


FanoutFactory = Callable[[SocketTable, Callable[[float], None]], Fanout]
"""Makes an engine. Arguments: the table of open sockets, and a function that the engine
calls with the time at which ``flush`` is due (monotonic seconds)."""
