"""
A published track: what one section of a publish leg carries, in one to three layers.

Knows its layers and the resolution and bitrate of each. A track and its layers need each
other, so they share this module; what can be decided without either is in
``layer_admission`` and ``layer_demand``. Driven by ``Publisher`` and ``RoomPlane``.
"""

from collections.abc import Iterator

from conference.contract.words import Generation, Negotiation, Source
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
from conference.rtp.packet import RtpPacket
from conference.rtp.rtcp import SenderReport
from conference.sfu.inbound.capture import PublisherClock, TrackClock
from conference.sfu.inbound.keyframes import KeyFrameRequests
from conference.sfu.inbound.layer_admission import (
    FORWARD,
    RESTARTS,
    LayerAdmission,
    Outcome,
)
from conference.sfu.inbound.layer_demand import LayerDemand
from conference.sfu.inbound.layer_meter import LayerMeter

STALLED_S = 0.6
"""Time without packets of a layer while another one has some. Lower: a large key frame of the others
looks like a stop; higher: a viewer's picture stands still for as long."""
REST_S = 10.0
"""How long a requested layer that never arrived is left out of allocation. The request
stays open, and the layer is used as soon as it comes. Lower: its viewers keep room for it
that other pictures could have; higher: a layer that was stopped
meanwhile, for lack of a watcher, comes later."""


