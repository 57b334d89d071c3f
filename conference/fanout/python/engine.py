"""
The fan-out in Python: the reference for any other.

Everything here runs once per copy. The shared part of a packet (its extension
block, its payload after the descriptor) is made once, then each follower gets
its own header, running numbers, protection and datagram. The numbers themselves
are in ``copies``.
"""

from collections.abc import Callable, Sequence
from struct import Struct

from conference.fanout import formats
from conference.fanout.contract import (
    Destination,
    LayerKey,
    SlotKey,
    SlotProgress,
    ViewerKey,
    ViewerKeys,
)
from conference.fanout.python import copies
from conference.fanout.python.copies import ALL_TEMPORALS, MASK32
from conference.fanout.python.pacing import PacedPath
from conference.fanout.python.repairs import (
    NUMBER_ELEMENT,
    NUMBERED,
    SEND_ERRORS,
    VIDEO_WORDS,
    WITH_EXTENSIONS,
    Repairs,
    numbered_audio_block,
    video_block,
)
from conference.fanout.python.sent_ring import MASK
from conference.fanout.python.srtp import protection
from conference.fanout.sent import SentLog
from conference.fanout.sockets import SocketTable
from conference.rtp import extensions
from conference.rtp.codecs import PICTURE_ID_MASK, Codec, PayloadHead
from conference.rtp.packet import RtpPacket
from conference.rtp.sequence import signed32

MAX_BEHIND_TICKS = 30 * 90_000
"""Half a minute: capture times are believed to 5 s, and slots run ahead by less."""
_HEADER = Struct("!BBHII")


