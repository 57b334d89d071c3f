"""
The subscribe leg of one participant: its slots, and the RTCP about them.

Knows what each slot carries and wants; writes sender reports; limits what a
viewer may ask for. Which track goes where is ``assignment``'s rule, applied by
``RoomPlane``.
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
"""A new source's clock reaches the browser before it plays the first frames."""
REPAIRS_PER_S = 300
"""Retransmissions to one viewer: a fifth of a 1,500 packet/s video. A storm of
NACKs costs no more than this."""
REPAIR_BURST = 500
REPAIR_SHARE = 0.3
"""Of what a link carries, for repairs, while it carries less than is wanted. Lower: random
loss is not repaired; higher: a breakdown lasts longer."""
REPAIR_BITS = 9_600
"""Of one repair: a full packet."""
REPAIR_FEW = 8
"""Always allowed at once: a frame's packets."""
FEEDBACK_PACKETS_PER_S = 10_000
"""Packets that one viewer's feedback may tell of, five times what a wall screen gets. Run
lengths let one datagram tell of thousands, at a microsecond each."""
FEEDBACK_BURST = 6_000
LOSS_BEGINS, LOSS_ENDS = 0.01, 0.003
"""Loss from which voices are sent with older frames, and below which no more. Lower:
40 kbit/s a voice for nothing; higher: holes that could be heard."""
CHANGE_FACTOR, CHANGE_LOSS, CHANGE_RTT_S = 1.25, 0.02, 0.05
"""Changes of a link that its participant is told. Smaller: a message a second to
everybody; larger: the page shows yesterday's link."""


