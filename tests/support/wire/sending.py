"""
Publish recordings over a leg, in real time.

Answers as a browser would: a PLI with a key frame (by starting the loop again),
a NACK with RTX. Counts what it was asked.
"""

import asyncio
import collections
import contextlib
import math
import secrets
import struct
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from tests.support.wire import rtcp, rtp, sdp
from tests.support.wire.leg import Leg
from tests.support.wire.recording import Recording

HISTORY_PACKETS = 512
REPORT_S = 1.0  # between sender reports
BURST_PACKETS = 8  # of one frame sent at a go; the rest is spread (RFC 8888 pacing)
SILENCE_DBOV = 127

EXTENSIONS = {
    "audio": {
        sdp.AUDIO_LEVEL: 1,
        sdp.ABS_SEND_TIME: 2,
        sdp.TRANSPORT_CC: 3,
        sdp.MID: 4,
    },
    "video": {sdp.ABS_SEND_TIME: 2, sdp.TRANSPORT_CC: 3, sdp.MID: 4},
}


@dataclass(slots=True)
class Outgoing:
    """One published track and what has become of it."""

    source: str
    recording: Recording
    section: sdp.Section
    level_dbov: int = 30
    """Loudness that the header extension claims (0 loudest, 127 silence)."""
    active: bool = True
    drop: Callable[[int], bool] = lambda _sequence: False
    """Which packets the network loses (they are kept for retransmission)."""

    rid: str = ""
    """Name of the layer; empty for a track of one."""
    payload_type: int = 0
    rtx_payload_type: int | None = None
    extensions: dict[str, int] = field(default_factory=dict)
    sequence: int = field(default_factory=lambda: secrets.randbelow(1 << 15))
    rtx_sequence: int = field(default_factory=lambda: secrets.randbelow(1 << 15))
    timestamp: int = field(default_factory=lambda: secrets.randbits(32))
    picture_id: int = field(default_factory=lambda: secrets.randbits(15))
    position: int = 0
    packets: int = 0
    octets: int = 0
    key_requests: list[float] = field(default_factory=list)
    """When a PLI or FIR came, monotonic seconds."""
    nacked: list[int] = field(default_factory=list)
    retransmitted: int = 0
    history: "collections.OrderedDict[int, rtp.Packet]" = field(
        default_factory=collections.OrderedDict
    )

    def cut(self) -> list[rtp.Packet]:
        """Return the packets of the next frame and move on."""
        frame = self.recording.frames[self.position]
        self.position = (self.position + 1) % len(self.recording.frames)
        self.timestamp = self.timestamp + self.recording.ticks & 0xFFFFFFFF
        if self.recording.codec == "VP8":
            self.picture_id = self.picture_id + 1 & 0x7FFF
            payloads = rtp.packetize_vp8(frame.data, self.picture_id)
        else:
            payloads = [frame.data]
        packets = []
        for payload in payloads:
            self.sequence = self.sequence + 1 & 0xFFFF
            packets.append(
                rtp.Packet(
                    self.payload_type,
                    self.sequence,
                    self.timestamp,
                    self.section.ssrc,
                    payload is payloads[-1] and self.recording.codec == "VP8",
                    payload,
                )
            )
        return packets


def outgoing(
    mid: str,
    source: str,
    recording: Recording,
    *,
    level_dbov: int = 30,
    sequence: int | None = None,
) -> Outgoing:
    """Prepare a track for a publish offer."""
    kind = "audio" if source in ("microphone", "screen_audio") else "video"
    section = sdp.Section(
        kind,
        9,
        mid=mid,
        direction="sendonly",
        codecs={111: "opus"} if kind == "audio" else {96: "VP8"},
        rtx={} if kind == "audio" else {96: 97},
        extensions=dict(EXTENSIONS[kind]),
        ssrc=secrets.randbits(31) | 1,
        rtx_ssrc=0 if kind == "audio" else secrets.randbits(31) | 1,
        msid=f"{source} {source}-{mid}",
    )
    track = Outgoing(source, recording, section, level_dbov)
    if sequence is not None:
        track.sequence = sequence
    return track


def layers(mid: str, source: str, recordings: list[Recording]) -> list[Outgoing]:
    """Prepare the layers of one track, the smallest first, for a publish offer."""
    names = ("q", "h", "f")[: len(recordings)]
    tracks = []
    for name, recording in zip(names, recordings, strict=True):
        track = outgoing(mid, source, recording)
        track.rid = name
        track.section.rids = names
        track.section.extensions |= {sdp.RID: 5, sdp.REPAIRED_RID: 6}
        tracks.append(track)
    return tracks


