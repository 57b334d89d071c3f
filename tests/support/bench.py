"""
A test bench for the packet plane: the real router and fan-out, without sockets.

Publishers create their packets here; viewers decrypt with libsrtp what the fan-out
sends them. Time is a number that only ``Bench`` advances.
"""

import dataclasses
import itertools
import random
from collections import defaultdict
from collections.abc import Callable
from math import inf

from pylibsrtp import Policy, Session

from conference.contract import media
from conference.contract.words import (
    Generation,
    LegKind,
    Negotiation,
    SlotGroup,
    Source,
)
from conference.fanout.contract import Destination, SrtpProfile, ViewerKeys
from conference.fanout.engines import DEFAULT_ENGINE
from conference.fanout.formats import SlotFormat, TrackFormat, ViewerFormat
from conference.fanout.sockets import Address, SocketTable
from conference.ids import Mid, ParticipantId, RoomId
from conference.rtp import extensions
from conference.rtp.codecs import Codec
from conference.sfu.limits import NO_LIMITS, BitrateLimits
from conference.sfu.room_plane import RoomPlane
from conference.sfu.router import Router
from tests.support.wire import rtcp, rtp

ROOM = RoomId("room")
FIRST_LEG = Generation(1)
TICK_S = 1e-4
"""Resolution of the bench's timers."""
MASTER_KEY = bytes(range(16))
MASTER_SALT = bytes(range(100, 112))
KEYS = ViewerKeys(SrtpProfile.AEAD_AES_128_GCM, MASTER_KEY, MASTER_SALT)
EXTENSION_IDS = {
    extensions.MID: 4,
    extensions.TRANSPORT_CC: 3,
    extensions.AUDIO_LEVEL: 1,
    extensions.RID: 10,
    extensions.REPAIRED_RID: 11,
}
WALL_OFFSET_S = 3_900_000_000.0


@dataclasses.dataclass(frozen=True)
class FakeSocket:
    """A socket that passes its datagrams to a function."""

    sendto: Callable[[bytes, Address], object]


def track_format(
    source: Source,
    *,
    codec: Codec | None = None,
    ssrc: int = 0,
    rtx_ssrc: int = 0,
    announced: bool = True,
) -> TrackFormat:
    """Return a section as a browser would have negotiated it."""
    codec = codec or (Codec.VP8 if source.kind == "video" else Codec.OPUS)
    video = codec is not Codec.OPUS
    return TrackFormat(
        mid=Mid(str(list(Source).index(source))),
        source=source,
        codec=codec,
        payload_type=120 if video else 109,
        rtx_payload_type=121 if video else None,
        extensions=EXTENSION_IDS,
        sources=(ssrc,) if announced else (),
        retransmissions={rtx_ssrc: ssrc} if announced and rtx_ssrc else {},
    )


