"""Capture times on the server's clock, independent of the publisher's clock."""

import pytest

from conference.rtp import ntp
from conference.rtp.rtcp import SenderReport
from conference.sfu.inbound.capture import PublisherClock, TrackClock


class Sender:
    """A publisher with a voice and a picture, and a wall clock of its own."""

    def __init__(self, wall_s: float) -> None:
        self.wall_offset_s = wall_s
        self.clock = PublisherClock()
        self.voice = TrackClock(self.clock, 48_000)
        self.picture = TrackClock(self.clock, 90_000)

    def report(self, track: TrackClock, rate: int, at: float, delay: float = 0) -> None:
        """Send a report at a time; it arrives after a delay."""
        report = SenderReport(
            1, ntp.from_seconds(at + self.wall_offset_s), int(at * rate), 0, 0
        )
        self.clock.on_sender_report(report, now=at + delay)
        track.on_sender_report(report, now=at + delay)

    def report_both(self, at: float, delay: float = 0) -> None:
        """Send a report of each track."""
        self.report(self.voice, 48_000, at, delay)
        self.report(self.picture, 90_000, at, delay)


@pytest.mark.parametrize("wall_s", [0.0, 3_900_000_000.0, 1_000.0])
def test_capture_times_do_not_depend_on_the_publishers_wall_clock(
    wall_s: float,
) -> None:
    sender = Sender(wall_s)
    sender.report_both(100.0, delay=0.02)
    captured = sender.picture.captured_at(int(100.4 * 90_000), now=100.5)
    assert captured == pytest.approx(100.42, abs=0.001)
    assert sender.picture.timestamp_at(101.0) == pytest.approx(100.98 * 90_000, abs=20)


def test_the_report_with_the_least_delay_is_used() -> None:
    sender = Sender(0.0)
    for at, delay in ((1.0, 0.3), (2.0, 0.01), (3.0, 0.5)):
        sender.report_both(at, delay)
    captured = sender.voice.captured_at(int(3.2 * 48_000), now=3.6)
    assert captured == pytest.approx(3.21, abs=0.001)


def test_without_a_report_the_arrival_is_used() -> None:
    sender = Sender(0.0)
    assert sender.picture.captured_at(5, now=7.0) == 7.0
    assert sender.picture.timestamp_at(7.0) is None
    sender.report(sender.voice, 48_000, 1.0)
    assert sender.picture.captured_at(5, now=7.0) == 7.0


def test_a_capture_time_is_never_after_the_arrival() -> None:
    sender = Sender(0.0)
    sender.report_both(1.0, delay=0.2)
    assert sender.picture.captured_at(int(2.0 * 90_000), now=2.05) == 2.05


def test_an_impossible_capture_time_is_rejected() -> None:
    sender = Sender(0.0)
    sender.report_both(1.0)
    assert sender.picture.captured_at(int(90.0 * 90_000), now=2.0) == 2.0


@pytest.mark.parametrize("step_s", [-3600.0, -60.0, -3.0, 3.0, 60.0, 3600.0])
def test_a_step_of_the_wall_clock_keeps_audio_and_video_in_sync(step_s: float) -> None:
    sender = Sender(0.0)
    for second in range(20):
        sender.report_both(float(second))
    sender.wall_offset_s += step_s
    sender.report(sender.picture, 90_000, 20.0)
    # The voice has sent no report since: its old one is invalid, its arrival is used.
    assert sender.voice.captured_at(int(20.1 * 48_000), now=20.1) == 20.1
    assert sender.voice.timestamp_at(20.1) is None
    sender.report(sender.voice, 48_000, 21.0)
    for track, rate in ((sender.voice, 48_000), (sender.picture, 90_000)):
        assert track.captured_at(int(21.5 * rate), now=21.5) == pytest.approx(
            21.5, abs=0.01
        )
        assert track.timestamp_at(21.5) == pytest.approx(21.5 * rate, abs=rate / 100)


def test_a_clock_that_runs_fast_is_followed() -> None:
    sender = Sender(0.0)
    for second in range(3_600):
        sender.wall_offset_s = second * 100e-6  # 100 ppm
        sender.report_both(float(second))
    captured = sender.picture.captured_at(int(3_599.5 * 90_000), now=3_599.5)
    assert captured == pytest.approx(3_599.5, abs=0.01)


def test_reports_from_before_a_long_silence_are_not_used() -> None:
    sender = Sender(0.0)
    sender.report_both(1.0)
    sender.wall_offset_s = 0.5
    sender.report_both(7_200.0)
    captured = sender.voice.captured_at(int(7_200.2 * 48_000), now=7_200.2)
    assert captured == pytest.approx(7_200.2, abs=0.01)
