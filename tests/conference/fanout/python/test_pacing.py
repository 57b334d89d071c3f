"""Paced packets are sent when they are due."""

from conference.contract.words import SlotGroup
from conference.fanout.contract import Destination, LayerKey, SlotKey, ViewerKey
from conference.fanout.formats import SlotFormat
from conference.fanout.pacer import MAX_WAIT_S
from conference.fanout.python.engine import PythonFanout
from conference.fanout.sockets import SocketTable
from conference.ids import Mid
from conference.rtp.codecs import Codec, inspect_vp8
from tests.conference.fanout.test_contract import vp8
from tests.support.bench import KEYS, FakeSocket

VIEWER, SLOT, LAYER = ViewerKey(1), SlotKey(2), LayerKey(3)
FMT = SlotFormat(Mid("2"), "video", SlotGroup.STAGE, "stage", 70, 80)
FRAMES = 5
SLOW_BPS, FAST_BPS = 1_000.0, 1_000_000.0


class Link:
    """One viewer with a slow link; the test runs the timer."""

    def __init__(self) -> None:
        self.now = 1.0
        self.sent = 0
        self.due: float | None = None
        sockets = SocketTable()
        self.fanout = PythonFanout(sockets, self._wake)
        destination = Destination(sockets.add(FakeSocket(self._send)), ("192.0.2.1", 9))
        self.fanout.open_layer(LAYER, Codec.VP8)
        self.fanout.open_viewer(VIEWER, KEYS, destination)
        self.fanout.open_slot(SLOT, VIEWER, FMT, first=100)
        self.fanout.pace(VIEWER, SLOW_BPS, now=self.now)

    def _send(self, _data: bytes, _address: object) -> None:
        self.sent += 1

    def _wake(self, due: float) -> None:
        self.due = due if self.due is None else min(due, self.due)

    def fill(self) -> None:
        """Forward some frames at the same time; one is sent at once."""
        for number in range(FRAMES):
            packet = vp8(10 + number, number * 3_000, 1 + number)
            head = inspect_vp8(packet.payload)
            if number == 0:
                self.fanout.attach(SLOT, LAYER, packet, head, timestamp=0)
            self.fanout.forward(LAYER, packet, head, now=self.now)

    def run(self, until: float) -> None:
        """Run the timer up to a time."""
        while self.due is not None and self.due <= until:
            self.now, self.due = max(self.now, self.due), None
            self.fanout.flush(now=self.now)
        self.now = until


def test_waiting_packets_are_sent_sooner_when_the_rate_rises() -> None:
    link = Link()
    link.fill()
    link.run(1.01)
    assert link.sent == 1
    link.fanout.pace(VIEWER, FAST_BPS, now=link.now)
    link.run(1.02)
    assert link.sent == FRAMES


def test_waiting_packets_are_sent_later_when_the_rate_falls() -> None:
    link = Link()
    link.fanout.pace(VIEWER, FAST_BPS / 100, now=link.now)
    link.fill()
    link.fanout.pace(VIEWER, SLOW_BPS, now=link.now)
    link.run(1.1)
    assert link.sent == 1


def test_a_change_of_rate_requests_no_wake_up_when_nothing_waits() -> None:
    link = Link()
    link.fanout.pace(VIEWER, FAST_BPS, now=link.now)
    assert link.due is None


def test_dropped_video_is_reported_once() -> None:
    link = Link()
    link.fill()
    assert not link.fanout.starved(VIEWER)
    link.fanout.flush(now=link.now + MAX_WAIT_S + 0.1)
    assert link.sent == 1
    assert link.fanout.starved(VIEWER)
    assert not link.fanout.starved(VIEWER)