class Publisher:
    """
    Plays tracks over a leg.

    The caller runs ``play`` as a task once the leg is connected. ``sent_at`` is
    called with each packet's payload just before it leaves.
    """

    def __init__(self, leg: Leg, tracks: list[Outgoing]) -> None:
        self.leg = leg
        self.tracks = tracks
        self.feedback = 0
        """Transport-wide congestion control messages received."""
        self.receiver_reports = 0
        self.sent_at: Callable[[bytes], None] = lambda _payload: None
        self._transport_sequence = 0
        leg.on_rtcp = self._on_rtcp

    def agree(self, answer: sdp.Description) -> None:
        """Take payload types and extension ids from the server's answer."""
        for section in answer.sections:
            for track in self.tracks:
                if track.section.mid != section.mid or section.port == 0:
                    continue
                track.payload_type = section.payload_type(track.recording.codec)
                track.rtx_payload_type = section.rtx.get(track.payload_type)
                track.extensions = section.extensions

    def want(self, source: str, numbers: list[int]) -> None:
        """Send these layers of a track, and no others."""
        found = [t for t in self.tracks if t.source == source and t.rid]
        for number, track in enumerate(found):
            if number in numbers and not track.active:
                track.position = 0  # a key frame, as browsers begin again
            track.active = number in numbers

    def track(self, source: str) -> Outgoing:
        """Return the track of a source."""
        return next(t for t in self.tracks if t.source == source)

    async def play(self) -> None:
        """Send all tracks until cancelled."""
        async with asyncio.TaskGroup() as tasks:
            for track in self.tracks:
                tasks.create_task(self._play(track))
            tasks.create_task(self._report())

    async def _play(self, track: Outgoing) -> None:
        due = time.monotonic()
        while True:
            packets = track.cut()
            if track.active:
                await self._pace(track, packets, due)
            due += track.recording.interval_s
            await asyncio.sleep(max(0.0, due - time.monotonic()))

    async def _pace(
        self, track: Outgoing, packets: list[rtp.Packet], start: float
    ) -> None:
        bursts = math.ceil(len(packets) / BURST_PACKETS)
        step = track.recording.interval_s / max(2, bursts + 1)
        for number in range(bursts):
            if number:
                await asyncio.sleep(max(0.0, start + number * step - time.monotonic()))
            at = number * BURST_PACKETS
            for packet in packets[at : at + BURST_PACKETS]:
                self._send(track, packet)

    def _send(self, track: Outgoing, packet: rtp.Packet) -> None:
        track.packets += 1
        track.octets += len(packet.payload)
        if track.section.kind == "video":
            track.history[packet.sequence] = packet
            while len(track.history) > HISTORY_PACKETS:
                track.history.popitem(last=False)
        if track.drop(packet.sequence):
            self._transport_sequence = self._transport_sequence + 1 & 0xFFFF
            return
        self.sent_at(packet.payload)
        self.leg.send_rtp(rtp.serialize(self._stamped(track, packet)))

    def _stamped(self, track: Outgoing, packet: rtp.Packet) -> rtp.Packet:
        """Return the packet with this moment's header extensions."""
        self._transport_sequence = self._transport_sequence + 1 & 0xFFFF
        again = packet.payload_type == track.rtx_payload_type
        values: dict[str, bytes] = {
            **(
                {sdp.REPAIRED_RID if again else sdp.RID: track.rid.encode()}
                if track.rid
                else {}
            ),
            sdp.MID: track.section.mid.encode(),
            sdp.ABS_SEND_TIME: (
                int((time.time() % 64) * (1 << 18)) & 0xFFFFFF
            ).to_bytes(3, "big"),
            sdp.TRANSPORT_CC: struct.pack("!H", self._transport_sequence),
            sdp.AUDIO_LEVEL: bytes(
                [track.level_dbov | (0x80 if track.level_dbov < SILENCE_DBOV else 0)]
            ),
        }
        return rtp.Packet(
            packet.payload_type,
            packet.sequence,
            packet.timestamp,
            packet.ssrc,
            packet.marker,
            packet.payload,
            {
                number: values[uri]
                for uri, number in track.extensions.items()
                if uri in values
            },
        )

    async def _report(self) -> None:
        while True:
            for track in self.tracks:
                if track.packets:
                    self.leg.send_rtcp(
                        rtcp.sender_report(
                            track.section.ssrc,
                            track.timestamp,
                            track.packets,
                            track.octets,
                        )
                    )
            await asyncio.sleep(REPORT_S)

    def _on_rtcp(self, data: bytes) -> None:
        for message in rtcp.parse(data):
            match message.kind, message.count:
                case rtcp.RECEIVER_REPORT, _:
                    self.receiver_reports += 1
                case rtcp.TRANSPORT_FEEDBACK, rtcp.TRANSPORT_CC:
                    self.feedback += 1
                case rtcp.TRANSPORT_FEEDBACK, rtcp.NACK:
                    self._on_nack(message)
                case rtcp.PAYLOAD_FEEDBACK, rtcp.PLI | rtcp.FIR:
                    self._on_key_request(message)

    def _on_key_request(self, message: rtcp.Message) -> None:
        wanted = {message.media_ssrc}
        if message.count == rtcp.FIR and len(message.body) >= 12:
            wanted.add(struct.unpack_from("!I", message.body, 8)[0])
        for track in self.tracks:
            if track.section.ssrc in wanted:
                track.key_requests.append(time.monotonic())
                track.position = 0

    def _on_nack(self, message: rtcp.Message) -> None:
        for track in self.tracks:
            if track.section.ssrc != message.media_ssrc:
                continue
            for sequence in rtcp.nacked(message):
                track.nacked.append(sequence)
                packet = track.history.get(sequence)
                if packet is not None:
                    self._retransmit(track, packet)

    def _retransmit(self, track: Outgoing, packet: rtp.Packet) -> None:
        track.retransmitted += 1
        if track.rtx_payload_type is None:
            again = packet
        else:
            track.rtx_sequence = track.rtx_sequence + 1 & 0xFFFF
            again = rtp.Packet(
                track.rtx_payload_type,
                track.rtx_sequence,
                packet.timestamp,
                track.section.rtx_ssrc,
                packet.marker,
                struct.pack("!H", packet.sequence) + packet.payload,
            )
        with contextlib.suppress(ConnectionError):
            self.leg.send_rtp(rtp.serialize(self._stamped(track, again)))
