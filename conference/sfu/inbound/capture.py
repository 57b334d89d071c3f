"""
When a publisher captured a frame, on the server's clock.

A publisher's sender reports map its RTP timestamps to its own wall clock, which
may be wrong by any amount. The smallest difference between arrival and wall
clock over the last reports maps that to the server's clock. One difference
is used for all tracks of a publisher, which keeps its audio and video in sync.
A step of that wall clock invalidates all earlier reports.
"""

from collections import deque

from conference.rtp import ntp
from conference.rtp.rtcp import SenderReport
from conference.rtp.sequence import signed32

WINDOW_S = 20.0
"""How long a difference is used: the least of some twenty reports. Longer:
steadier; shorter: follows a clock that runs fast or slow sooner."""
STEP_S = 1.0
"""A difference that deviates by more than this is a step of the publisher's wall
clock; the network's delay does not vary so much for long."""
MAX_DISAGREEMENT_S = 5.0
"""A capture time that is further than this from the arrival is rejected."""


class PublisherClock:
    """Difference between the server's clock and one publisher's wall clock."""

    __slots__ = ("_differences", "epoch")

    def __init__(self) -> None:
        self._differences: deque[tuple[float, float]] = deque()
        self.epoch = 0
        """Grows with each step; reports from before a step are invalid."""

    def on_sender_report(self, report: SenderReport, *, now: float) -> None:
        """Take a sender report of any track."""
        differences = self._differences
        while differences and now - differences[0][0] > WINDOW_S:
            differences.popleft()
        difference = now - ntp.to_seconds(report.ntp)
        offset = self.offset
        if offset is not None and abs(difference - offset) > STEP_S:
            differences.clear()
            self.epoch += 1
        differences.append((now, difference))

    @property
    def offset(self) -> float | None:
        """Seconds to add to the publisher's wall clock; None before a report."""
        if not self._differences:
            return None
        return min(difference for _, difference in self._differences)


class TrackClock:
    """RTP timestamps of one track against its publisher's wall clock."""

    __slots__ = ("_arrived_at", "_clock_hz", "_epoch", "_publisher", "_report")

    def __init__(self, publisher: PublisherClock, clock_hz: int) -> None:
        self._publisher = publisher
        self._clock_hz = clock_hz
        self._report: SenderReport | None = None
        self._arrived_at = 0.0
        self._epoch = 0

    def on_sender_report(self, report: SenderReport, *, now: float) -> None:
        """Keep the newest mapping; ``PublisherClock`` has taken the report before."""
        self._report = report
        self._arrived_at = now
        self._epoch = self._publisher.epoch

    def captured_at(self, timestamp: int, *, now: float) -> float:
        """Return when a frame was captured; its arrival if that is not known."""
        report, offset = self._valid()
        if report is None:
            return now
        ticks = signed32(timestamp - report.rtp)
        when = ntp.to_seconds(report.ntp) + ticks / self._clock_hz + offset
        return min(when, now) if abs(when - now) <= MAX_DISAGREEMENT_S else now

    def timestamp_at(self, when: float) -> int | None:
        """Return the track's RTP timestamp for a time; None if it is not known."""
        report, offset = self._valid()
        if report is None:
            return None
        elapsed = when - offset - ntp.to_seconds(report.ntp)
        if abs(elapsed - (when - self._arrived_at)) > MAX_DISAGREEMENT_S:
            return None
        return (report.rtp + int(elapsed * self._clock_hz)) & 0xFFFFFFFF

    def _valid(self) -> tuple[SenderReport | None, float]:
        offset = self._publisher.offset
        if offset is None or self._epoch != self._publisher.epoch:
            return None, 0.0
        return self._report, offset