class Viewer:
    """
    One subscribe leg.

    Inputs: the fields set by the room, ``repairs_allowed``. Output: ``report``.
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
        """DTLS is up: packets can be protected for this viewer."""
        self.reinforcing = False
        self.pin: ParticipantId | None = None
        self.tiles: tuple[Tile, ...] = ()
        self.stage_height = self.content_height = MAX_HEIGHT
        self.receive = Receive.AUTO
        self.pictures: list[Slot] = []
        """Picture slots that the layout gave a track."""
        self.adaptation = Adaptation(now=now)
        self.published_link: LinkChanged | None = None
        """What its participant was last told of its link."""
        self._repair_tokens = float(REPAIR_BURST)
        self._repaired_at = 0.0
        self._feedback_tokens = float(FEEDBACK_BURST)
        self._feedback_at = 0.0

    def watched(self) -> Iterator[tuple[Track, int]]:
        """Return the layers that its pictures show, wait for, or shall show."""
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
        """Take what its participant sees now."""
        self.pin, self.tiles = view.stage, view.tiles
        self.stage_height, self.content_height = view.stage_height, view.content_height
        self.receive = view.receive

    def connect(self, *, now: float) -> None:
        """Its transport is up: media may go out."""
        self.connected = True
        self.adaptation = Adaptation(now=now)

    @property
    def probed(self) -> Slot | None:
        """The slot whose repairs carry a probe; None before a picture was opened."""
        opened = [slot for slot in self.slots if slot.opened and slot.fmt.rtx_ssrc]
        flowing = [slot for slot in opened if slot.current is not None]
        return next(iter(flowing or opened), None)

    def on_reports(
        self, blocks: Sequence[rtcp.ReportBlock], *, wall_offset: float, now: float
    ) -> None:
        """Learn loss and round trip from receiver reports (RFC 3550 §6.4.1)."""
        estimator = self.adaptation.estimator
        received = ntp.middle(ntp.from_seconds(now + wall_offset))
        for block in blocks:
            if block.ssrc not in self.by_ssrc:
                continue
            estimator.on_report(block.fraction_lost / 256, now=now)
            if block.last_sender_report:
                elapsed = received - block.last_sender_report - block.delay
                elapsed &= 0xFFFFFFFF
                # Half a turn is a report from the future: a lie, or a late one.
                if elapsed < 10 << 16:
                    estimator.on_rtt(elapsed / 65_536, now=now)

    def heights(self) -> dict[SlotKey, int]:
        """Return the height of each picture's place, as choice limits it."""
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
        """Return how its link looks now."""
        estimator = self.adaptation.estimator
        heard = self.adaptation.has_feedback
        reduced = self.adaptation.reduced
        if self.receive is not Receive.AUTO and reduced is None:
            reduced = Reduced.CHOICE
        return LinkChanged(
            self.room,
            self.participant,
            self.generation,
            int(estimator.bitrate_bps) if heard else None,
            estimator.loss,
            estimator.rtt_s or None,
            reduced,
        )

    def reinforced(self) -> bool:
        """Whether its voices should carry older frames: its link loses packets."""
        loss = self.adaptation.estimator.loss
        self.reinforcing = loss > (LOSS_ENDS if self.reinforcing else LOSS_BEGINS)
        return self.reinforcing

    def link_change(self) -> LinkChanged | None:
        """Return how its link looks, if its participant should be told."""
        link, told = self.link(), self.published_link
        if told is not None and not _differs(told, link):
            return None
        self.published_link = link
        return link

    def shows(self, participant: ParticipantId, stage: ParticipantId | None) -> bool:
        """Whether somebody's camera is, or may be, on this viewer's screen."""
        return (self.pin or stage) == participant or any(
            tile.participant == participant for tile in self.tiles
        )

    def carries(self, track: Track) -> bool:
        """Whether a slot carries a track, or waits for it."""
        return any(
            slot.track is track or (slot.current and slot.current.track is track)
            for slot in self.slots
        )

    def repairs_allowed(self, wanted: int, *, now: float) -> int:
        """Return how many of ``wanted`` retransmissions may go out; they count."""
        each = 2 if self.adaptation.insistent else 1
        elapsed = max(0.0, now - self._repaired_at)
        self._repaired_at = now
        rate, burst = float(REPAIRS_PER_S), float(REPAIR_BURST)
        if self.adaptation.has_feedback and not self.adaptation.settled:
            # A thin link lost them in its own queue: to send all of them again keeps
            # that full, and what is new waits behind what is old.
            # What a link loses at any rate has a share of its own.
            share = REPAIR_SHARE + 1 - self.adaptation.kept
            estimate = self.adaptation.estimator.bitrate_bps
            rate = min(rate, share * estimate / REPAIR_BITS)
            burst = min(burst, max(REPAIR_FEW * each, rate))
        self._repair_tokens = min(burst, self._repair_tokens + elapsed * rate)
        allowed = min(wanted, int(self._repair_tokens) // each)
        self._repair_tokens -= allowed * each
        return allowed

    def feedback_allowed(self, information: bytes, *, now: float) -> bool:
        """Whether a transport-wide feedback may be read; what it tells of counts."""
        told = int.from_bytes(information[2:4], "big")
        elapsed = max(0.0, now - self._feedback_at)
        self._feedback_at = now
        self._feedback_tokens = min(
            FEEDBACK_BURST, self._feedback_tokens + elapsed * FEEDBACK_PACKETS_PER_S
        )
        if told > self._feedback_tokens:
            return False
        self._feedback_tokens -= told
        return True

    def report(self, fanout: Fanout, *, now: float, wall_offset: float) -> bytes:
        """
        Return sender reports of all slots that carry something.

        They pair the server's wall clock with the publisher's own mapping, moved
        by the slot's offset: steps and drift of a publisher's clock reach the
        browser, its wrong wall clock does not.
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


def _differs(told: LinkChanged, link: LinkChanged) -> bool:
    """Whether a person would notice: figures are told in steps, reasons at once."""
    before, now = told.down_bps or 0, link.down_bps or 0
    return (
        told.reduced != link.reduced
        or not before / CHANGE_FACTOR <= now <= before * CHANGE_FACTOR
        or abs(told.loss - link.loss) >= CHANGE_LOSS
        or abs((told.rtt_s or 0.0) - (link.rtt_s or 0.0)) >= CHANGE_RTT_S
    )