class Origin:
    """One published track: writes its packets."""

    def __init__(
        self,
        bench: "Bench",
        participant: str,
        source: Source,
        *,
        ssrc: int,
        sequence: int = 65_500,
        timestamp: int = 0xFFFF_0000,
        picture_id: int = 0x7FF0,
    ) -> None:
        self.bench = bench
        self.participant = ParticipantId(participant)
        self.source = source
        self.ssrc = ssrc
        self.rtx_ssrc = ssrc + 1
        self.sequence = sequence
        self.timestamp = timestamp
        self.picture_id = picture_id
        self.rtx_sequence = 7
        self.rid: bytes | None = None
        """Name of the layer; None: the track has a single one."""
        self.filler = 0
        """Additional octets in each payload."""
        self.mark = b""
        """The last octets of each payload."""

    @property
    def fmt(self) -> TrackFormat:
        """The section of this track."""
        return track_format(self.source, ssrc=self.ssrc, rtx_ssrc=self.rtx_ssrc)

    def frame(
        self,
        *,
        key: bool = False,
        packets: int = 1,
        ticks: int = 3000,
        temporal: int | None = None,
    ) -> list[bytes]:
        """Return the packets of the next VP8 frame, with its temporal layer if any."""
        self.timestamp = (self.timestamp + ticks) & 0xFFFFFFFF
        self.picture_id = (self.picture_id + 1) & 0x7FFF
        out = []
        for number in range(packets):
            first = number == 0
            fields = 0x80 if temporal is None else 0xE0
            descriptor = bytes((0x90 if first else 0x80, fields)) + (
                0x8000 | self.picture_id
            ).to_bytes(2, "big")
            if temporal is not None:
                # Each frame leans on the base layer alone: higher ones may begin.
                descriptor += bytes((7, temporal << 6 | (0x20 if temporal else 0)))
            body = bytes((0 if key and first else 1,)) + self.participant.encode()
            body += bytes(self.filler) + self.mark
            out.append(self._packet(descriptor + body, marker=number == packets - 1))
        return out

    def voice(self, *, level: int = 30, ticks: int = 960) -> bytes:
        """Return the next Opus packet, with its level in -dBov."""
        self.timestamp = (self.timestamp + ticks) & 0xFFFFFFFF
        return self._packet(self.participant.encode(), level=level)

    def _packet(
        self, payload: bytes, *, marker: bool = False, level: int | None = None
    ) -> bytes:
        self.sequence = (self.sequence + 1) & 0xFFFF
        elements = {4: self.fmt.mid.encode(), 3: self.bench.transport_number()}
        if level is not None:
            elements[1] = bytes((level,))
        if self.rid is not None:
            elements[EXTENSION_IDS[extensions.RID]] = self.rid
        return rtp.serialize(
            rtp.Packet(
                self.fmt.payload_type,
                self.sequence,
                self.timestamp,
                self.ssrc,
                marker,
                payload,
                elements,
            )
        )

    def rtx(self, packet: bytes, names: dict[str, bytes] | None = None) -> bytes:
        """Return the retransmission of a packet, with header extensions by URI."""
        lost = rtp.parse(packet)
        self.rtx_sequence += 1
        return rtp.serialize(
            rtp.Packet(
                121,
                self.rtx_sequence,
                lost.timestamp,
                self.rtx_ssrc,
                lost.marker,
                lost.sequence.to_bytes(2, "big") + lost.payload,
                {4: self.fmt.mid.encode()}
                | {EXTENSION_IDS[uri]: name for uri, name in (names or {}).items()},
            )
        )

    def send(self, packets: bytes | list[bytes]) -> None:
        """Let packets arrive."""
        for packet in [packets] if isinstance(packets, bytes) else packets:
            self.bench.router.on_rtp(self.participant, packet, now=self.bench.now)

    def report(self, *, wall_s: float) -> None:
        """Let a sender report arrive that maps the newest timestamp to ``wall_s``."""
        data = rtcp.sender_report(self.ssrc, self.timestamp, 1, 1)
        stamp = int(wall_s * (1 << 32)).to_bytes(8, "big")
        data = data[:8] + stamp + data[16:]
        self.bench.router.on_rtcp(
            self.participant, LegKind.PUBLISH, data, now=self.bench.now
        )


class Simulcast:
    """
    A published track of several layers, as a browser sends it.

    Sends the layers that the server requests, and key frames on request.
    """

    room = ROOM

    def __init__(
        self, bench: "Bench", participant: str, source: Source, names: tuple[bytes, ...]
    ) -> None:
        self.bench = bench
        self.participant = ParticipantId(participant)
        self.source = source
        self.layers = [
            Origin(bench, participant, source, ssrc=bench.next_ssrc()) for _ in names
        ]
        for number, (layer, name) in enumerate(zip(self.layers, names, strict=True)):
            layer.rid, layer.mark = name, bytes((number,))
            layer.filler = 400 * (number + 1)  # 64, 128 and 192 kbit/s
        self.capable = len(names)
        """Number of layers that its own link carries."""
        self.temporal = False
        """Whether its frames have three temporal layers."""
        self.slow = 0.0
        """Seconds until a requested layer is sent."""
        self._frames = 0
        self._begun = [False] * len(names)
        self._owed = [False] * len(names)
        self._asked_at: dict[int, float] = {}

    @property
    def fmt(self) -> TrackFormat:
        """The section of this track."""
        return dataclasses.replace(
            track_format(self.source, announced=False),
            rids=tuple((layer.rid or b"").decode() for layer in self.layers),
        )

    @property
    def wanted(self) -> tuple[int, ...]:
        """The layers that the server requests."""
        self.bench.settle()
        requested = [
            event.layers
            for event in self.bench.events
            if isinstance(event, media.LayersWanted)
            and event.participant == self.participant
            and event.source is self.source
        ]
        return requested[-1] if requested else tuple(range(len(self.layers)))

    @property
    def silent(self) -> bool:
        """Whether nothing is sent."""
        return not self.wanted

    def tick(self) -> None:
        """Send one frame of each layer."""
        wanted = self.wanted
        asked = self.bench.key_frames_asked(self.participant)
        temporal = (0, 2, 1, 2)[self._frames % 4] if self.temporal else None
        self._frames += 1
        for number, layer in enumerate(self.layers):
            if number not in wanted or number >= self.capable:
                self._begun[number] = False
                self._asked_at.pop(number, None)
                continue
            since = self._asked_at.setdefault(number, self.bench.now)
            if self.bench.now - since < self.slow:
                continue
            key = self._owed[number] or not self._begun[number] or layer.ssrc in asked
            self._owed[number] = key
            if temporal and key:
                continue  # key frames are of the base layer: it waits for its turn
            self._begun[number] = True
            self._owed[number] = False
            layer.send(layer.frame(key=key, ticks=4_500, temporal=temporal))


