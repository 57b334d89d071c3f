"""
The subscribe leg of one participant: its slots, and the RTCP about them.

Knows what each slot carries and wants; writes sender reports; limits what a
viewer may ask for. Which track goes where is ``assignment``'s rule, applied by
``RoomPlane``.
"""

from conference.ids import ParticipantId
from conference.rtp import ntp, rtcp
from conference.rtp.codecs import Codec
from conference.sfu.assignment import View
from conference.sfu.fanout import Fanout, ViewerKey
from conference.sfu.messages import Tile
from conference.sfu.slot import Slot
from conference.sfu.uptrack import UpTrack

REPORT_INTERVAL_S = 1.0
"""Between sender reports of a slot that carries something."""
REPORT_AFTER_SWITCH_S = 0.02
"""A new source's clock reaches the browser before it plays the first frames."""
REPAIRS_PER_S = 300
"""Retransmissions to one viewer: a fifth of a 1,500 packet/s video. A storm of
NACKs costs no more than this."""
REPAIR_BURST = 500


class Viewer:
    """
    One subscribe leg.

    Inputs: the fields set by the room, ``repairs_allowed``. Output: ``report``.
    """

    __slots__ = (
        "_repair_tokens",
        "_repaired_at",
        "by_ssrc",
        "connected",
        "decodable",
        "key",
        "participant",
        "pin",
        "slots",
        "tiles",
    )

    def __init__(
        self, key: ViewerKey, participant: ParticipantId, slots: list[Slot]
    ) -> None:
        self.key = key
        self.participant = participant
        self.slots = slots
        self.by_ssrc = {slot.fmt.ssrc: slot for slot in slots}
        self.connected = False
        """DTLS is up: packets can be protected for this viewer."""
        self.decodable: frozenset[Codec] = frozenset()
        self.pin: ParticipantId | None = None
        self.tiles: tuple[Tile, ...] = ()
        self._repair_tokens = float(REPAIR_BURST)
        self._repaired_at = 0.0

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
            cameras=[tile.participant for tile in self.tiles if tile.max_height > 0],
        )

    def shows(self, participant: ParticipantId, stage: ParticipantId | None) -> bool:
        """Whether somebody's camera is, or may be, on this viewer's screen."""
        return (self.pin or stage) == participant or any(
            tile.participant == participant for tile in self.tiles
        )

    def carries(self, track: UpTrack) -> bool:
        """Whether a slot carries a track, or waits for it."""
        return any(slot.current is track or slot.target is track for slot in self.slots)

    def repairs_allowed(self, wanted: int, *, now: float) -> int:
        """Return how many of ``wanted`` retransmissions may go out; they count."""
        elapsed = max(0.0, now - self._repaired_at)
        self._repaired_at = now
        self._repair_tokens = min(
            REPAIR_BURST, self._repair_tokens + elapsed * REPAIRS_PER_S
        )
        allowed = min(wanted, int(self._repair_tokens))
        self._repair_tokens -= allowed
        return allowed

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
