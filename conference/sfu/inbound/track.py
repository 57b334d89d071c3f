"""
A published track: what one section of a publish leg carries, in one to three layers.

Knows its layers, how large and how fast each is, and which of them somebody
watches. Driven by its ``Publisher`` and its ``RoomPlane``.
"""

from collections.abc import Iterator

from conference.contract.words import Generation, Source
from conference.fanout.contract import LayerKey
from conference.fanout.formats import TrackFormat
from conference.ids import ParticipantId
from conference.rtp import extensions
from conference.rtp.codecs import (
    INSPECTORS,
    NOTHING,
    Codec,
    PayloadHead,
)
from conference.rtp.outage import OutageDetector
from conference.rtp.packet import RtpPacket
from conference.rtp.red import Older
from conference.rtp.rtcp import SenderReport
from conference.rtp.sequence import HALF, Unwrapper
from conference.sfu.inbound.capture import PublisherClock, TrackClock
from conference.sfu.inbound.keyframes import KeyFrameRequests
from conference.sfu.inbound.layer_meter import LayerMeter
from conference.sfu.inbound.nack import MAX_AGE, MissingPackets
from conference.sfu.inbound.reception import Reception

MAX_PAYLOAD_BYTES = 1300
"""Larger packets are dropped: with headers, retransmission prefix and tag a copy
would be more than libsrtp's binding protects (1356 bytes). Browsers send 1200."""
MAX_GAP = 500
"""A longer gap is a restart, not loss; slots then start at a key frame anew. Lower: loss
that repairs would close costs a key frame; higher: repairs come too late for the picture."""
JUMP_INTERVAL_S = 0.5
"""Between two gaps that no repair closes; a packet behind a sooner one is dropped. Shorter:
a publisher that jumps all the time makes all who watch it begin anew as often; longer: one
whose packets were held up twice is still for as long."""
STALLED_S = 0.6
"""Silence while another layer goes on. Lower: a large key frame of the others looks
like a stop; higher: a viewer's picture stands still for as long."""
WAKE_S = 4.0
"""For a layer that somebody waits for until its first packet: the request's way, the
encoder's start, and probes of the browser's own that there is room for it. Then it
counts as one that its publisher cannot send."""
REST_S = 10.0
"""Until a layer that did not come is reckoned with again; it stays asked for, and is
taken as soon as it comes. Lower: its watchers keep room for it that other pictures could
have; higher: a layer that was stopped for want of watchers meanwhile comes later."""
KEEP_S = 4.0
"""An unwatched layer goes on for this long: a page turned back finds it running.
Lower: more key frames at its publisher; higher: more upstream for nobody."""


