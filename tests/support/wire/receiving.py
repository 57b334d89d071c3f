"""
Check the slots of a subscription as a strict browser would.

Each slot must be one continuous RTP stream, whichever participant it carries: sequence
numbers without gaps, timestamps and picture ids that only increase. Lost packets are
requested again; complete frames may be decoded.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from math import inf

from tests.support.wire import rtcp, rtp, sdp
from tests.support.wire.leg import Leg
from tests.support.wire.recording import Decoder, Picture

NACK_AFTER_S = 0.02  # a hole older than this is asked for
NACK_AGAIN_S = 0.05
NACK_TIMES = (
    40  # for two seconds: a server that stands still meanwhile has lost nothing
)
KEY_FRAME_AGAIN_S = 0.5  # a second request earlier would ask for the same one
VIEWER_SSRC = 1


def extend(value: int, near: int, bits: int) -> int:
    """Return the number closest to ``near`` whose low bits are ``value``."""
    size = 1 << bits
    distance = (value - near) % size
    return near + (distance if distance < size // 2 else distance - size)


@dataclass(slots=True)
class Hole:
    """A missing packet."""

    since: float
    asked: int = 0
    asked_at: float = 0.0


@dataclass(slots=True)
class SlotWatch:
    """Everything seen on one slot."""

    mid: str
    kind: str
    ssrc: int
    rtx_ssrc: int
    codecs: dict[int, str]
    rtx: dict[int, int]
    extensions: dict[str, int]
    decode: bool = False

    packets: int = 0
    duplicates: int = 0
    recovered: int = 0
    """Packets that came by retransmission."""
    first: int | None = None
    highest: int = -1
    """Extended sequence number."""
    holes: dict[int, Hole] = field(default_factory=dict)
    asked: int = 0
    lost: int = 0
    """Packets that no retransmission brought."""
    timestamp: int | None = None
    """Extended, of the highest packet."""
    payload_types: set[int] = field(default_factory=set)
    picture_id: int | None = None
    violations: list[str] = field(default_factory=list)
    """Violations that a browser would not tolerate."""
    key_frames: int = 0
    frames: int = 0
    """Complete frames, in order (video), or packets (audio)."""
    pictures: list[Picture] = field(default_factory=list)
    sender_reports: list[tuple[float, int]] = field(default_factory=list)
    """Wall-clock seconds and RTP timestamp of each report."""
    levels_dbov: list[int] = field(default_factory=list)
    last_packet: float = 0.0
    """Monotonic seconds."""
    on_payload: Callable[[bytes], None] | None = None
    _waiting: dict[int, rtp.Packet] = field(default_factory=dict)
    _next: int | None = None
    _frame: bytearray = field(default_factory=bytearray)
    _decodable: bool = False
    """A key frame has begun, and no packet is missing since."""
    _lacks_key_frame: bool = False
    """Something came that cannot be decoded without one."""
    _asked_for_key_frame_at: float = -inf
    _decoder: Decoder | None = None

    def on_packet(self, packet: rtp.Packet, *, now: float) -> None:
        """Take a packet of the slot's own SSRC."""
        if self.first is None:
            self.first = self.highest = self._next = packet.sequence
            self._note_new(packet, packet.sequence)
            self._keep(packet, packet.sequence, now)
            return
        number = extend(packet.sequence, self.highest, 16)
        if number > self.highest:
            for missing in range(self.highest + 1, number):
                self.holes[missing] = Hole(now)
            self.highest = number
            self._note_new(packet, number)
        elif number in self.holes:
            del self.holes[number]
        else:
            self.duplicates += 1
            return
        self._keep(packet, number, now)

    def on_retransmission(self, packet: rtp.Packet, *, now: float) -> None:
        """Take a packet of the RTX SSRC (RFC 4588 §4)."""
        if len(packet.payload) < 2 or self.first is None:
            return
        primary = next(
            (pt for pt, rtx in self.rtx.items() if rtx == packet.payload_type), None
        )
        if primary is None:
            self.violations.append(f"unknown RTX payload type {packet.payload_type}")
            return
        original = int.from_bytes(packet.payload[:2], "big")
        number = extend(original, self.highest, 16)
        if self.holes.pop(number, None) is None:
            self.duplicates += 1
            return
        self.recovered += 1
        restored = rtp.Packet(
            primary,
            original,
            packet.timestamp,
            self.ssrc,
            packet.marker,
            packet.payload[2:],
        )
        self._keep(restored, number, now)

    def due(self, *, now: float) -> list[int]:
        """Return the sequence numbers to ask for now (audio has no RTX to ask for)."""
        wanted: list[int] = []
        if not self.rtx_ssrc:
            return wanted
        for number, hole in self.holes.items():
            if hole.asked >= NACK_TIMES or now - hole.since < NACK_AFTER_S:
                continue
            if now - hole.asked_at >= NACK_AGAIN_S:
                hole.asked += 1
                hole.asked_at = now
                wanted.append(number & 0xFFFF)
        self.asked += len(wanted)
        return wanted

    def give_up(self) -> bool:
        """
        Stop waiting for what no retransmission brought.

        Returns:
            True when a key frame must be asked for to go on.
        """
        lost = [n for n, hole in self.holes.items() if hole.asked >= NACK_TIMES]
        if not lost:
            return False
        self.lost += len(lost)
        for number in lost:
            del self.holes[number]
        for number in sorted(self._waiting):
            if number > max(lost) and rtp.parse_vp8(self._waiting[number].payload).key:
                self._waiting = {n: p for n, p in self._waiting.items() if n >= number}
                self._next, self.picture_id = number, None
                return False
        self._next, self.picture_id = max(lost) + 1, None
        self._decodable = False
        return True

    def waits_for_key_frame(self, *, now: float) -> bool:
        """
        Return whether to ask for a key frame now, as a browser's decoder does.

        It cannot begin with another frame: the packets that carried the first key
        frame may have arrived before the keys to decrypt them.
        """
        if (
            not self._lacks_key_frame
            or now - self._asked_for_key_frame_at < KEY_FRAME_AGAIN_S
        ):
            return False
        self._asked_for_key_frame_at = now
        return True

    def _note_new(self, packet: rtp.Packet, number: int) -> None:
        if packet.payload_type not in self.codecs:
            self.violations.append(f"payload type {packet.payload_type} not accepted")
        self.payload_types.add(packet.payload_type)
        if self.timestamp is None:
            self.timestamp = packet.timestamp
        else:
            timestamp = extend(packet.timestamp, self.timestamp, 32)
            if timestamp < self.timestamp:
                self.violations.append(
                    f"timestamp back by {self.timestamp - timestamp} at {number}"
                )
            self.timestamp = max(self.timestamp, timestamp)
        level = packet.extensions.get(self.extensions.get(sdp.AUDIO_LEVEL, -1))
        if level:
            self.levels_dbov.append(level[0] & 0x7F)
        mid = packet.extensions.get(self.extensions.get(sdp.MID, -1))
        if mid and mid.decode(errors="replace") != self.mid:
            self.violations.append(f"MID {mid!r} on slot {self.mid}")

    def _keep(self, packet: rtp.Packet, number: int, now: float) -> None:
        self.packets += 1
        self.last_packet = now
        if self.on_payload is not None:
            self.on_payload(packet.payload)
        if self.kind == "audio":
            self.frames += 1
            return
        self._waiting[number] = packet
        while self._next in self._waiting:
            assert self._next is not None
            packet = self._waiting.pop(self._next)
            self._next += 1
            self._in_order(packet)

    def _in_order(self, packet: rtp.Packet) -> None:
        if self.codecs.get(packet.payload_type) != "VP8":
            self.frames += packet.marker
            return
        payload = rtp.parse_vp8(packet.payload)
        if payload.start:
            self._decodable = self._decodable or payload.key
            self._frame.clear()
            self.key_frames += payload.key
            self._note_picture_id(payload.picture_id)
        self._lacks_key_frame = self.decode and not self._decodable
        self._frame += payload.data
        if packet.marker:
            self.frames += 1
            if self.decode and self._decodable:
                self._decode(bytes(self._frame))

    def _note_picture_id(self, picture_id: int | None) -> None:
        if picture_id is None:
            return
        if self.picture_id is not None and picture_id != self.picture_id + 1 & 0x7FFF:
            self.violations.append(f"picture id {self.picture_id} → {picture_id}")
        self.picture_id = picture_id

    def _decode(self, frame: bytes) -> None:
        if self._decoder is None:
            self._decoder = Decoder()
        picture = self._decoder.decode(frame)
        if picture is not None:
            self.pictures.append(picture)


