"""
The subscribe leg of one participant: its slots, and the RTCP about them.

Keeps what the viewer shows and what its slots carry, writes sender reports, and limits
how many repairs it gets. Which track goes into which slot is decided by ``assignment``.
"""

from collections.abc import Iterator, Sequence

from conference.contract.media import MAX_HEIGHT, LinkChanged, SetView, Tile
from conference.contract.words import Generation, Receive, Reduced, SlotGroup
from conference.fanout.contract import Fanout, SlotKey, ViewerKey
from conference.fanout.formats import ViewerFormat
from conference.ids import ParticipantId, RoomId
from conference.rtp import ntp, rtcp
from conference.sfu.inbound.track import Track
from conference.sfu.outbound.adaptation import Adaptation, limited
from conference.sfu.outbound.assignment import View
from conference.sfu.outbound.slot import Slot

REPORT_INTERVAL_S = 1.0
"""Between sender reports of a slot that carries something."""
REPORT_AFTER_SWITCH_S = 0.02
"""After a switch: the new source's clock reaches the browser before the first frames are
played."""
REPAIRS_PER_S = 300
"""Retransmissions to one viewer: a fifth of a 1,500 packet/s video. A flood of
NACKs costs no more than this."""
REPAIR_BURST = 500
REPAIR_SHARE = 0.3
"""Share of the estimate for repairs, while the link carries less than is wanted. Lower:
random loss is not repaired; higher: congestion lasts longer."""
REPAIR_BITS = 9_600
"""Size of one repair: a full packet."""
REPAIR_FEW = 8
"""Burst that is always allowed: the packets of one frame."""
FEEDBACK_PACKETS_PER_S = 10_000
"""Packets that one viewer's feedback may cover, five times what a wall screen gets. With
run lengths one datagram can cover thousands, at a microsecond each."""
FEEDBACK_BURST = 6_000
LOSS_BEGINS, LOSS_ENDS = 0.01, 0.003
"""Loss from which voices are sent with older frames, and below which this ends. Lower:
40 kbit/s more for each voice without need; higher: audible gaps."""
CHANGE_FACTOR, CHANGE_LOSS, CHANGE_RTT_S = 1.25, 0.02, 0.05
"""Changes of a link that are published to its participant. Smaller: a message a second to
everybody; larger: the page shows an outdated link."""


