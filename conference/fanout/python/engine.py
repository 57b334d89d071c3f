"""
The fan-out in Python: the reference implementation.

The shared parts of a packet (its extension block, its payload after the descriptor)
are made once; then each follower gets its own header, running numbers, protection and
datagram. The loops over followers run once per copy, so they use local variables and
write the fields of ``copies`` and ``sent_ring`` directly.
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
from conference.fanout.python.pacing import PacedOutlet
from conference.fanout.python.repairs import (
    NUMBER_ELEMENT,
    NUMBERED,
    SEND_ERRORS,
    VIDEO_WORDS,
    WITH_EXTENSIONS,
    RepairSender,
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
"""30 s in video ticks. Capture times are corrected by 5 s at most, so a slot that is
further ahead was silent until its 32-bit timestamp wrapped."""
_HEADER = Struct("!BBHII")


class PythonFanout:
    """
    ``conference.fanout.contract.Fanout`` over sockets of this process.

    Args:
        sockets: The open sockets, by the ids that destinations name.
        wake: Called with the time at which ``flush`` is due (monotonic seconds).
    """

    def __init__(self, sockets: SocketTable, wake: Callable[[float], None]) -> None:
        self._sockets = sockets
        self._wake = wake
        self._paced: dict[ViewerKey, PacedOutlet] = {}
        self._waiting: dict[PacedOutlet, None] = {}
        """Outlets with waiting packets, in the order in which they began to wait."""
        self._layers: dict[LayerKey, copies.LayerCopyState] = {}
        self._copies: dict[SlotKey, copies.Copy] = {}
        self._outlets: dict[ViewerKey, copies.Outlet] = {}
        self._slots: dict[ViewerKey, list[SlotKey]] = {}
        self.forwarded = 0
        """Copies handed to a socket since the start."""
        self._repairs = RepairSender()
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
        audio_transport_cc: bool = False,
    ) -> None:
        """Add a viewer with its keys and destination."""
        send = self._sockets[destination.socket].sendto
        outlet = self._outlets[viewer] = copies.Outlet(
            protection(keys), send, destination.address
        )
        outlet.audio_transport_cc = audio_transport_cc
        self._slots[viewer] = []

    def set_destination(self, viewer: ViewerKey, destination: Destination) -> None:
        """Send to a viewer at another address; ignored for one that is not open."""
        outlet = self._outlets.get(viewer)
        if outlet is not None:
            send = self._sockets[destination.socket].sendto
            outlet.send_unpaced, outlet.address = send, destination.address
            if viewer not in self._paced:
                outlet.send_video = outlet.send_repair = send

    def open_layer(self, layer: LayerKey, codec: Codec) -> None:
        """Add a layer without followers and with an empty packet cache."""
        self._layers[layer] = copies.LayerCopyState(codec)

    def close_layer(self, layer: LayerKey) -> None:
        """Remove a layer: detach its followers and drop its cache."""
        state = self._layers.pop(layer)
        for copy in state.followers:
            copy.leave()
        state.followers.clear()
        state.ring = []

    def open_slot(
        self, slot: SlotKey, viewer: ViewerKey, fmt: formats.SlotFormat, *, first: int
    ) -> None:
        """Add a slot; ``first`` (below 2¹⁴) is its first sequence number."""
        self._copies[slot] = copies.Copy(self._outlets[viewer], fmt, first)
        self._slots[viewer].append(slot)

    def close_viewer(self, viewer: ViewerKey) -> None:
        """Remove a viewer with its slots, keys and destination."""
        for slot in self._slots.pop(viewer, ()):
            self.detach(slot)
            del self._copies[slot]
        self._outlets.pop(viewer, None)
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
        copy, state = self._copies[slot], self._layers[layer]
        self.detach(slot)
        extended, first = packet.extended, copy.highest + 1
        skips, frames = state.skips, state.frames
        if extended < state.newest and state.ring:
            # The first packet of a key frame arrived late, by retransmission: the
            # packets after it are counted already and must not count before it.
            skips, frames = state.before(extended)
        epoch = copies.Epoch(state, first, first - extended + skips[temporal], temporal)
        copy.ahead = 0
        if copy.last_timestamp is not None:
            # Timestamps must not decrease, and audio needs the duration of its last
            # frame. If the slot is further behind than any clock error, it was silent
            # for hours and the 32 bits have wrapped: then the new timestamp is right.
            earliest = copy.last_timestamp + (1 if copy.video else formats.FRAME_TICKS)
            behind = signed32(earliest - timestamp)
            if 0 < behind < MAX_BEHIND_TICKS:
                timestamp = earliest
                copy.ahead = behind if copy.video else 0
        epoch.timestamp_offset = (timestamp - packet.timestamp) & MASK32
        numbers = head.numbers
        epoch.picture_id_offset = (
            copy.last_picture_id + 1 - epoch.picture_id(numbers, frames)
        )
        epoch.tl0_offset = copy.last_tl0 + 1 - numbers.tl0
        copy.follow(state, epoch)
        state.followers.append(copy)

    def limit(
        self, slot: SlotKey, packet: RtpPacket, head: PayloadHead, *, temporal: int
    ) -> None:
        """Leave out frames above a temporal layer from ``packet`` on."""
        copy = self._copies[slot]
        state, before = copy.layer, copy.epoch
        if state is None or before.temporal == temporal:
            return
        copy.remember()
        # Numbers continue as in the layer: packets before this one that are still
        # missing keep their numbers under the old limit.
        offset = before.sequence_offset - state.skips[before.temporal]
        epoch = copies.Epoch(
            state,
            packet.extended + offset,
            offset + state.skips[temporal],
            temporal,
        )
        epoch.timestamp_offset = before.timestamp_offset
        epoch.offsets = before.offsets
        epoch.tl0_offset = before.tl0_offset
        # The frame before this packet was the last one counted under the old limit.
        epoch.picture_id_offset = before.picture_id_offset
        if head.numbers.dense:
            epoch.picture_id_offset += (
                state.frames[temporal] - state.frames[before.temporal]
            )
        copy.follow(state, epoch)

    def detach(self, slot: SlotKey) -> None:
        """Stop following a layer; the slot's numbers and history are kept."""
        copy = self._copies[slot]
        if copy.layer is not None:
            copy.layer.followers.remove(copy)
            copy.leave()

    def forward(
        self, layer: LayerKey, packet: RtpPacket, head: PayloadHead, *, now: float
    ) -> int:
        """Copy a packet to all followers, keep it for NACKs; return the copies sent."""
        state = self._layers[layer]
        if not state.fresh(packet.extended, head):
            return 0
        if state.ring:
            cached = state.keep(packet, head)
            if not state.followers:
                return 0
            sent = self._forward_video(state, cached, now)
        else:
            sent = self._forward_audio(state, packet, now)
        self.forwarded += sent
        return sent

    def _forward_audio(
        self, state: copies.LayerCopyState, packet: RtpPacket, now: float
    ) -> int:
        extended, incoming = packet.extended, packet.timestamp
        octets = len(packet.payload)
        block = _audio_block(packet, now)
        words, rest = numbered_audio_block(packet, now)
        marker = 0x80 if packet.marker else 0
        redundant = packet.redundant
        pack, pack_numbered = _HEADER.pack, NUMBERED.pack
        sent = 0
        for copy in state.followers:
            epoch = copy.epoch
            number = extended + epoch.sequence_offset
            if number < epoch.first:
                continue  # older than the packet at which this slot was attached
            timestamp = (incoming + epoch.timestamp_offset) & MASK32
            if number > copy.highest:
                copy.highest = number
                copy.last_timestamp = timestamp
            outlet = copy.outlet
            if redundant is not None and outlet.redundant:
                body, second = redundant, formats.RED_PAYLOAD_TYPE | marker
            else:
                body, second = packet.payload, state.payload_type | marker
            wire = number & 0xFFFF
            record = outlet.sent
            transport_number = record.next
            if outlet.audio_transport_cc:
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
            encrypt = outlet.encrypt
            try:
                if encrypt is not None:
                    iv = (copy.salt ^ number).to_bytes(12, "big")
                    data = header + encrypt(iv, body, header)
                else:
                    data = outlet.protect(header + body)
                if outlet.audio_transport_cc:
                    record.next = transport_number + 1
                    record.times[transport_number & MASK] = now
                    record.sizes[transport_number & MASK] = len(data)
                outlet.send_unpaced(data, outlet.address)
            except SEND_ERRORS:
                self._unsent += 1
            copy.packets += 1
            copy.octets += octets
            sent += 1
        return sent

    def _forward_video(
        self, state: copies.LayerCopyState, cached: copies.CachedPacket, now: float
    ) -> int:
        packet, head = cached.packet, cached.head
        extended, incoming = packet.extended, packet.timestamp
        skips, frames, temporal = cached.skips, cached.frames, head.temporal
        late = extended != state.newest
        block = video_block(now)
        second = state.payload_type | (0x80 if packet.marker else 0)
        shared, numbers = packet.payload, head.numbers
        octets = len(shared)
        at, tl0_at = numbers.picture_id_offset, numbers.tl0_offset
        numbered = at >= 0
        dense, picture_id, tl0 = numbers.dense, numbers.picture_id, numbers.tl0
        # The usual descriptors, a 15-bit picture id with or without TL0PICIDX after it,
        # are assembled here from slices; all others by ``Epoch.payload``.
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
        for copy in state.followers:
            epoch = copy.epoch
            limit = epoch.temporal
            number = extended + epoch.sequence_offset - skips[limit]
            if number < epoch.first:
                earlier = copy.earlier(extended, skips)
                if earlier is None:
                    continue  # older than the packet at which this slot was attached
                epoch, limit = earlier, earlier.temporal
                number = extended + epoch.sequence_offset - skips[limit]
            left_out = temporal > limit
            if left_out and not late:
                continue
            newest = number > copy.highest
            if copy.ahead or epoch.offsets is not None:
                current = epoch is copy.epoch
                if newest and current and copy.last_timestamp is not None:
                    copy.slew(
                        epoch,
                        incoming,
                        (copy.last_timestamp - epoch.timestamp_offset) & MASK32,
                    )
                timestamp = epoch.timestamp(incoming)
            else:
                timestamp = (incoming + epoch.timestamp_offset) & MASK32
            if left_out:
                # Its number was left free while the packet was missing. An empty packet
                # fills it; otherwise the browser would keep sending NACKs for it.
                body = b""
            elif plain or layered:
                number_now = picture_id + epoch.picture_id_offset
                if dense:
                    number_now -= frames[limit]
                body = before + pack_id(0x8000 | number_now & PICTURE_ID_MASK)
                if layered:
                    index = (tl0 + epoch.tl0_offset) & 0xFF
                    body += between + bytes((index,))
                body += after
            elif numbered:
                body = epoch.payload(shared, numbers, frames)
            else:
                body = shared
            if newest:
                copy.highest = number
                copy.last_timestamp = timestamp
            outlet = copy.outlet
            record = outlet.sent
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
            encrypt = outlet.encrypt
            try:
                if encrypt is not None:
                    iv = (copy.salt ^ number).to_bytes(12, "big")
                    data = header + encrypt(iv, body, header)
                else:
                    data = outlet.protect(header + body)
                record.next = transport_number + 1
                record.times[transport_number & MASK] = now
                record.sizes[transport_number & MASK] = len(data)
                outlet.send_video(data, outlet.address)
            except SEND_ERRORS:
                self._unsent += 1
            copy.packets += 1
            copy.octets += octets
            sent += 1
            if outlet.pending_repairs:
                self._repairs.send_pending(outlet, now=now)
            if outlet.repeating and newest:
                self._repairs.repeat(copy, number, now=now)
        return sent

    def retransmit(self, slot: SlotKey, sequences: Sequence[int], *, now: float) -> int:
        """Answer a NACK (16-bit numbers) by RTX; return how many were in the cache."""
        return self._repairs.retransmit(self._copies[slot], sequences, now=now)

    def probe(self, slot: SlotKey, octets: int, packets: int, *, now: float) -> int:
        """Send old packets or padding on a slot's RTX stream; return the octets."""
        return self._repairs.probe(self._copies[slot], octets, packets, now=now)

    def progress(self, slot: SlotKey) -> SlotProgress:
        """Return the counters and timestamps for a sender report of a slot."""
        copy = self._copies[slot]
        epoch = copy.epoch
        return SlotProgress(
            copy.packets,
            copy.octets,
            copy.last_timestamp,
            epoch.timestamp_offset,
        )

    def sent(self, viewer: ViewerKey) -> SentLog:
        """Return the log of a viewer's packets by transport-wide number."""
        return self._outlets[viewer].sent

    def pace(self, viewer: ViewerKey, rate_bps: float | None, *, now: float) -> None:
        """Pace a viewer's video at a rate; None ends pacing."""
        paced = self._paced.get(viewer)
        if rate_bps is None:
            if paced is not None:
                del self._paced[viewer]
                paced.end(now=now)
        elif paced is not None:
            paced.retune(rate_bps)
        else:
            outlet = self._outlets[viewer]
            self._paced[viewer] = PacedOutlet(outlet, rate_bps, self._on_waiting)

    def reinforce(
        self,
        viewer: ViewerKey,
        *,
        redundant: bool,
        insistent: bool = False,
        repeating: bool = False,
    ) -> None:
        """Set which protection against loss a viewer gets."""
        outlet = self._outlets[viewer]
        outlet.redundant = redundant
        outlet.insistent, outlet.repeating = insistent, repeating

    def starved(self, viewer: ViewerKey) -> bool:
        """Return whether waiting video was dropped since the last call."""
        outlet = self._outlets[viewer]
        starved, outlet.starved = outlet.starved, False
        return starved

    def flush(self, *, now: float) -> None:
        """Send the paced packets that are due."""
        waiting, self._waiting = self._waiting, {}
        for paced in waiting:
            paced.flush(now=now)

    def _on_waiting(self, paced: PacedOutlet, due: float) -> None:
        self._waiting[paced] = None
        self._wake(due)


def _audio_block(packet: RtpPacket, now: float) -> bytes:
    elements = [(formats.ABS_SEND_TIME_ID, extensions.abs_send_time(now))]
    level = packet.level
    if level is not None:
        elements.append((formats.AUDIO_LEVEL_ID, level))
    return extensions.build(elements)
