"""Sums over feedback, and packets that are kept for grouping."""

import pytest

from conference.fanout.python.sent_ring import SentRing
from conference.fanout.sent import SIZE
from conference.sfu.bandwidth.delay import GROUPS
from conference.sfu.bandwidth.digest import KEPT_PACKETS, KEPT_S, Digest

DELAY_S = 0.02
FEEDBACK_S = 0.1


class Line:
    """Frames of some packets each, with feedback ten times a second."""

    def __init__(self, packets: int, per_s: float) -> None:
        self.sent, self.digest = SentRing(), Digest()
        self._packets, self._every_s = packets, 1 / per_s
        self._covered = 0
        self._now = 0.0

    def send(self, seconds: float) -> None:
        end = self._now + seconds
        while self._now < end:
            feedback_at = self._now + FEEDBACK_S
            while self._now < feedback_at:
                for place in range(self._packets):
                    self.sent.note(1000, now=self._now + place * 0.000_2)
                self._now += self._every_s
            self.give_feedback(self._covered, self.sent.next)
            self._covered = self.sent.next

    def give_feedback(self, first: int, end: int) -> None:
        times, _ = self.sent.window(first, end - first)
        reference = int(times[0] / 0.064)
        self.digest.advance(reference)
        arrivals: list[float | None] = [t + DELAY_S - reference * 0.064 for t in times]
        self.digest.take(first, arrivals, self.sent, loss=0.0)


@pytest.mark.parametrize(("packets", "per_s"), [(1, 50.0), (5, 30.0), (18, 25.0)])
def test_the_kept_packets_contain_a_trend(packets: int, per_s: float) -> None:
    line = Line(packets, per_s)
    for _ in range(40):
        line.send(FEEDBACK_S)
        line.digest.leave_ungrouped()
    assert line.digest.group()  # packets are missing after the groups before
    assert len(line.digest.groups) >= GROUPS
    assert all(arrived - sent > 0 for sent, arrived in line.digest.groups)
    # Only recent packets are kept: all of them are grouped at once.
    oldest, newest = line.digest.groups[0][0], line.digest.groups[-1][0]
    assert (
        newest - oldest <= max(KEPT_S, KEPT_PACKETS / packets / per_s) + 2 * FEEDBACK_S
    )
    line.digest.clear()
    line.send(FEEDBACK_S)
    assert not line.digest.group()


def test_groups_of_consecutive_messages_continue_each_other() -> None:
    line = Line(5, 30.0)
    sent: list[float] = []
    for _ in range(10):
        line.send(FEEDBACK_S)
        assert not line.digest.group()
        sent += [at for at, _ in line.digest.groups]
        line.digest.clear()
    assert len(sent) == pytest.approx(30, abs=2)
    assert sent == sorted(set(sent))


def test_late_feedback_does_not_count_as_the_newest() -> None:
    line = Line(1, 100.0)
    line.send(FEEDBACK_S)
    line.send(FEEDBACK_S)
    digest = line.digest
    newest = digest.sent_at, digest.arrived_at
    line.give_feedback(0, 5)
    assert (digest.sent_at, digest.arrived_at) == newest


def test_packets_without_any_feedback_count_as_arrived() -> None:
    """Lost feedback, also where the log of sent packets wraps."""
    line = Line(1, 100.0)
    begun = line.sent.next = line._covered = SIZE - 16
    line.send(FEEDBACK_S)
    line._covered += 8  # on both sides of the wrap
    line.send(FEEDBACK_S)
    assert line.digest.octets == 1000 * (line.sent.next - begun)
