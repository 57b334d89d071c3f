"""
When a publisher captured a frame, on the server's clock.

A publisher's sender reports tie its RTP timestamps to its own wall clock, which
may be wrong by any amount. The smallest difference between arrival and wall
clock over the last reports ties that to the server's clock. One difference
serves all tracks of a publisher: this keeps its voice and its lips together.
"""

from collections import deque

from conference.rtp import ntp
from conference.rtp.rtcp import SenderReport
from conference.rtp.sequence import signed32

KEPT_REPORTS = 30
"""Reports that the smallest difference is taken of: some ten seconds. More:
steadier; fewer: follows a publisher's clock that runs fast or slow sooner."""
MAX_DISAGREEMENT_S = 5.0
"""A capture time further than this from the arrival is not believed."""


class PublisherClock:
    """Difference between the server's clock and one publisher's wall clock."""

    __slots__ = ("_differences",)

    def __init__(self) -> None:
        self._differences: deque[float] = deque(maxlen=KEPT_REPORTS)

    def on_sender_report(self, report: SenderReport, *, now: float) -> None:
        """Learn from a report of any track."""
        self._differences.append(now - ntp.to_seconds(report.ntp))

    @property
    def offset(self) -> float | None:
        """Seconds to add to the publisher's wall clock; None before a report."""
        return min(self._differences) if self._differences else None


class TrackClock:
    """RTP timestamps of one track against its publisher's wall clock."""

    __slots__ = ("_clock_hz", "_publisher", "_report")

    def __init__(self, publisher: PublisherClock, clock_hz: int) -> None:
        self._publisher = publisher
        self._clock_hz = clock_hz
        self._report: SenderReport | None = None

    def on_sender_report(self, report: SenderReport) -> None:
        """Keep the newest mapping."""
        self._report = report

    def captured_at(self, timestamp: int, *, now: float) -> float:
        """Return when the frame was captured; its arrival if that is not known."""
        report, offset = self._report, self._publisher.offset
        if report is None or offset is None:
            return now
        ticks = signed32(timestamp - report.rtp)
        when = ntp.to_seconds(report.ntp) + ticks / self._clock_hz + offset
        return when if abs(when - now) <= MAX_DISAGREEMENT_S else now

    def timestamp_at(self, when: float) -> int | None:
        """Return the track's RTP timestamp for a time; None before a report."""
        report, offset = self._report, self._publisher.offset
        if report is None or offset is None:
            return None
        elapsed = when - offset - ntp.to_seconds(report.ntp)
        if abs(elapsed) > 60 * MAX_DISAGREEMENT_S:
            return None
        return (report.rtp + int(elapsed * self._clock_hz)) & 0xFFFFFFFF
