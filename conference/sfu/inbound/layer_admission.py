"""
Which packets of a layer are new, and which of them slots must start again at.

Extends sequence numbers, recognises duplicates, padding probes, jumps of the numbers
and outages, and counts reception. Knows one SSRC at a time and nothing of payloads.
Driven by its ``Layer`` with each packet.
"""

from enum import Enum, auto

from conference.rtp import extensions
from conference.rtp.outage import OutageDetector
from conference.rtp.packet import RtpPacket
from conference.rtp.red import Older
from conference.rtp.sequence import HALF, Unwrapper
from conference.sfu.inbound.nack import MAX_AGE, MissingPackets
from conference.sfu.inbound.reception import Reception

MAX_PAYLOAD_BYTES = 1300
"""Larger packets are dropped: with headers, retransmission prefix and tag a copy
would be more than libsrtp's binding protects (1356 bytes). Browsers send 1200."""
MAX_GAP = 500
"""A longer gap is a restart of the source, not loss; slots then start again at a key
frame. Lower: loss that repairs would close costs a key frame; higher: repairs come too
late for the picture."""
JUMP_INTERVAL_S = 0.5
"""Between two jumps; a packet behind a sooner one is dropped. Shorter: a publisher whose
numbers jump all the time makes its viewers start again as often; longer: a publisher whose
packets were delayed twice shows a still picture for as long."""


class Outcome(Enum):
    """What to do with a packet."""

    FORWARD = auto()
    """It continues the numbers, or fills a gap."""
    RESTART = auto()
    """To forward; the gap before it is too long for repairs, so slots start again."""
    RESTART_AFTER_OUTAGE = auto()
    """Likewise; what the server sent during the outage was probably lost too."""
    TOO_LARGE = auto()
    """To drop, like all that follow. No number was changed."""
    PROBE = auto()
    """A retransmission of a packet that is not missing, as bandwidth probes are."""
    TOO_SOON = auto()
    """A jump within ``JUMP_INTERVAL_S`` of the last one."""
    TOO_OLD = auto()
    """No viewer waits for it."""
    DUPLICATE = auto()


# Read once per packet: members of an Enum are slow to look up.
FORWARD, DUPLICATE = Outcome.FORWARD, Outcome.DUPLICATE
RESTARTS = frozenset({Outcome.RESTART, Outcome.RESTART_AFTER_OUTAGE})


class LayerAdmission:
    """
    The numbers of one layer.

    Inputs: ``admit``, ``recover``, ``change_ssrc``. The owner reads ``missing`` and
    ``reception`` on its timer.

    Args:
        clock_hz: Of the RTP timestamps.
        repairable: Whether lost packets are requested again; those of a voice are not,
            so an outage needs no restart.
    """

    __slots__ = (
        "_clock_hz",
        "_jumped_at",
        "_numbers",
        "_outages",
        "_repairable",
        "missing",
        "reception",
    )

    def __init__(self, clock_hz: int, *, repairable: bool) -> None:
        self._clock_hz = clock_hz
        self._repairable = repairable
        self._jumped_at = float("-inf")
        self._numbers = Unwrapper()
        self._outages = OutageDetector()
        self.missing = MissingPackets()
        self.reception = Reception(clock_hz)

    @property
    def newest(self) -> int | None:
        """Highest extended sequence number; None before the first packet."""
        return self._numbers.highest

    def change_ssrc(self, first: RtpPacket) -> bool:
        """
        Prepare for packets of another SSRC, of which ``first`` is the first.

        Its numbers continue behind a gap that is too long for repairs, so that slots
        start again; reception begins again too.

        Returns:
            False if there was no SSRC before: nothing had to be changed.
        """
        highest = self._numbers.highest
        if highest is None:
            return False
        # The low 16 bits stay those of the wire.
        self._numbers.highest = highest + (
            (first.sequence - MAX_GAP - 1 - highest) & 0xFFFF
        )
        self.reception = Reception(self._clock_hz)
        self.missing = MissingPackets()
        return True

    def admit(
        self, packet: RtpPacket, *, now: float, retransmitted: bool = False
    ) -> Outcome:
        """
        Decide on a packet; sets its ``extended`` number unless it is dropped.

        Args:
            packet: A packet of this layer's SSRC and payload type.
            now: Monotonic seconds.
            retransmitted: It came as a retransmission (RFC 4588).
        """
        if len(packet.payload) > MAX_PAYLOAD_BYTES or (
            packet.redundant is not None and len(packet.redundant) > MAX_PAYLOAD_BYTES
        ):
            return Outcome.TOO_LARGE  # before a jump could be recorded and then lost
        outcome = FORWARD
        highest = self._numbers.highest
        if retransmitted:
            # A probe repeats a packet that arrived long ago, or is far out of range;
            # neither may change the numbers.
            if highest is None:
                return Outcome.PROBE
            extended = (
                highest + ((packet.sequence - highest + 0x8000) & 0xFFFF) - 0x8000
            )
            if extended not in self.missing:
                return Outcome.PROBE
        else:
            gap = 0 if highest is None else (packet.sequence - highest) & 0xFFFF
            outage = self._outages.on_packet(gap, now=now) and self._repairable
            if outage or MAX_GAP < gap < HALF:
                soon = now - self._jumped_at < JUMP_INTERVAL_S
                if soon and gap > MAX_GAP:
                    return Outcome.TOO_SOON
                self.missing.restart()
                # Soon after a jump this is the same outage: all viewers wait for a
                # key frame already.
                if not soon:
                    self._jumped_at = now
                    outcome = (
                        Outcome.RESTART_AFTER_OUTAGE if outage else Outcome.RESTART
                    )
            extended = self._numbers.unwrap(packet.sequence)
            self.reception.on_packet(extended, packet.timestamp, now=now)
        if highest is not None and extended < highest - MAX_AGE:
            return Outcome.TOO_OLD
        packet.extended = extended
        return outcome if self.missing.on_packet(extended, now=now) else DUPLICATE

    def recover(
        self, packet: RtpPacket, older: Older, *, now: float
    ) -> RtpPacket | None:
        """Return the packet just before one, from its older frame, if it was lost."""
        extended = packet.extended - 1
        if extended not in self.missing or not older.payload:
            return None
        self.missing.on_packet(extended, now=now)
        recovered = RtpPacket(
            payload_type=packet.payload_type,
            marker=False,
            sequence=extended & 0xFFFF,
            timestamp=(packet.timestamp - older.ticks) & 0xFFFFFFFF,
            ssrc=packet.ssrc,
            extensions=extensions.NO_EXTENSIONS,
            payload=older.payload,
        )
        recovered.extended = extended
        return recovered