class Layer:
    """
    One spatial layer of a track: one SSRC at a time.

    Inputs: ``on_packet``, ``on_sender_report``. The owner reads ``admission`` and
    ``meter`` on its timer.
    """

    __slots__ = (
        "_inspect",
        "_level_id",
        "_publisher_clock",
        "admission",
        "bound_at",
        "clock",
        "height",
        "key",
        "meter",
        "received_at",
        "restarts",
        "resting_until",
        "spatial",
        "ssrc",
        "track",
    )

    def __init__(
        self,
        key: LayerKey,
        track: "Track",
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
        self.received_at: float | None = None
        """When its newest packet came; None before the first."""
        self.height = 0
        """Of its picture in pixels, as its key frames say; 0: they do not."""
        self.resting_until = float("-inf")
        """See ``REST_S``."""
        self.restarts = False
        """Slots must start again at the newest packet: the gap before it is too long for
        repairs."""
        self._publisher_clock = publisher_clock
        self.clock = TrackClock(publisher_clock, codec.clock_hz)
        self.admission = LayerAdmission(codec.clock_hz, repairable=track.video)
        self.meter = LayerMeter()
        self._inspect = INSPECTORS.get(codec)
        self.renegotiate(track.fmt)

    def renegotiate(self, fmt: TrackFormat) -> None:
        """Apply a format that leaves codec and source as they are."""
        # No element ever has identifier 0 (RFC 8285 §4.2).
        self._level_id = fmt.extensions.get(extensions.AUDIO_LEVEL, 0)

    def bind(self, packet: RtpPacket, *, now: float) -> None:
        """Take packets of another SSRC from now on, of which this is the first."""
        self.ssrc, self.bound_at = packet.ssrc, now
        if self.admission.change_ssrc(packet):
            hz = self.track.fmt.codec.clock_hz
            self.clock = TrackClock(self._publisher_clock, hz)

    def on_packet(
        self, packet: RtpPacket, *, now: float, retransmitted: bool = False
    ) -> PayloadHead | None:
        """
        Take a packet in; its ``extended`` number and ``level`` are set.

        Args:
            packet: A packet of this layer's SSRC and payload type.
            now: Monotonic seconds.
            retransmitted: It came as a retransmission (RFC 4588).

        Returns:
            What its payload's head says, or None for a packet to drop: see ``Outcome``.
        """
        outcome = self.admission.admit(packet, now=now, retransmitted=retransmitted)
        if outcome is FORWARD:
            self.restarts = False
        elif outcome in RESTARTS:
            self.restarts = True
            if outcome is Outcome.RESTART_AFTER_OUTAGE:
                self.track.key_frames.forget(self.spatial, now=now)
        else:
            return None
        value = packet.extensions.get(self._level_id)
        # The element of RFC 6464 has exactly one octet.
        packet.level = value if value is not None and len(value) == 1 else None
        self.received_at = now
        if self._inspect is None:
            self.meter.count(0, len(packet.payload))
            return NOTHING
        head = self._inspect(packet.payload)
        self.meter.count(head.temporal, len(packet.payload))
        if head.starts_key_frame:
            self.track.key_frames.on_key_frame(self.spatial)
            self.height = head.height or self.height
        return head

    def on_sender_report(self, report: SenderReport, *, now: float) -> None:
        """Take the wall-clock mapping of this layer."""
        self.clock.on_sender_report(report, now=now)
        self.admission.reception.on_sender_report(report, now=now)

    def may_wake(self, *, now: float) -> bool:
        """
        Return whether the layer would probably come if it were requested.

        A stopped layer would. A requested one has ``WAKE_S`` to come; then it is left
        out of allocation for ``REST_S``.
        """
        if now < self.resting_until:
            return False
        demand = self.track.demand
        return demand.stopped(self.spatial) or not demand.overdue(self.spatial, now=now)

    def tend(self, *, now: float) -> bool:
        """
        Update its rates.

        Returns:
            True if it was requested and has not come: its publisher may not have got the
            request, or have no room for the layer.
        """
        demand = self.track.demand
        if demand.stopped(self.spatial):
            self.meter.reset()  # the rate before the stop says nothing about later
            return False
        self.meter.read(now=now)
        resting_since = self.resting_until - REST_S
        if self.received_at is not None and self.received_at > resting_since:
            self.resting_until = float("-inf")
        if (
            demand.requested is None
            or now < self.resting_until
            or not demand.overdue(self.spatial, now=now)
            or self.flows(now=now)
        ):
            return False
        self.resting_until = now + REST_S
        return True

    def flows(self, *, now: float) -> bool:
        """
        Return whether its packets come, compared with the track's other layers.

        A still screen sends next to nothing in any layer, so a layer has only stopped if
        another one of its track has sent for ``STALLED_S`` since.
        """
        received_at = self.received_at
        if received_at is None:
            return False
        if now - received_at < STALLED_S:
            return True
        if self.track.demand.stopped(self.spatial):
            return False
        return all(
            other.received_at is None or other.received_at - received_at < STALLED_S
            for other in self.track.layers
        )


class Track:
    """One track of one publisher; ``layers`` stand in ascending size."""

    __slots__ = (
        "active",
        "demand",
        "fmt",
        "generation",
        "key_frames",
        "layers",
        "negotiation",
        "participant",
        "started",
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
        self.negotiation = Negotiation(0)
        """The newest negotiation of this leg; set by its publisher."""
        self.fmt = fmt
        self.active = True
        """False while muted by its owner or by a moderator."""
        self.key_frames = KeyFrameRequests()
        self.demand = LayerDemand()
        self.started = False
        """True from the first packet on."""
        self.layers = [
            Layer(next(keys), self, spatial, publisher_clock)
            for spatial in range(fmt.layers)
        ]

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

        A stopped layer needs no request: it starts with a key frame.
        """
        due = self.key_frames.poll(
            (
                layer.spatial
                for layer in self.layers
                if layer.ssrc is not None and not self.demand.stopped(layer.spatial)
            ),
            now=now,
        )
        return [self.layers[spatial] for spatial in due]

    def repeat_request(self, *, now: float) -> None:
        """Record that its publisher may receive the last layer request only now."""
        self.demand.repeat(now=now)
        for layer in self.layers:
            layer.resting_until = float("-inf")

    def layers_to_request(self, watched: set[int], *, now: float) -> frozenset[int]:
        """Return the layers to request, given which are watched now."""
        resting = [layer.spatial for layer in self.layers if now < layer.resting_until]
        return self.demand.to_request(watched, resting, now=now)