class Layer:
    """
    One spatial layer of a track: one SSRC.

    Extends sequence numbers, counts reception, finds what is missing, knows when a
    frame was captured.

    Inputs: ``on_packet``, ``on_sender_report``. The owner reads ``missing``,
    ``reception`` and ``meter`` on its timer.
    """

    __slots__ = (
        "_inspect",
        "_jumped_at",
        "_level_id",
        "_line",
        "_numbers",
        "_publisher_clock",
        "bound_at",
        "clock",
        "heard_at",
        "height",
        "jumped",
        "key",
        "meter",
        "missing",
        "reception",
        "resting_until",
        "spatial",
        "ssrc",
        "track",
    )

    def __init__(
        self,
        key: LayerKey,
        track: "UpTrack",
        spatial: int,
        publisher_clock: PublisherClock,
    ) -> None:
        codec = track.fmt.codec
        self.key = key
        self.track = track
        self.spatial = spatial
        """Its number in the track, 0 the smallest."""
        self.ssrc: int | None = None
        """Bound by the first packet."""
        self.bound_at = float("-inf")
        """When that packet came."""
        self.heard_at: float | None = None
        """When its newest packet came; None before the first."""
        self.height = 0
        """Of its picture in pixels, as its key frames say; 0: they do not."""
        self.resting_until = float("-inf")
        self.jumped = False
        """The newest packet left a gap that no repair closes."""
        self._jumped_at = float("-inf")
        self._line = OutageDetector()
        self._publisher_clock = publisher_clock
        self.clock = TrackClock(publisher_clock, codec.clock_hz)
        self.reception = Reception(codec.clock_hz)
        self.missing = MissingPackets()
        self.meter = LayerMeter()
        self._numbers = Unwrapper()
        self._inspect = INSPECTORS.get(codec)
        self.renegotiate(track.fmt)

    @property
    def newest(self) -> int | None:
        """Highest extended sequence number; None before the first packet."""
        return self._numbers.highest

    def renegotiate(self, fmt: TrackFormat) -> None:
        """Apply a format that leaves codec and source as they are."""
        # No element ever has identifier 0 (RFC 8285 §4.2).
        self._level_id = fmt.extensions.get(extensions.AUDIO_LEVEL, 0)

    def bind(self, packet: RtpPacket, *, now: float) -> None:
        """
        Take packets of an SSRC from now on, beginning with this one.

        After another SSRC, its numbers go on behind a gap that no repair closes, so
        that slots begin anew; clock and reception begin anew too.
        """
        self.ssrc, self.bound_at = packet.ssrc, now
        highest = self._numbers.highest
        if highest is None:
            return
        # The low 16 bits stay those of the wire.
        self._numbers.highest = highest + (
            (packet.sequence - MAX_GAP - 1 - highest) & 0xFFFF
        )
        hz = self.track.fmt.codec.clock_hz
        self.clock = TrackClock(self._publisher_clock, hz)
        self.reception = Reception(hz)
        self.missing = MissingPackets()

    def on_packet(
        self, packet: RtpPacket, *, now: float, repaired: bool = False
    ) -> PayloadHead | None:
        """
        Take a packet in; its ``extended`` number is set.

        Args:
            packet: A packet of this layer's SSRC and payload type.
            now: Monotonic seconds.
            repaired: It came as a retransmission.

        Returns:
            What its payload's head says, or None for a packet to drop: a
            duplicate, a probe, padding, or one that is far too old.
        """
        size = len(packet.payload)
        if size > MAX_PAYLOAD_BYTES or (
            packet.redundant is not None and len(packet.redundant) > MAX_PAYLOAD_BYTES
        ):
            return None  # before it moves any number: a jump must never go unseen
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
            self.jumped = False
        else:
            before = self._numbers.highest
            gap = 0 if before is None else (packet.sequence - before) & 0xFFFF
            # Of a voice nothing is repaired, so nothing waits for what it lost.
            dead = self._line.swallowed(gap, now=now) and self.track.video
            far = MAX_GAP < gap < HALF
            soon = now - self._jumped_at < JUMP_INTERVAL_S
            self.jumped = (dead or far) and not soon
            if far and soon:
                return None
            if dead or far:
                # Soon after a jump, it is more of the same dark: all who watch wait
                # for a key frame already.
                self.missing.begin_anew()
            if self.jumped:
                self._jumped_at = now
                if dead:
                    self.track.key_frames.forget(self.spatial, now=now)
            extended = self._numbers.unwrap(packet.sequence)
            self.reception.on_packet(extended, packet.timestamp, now=now)
        highest = self._numbers.highest
        if highest is not None and extended < highest - MAX_AGE:
            return None
        packet.extended = extended
        packet.level = _one_byte(packet.extensions, self._level_id)
        if not self.missing.on_packet(extended, now=now):
            return None
        self.heard_at = now
        if self._inspect is None:
            self.meter.count(0, size)
            return NOTHING
        head = self._inspect(packet.payload)
        self.meter.count(head.temporal, size)
        if head.starts_key_frame:
            self.track.key_frames.on_key_frame(self.spatial)
            self.height = head.height or self.height
        return head

    def may_wake(self, *, now: float) -> bool:
        """
        Whether it would flow if it were asked for.

        A layer that was told to stop would, and one that was told to start has
        ``WAKE_S`` to do so; then it is left alone for a while.
        """
        if now < self.resting_until:
            return False
        wanted = self.track.wanted
        if wanted is not None and self.spatial not in wanted:
            return True
        return not self.track.overdue(self.spatial, now=now)

    def tend(self, *, now: float) -> bool:
        """
        Bring its rates up to date.

        Returns:
            True if it was asked for and did not come: its publisher may not have
            heard, or have no room for it.
        """
        track = self.track
        if track.wanted is not None and self.spatial not in track.wanted:
            self.meter.reset()  # what it took before it stopped says nothing later
            return False
        self.meter.read(now=now)
        if self.heard_at is not None and self.heard_at > self.resting_until - REST_S:
            self.resting_until = float("-inf")  # it came after all
        if (
            track.wanted is None
            or now < self.resting_until
            or not track.overdue(self.spatial, now=now)
            or self.flows(now=now)
        ):
            return False
        self.resting_until = now + REST_S
        return True

    def recover(
        self, packet: RtpPacket, older: Older, *, now: float
    ) -> RtpPacket | None:
        """Return the packet just before one, from its older frame, if it was lost."""
        extended = packet.extended - 1
        if extended not in self.missing or not older.payload:
            return None
        self.missing.on_packet(extended, now=now)
        recovered = RtpPacket(
            payload_type=packet.payload_type,
            marker=False,
            sequence=extended & 0xFFFF,
            timestamp=(packet.timestamp - older.ticks) & 0xFFFFFFFF,
            ssrc=packet.ssrc,
            extensions=extensions.NO_EXTENSIONS,
            payload=older.payload,
        )
        recovered.extended = extended
        return recovered

    def on_sender_report(self, report: SenderReport, *, now: float) -> None:
        """Learn the wall-clock mapping of this layer."""
        self.clock.on_sender_report(report, now=now)
        self.reception.on_sender_report(report, now=now)

    def flows(self, *, now: float) -> bool:
        """
        Whether its packets come, as far as the track's own pace tells.

        A still screen sends next to nothing in any layer, so a layer has only
        stopped if another one of its track is ahead of it by a while.
        """
        if self.heard_at is None:
            return False
        if now - self.heard_at < STALLED_S:
            return True
        if self.track.wanted is not None and self.spatial not in self.track.wanted:
            return False
        return all(
            other.heard_at is None or other.heard_at - self.heard_at < STALLED_S
            for other in self.track.layers
        )


