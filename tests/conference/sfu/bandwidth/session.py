"""
A viewer's session in a closed loop: sender, link, receiver and feedback.

The sender has one or more cameras in three simulcast layers with three temporal
layers each, and a voice; it does what estimator, prober, allocator and pacer say,
answers NACKs and makes key frames when a layer switches. The receiver sends real
transport-wide feedback (written by ``ArrivalRecorder``) and NACKs.
"""

import heapq
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from itertools import count, pairwise
from math import inf
from random import Random

from conference.fanout.pacer import Pacer, Priority
from conference.fanout.python.sent_ring import MASK, SentRing
from conference.fanout.sent import SIZE
from conference.rtp.transport_cc import ArrivalRecorder
from conference.rtp.transport_cc_reader import parse_transport_cc
from conference.sfu.bandwidth.allocate import Allocator, Layer, LayerRate, Want
from conference.sfu.bandwidth.estimate import BandwidthEstimator
from conference.sfu.outbound.adaptation import COMFORT, unrepaired
from tests.conference.sfu.bandwidth.network import Link, Shape

SPATIAL_BPS = (120e3, 450e3, 1.5e6)
TEMPORAL_SHARE = (0.4, 0.6, 1.0)
"""Cumulative shares, as libvpx divides three temporal layers."""
FRAME_S = 1 / 30
AUDIO_S = 0.02
AUDIO_BYTES = 100
PACKET_BYTES = 1200
KEY_FRAME = 5
"""Size of a key frame in ordinary frames."""
OVERHEAD = 1.06
FEEDBACK_S = 0.05
NACK_S = 0.02
PLAYED_S = 0.5
"""A frame that is not complete by then is never shown."""
SKEW = 1000.0
"""Offset of the receiver's clock."""

LAYERS = tuple(
    LayerRate(s, t, bps * share * OVERHEAD)
    for s, bps in enumerate(SPATIAL_BPS)
    for t, share in enumerate(TEMPORAL_SHARE)
)
AUDIO_BPS = AUDIO_BYTES * 8 / AUDIO_S


@dataclass
class Packet:
    size: int
    kind: str
    number: int = -1
    identity: int = -1
    """The identity of the packet that a repair replaces."""
    frame: int = -1
    sent_at: float = 0.0


@dataclass
class Frame:
    camera: int
    layer: Layer
    made_at: float
    missing: set[int]
    whole_at: float | None = None


@dataclass
class Camera:
    layer: Layer | None = None
    frames: int = 0
    key_due: bool = True


@dataclass
class Trace:
    """What happened, for assertions."""

    layers: list[tuple[float, int, Layer | None]] = field(default_factory=list)
    estimates: list[tuple[float, float]] = field(default_factory=list)
    queues: list[tuple[float, float]] = field(default_factory=list)
    audio: list[tuple[float, float | None]] = field(default_factory=list)
    """Per voice packet: when it was sent, and its delay; None if lost."""
    frames: list[Frame] = field(default_factory=list)
    probes: list[tuple[float, float]] = field(default_factory=list)

    def most_switches(self, start: float, end: float, camera: int = 0) -> int:
        """Most switches within a minute."""
        times = [t for t, c, _ in self.layers if c == camera and start < t <= end]
        return max((sum(t <= u < t + 60 for u in times) for t in times), default=0)

    def layer_at(self, when: float, camera: int = 0) -> Layer | None:
        found = [layer for t, c, layer in self.layers if c == camera and t <= when]
        return found[-1] if found else None

    def reached(self, start: float, *spatial: int, camera: int = 0) -> float:
        """Seconds from ``start`` until a frame of one of these layers is complete."""
        times = [
            frame.whole_at
            for frame in self.frames
            if frame.camera == camera
            and frame.made_at >= start
            and frame.layer[0] in spatial
            and frame.whole_at is not None
        ]
        return min(times) - start if times else inf

    def voices_lost(self, start: float, end: float) -> float:
        """Share of voice packets that did not arrive."""
        delays = [delay for t, delay in self.audio if start <= t < end]
        return sum(delay is None for delay in delays) / len(delays)

    def longest_queue(self, start: float, end: float) -> float:
        return max(queue for t, queue in self.queues if start <= t <= end)

    def estimates_in(self, start: float, end: float) -> list[float]:
        return [bps for t, bps in self.estimates if start <= t <= end]

    def shown(self, start: float, end: float, camera: int = 0) -> float:
        """Frames per second that were complete in time."""
        good = sum(
            frame.whole_at is not None and frame.whole_at - frame.made_at <= PLAYED_S
            for frame in self.frames
            if frame.camera == camera and start <= frame.made_at < end
        )
        return good / (end - start)

    def longest_hole(self, start: float, end: float, camera: int = 0) -> float:
        times = sorted(
            frame.whole_at
            for frame in self.frames
            if frame.camera == camera
            and frame.whole_at is not None
            and start <= frame.whole_at <= end
        )
        marks = [start, *times, end]
        return max(b - a for a, b in pairwise(marks))


