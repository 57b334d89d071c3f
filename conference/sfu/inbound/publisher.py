"""
The publish leg of one participant on the packet plane.

Binds SSRCs to tracks, unwraps retransmissions, and writes the RTCP that a
publisher needs to repair losses and to raise its bitrate. It forwards nothing;
``RoomPlane`` does that with what ``on_rtp`` returns.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from conference.contract.words import Generation, Negotiation, Source
from conference.fanout.contract import LayerKey
from conference.fanout.formats import PAYLOAD_TYPES, TrackFormat
from conference.ids import ParticipantId
from conference.rtp import extensions, packet, red, rtcp
from conference.rtp.codecs import Codec, PayloadHead
from conference.rtp.packet import RtpPacket
from conference.rtp.transport_cc import ArrivalRecorder
from conference.sfu.inbound.capture import PublisherClock
from conference.sfu.inbound.track import Layer, Track

FEEDBACK_INTERVAL_S = 0.05
"""Transport-cc and NACK timer. Longer: the publisher's estimate grows late;
shorter: more upstream RTCP for nothing."""
REPORT_INTERVAL_S = 1.0
"""Between receiver reports. RFC 3550 §6.2 recommends 5 s at least; Chromium and Firefox
expect about one second, and a publisher's bitrate begins to rise sooner."""
MAX_REPORTED_LOSS = 0.25
"""More downstream loss than this is not reported to a publisher: one listener on a broken
link would reduce the quality of a voice for all others."""
MAX_UNBOUND = 16
"""SSRCs remembered as belonging to no track, or no longer; beyond this number unknown
SSRCs are ignored without a look at their names. More: a publisher with endless SSRCs costs
more; fewer: one that changes them in a long call is ignored until it negotiates again."""
REBIND_INTERVAL_S = 2.0
"""Between two SSRCs of one layer. Shorter: a publisher that alternates SSRCs makes its
viewers start again as often; longer: the picture of a browser that changes its SSRC twice
stands still for as long."""


@dataclass(frozen=True, slots=True)
class Arrived:
    """A packet that may be forwarded."""

    track: Track
    layer: Layer
    packet: RtpPacket
    head: PayloadHead
    recovered: RtpPacket | None
    """The packet before it, which was lost and is repeated inside this one (RFC 2198)."""
    first: bool
    """It is the first of its track."""