class PythonFanout:
    """
    ``conference.fanout.contract.Fanout`` over sockets of this process.

    Args:
        sockets: What destinations name.
        wake: Called with the time at which ``flush`` is due.
    """

    def __init__(self, sockets: SocketTable, wake: Callable[[float], None]) -> None:
        self._sockets = sockets
        self._wake = wake
        self._paced: dict[ViewerKey, PacedPath] = {}
        self._waiting: dict[PacedPath, None] = {}
        """Those with packets that wait, in the order in which they began to."""
        self._sources: dict[LayerKey, copies.Source] = {}
        self._copies: dict[SlotKey, copies.Copy] = {}
        self._paths: dict[ViewerKey, copies.Path] = {}
        self._slots: dict[ViewerKey, list[SlotKey]] = {}
        self.forwarded = 0
        """Copies handed to a socket since the start."""
        self._repairs = Repairs()
        self._unsent = 0

    @property
    def unsent(self) -> int:
        """Copies that a socket refused, for example because its buffer was full."""
        return self._unsent + self._repairs.unsent

    def open_viewer(
        self,
        viewer: ViewerKey,
        keys: ViewerKeys,
        destination: Destination,
        *,
        counts_voices: bool = False,
    ) -> None:
        """Make a viewer reachable; its feedback may cover audio packets too."""
        send = self._sockets[destination.socket].sendto
        path = self._paths[viewer] = copies.Path(
            protection(keys), send, destination.address
        )
        path.counts_voices = counts_voices
        self._slots[viewer] = []

    def set_destination(self, viewer: ViewerKey, destination: Destination) -> None:
        """Reach a viewer at another address; ignored for one that is not open."""
        path = self._paths.get(viewer)
        if path is not None:
            send = self._sockets[destination.socket].sendto
            path.voice, path.address = send, destination.address
            if viewer not in self._paced:
                path.send = path.repair = send

    def open_layer(self, layer: LayerKey, codec: Codec) -> None:
        """Begin a layer without followers and with an empty packet cache."""
        self._sources[layer] = copies.Source(codec)

    def close_layer(self, layer: LayerKey) -> None:
        """End a layer: its followers are detached, its cache is dropped."""
        source = self._sources.pop(layer)
        for copy in source.followers:
            copy.leave()
        source.followers.clear()
        source.ring = []

    def open_slot(
        self, slot: SlotKey, viewer: ViewerKey, fmt: formats.SlotFormat, *, first: int
    ) -> None:
        """Begin a slot; ``first`` (below 2¹⁴) is its first sequence number."""
        self._copies[slot] = copies.Copy(self._paths[viewer], fmt, first)
        self._slots[viewer].append(slot)

    def close_viewer(self, viewer: ViewerKey) -> None:
        """End all slots of a viewer and forget its keys and destination."""
        for slot in self._slots.pop(viewer, ()):
            self.detach(slot)
            del self._copies[slot]
        self._paths.pop(viewer, None)
        paced = self._paced.pop(viewer, None)
        if paced is not None:
            self._waiting.pop(paced, None)

    def attach(
        self,
        slot: SlotKey,
        layer: LayerKey,
        packet: RtpPacket,
        head: PayloadHead,
        *,
        timestamp: int,
        temporal: int = ALL_TEMPORALS,
    ) -> None:
        """Let a slot follow a layer from ``packet`` on, which is forwarded next."""
        copy, source = self._copies[slot], self._sources[layer]
        self.detach(slot)
        extended, first = packet.extended, copy.highest + 1
        skips, frames = source.skips, source.frames
        if extended < source.newest and source.ring:
            # A key frame whose first packet had to be repaired: what came after
            # it is counted already, and is not missing before it.
            skips, frames = source.before(extended)
        segment = copies.Segment(
            source, first, first - extended + skips[temporal], temporal
        )
        copy.ahead = 0
        if copy.last_timestamp is not None:
            # Time never runs backwards; a voice also needs room for its last
            # frame. Further behind than any clock can be wrong by, the slot was
            # silent for hours and the 32 bits have wrapped: nothing to mend.
            earliest = copy.last_timestamp + (1 if copy.video else formats.FRAME_TICKS)
            behind = signed32(earliest - timestamp)
            if 0 < behind < MAX_BEHIND_TICKS:
                timestamp = earliest
                copy.ahead = behind if copy.video else 0
        segment.timestamp_offset = (timestamp - packet.timestamp) & MASK32
        numbers = head.numbers
        segment.picture_id_offset = (
            copy.last_picture_id + 1 - segment.picture_id(numbers, frames)
        )
        segment.tl0_offset = copy.last_tl0 + 1 - numbers.tl0
        copy.follow(source, segment)
        source.followers.append(copy)

    def limit(
        self, slot: SlotKey, packet: RtpPacket, head: PayloadHead, *, temporal: int
    ) -> None:
        """Leave out frames above a temporal layer from ``packet`` on."""
        copy = self._copies[slot]
        source, before = copy.source, copy.segment
        if source is None or before.temporal == temporal:
            return
        copy.remember()
        # Numbers go on as the layer's do: packets before this one that are still
        # missing keep theirs, under the limit that they were sent with.
        offset = before.sequence_offset - source.skips[before.temporal]
        segment = copies.Segment(
            source,
            packet.extended + offset,
            offset + source.skips[temporal],
            temporal,
        )
        segment.timestamp_offset = before.timestamp_offset
        segment.epochs = before.epochs
        segment.tl0_offset = before.tl0_offset
        # The picture before this packet was the last one that was counted.
        segment.picture_id_offset = before.picture_id_offset
        if head.numbers.dense:
            segment.picture_id_offset += (
                source.frames[temporal] - source.frames[before.temporal]
            )
        copy.follow(source, segment)

    def detach(self, slot: SlotKey) -> None:
        """Let a slot send nothing; its numbers and history are kept."""
        copy = self._copies[slot]
        if copy.source is not None:
            copy.source.followers.remove(copy)
            copy.leave()

    def forward(
        self, layer: LayerKey, packet: RtpPacket, head: PayloadHead, *, now: float
    ) -> int:
        """Copy a packet to all followers and keep it for NACKs; return how many."""
        source = self._sources[layer]
        if not source.fresh(packet.extended, head):
            return 0
        if source.ring:
            kept = source.keep(packet, head)
            if not source.followers:
                return 0
            sent = self._forward_video(source, kept, now)
        else:
            sent = self._forward_audio(source, packet, now)
        self.forwarded += sent
        return sent

    def _forward_audio(
        self, source: copies.Source, packet: RtpPacket, now: float
    ) -> int:
        extended, incoming = packet.extended, packet.timestamp
        octets = len(packet.payload)
        block = _audio_block(packet, now)
        words, rest = numbered_audio_block(packet, now)
        marker = 0x80 if packet.marker else 0
        redundant = packet.redundant
        pack, pack_numbered = _HEADER.pack, NUMBERED.pack
        sent = 0
        for copy in source.followers:
            segment = copy.segment
            number = extended + segment.sequence_offset
            if number < segment.first:
                continue  # from before the packet that this slot began with
            timestamp = (incoming + segment.timestamp_offset) & MASK32
            if number > copy.highest:
                copy.highest = number
                copy.last_timestamp = timestamp
            path = copy.path
            if redundant is not None and path.redundant:
                body, second = redundant, formats.RED_PAYLOAD_TYPE | marker
            else:
                body, second = packet.payload, source.payload_type | marker
            wire = number & 0xFFFF
            record = path.sent
            transport_number = record.next
            if path.counts_voices:
                header = (
                    pack_numbered(
                        WITH_EXTENSIONS,
                        second,
                        wire,
                        timestamp,
                        copy.ssrc,
                        0xBEDE,
                        words,
                        NUMBER_ELEMENT,
                        transport_number & 0xFFFF,
                    )
                    + rest
                )
            else:
                header = pack(WITH_EXTENSIONS, second, wire, timestamp, copy.ssrc)
                header += block
            encrypt = path.encrypt
            try:
                if encrypt is not None:
                    iv = (copy.salt ^ number).to_bytes(12, "big")
                    data = header + encrypt(iv, body, header)
                else:
                    data = path.protect(header + body)
                if path.counts_voices:
                    record.next = transport_number + 1
                    record.times[transport_number & MASK] = now
                    record.sizes[transport_number & MASK] = len(data)
                path.voice(data, path.address)
            except SEND_ERRORS:
                self._unsent += 1
            copy.packets += 1
            copy.octets += octets
            sent += 1
        return sent

    def _forward_video(
        self, source: copies.Source, kept: copies.Kept, now: float
    ) -> int:
        packet, head = kept.packet, kept.head
        extended, incoming = packet.extended, packet.timestamp
        skips, frames, temporal = kept.skips, kept.frames, head.temporal
        late = extended != source.newest
        block = video_block(now)
        second = source.payload_type | (0x80 if packet.marker else 0)
        shared, numbers = packet.payload, head.numbers
        octets = len(shared)
        at, tl0_at = numbers.picture_id_offset, numbers.tl0_offset
        numbered = at >= 0
        dense, picture_id, tl0 = numbers.dense, numbers.picture_id, numbers.tl0
        # The usual forms, a 15-bit picture id with or without an index of the
        # base layer behind it, are put together from parts; others go the long way.
        plain = numbers.picture_id_bytes == 2 and tl0_at < 0
        layered = numbers.picture_id_bytes == 2 and tl0_at >= at + 2
        before = between = after = b""
        if plain:
            before, after = shared[:at], shared[at + 2 :]
        elif layered:
            before, between, after = (
                shared[:at],
                shared[at + 2 : tl0_at],
                shared[tl0_at + 1 :],
            )
        pack, pack_id = NUMBERED.pack, copies.TWO_BYTES.pack
        sent = 0
        for copy in source.followers:
            segment = copy.segment
            limit = segment.temporal
            number = extended + segment.sequence_offset - skips[limit]
            if number < segment.first:
                earlier = copy.earlier(extended, skips)
                if earlier is None:
                    continue  # from before the packet that this slot began with
                segment, limit = earlier, earlier.temporal
                number = extended + segment.sequence_offset - skips[limit]
            left_out = temporal > limit
            if left_out and not late:
                continue
            newest = number > copy.highest
            if copy.ahead or segment.epochs is not None:
                current = segment is copy.segment
                if newest and current and copy.last_timestamp is not None:
                    copy.slew(
                        segment,
                        incoming,
                        (copy.last_timestamp - segment.timestamp_offset) & MASK32,
                    )
                timestamp = segment.timestamp(incoming)
            else:
                timestamp = (incoming + segment.timestamp_offset) & MASK32
            if left_out:
                # Its number was given away while it was missing: an empty packet
                # fills the gap, or the browser would ask for it again and again.
                body = b""
            elif plain or layered:
                number_now = picture_id + segment.picture_id_offset
                if dense:
                    number_now -= frames[limit]
                body = before + pack_id(0x8000 | number_now & PICTURE_ID_MASK)
                if layered:
                    index = (tl0 + segment.tl0_offset) & 0xFF
                    body += between + bytes((index,))
                body += after
            elif numbered:
                body = segment.payload(shared, numbers, frames)
            else:
                body = shared
            if newest:
                copy.highest = number
                copy.last_timestamp = timestamp
            path = copy.path
            record = path.sent
            transport_number = record.next
            header = (
                pack(
                    WITH_EXTENSIONS,
                    second,
                    number & 0xFFFF,
                    timestamp,
                    copy.ssrc,
                    0xBEDE,
                    VIDEO_WORDS,
                    NUMBER_ELEMENT,
                    transport_number & 0xFFFF,
                )
                + block
            )
            encrypt = path.encrypt
            try:
                if encrypt is not None:
                    iv = (copy.salt ^ number).to_bytes(12, "big")
                    data = header + encrypt(iv, body, header)
                else:
                    data = path.protect(header + body)
                record.next = transport_number + 1
                record.times[transport_number & MASK] = now
                record.sizes[transport_number & MASK] = len(data)
                path.send(data, path.address)
            except SEND_ERRORS:
                self._unsent += 1
            copy.packets += 1
            copy.octets += octets
            sent += 1
            if path.again:
                self._repairs.send_again(path, now=now)
            if path.repeating and newest:
                self._repairs.repeat(copy, number, now=now)
        return sent

    def retransmit(self, slot: SlotKey, sequences: Sequence[int], *, now: float) -> int:
        """Answer a NACK (16-bit numbers) by RTX; return how many were still there."""
        return self._repairs.retransmit(self._copies[slot], sequences, now=now)

    def probe(self, slot: SlotKey, octets: int, packets: int, *, now: float) -> int:
        """Send what carries nothing new on a slot's RTX source; return the octets."""
        return self._repairs.probe(self._copies[slot], octets, packets, now=now)

    def progress(self, slot: SlotKey) -> SlotProgress:
        """Return what a sender report of the slot needs."""
        copy = self._copies[slot]
        segment = copy.segment
        return SlotProgress(
            copy.packets,
            copy.octets,
            copy.last_timestamp,
            segment.timestamp_offset,
        )

    def sent(self, viewer: ViewerKey) -> SentLog:
        """Return the record of what a viewer was sent under transport-wide numbers."""
        return self._paths[viewer].sent

    def pace(self, viewer: ViewerKey, rate_bps: float | None, *, now: float) -> None:
        """Spread what a viewer is sent over time at a rate; None: send at once."""
        paced = self._paced.get(viewer)
        if rate_bps is None:
            if paced is not None:
                del self._paced[viewer]
                paced.end(now=now)
        elif paced is not None:
            paced.retune(rate_bps)
        else:
            path = self._paths[viewer]
            self._paced[viewer] = PacedPath(path, rate_bps, self._on_waiting)

    def reinforce(
        self,
        viewer: ViewerKey,
        *,
        redundant: bool,
        insistent: bool = False,
        repeating: bool = False,
    ) -> None:
        """Send a viewer voices with older frames, and repairs or pictures twice."""
        path = self._paths[viewer]
        path.redundant = redundant
        path.insistent, path.repeating = insistent, repeating

    def starved(self, viewer: ViewerKey) -> bool:
        """Tell whether pictures waited too long and were thrown away since last asked."""
        path = self._paths[viewer]
        starved, path.starved = path.starved, False
        return starved

    def flush(self, *, now: float) -> None:
        """Send the packets of paced viewers that are due."""
        waiting, self._waiting = self._waiting, {}
        for paced in waiting:
            paced.flush(now=now)

    def _on_waiting(self, paced: PacedPath, due: float) -> None:
        self._waiting[paced] = None
        self._wake(due)


def _audio_block(packet: RtpPacket, now: float) -> bytes:
    elements = [(formats.ABS_SEND_TIME_ID, extensions.abs_send_time(now))]
    level = packet.level
    if level is not None:
        elements.append((formats.AUDIO_LEVEL_ID, level))
    return extensions.build(elements)
