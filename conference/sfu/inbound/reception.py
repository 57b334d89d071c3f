"""
Reception statistics of one source (RFC 3550 §6.4.1, §A.3, §A.8).

Counts received and expected packets; retransmissions are left out.
"""

from conference.rtp import ntp
from conference.rtp.rtcp import ReportBlock, SenderReport
from conference.rtp.sequence import signed32


class Reception:
    """
    The content of a receiver report on one source.

    Inputs: ``on_packet`` with extended numbers, ``on_sender_report``. Output:
    ``report``, which begins a new interval.
    """

    __slots__ = (
        "_clock_hz",
        "_expected_before",
        "_first",
        "_highest",
        "_jitter",
        "_received_before",
        "_report_arrival",
        "_report_ntp",
        "_transit",
        "fraction_lost",
        "received",
    )

    def __init__(self, clock_hz: int) -> None:
        self._clock_hz = clock_hz
        self._first: int | None = None
        self._highest = 0
        self._transit: int | None = None
        self._jitter = 0.0
        self._expected_before = 0
        self._received_before = 0
        self._report_ntp = 0
        self._report_arrival = 0.0
        self.received = 0
        self.fraction_lost = 0.0
        """In the interval that the last report covered, 0…1."""

    def on_packet(self, extended: int, timestamp: int, *, now: float) -> None:
        """Count a packet that is not a retransmission."""
        self.received += 1
        if self._first is None:
            self._first = self._highest = extended
        elif extended <= self._highest:
            return
        self._highest = extended
        transit = int(now * self._clock_hz) - timestamp
        if self._transit is not None:
            difference = abs(signed32(transit - self._transit))
            self._jitter += (difference - self._jitter) / 16
        self._transit = transit

    def on_sender_report(self, report: SenderReport, *, now: float) -> None:
        """Keep the sender report that the next report block refers to."""
        self._report_ntp = ntp.middle(report.ntp)
        self._report_arrival = now

    def report(self, ssrc: int, *, now: float) -> ReportBlock | None:
        """Return the block for this interval; None before the first packet."""
        if self._first is None:
            return None
        expected = self._highest - self._first + 1
        interval = expected - self._expected_before
        lost = interval - (self.received - self._received_before)
        self._expected_before = expected
        self._received_before = self.received
        fraction = (
            0 if interval <= 0 or lost <= 0 else min(255, (lost << 8) // interval)
        )
        self.fraction_lost = fraction / 256
        delay = 0
        if self._report_ntp:
            delay = int((now - self._report_arrival) * 65_536)
        return ReportBlock(
            ssrc=ssrc,
            fraction_lost=fraction,
            packets_lost=max(-0x800000, min(0x7FFFFF, expected - self.received)),
            highest_sequence=self._highest & 0xFFFFFFFF,
            jitter=int(self._jitter),
            last_sender_report=self._report_ntp,
            delay=delay,
        )
