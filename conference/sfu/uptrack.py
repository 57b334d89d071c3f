"""
A published track: what arrives from one section of a publish leg.

Extends sequence numbers, counts reception, finds what is missing, knows when a
frame was captured and when a key frame should be asked for. It decides nothing
about viewers. Driven by its ``Publisher``.
"""

from conference.ids import ParticipantId
from conference.rtp import extensions
from conference.rtp.codecs import (
    INSPECTORS,
    NOTHING,
    Codec,
    PayloadHead,
)
from conference.rtp.packet import RtpPacket
from conference.rtp.rtcp import SenderReport
from conference.rtp.sequence import Unwrapper
from conference.sfu.capture import PublisherClock, TrackClock
from conference.sfu.fanout import TrackKey
from conference.sfu.formats import TrackFormat
from conference.sfu.keyframes import KeyFrameRequests
from conference.sfu.messages import Source
from conference.sfu.nack import MAX_AGE, MAX_GAP, MissingPackets
from conference.sfu.reception import Reception

MAX_PAYLOAD_BYTES = 1300
"""Larger packets are dropped: with headers, retransmission prefix and tag a copy
would be more than libsrtp's binding protects (1356 bytes). Browsers send 1200."""


class UpTrack:
    """
    One track of one publisher; one SSRC.

    Inputs: ``on_packet``, ``on_sender_report``. The owner reads ``missing``,
    ``reception`` and ``key_frames`` on its timer.
    """

    __slots__ = (
        "_inspect",
        "_level_id",
        "_numbers",
        "_orientation_id",
        "active",
        "clock",
        "fmt",
        "jumped",
        "key",
        "key_frames",
        "missing",
        "participant",
        "reception",
        "ssrc",
        "started",
    )

    def __init__(
        self,
        key: TrackKey,
        participant: ParticipantId,
        fmt: TrackFormat,
        publisher_clock: PublisherClock,
    ) -> None:
        self.key = key
        self.participant = participant
        self.fmt = fmt
        self.ssrc: int | None = None
        """Bound by the first packet."""
        self.active = True
        """The gate: False while muted by its owner or by a moderator."""
        self.started = False
        """True from the first packet on."""
        self.jumped = False
        """The newest packet left a gap that no repair closes."""
        self.clock = TrackClock(publisher_clock, fmt.codec.clock_hz)
        self.reception = Reception(fmt.codec.clock_hz)
        self.missing = MissingPackets()
        self.key_frames = KeyFrameRequests()
        self._numbers = Unwrapper()
        self._inspect = INSPECTORS.get(fmt.codec)
        self.renegotiate(fmt)

    def renegotiate(self, fmt: TrackFormat) -> None:
        """Apply a format that leaves codec and source as they are."""
        self.fmt = fmt
        # No element ever has identifier 0 (RFC 8285 §4.2).
        self._level_id = fmt.extensions.get(extensions.AUDIO_LEVEL, 0)
        self._orientation_id = fmt.extensions.get(extensions.VIDEO_ORIENTATION, 0)

    @property
    def source(self) -> Source:
        """What the track shows or carries."""
        return self.fmt.source

    @property
    def codec(self) -> Codec:
        """The codec of its packets."""
        return self.fmt.codec

    @property
    def video(self) -> bool:
        """Whether the track is video."""
        return self._inspect is not None

    @property
    def live(self) -> bool:
        """Whether there is something to forward."""
        return self.started and self.active

    def on_packet(
        self, packet: RtpPacket, *, now: float, repaired: bool = False
    ) -> PayloadHead | None:
        """
        Take a packet in; its ``extended`` number is set.

        Args:
            packet: A packet of this track's SSRC and payload type.
            now: Monotonic seconds.
            repaired: It came as a retransmission.

        Returns:
            What its payload's head says, or None for a packet to drop: a
            duplicate, a probe, or one that is far too old.
        """
        if repaired:
            # A probe repeats a packet that is long here, or far out of range;
            # neither may move the numbers.
            highest = self._numbers.highest
            if highest is None:
                return None
            extended = (
                highest + ((packet.sequence - highest + 0x8000) & 0xFFFF) - 0x8000
            )
            if extended not in self.missing:
                return None
        else:
            before = self._numbers.highest
            extended = self._numbers.unwrap(packet.sequence)
            self.jumped = before is not None and extended - before > MAX_GAP
            self.reception.on_packet(extended, packet.timestamp, now=now)
        highest = self._numbers.highest
        if highest is not None and extended < highest - MAX_AGE:
            return None
        if len(packet.payload) > MAX_PAYLOAD_BYTES:
            return None
        packet.extended = extended
        packet.level = _one_byte(packet.extensions, self._level_id)
        packet.orientation = _one_byte(packet.extensions, self._orientation_id)
        if not self.missing.on_packet(extended, now=now):
            return None
        self.started = True
        if self._inspect is None:
            return NOTHING
        head = self._inspect(packet.payload)
        if head.starts_key_frame:
            self.key_frames.on_key_frame()
        return head

    def on_sender_report(self, report: SenderReport, *, now: float) -> None:
        """Learn the wall-clock mapping of this track."""
        self.clock.on_sender_report(report, now=now)
        self.reception.on_sender_report(report, now=now)


def _one_byte(elements: extensions.Extensions, identifier: int) -> bytes | None:
    """Return a value of exactly one byte; another length is nobody's to pass on."""
    value = elements.get(identifier)
    return value if value is not None and len(value) == 1 else None