class Session:
    """Runs for a while; results are in ``trace``."""

    def __init__(
        self,
        down: Shape,
        *,
        up: Shape | None = None,
        seed: int = 1,
        cameras: int = 1,
        preferred: Layer = (2, 2),
        start_bps: float = 1e6,
        feedback: bool = True,
        remb: bool = False,
        pace: bool = True,
        variation: float = 0.2,
    ) -> None:
        self.now = 0.0
        self.down = Link(down, seed)
        self.up = Link(up or Shape(delay_s=down.delay_s), seed + 1)
        self.estimator = BandwidthEstimator(start_bps, 50e3, 8e6)
        self.allocator: Allocator[int] = Allocator()
        self.pacer: Pacer[Packet] = Pacer(start_bps)
        self.sent = SentRing()
        self.recorder = ArrivalRecorder()
        self.cameras = [Camera() for _ in range(cameras)]
        self.preferred = [preferred] * cameras
        self.trace = Trace()
        self.frames: dict[int, Frame] = {}
        self.video_on = True
        self.others_bps = 0.0
        """Other traffic on the same link, at a constant rate."""
        self._feedback, self._remb, self._pace = feedback, remb, pace
        self._variation = variation
        self._random = Random(seed + 2)
        self._events: list[tuple[float, int, Callable[[], None]]] = []
        self._order = count()
        self._identities = count()
        self._wake_at: float | None = None
        self._sent_packets: dict[int, Packet] = {}
        self._asked: dict[int, float] = {}
        self._got: set[int] = set()
        self._highest = -1
        self._missing: dict[int, float] = {}
        self._remb_bytes: list[tuple[float, int, float]] = []
        self._remb_bps = start_bps
        for period, act in (
            (AUDIO_S, self._others),
            (AUDIO_S, self._voice),
            (FRAME_S, self._picture),
            (FEEDBACK_S, self._give_feedback),
            (NACK_S, self._ask),
            (0.1, self._decide),
            (0.01, self._look),
        ):
            self._every(period, act)

    def run(self, until: float) -> Trace:
        while self._events and self._events[0][0] <= until:
            self.now, _, act = heapq.heappop(self._events)
            act()
        self.now = until
        return self.trace

    def _at(self, when: float, act: Callable[[], None]) -> None:
        heapq.heappush(self._events, (when, next(self._order), act))

    def _every(self, period: float, act: Callable[[], None]) -> None:
        def again() -> None:
            act()
            self._at(self.now + period, again)

        self._at(self.now, again)

    # The sender

    def _voice(self) -> None:
        self._offer(Packet(AUDIO_BYTES, "audio"), Priority.AUDIO)

    def _others(self) -> None:
        octets = int(self.others_bps * AUDIO_S / 8)
        for _ in range(octets // PACKET_BYTES):
            self.down.send(PACKET_BYTES, self.now)

    def _picture(self) -> None:
        if not self.video_on:
            return
        for index, camera in enumerate(self.cameras):
            if camera.layer is None:
                continue
            spatial, temporal = camera.layer
            phase = camera.frames % 4
            camera.frames += 1
            kind = (0, 2, 1, 2)[phase]
            if kind > temporal and not camera.key_due:
                continue
            shares = (TEMPORAL_SHARE[0], TEMPORAL_SHARE[1] - TEMPORAL_SHARE[0], 0.2)
            per_four = SPATIAL_BPS[spatial] * 4 * FRAME_S / 8
            size = per_four * shares[kind]
            size *= self._random.uniform(1 - self._variation, 1 + self._variation)
            if camera.key_due:
                size = SPATIAL_BPS[spatial] * FRAME_S / 8 * KEY_FRAME
                camera.key_due = False
            self._frame(index, camera.layer, int(size))

    def _frame(self, camera: int, layer: Layer, size: int) -> None:
        identities: set[int] = set()
        frame = Frame(camera, layer, self.now, identities)
        number = len(self.trace.frames)
        self.trace.frames.append(frame)
        self.frames[number] = frame
        packets = []
        while size > 0:
            packet = Packet(min(size, PACKET_BYTES) + 40, "video", frame=number)
            packet.identity = next(self._identities)
            identities.add(packet.identity)
            self._sent_packets[packet.identity] = packet
            packets.append(packet)
            size -= PACKET_BYTES
        for packet in packets:
            self._offer(packet, Priority.VIDEO)

    def _offer(self, packet: Packet, priority: Priority) -> None:
        # Numbered before pacing, as in the fan-out: numbers are sent out of order.
        packet.number = self._number(packet.size)
        if not self._pace or self.pacer.push(
            packet, packet.size, priority, now=self.now
        ):
            self._send(packet)
        else:
            self._arm()

    def _arm(self) -> None:
        due = self.pacer.next_due
        if due is not None and (self._wake_at is None or due < self._wake_at):
            self._wake_at = due = max(due, self.now + 1e-4)
            self._at(due, self._drain)

    def _drain(self) -> None:
        self._wake_at = None
        dropped = self.pacer.dropped
        for packet in self.pacer.pop_due(now=self.now):
            self._send(packet)
        if self.pacer.dropped > dropped:
            for camera in self.cameras:
                camera.key_due = True
        self._arm()

    def _number(self, size: int) -> int:
        return self.sent.note(size, now=self.now)

    def _send(self, packet: Packet) -> None:
        if self.sent.next - packet.number < SIZE:
            self.sent.times[packet.number & MASK] = self.now
        packet.sent_at = self.now
        arrival = self.down.send(packet.size, self.now)
        if packet.kind == "audio":
            delay = None if arrival is None else arrival - self.now
            self.trace.audio.append((self.now, delay))
        if arrival is not None:
            self._at(arrival, partial(self._arrive, packet))

    def _look(self) -> None:
        estimator, now = self.estimator, self.now
        kept = 1 - estimator.ambient_loss
        overhead = COMFORT * self.allocator.wanted_bps / kept + AUDIO_BPS
        cluster = estimator.prober.poll(
            now=now, estimate=estimator.bitrate_bps, wanted_bps=overhead
        )
        if cluster is None:
            return
        first = self.sent.next
        for _ in range(cluster.packets):
            size = cluster.size_bytes // cluster.packets
            self._send(Packet(size, "padding", self._number(size)))
        estimator.prober.began(cluster, first, self.sent.next - 1, now=now)
        self.trace.probes.append((now, cluster.rate_bps))

    def _decide(self) -> None:
        estimator, now = self.estimator, self.now
        self.pacer.rate_bps = estimator.bitrate_bps
        budget = estimator.bitrate_bps * (1 - estimator.ambient_loss) - AUDIO_BPS
        wants = [
            Want(index, self.preferred[index], LAYERS)
            for index in range(len(self.cameras))
        ]
        loss = estimator.ambient_loss
        targets = self.allocator.allocate(
            budget, wants, now=now, holes=loss * unrepaired(loss)
        )
        for index, layer in targets.items():
            camera = self.cameras[index]
            if layer == camera.layer:
                continue
            if layer is not None and (
                camera.layer is None or camera.layer[0] != layer[0]
            ):
                camera.key_due = True
            camera.layer = layer
            self.trace.layers.append((now, index, layer))
        self.trace.estimates.append((now, estimator.bitrate_bps))
        self.trace.queues.append((now, self.down.queue_s(now)))

    # The receiver

    def _arrive(self, packet: Packet) -> None:
        self.recorder.record(packet.number & 0xFFFF, now=self.now + SKEW)
        self._remb_bytes.append((self.now, packet.size, self.now - packet.sent_at))
        identity = packet.identity
        if identity < 0 or identity in self._got:
            return
        self._got.add(identity)
        self._missing.pop(identity, None)
        for lost in range(max(self._highest + 1, identity - 200), identity):
            self._missing[lost] = self.now
        self._highest = max(self._highest, identity)
        frame = self.frames[packet.frame]
        frame.missing.discard(identity)
        if not frame.missing and frame.whole_at is None:
            frame.whole_at = self.now

    def _give_feedback(self) -> None:
        if self._remb:
            self._tell_remb()
        if not self._feedback:
            return
        for information in self.recorder.feedback():
            arrival = self.up.send(len(information) + 20, self.now)
            if arrival is not None:
                self._at(arrival, partial(self._covered, information))

    def _covered(self, information: bytes) -> None:
        feedback = parse_transport_cc(information)
        self.estimator.on_feedback(feedback, self.sent, now=self.now)

    def _tell_remb(self) -> None:
        """A receiver's estimate, simplified: 1.5 times the rate received, or a cut."""
        if self.now < 1.0:
            return  # a browser's first estimate takes a while
        recent = [item for item in self._remb_bytes if item[0] > self.now - 0.5]
        self._remb_bytes = recent
        if not recent:
            return
        rate = sum(size for _, size, _ in recent) * 8 / 0.5
        queue = (
            min(delay for _, _, delay in recent[-10:])
            - self.down.shape(self.now).delay_s
        )
        if queue > 0.05:
            self._remb_bps = 0.85 * rate
        else:
            self._remb_bps = min(1.5 * rate + 20e3, self._remb_bps * 1.02)
        arrival = self.up.send(60, self.now)
        bps = self._remb_bps
        if arrival is not None:
            self._at(
                arrival,
                lambda: self.estimator.on_remb(bps, self.sent, now=self.now),
            )

    def _ask(self) -> None:
        due = []
        for identity, since in list(self._missing.items()):
            if self.now - since < 0.01:
                continue
            if identity < self._highest - 500:
                del self._missing[identity]
                continue
            asked = self._asked.get(identity)
            if (
                asked is None
                or self.now - asked > 0.05 + 2 * self.down.shape(self.now).delay_s
            ):
                self._asked[identity] = self.now
                due.append(identity)
        if due:
            arrival = self.up.send(40 + 4 * len(due), self.now)
            if arrival is not None:
                self._at(arrival, lambda: self._repair(due))

    def _repair(self, identities: list[int]) -> None:
        for identity in identities:
            packet = self._sent_packets[identity]
            made_at = self.frames[packet.frame].made_at
            if self.now - made_at < PLAYED_S:
                self._offer(
                    Packet(
                        packet.size, "repair", identity=identity, frame=packet.frame
                    ),
                    Priority.REPAIR,
                )