class Watcher:
    """
    All slots of one subscription.

    Inputs: the leg's packets. The caller calls ``tick`` every 20 ms or so, which
    sends NACKs and, each second, a receiver report.
    """

    def __init__(self, leg: Leg, offer: sdp.Description, *, decode: bool) -> None:
        self.leg = leg
        self.slots = {
            section.mid: SlotWatch(
                section.mid,
                section.kind,
                section.ssrc,
                section.rtx_ssrc,
                section.codecs,
                section.rtx,
                section.extensions,
                decode=decode,
            )
            for section in offer.sections
        }
        self.drop: Callable[[rtp.Packet], bool] = lambda _packet: False
        """Which received packets count as lost by the network."""
        self.strangers = 0
        """Packets of an SSRC that is in no slot."""
        self._by_ssrc = {slot.ssrc: slot for slot in self.slots.values()}
        self._by_rtx = {s.rtx_ssrc: s for s in self.slots.values() if s.rtx_ssrc}
        self._reported = 0.0
        leg.on_rtp = self._on_rtp
        leg.on_rtcp = self._on_rtcp

    def request_key_frame(self, mid: str) -> None:
        """Send a PLI for a slot."""
        self.leg.send_rtcp(rtcp.pli(VIEWER_SSRC, self.slots[mid].ssrc))

    def tick(self, *, now: float) -> None:
        """Ask for what is missing; report once a second."""
        for slot in self.slots.values():
            if slot.holes and (wanted := slot.due(now=now)):
                self.leg.send_rtcp(rtcp.nack(VIEWER_SSRC, slot.ssrc, wanted))
            if (slot.holes and slot.give_up()) or slot.waits_for_key_frame(now=now):
                self.request_key_frame(slot.mid)
        if now - self._reported >= 1.0:
            self._reported = now
            highest = {s.ssrc: s.highest for s in self.slots.values() if s.packets}
            self.leg.send_rtcp(rtcp.receiver_report(VIEWER_SSRC, highest))

    def _on_rtp(self, data: bytes) -> None:
        packet = rtp.parse(data)
        if self.drop(packet):
            return
        now = time.monotonic()
        if slot := self._by_ssrc.get(packet.ssrc):
            slot.on_packet(packet, now=now)
        elif slot := self._by_rtx.get(packet.ssrc):
            slot.on_retransmission(packet, now=now)
        else:
            self.strangers += 1

    def _on_rtcp(self, data: bytes) -> None:
        for message in rtcp.parse(data):
            if message.kind == rtcp.SENDER_REPORT:
                ssrc, wall_s, timestamp = rtcp.read_sender_report(message)
                if slot := self._by_ssrc.get(ssrc):
                    slot.sender_reports.append((wall_s, timestamp))