class Viewer:
    """
    One subscribe leg.

    Inputs: ``show``, ``connect``, ``on_reports``. Outputs: ``report``, ``link_change``.
    """

    __slots__ = (
        "_feedback_at",
        "_feedback_tokens",
        "_repair_tokens",
        "_repaired_at",
        "adaptation",
        "by_ssrc",
        "connected",
        "content_height",
        "fmt",
        "generation",
        "key",
        "participant",
        "pictures",
        "pin",
        "published_link",
        "receive",
        "reinforcing",
        "room",
        "slots",
        "stage_height",
        "tiles",
    )

    def __init__(
        self,
        key: ViewerKey,
        room: RoomId,
        participant: ParticipantId,
        generation: Generation,
        fmt: ViewerFormat,
        slots: list[Slot],
        *,
        now: float,
    ) -> None:
        self.key = key
        self.room = room
        self.participant = participant
        self.generation = generation
        """The number of its subscribe leg."""
        self.fmt = fmt
        self.slots = slots
        self.by_ssrc = {slot.fmt.ssrc: slot for slot in slots}
        self.connected = False
        """DTLS is established: packets can be protected for this viewer."""
        self.reinforcing = False
        """Its voices are sent with older frames."""
        self.pin: ParticipantId | None = None
        self.tiles: tuple[Tile, ...] = ()
        self.stage_height = self.content_height = MAX_HEIGHT
        self.receive = Receive.AUTO
        self.pictures: list[Slot] = []
        """Picture slots to which the layout assigned a track."""
        self.adaptation = Adaptation(now=now)
        self.published_link: LinkChanged | None = None
        """The state of its link that was last published to its participant."""
        self._repair_tokens = float(REPAIR_BURST)
        self._repaired_at = 0.0
        self._feedback_tokens = float(FEEDBACK_BURST)
        self._feedback_at = 0.0

    def watched(self) -> Iterator[tuple[Track, int]]:
        """Return the layers that its pictures show, wait for, or will show."""
        for slot in self.pictures:
            for shown in (slot.current, slot.target):
                if shown is not None:
                    yield shown.track, shown.spatial
            if slot.track is not None and slot.target is not None:
                yield slot.track, slot.chosen

    def view(
        self,
        *,
        stage: ParticipantId | None,
        sharing: ParticipantId | None,
        loudest: tuple[ParticipantId, ...],
    ) -> View:
        """Return what this viewer should get, given what the room has."""
        return View(
            viewer=self.participant,
            stage=self.pin or stage,
            sharing=sharing,
            loudest=loudest,
            cameras=[
                tile.participant
                for tile in self.tiles
                if tile.max_height > 0 and self.receive is not Receive.AUDIO
            ],
            stage_shown=self.stage_height > 0 and self.receive is not Receive.AUDIO,
            screen_shown=self.content_height > 0 and self.receive is not Receive.AUDIO,
        )

    def show(self, view: SetView) -> None:
        """Take the participant's present view."""
        self.pin, self.tiles = view.stage, view.tiles
        self.stage_height, self.content_height = view.stage_height, view.content_height
        self.receive = view.receive

    def connect(self, *, now: float) -> None:
        """Note that the transport is connected: media may be sent."""
        self.connected = True
        self.adaptation = Adaptation(now=now)

    @property
    def probed(self) -> Slot | None:
        """The slot whose RTX stream carries probes; None before a picture was opened."""
        opened = [slot for slot in self.slots if slot.opened and slot.fmt.rtx_ssrc]
        flowing = [slot for slot in opened if slot.current is not None]
        return next(iter(flowing or opened), None)

    def on_reports(
        self, blocks: Sequence[rtcp.ReportBlock], *, wall_offset: float, now: float
    ) -> None:
        """Take loss and round trip from receiver reports (RFC 3550 §6.4.1)."""
        estimator = self.adaptation.estimator
        received = ntp.middle(ntp.from_seconds(now + wall_offset))
        for block in blocks:
            if block.ssrc not in self.by_ssrc:
                continue
            estimator.on_report(block.fraction_lost / 256, now=now)
            if block.last_sender_report:
                elapsed = received - block.last_sender_report - block.delay
                elapsed &= 0xFFFFFFFF
                # A negative difference wraps: the report is forged, or very late.
                if elapsed < 10 << 16:
                    estimator.on_rtt(elapsed / 65_536, now=now)

    def heights(self) -> dict[SlotKey, int]:
        """Return the height of each picture's tile, within the participant's choice."""
        tiles = {tile.participant: tile.max_height for tile in self.tiles}
        heights = {}
        for slot in self.pictures:
            if slot.track is None:
                continue
            match slot.fmt.group:
                case SlotGroup.CONTENT:
                    height = self.content_height
                case SlotGroup.STAGE:
                    height = self.stage_height
                case _:
                    height = tiles.get(slot.track.participant, MAX_HEIGHT)
            heights[slot.key] = limited(height, slot.track.source, self.receive)
        return heights

    def link(self) -> LinkChanged:
        """Return the present state of its link."""
        estimator = self.adaptation.estimator
        has_feedback = self.adaptation.has_feedback
        reduced = self.adaptation.reduced
        if self.receive is not Receive.AUTO and reduced is None:
            reduced = Reduced.CHOICE
        return LinkChanged(
            self.room,
            self.participant,
            self.generation,
            int(estimator.bitrate_bps) if has_feedback else None,
            estimator.loss,
            estimator.rtt_s or None,
            reduced,
        )

    def reinforced(self) -> bool:
        """Return whether its voices should carry older frames: its link loses packets."""
        loss = self.adaptation.estimator.loss
        self.reinforcing = loss > (LOSS_ENDS if self.reinforcing else LOSS_BEGINS)
        return self.reinforcing

    def link_change(self) -> LinkChanged | None:
        """Return the state of its link, if it should be published again."""
        link, published = self.link(), self.published_link
        if published is not None and not _differs(published, link):
            return None
        self.published_link = link
        return link

    def shows(self, participant: ParticipantId, stage: ParticipantId | None) -> bool:
        """Return whether a participant's camera may be on this viewer's screen."""
        return (self.pin or stage) == participant or any(
            tile.participant == participant for tile in self.tiles
        )

    def carries(self, track: Track) -> bool:
        """Return whether a slot carries a track, or waits for it."""
        return any(
            slot.track is track or (slot.current and slot.current.track is track)
            for slot in self.slots
        )

    def repairs_allowed(self, wanted: int, *, now: float) -> int:
        """Return how many of ``wanted`` retransmissions may be sent; they are counted."""
        each = 2 if self.adaptation.insistent else 1
        elapsed = max(0.0, now - self._repaired_at)
        self._repaired_at = now
        rate, burst = float(REPAIRS_PER_S), float(REPAIR_BURST)
        if self.adaptation.has_feedback and not self.adaptation.settled:
            # A thin link lost them in its queue. Sending all of them again would keep the
            # queue full and delay new packets. Loss that does not depend on the rate has
            # a share of its own.
            share = REPAIR_SHARE + 1 - self.adaptation.kept
            estimate = self.adaptation.estimator.bitrate_bps
            rate = min(rate, share * estimate / REPAIR_BITS)
            burst = min(burst, max(REPAIR_FEW * each, rate))
        self._repair_tokens = min(burst, self._repair_tokens + elapsed * rate)
        allowed = min(wanted, int(self._repair_tokens) // each)
        self._repair_tokens -= allowed * each
        return allowed

    def feedback_allowed(self, information: bytes, *, now: float) -> bool:
        """Return whether a feedback message may be read; its packets are counted."""
        covered = int.from_bytes(information[2:4], "big")
        elapsed = max(0.0, now - self._feedback_at)
        self._feedback_at = now
        self._feedback_tokens = min(
            FEEDBACK_BURST, self._feedback_tokens + elapsed * FEEDBACK_PACKETS_PER_S
        )
        if covered > self._feedback_tokens:
            return False
        self._feedback_tokens -= covered
        return True

    def report(self, fanout: Fanout, *, now: float, wall_offset: float) -> bytes:
        """
        Return sender reports of all slots that carry something.

        They combine the server's wall clock with the publisher's RTP mapping, shifted
        by the slot's offset: steps and drift of a publisher's clock reach the
        browser, a wrong wall clock does not.
        """
        return b"".join(
            self._slot_report(slot, fanout, now, wall_offset)
            for slot in self.slots
            if slot.current is not None
        )

    def _slot_report(
        self, slot: Slot, fanout: Fanout, now: float, wall_offset: float
    ) -> bytes:
        progress = fanout.progress(slot.key)
        if slot.current is None or progress.timestamp is None:
            return b""
        timestamp = slot.current.clock.timestamp_at(now)
        if timestamp is None:
            timestamp = slot.clock(now)
        else:
            timestamp += progress.timestamp_offset
        return rtcp.build_sender_report(
            rtcp.SenderReport(
                ssrc=slot.fmt.ssrc,
                ntp=ntp.from_seconds(now + wall_offset),
                rtp=timestamp & 0xFFFFFFFF,
                packets=progress.packets,
                octets=progress.octets,
            )
        )


def _differs(published: LinkChanged, link: LinkChanged) -> bool:
    """Return whether to publish: figures in coarse steps, the reason at once."""
    before, now = published.down_bps or 0, link.down_bps or 0
    return (
        published.reduced != link.reduced
        or not before / CHANGE_FACTOR <= now <= before * CHANGE_FACTOR
        or abs(published.loss - link.loss) >= CHANGE_LOSS
        or abs((published.rtt_s or 0.0) - (link.rtt_s or 0.0)) >= CHANGE_RTT_S
    )