class Publisher:
    """
    One publish leg.

    Inputs: ``on_rtp``, ``on_rtcp`` with decrypted packets. Outputs:
    ``feedback``, ``reports`` and ``key_frame_requests``, RTCP to be sent.
    """

    __slots__ = (
        "_arrivals",
        "_bindings",
        "_clock",
        "_mid_id",
        "_repaired_rid_id",
        "_reported_at",
        "_rid_id",
        "_transport_cc_id",
        "_unbound",
        "downstream_loss",
        "dropped",
        "generation",
        "nacked",
        "participant",
        "requested_codecs",
        "ssrc",
        "tracks",
    )

    def __init__(
        self, participant: ParticipantId, generation: Generation, ssrc: int
    ) -> None:
        self.participant = participant
        self.generation = generation
        """The number of the leg."""
        self.ssrc = ssrc
        """The server's own, in the RTCP of this leg."""
        self.tracks: dict[Source, Track] = {}
        self.dropped = 0
        """Packets that belong to no track, or have a payload type that was not
        negotiated."""
        self.downstream_loss = 0.0
        """The highest loss between the server and any listener, 0…1."""
        self.nacked = 0
        """Packets that it was asked to retransmit."""
        self.requested_codecs: frozenset[Codec] | None = None
        """The codecs that it was last asked to choose from."""
        self._clock = PublisherClock()
        self._arrivals = ArrivalRecorder()
        self._bindings: dict[int, tuple[Layer, bool]] = {}
        self._unbound: set[int] = set()
        self._reported_at = 0.0
        self._mid_id = self._rid_id = self._repaired_rid_id = 0
        self._transport_cc_id = 0

    def negotiate(
        self,
        negotiation: Negotiation,
        formats: list[TrackFormat],
        keys: Iterator[LayerKey],
    ) -> tuple[list[Track], list[Track]]:
        """
        Apply the result of an offer and answer.

        A track whose section is unchanged continues; one with another codec is
        replaced, because slots must start it at a key frame.

        Returns:
            The tracks that ended, and those that began.
        """
        ended, begun = [], []
        before = self.tracks
        self.tracks = {}
        for fmt in formats:
            track = before.pop(fmt.source, None)
            if track is None or _changed(track.fmt, fmt):
                old = track
                track = Track(keys, self.participant, self.generation, fmt, self._clock)
                if old is not None:
                    ended.append(old)
                    track.active = old.active
                    self._keep_bindings(old, track)
                begun.append(track)
            else:
                track.renegotiate(fmt)
            self.tracks[fmt.source] = track
        ended += before.values()
        for track in (*ended, *self.tracks.values()):
            track.negotiation = negotiation
        self._bind_announced()
        return ended, begun

    def _keep_bindings(self, old: Track, new: Track) -> None:
        """
        Let layers keep their SSRCs across a change of codec.

        A browser that got a receiver report for an SSRC no longer sends the name (RID)
        of its layer.
        """
        if not new.fmt.rids or old.fmt.rids != new.fmt.rids:
            return
        layers = dict(zip(old.layers, new.layers, strict=True))
        for ssrc, (layer, is_rtx) in list(self._bindings.items()):
            successor = layers.get(layer)
            if successor is not None:
                self._bindings[ssrc] = (successor, is_rtx)
                if not is_rtx:
                    successor.ssrc = ssrc

    def _bind_announced(self) -> None:
        kept = {layer for track in self.tracks.values() for layer in track.layers}
        self._bindings = {
            ssrc: bound for ssrc, bound in self._bindings.items() if bound[0] in kept
        }
        self._unbound.clear()
        self._mid_id = self._rid_id = self._repaired_rid_id = 0
        self._transport_cc_id = 0
        for track in self.tracks.values():
            fmt = track.fmt
            of = fmt.extensions.get
            self._mid_id = of(extensions.MID, self._mid_id)
            self._rid_id = of(extensions.RID, self._rid_id)
            self._repaired_rid_id = of(extensions.REPAIRED_RID, self._repaired_rid_id)
            self._transport_cc_id = of(extensions.TRANSPORT_CC, self._transport_cc_id)
            if fmt.rids:
                continue  # layers are identified by RID, not by announced SSRCs
            layer = track.layers[0]
            if layer.ssrc is None:  # otherwise its packets have bound it already
                for ssrc in fmt.sources[:1]:
                    self._bindings.setdefault(ssrc, (layer, False))
                    layer.ssrc = ssrc
            for rtx_ssrc, primary in fmt.retransmissions.items():
                if primary == layer.ssrc:
                    self._bindings.setdefault(rtx_ssrc, (layer, True))

    def on_rtp(self, data: bytes, *, now: float) -> Arrived | None:
        """
        Take one decrypted packet.

        Returns:
            What may be forwarded, or None.

        Raises:
            MalformedPacket: the packet is not RTP; nothing was changed.
        """
        incoming = packet.parse(data)
        bound = self._bindings.get(incoming.ssrc)
        if bound is None:
            bound = self._bind(incoming, now)
            if bound is None:
                self.dropped += 1
                return None
        if self._transport_cc_id:
            number = incoming.extensions.get(self._transport_cc_id)
            if number is not None and len(number) == 2:
                self._arrivals.record(int.from_bytes(number, "big"), now=now)
        layer, is_rtx = bound
        older: red.Older | None = None
        track = layer.track
        fmt = track.fmt
        if is_rtx:
            if incoming.payload_type != fmt.rtx_payload_type or layer.ssrc is None:
                self.dropped += 1
                return None
            original = packet.unwrap_rtx(
                incoming, payload_type=fmt.payload_type, ssrc=layer.ssrc
            )
            if original is None:
                return None
            incoming = original
        elif incoming.payload_type == fmt.red_payload_type:
            older = _unwrap_red(incoming)
        elif incoming.payload_type != fmt.payload_type:
            self.dropped += 1
            return None
        first = not track.started
        head = layer.on_packet(incoming, now=now, retransmitted=is_rtx)
        if head is None:
            return None
        track.started = True
        recovered = (
            None if older is None else layer.admission.recover(incoming, older, now=now)
        )
        return Arrived(track, layer, incoming, head, recovered, first)

    def _bind(self, incoming: RtpPacket, now: float) -> tuple[Layer, bool] | None:
        """
        Bind an SSRC that the offer did not name.

        By MID (RFC 9143 §9.2), and among the layers of a section by RID, or the
        RID that a retransmission repairs (RFC 8852 §3). A new SSRC with the same MID and
        RID replaces the bound one, as after a collision (RFC 3550 §8.2). A bound SSRC
        stays with its layer: the RFC lets later packets move it to another section; we
        do not support that, because no browser does so, and searching every packet for
        MID and RID costs CPU.
        """
        if incoming.ssrc in self._unbound or len(self._unbound) >= MAX_UNBOUND:
            return None
        element = incoming.extensions.get
        mid = element(self._mid_id) if self._mid_id else None
        rid = element(self._rid_id) if self._rid_id else None
        repaired = element(self._repaired_rid_id) if self._repaired_rid_id else None
        for track in self.tracks.values():
            fmt = track.fmt
            if mid is not None and mid != fmt.mid.encode():
                continue
            is_rtx = incoming.payload_type == fmt.rtx_payload_type
            if not is_rtx and incoming.payload_type not in (
                fmt.payload_type,
                fmt.red_payload_type,
            ):
                continue
            if mid is None and not self._sole(incoming.payload_type):
                continue
            layer = _named(track, repaired if is_rtx else rid)
            if layer is None:
                continue
            if is_rtx and (layer.ssrc is None or mid is None):
                return None  # its primary is not bound yet; a later packet may bind it
            if not is_rtx:
                if layer.ssrc is not None:
                    if mid is None:
                        continue  # a payload type alone replaces no bound SSRC
                    if not self._release(layer, now):
                        return None  # too soon; a later packet may replace it
                layer.bind(incoming, now=now)
            bound = (layer, is_rtx)
            self._bindings[incoming.ssrc] = bound
            return bound
        layered = any(track.fmt.rids for track in self.tracks.values())
        if (mid is not None or not self._mid_id) and not (
            # A simulcast packet without a RID: the next one may have it.
            layered and rid is None and repaired is None
        ):
            self._unbound.add(incoming.ssrc)
        return None

    def _release(self, layer: Layer, now: float) -> bool:
        """Unbind a layer's SSRC, unless it was bound less than an interval ago."""
        if layer.received_at is not None and now - layer.bound_at < REBIND_INTERVAL_S:
            return False
        if layer.ssrc is not None:
            self._unbound.add(layer.ssrc)  # its packets still in transit are late
        self._bindings = {
            ssrc: bound
            for ssrc, bound in self._bindings.items()
            if bound[0] is not layer
        }
        return True

    def _sole(self, payload_type: int) -> bool:
        return (
            sum(t.fmt.payload_type == payload_type for t in self.tracks.values()) == 1
        )

    def on_rtcp(self, data: bytes, *, now: float) -> None:
        """
        Take one decrypted compound packet.

        Raises:
            MalformedPacket: its lengths do not add up.
        """
        for part in rtcp.parse(data):
            if isinstance(part, rtcp.SenderReport):
                bound = self._bindings.get(part.ssrc)
                if bound is not None and not bound[1]:
                    self._clock.on_sender_report(part, now=now)
                    bound[0].on_sender_report(part, now=now)

    def feedback(self, *, now: float) -> list[bytes]:
        """Return the transport-cc feedback, NACKs and reports that are due."""
        out: list[bytes] = []
        media = next(iter(self._bindings), 0)
        out += [
            rtcp.build_transport_cc(self.ssrc, media, information)
            for information in self._arrivals.feedback()
        ]
        for layer in self._layers():
            if layer.admission.missing and layer.ssrc is not None:
                # A lost voice packet is concealed long before a repair arrives.
                numbers = layer.admission.missing.due(now=now)
                if numbers and layer.track.video:
                    self.nacked += len(numbers)
                    out += rtcp.build_nacks(
                        self.ssrc, layer.ssrc, (n & 0xFFFF for n in numbers)
                    )
        if now - self._reported_at >= REPORT_INTERVAL_S:
            self._reported_at = now
            blocks = [
                block
                for layer in self._layers()
                if layer.ssrc is not None
                and (block := self._report(layer, layer.ssrc, now)) is not None
            ]
            if blocks:
                out.append(rtcp.build_receiver_report(self.ssrc, blocks))
        return out

    def _report(self, layer: Layer, ssrc: int, now: float) -> rtcp.ReportBlock | None:
        """
        Return the report block of a layer.

        For a voice, the fraction lost covers the whole path to the listener with the
        highest loss, not the first leg alone (RFC 3550 §6.4.1): from it the encoder
        decides how much of the previous frame it repeats inside each frame (in-band FEC,
        RFC 6716 §2.1.7), and it is the listener that needs this.
        """
        block = layer.admission.reception.report(ssrc, now=now)
        if block is None or layer.track.video or not self.downstream_loss:
            return block
        loss = min(self.downstream_loss, MAX_REPORTED_LOSS)
        return replace(block, fraction_lost=max(block.fraction_lost, int(loss * 256)))

    def _layers(self) -> Iterator[Layer]:
        for track in self.tracks.values():
            yield from track.layers

    def key_frame_requests(self, track: Track, *, now: float) -> list[bytes]:
        """Return the PLIs that are due for the layers of a track."""
        return [
            rtcp.build_pli(self.ssrc, layer.ssrc)
            for layer in track.key_frames_due(now=now)
            if layer.ssrc is not None
        ]


def _unwrap_red(incoming: RtpPacket) -> red.Older | None:
    """Leave the newest frame in the packet; return the frame before it."""
    blocks = red.parse(incoming.payload, PAYLOAD_TYPES[Codec.OPUS])
    incoming.payload = blocks.primary
    incoming.redundant = blocks.payload
    return blocks.older[-1] if blocks.older else None


def _named(track: Track, rid: bytes | None) -> Layer | None:
    """Return the layer with a RID; a track of one layer needs none."""
    names = track.fmt.rids
    if not names:
        return track.layers[0]
    for name, layer in zip(names, track.layers, strict=True):
        if rid == name.encode():
            return layer
    return None


def _changed(old: TrackFormat, new: TrackFormat) -> bool:
    return (
        old.codec is not new.codec
        or old.payload_type != new.payload_type
        or old.mid != new.mid
        or old.red_payload_type != new.red_payload_type
        or old.rids != new.rids
        or (not new.rids and old.sources[:1] != new.sources[:1])
    )