class Sink:
    """One viewer: decrypts the packets it receives, and sorts them by slot."""

    def __init__(
        self, bench: "Bench", participant: str, slots: list[SlotFormat]
    ) -> None:
        self.bench = bench
        self.participant = ParticipantId(participant)
        self.slots = {slot.mid: slot for slot in slots}
        self.packets: dict[int, list[rtp.Packet]] = defaultdict(list)
        policy = Policy(
            key=MASTER_KEY + MASTER_SALT,
            ssrc_type=Policy.SSRC_ANY_INBOUND,
            srtp_profile=Policy.SRTP_PROFILE_AEAD_AES_128_GCM,
        )
        self._session = Session(policy)

    def receive(self, datagram: bytes, _address: Address) -> None:
        """Take a datagram; raises if it is replayed or forged."""
        packet = rtp.parse(self._session.unprotect(datagram))
        self.packets[packet.ssrc].append(packet)

    def mid(self, group: SlotGroup, kind: str, place: int = 0) -> Mid:
        """Return a slot by its group."""
        return [
            slot.mid
            for slot in self.slots.values()
            if slot.group is group and slot.kind == kind
        ][place]

    def on(self, mid: Mid) -> list[rtp.Packet]:
        """Return the packets received on a slot."""
        return self.packets[self.slots[mid].ssrc]

    def repaired(self, mid: Mid) -> list[rtp.Packet]:
        """Return the retransmissions of a slot."""
        return self.packets[self.slots[mid].rtx_ssrc]

    def send_rtcp(self, data: bytes) -> None:
        """Send RTCP to the server."""
        self.bench.router.on_rtcp(
            self.participant, LegKind.SUBSCRIBE, data, now=self.bench.now
        )

    def view(self, *cameras: str, stage: str | None = None) -> None:
        """Set what is on the screen."""
        tiles = tuple(media.Tile(ParticipantId(camera), 180) for camera in cameras)
        pin = None if stage is None else ParticipantId(stage)
        self.bench.apply(media.SetView(self.participant, pin, tiles))

    def carries(self, mid: Mid) -> str | None:
        """Return the participant whose track a slot carries, as reported to the client."""
        return (
            self.bench.slot_states[self.participant]
            .get(mid, media.SlotState(mid))
            .participant
        )