class UpTrack:
    """
    One track of one publisher.

    ``layers`` stand in ascending size; ``wanted`` is what its publisher was told
    to send.
    """

    __slots__ = (
        "_asked_at",
        "_watched_at",
        "_watched_since",
        "active",
        "fmt",
        "generation",
        "key_frames",
        "layers",
        "participant",
        "started",
        "wanted",
    )

    def __init__(
        self,
        keys: Iterator[LayerKey],
        participant: ParticipantId,
        generation: Generation,
        fmt: TrackFormat,
        publisher_clock: PublisherClock,
    ) -> None:
        self.participant = participant
        self.generation = generation
        """Of the leg that it is published over."""
        self.fmt = fmt
        self.active = True
        """The gate: False while muted by its owner or by a moderator."""
        self.key_frames = KeyFrameRequests()
        self.started = False
        """True from the first packet on."""
        self.layers = [
            Layer(next(keys), self, spatial, publisher_clock)
            for spatial in range(fmt.layers)
        ]
        self.wanted: frozenset[int] | None = None
        """Layers that the publisher was told to send; None: all, it was told nothing."""
        self._asked_at: dict[int, float] = {}
        """When each layer of ``wanted`` was asked for."""
        self._watched_since: dict[int, float] = {}
        """Since when each layer is watched without a break."""
        self._watched_at: dict[int, float] = {}
        """When each layer was last watched."""

    def renegotiate(self, fmt: TrackFormat) -> None:
        """Apply a format that leaves codec, source and layers as they are."""
        self.fmt = fmt
        for layer in self.layers:
            layer.renegotiate(fmt)

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
        return self.fmt.codec in INSPECTORS

    @property
    def live(self) -> bool:
        """Whether there is something to forward."""
        return self.started and self.active

    def key_frames_due(self, *, now: float) -> list[Layer]:
        """
        Return the layers whose publisher should be asked for a key frame now.

        One that was told to stop begins with a key frame when it comes again.
        """
        due = self.key_frames.poll(
            (
                layer.spatial
                for layer in self.layers
                if layer.ssrc is not None
                and (self.wanted is None or layer.spatial in self.wanted)
            ),
            now=now,
        )
        return [self.layers[spatial] for spatial in due]

    def tell(self, wanted: frozenset[int], *, now: float) -> None:
        """Note what the publisher is told to send; what is new counts as watched now."""
        before = self._asked_at
        self._asked_at = {spatial: before.get(spatial, now) for spatial in wanted}
        self._watched_at = dict.fromkeys(wanted, now) | self._watched_at
        self.wanted = wanted

    def repeat(self, *, now: float) -> None:
        """Note that its publisher may hear only now what it is to send."""
        self._asked_at = dict.fromkeys(self._asked_at, now)
        for layer in self.layers:
            layer.resting_until = float("-inf")

    def to_send(self, watched: set[int], *, now: float) -> frozenset[int]:
        """
        Return the layers to send, given which are watched now.

        A layer that nobody watches any more stays for ``KEEP_S``. One that rests
        stays as long as somebody watches the track: its publisher sends it as soon
        as it can, and an encoder that is stopped meanwhile begins anew.
        """
        since, at = self._watched_since, self._watched_at
        self._watched_since = {spatial: since.get(spatial, now) for spatial in watched}
        for spatial in list(at):
            if watched and now < self.layers[spatial].resting_until:
                at[spatial] = now
        at.update(dict.fromkeys(watched, now))
        for spatial, when in list(at.items()):
            if now - when > KEEP_S:
                del at[spatial]
        return frozenset(at)

    def overdue(self, spatial: int, *, now: float) -> bool:
        """Whether a layer was asked for, and is watched, long enough to have come."""
        since = self._watched_since.get(spatial)
        asked_at = self._asked_at.get(spatial, float("-inf"))
        return since is not None and now - max(since, asked_at) >= WAKE_S


def _one_byte(elements: extensions.Extensions, identifier: int) -> bytes | None:
    """Return a value of exactly one byte; another length is nobody's to pass on."""
    value = elements.get(identifier)
    return value if value is not None and len(value) == 1 else None