class Bench:
    """A router, its fan-out and the time."""

    room = ROOM

    def __init__(self, limits: BitrateLimits = NO_LIMITS) -> None:
        self.now = 100.0
        self._flush_at = inf
        self.sockets = SocketTable()
        self.fanout = DEFAULT_ENGINE(self.sockets, self._wake)
        self.random = random.Random(1)
        self.router = Router(
            self.fanout,
            self.random.getrandbits,
            wall_offset=WALL_OFFSET_S,
            limits=limits,
        )
        self.events: list[media.Event] = []
        self.rtcp: dict[tuple[ParticipantId, LegKind], list[bytes]] = defaultdict(list)
        self.slot_states: dict[ParticipantId, dict[Mid, media.SlotState]] = defaultdict(
            dict
        )
        self._numbers = itertools.count(65_000)
        self._negotiations = itertools.count(1)
        self._ssrcs = itertools.count(1000, 10)
        self._answered: dict[ParticipantId, int] = defaultdict(int)
        self._unlimited: set[ParticipantId] = set()

    @property
    def plane(self) -> RoomPlane:
        """The room, as the packet plane has it."""
        return self.router.open_room(ROOM)

    def transport_number(self) -> bytes:
        """Return the next transport-wide number."""
        return (next(self._numbers) & 0xFFFF).to_bytes(2, "big")

    def origin(
        self, participant: str, *sources: Source, sequence: int = 65_500
    ) -> list[Origin]:
        """Let a participant publish."""
        origins = [
            Origin(self, participant, source, ssrc=next(self._ssrcs), sequence=sequence)
            for source in sources
        ]
        self.negotiate(ParticipantId(participant), [o.fmt for o in origins])
        return origins

    def negotiate(self, participant: ParticipantId, formats: list[TrackFormat]) -> None:
        """Open the publish leg of a participant, or negotiate its tracks again."""
        self.router.publish(
            ROOM,
            participant,
            FIRST_LEG,
            Negotiation(next(self._negotiations)),
            formats,
            now=self.now,
        )

    def next_ssrc(self) -> int:
        """Return an unused SSRC."""
        return next(self._ssrcs)

    def simulcast(
        self,
        participant: str,
        source: Source,
        *,
        names: tuple[bytes, ...] = (b"q", b"h", b"f"),
        also: Simulcast | None = None,
    ) -> Simulcast:
        """Let a participant publish a track of several layers."""
        track = Simulcast(self, participant, source, names)
        formats = [track.fmt] + ([also.fmt] if also is not None else [])
        self.negotiate(track.participant, formats)
        return track

    def key_frames_asked(self, participant: ParticipantId) -> set[int]:
        """Return the SSRCs for which key frames were requested, each once."""
        asked = self.sent(participant, LegKind.PUBLISH, 206)
        news = asked[self._answered[participant] :]
        self._answered[participant] = len(asked)
        return {int.from_bytes(message.body[4:8], "big") for message in news}

    def limited(self, participant: str, bitrate_bps: float) -> None:
        """Set the estimate of a viewer's link from now on."""
        viewer = self.plane.viewers[ParticipantId(participant)]
        viewer.adaptation.has_feedback = True
        viewer.adaptation.settled = False
        viewer.adaptation._feedback_at = float("inf")
        viewer.adaptation.estimator.bitrate_bps = bitrate_bps

    def unlimited(self, *participants: str) -> None:
        """Remove the limits of some viewers' links, once these viewers exist."""
        self._unlimited |= {ParticipantId(who) for who in participants}

    def sink(
        self,
        participant: str,
        decodable: frozenset[Codec] = frozenset(Codec),
        *,
        repaired: bool = True,
    ) -> Sink:
        """Let a viewer subscribe and connect."""
        formats = self.router.plan_slots()
        sink = Sink(self, participant, formats)
        fmt = ViewerFormat(decodable, repaired=repaired)
        key = self.router.subscribe(
            ROOM, sink.participant, FIRST_LEG, formats, fmt, now=self.now
        )
        socket = self.sockets.add(FakeSocket(sink.receive))
        self.fanout.open_viewer(key, KEYS, Destination(socket, ("192.0.2.1", 5)))
        self.router.connected(sink.participant, now=self.now)
        if sink.participant in self._unlimited:
            self.limited(sink.participant, 50_000_000)
        return sink

    def apply(self, command: media.Command) -> None:
        """Apply a command."""
        self.router.apply(command, now=self.now)

    def stage(self, participant: str | None) -> None:
        """Put a participant on the stage."""
        who = None if participant is None else ParticipantId(participant)
        self.apply(media.SetStage(ROOM, who))

    def pass_time(self, seconds: float) -> None:
        """Advance the time, and run every timer when it is due."""
        end = self.now + seconds
        while True:
            router = self.router.next_due
            due = inf if router is None else router
            if min(due, self._flush_at) > end:
                break
            self.now = max(self.now, min(due, self._flush_at))
            if due > self._flush_at:
                self._flush_at = inf
                self.fanout.flush(now=self.now)
            else:
                self.router.on_timeout(now=self.now)
        self.now = end

    def _wake(self, due: float) -> None:
        # Never at the same instant again, as no real timer does.
        self._flush_at = min(self._flush_at, max(due, self.now + TICK_S))

    def settle(self) -> None:
        """Take the datagrams and events of the router."""
        out, events = self.router.drain()
        for packet in out:
            self.rtcp[packet.participant, packet.leg].append(packet.data)
        self.events += events
        for event in events:
            if isinstance(event, media.SlotsChanged):
                for state in event.slots:
                    self.slot_states[event.viewer][state.mid] = state

    def sent(self, participant: str, leg: LegKind, kind: int) -> list[rtcp.Message]:
        """Return RTCP messages of a kind sent so far on a leg."""
        self.settle()
        return [
            message
            for data in self.rtcp[ParticipantId(participant), leg]
            for message in rtcp.parse(data)
            if message.kind == kind
        ]

    def key_frame_requests(self, participant: str) -> int:
        """Return the number of PLIs that a publisher has received."""
        return len(self.sent(participant, LegKind.PUBLISH, 206))
