"""Feedback of a viewer's browser, and the decisions that follow."""

import itertools

import pytest

from conference.contract import media
from conference.contract.words import LegKind, Receive, Reduced, SlotGroup, Source
from conference.fanout.pacer import MAX_WAIT_S
from conference.fanout.python.sent_ring import SentRing
from conference.ids import ParticipantId
from conference.rtp import ntp, transport_cc
from conference.rtp.codecs import inspect_vp8
from conference.rtp.rtcp import ReportBlock, build_receiver_report, build_transport_cc
from conference.rtp.transport_cc_reader import Feedback
from conference.sfu.outbound.adaptation import START_BPS, UNREAD_S, Adaptation
from tests.conference.sfu.support import layers_on, play, show, viewer_of, watch
from tests.support.bench import WALL_OFFSET_S, Bench, Sink
from tests.support.wire import rtp

CAMERA, GRID = Source.CAMERA, SlotGroup.GRID
VIEWER = ParticipantId("viewer")
LATENCY_S = 0.02


class Browser:
    """A browser that sends feedback, over a link of some latency."""

    def __init__(self, bench: Bench, sink: Sink) -> None:
        self.bench, self.sink = bench, sink
        self.latency_s = LATENCY_S
        self._arrivals = transport_cc.ArrivalRecorder()
        self._covered = 0

    def give_feedback(self) -> None:
        packets = [p for on in self.sink.packets.values() for p in on]
        numbers = sorted(
            int.from_bytes(p.extensions[4], "big") for p in packets if 4 in p.extensions
        )
        sent = self.bench.fanout.sent(viewer_of(self.bench).key)
        for number in numbers[self._covered :]:
            known = sent.get(sent.extend(number))
            assert known is not None
            self._arrivals.record(number, now=known[0] + self.latency_s)
        self._covered = len(numbers)
        for information in self._arrivals.feedback():
            self.sink.send_rtcp(build_transport_cc(1, 2, information))


def test_a_link_is_probed_until_it_carries_what_is_wanted() -> None:
    bench = Bench()
    cameras = [bench.simulcast(f"p{i}", CAMERA) for i in range(3)]
    sink = watch(bench, **{f"p{i}": 720 for i in range(3)})
    browser = Browser(bench, sink)
    for _ in range(40):
        play(bench, *cameras, seconds=0.05)
        browser.give_feedback()
    adaptation = viewer_of(bench).adaptation
    assert adaptation.has_feedback
    assert adaptation.estimator.bitrate_bps > START_BPS
    assert any(sink.repaired(slot.mid) for slot in sink.slots.values())


def test_every_message_is_read_as_soon_as_there_is_a_queue() -> None:
    bench = Bench()
    camera = bench.simulcast("ada", CAMERA)
    sink = watch(bench, ada=720)
    browser = Browser(bench, sink)
    for _ in range(60):
        play(bench, camera, seconds=0.05)
        browser.give_feedback()
    adaptation = viewer_of(bench).adaptation
    assert adaptation.settled
    for _ in range(10):  # 0.5 s
        browser.latency_s += 0.025
        play(bench, camera, seconds=0.05)
        browser.give_feedback()
    assert adaptation.estimator.overusing
    assert not any(adaptation.skips_feedback(now=bench.now) for _ in range(4))


def give_feedback(
    adaptation: Adaptation, sent: SentRing, *lost: int, now: float
) -> None:
    """Give feedback on the newest ten of packets that were sent every 10 ms."""
    first = sent.next
    for number in range(first, first + 10):
        sent.note(1000, now=now - 0.1 + (number - first) * 0.01)
    times, _ = sent.window(first, 10)
    arrivals = [
        None if number in lost else sent_at + LATENCY_S
        for number, sent_at in enumerate(times, first)
    ]
    adaptation.on_feedback(Feedback(first & 0xFFFF, 0, arrivals), sent, now=now)


def listener() -> tuple[Adaptation, SentRing]:
    """Return the decisions for a viewer that gets everything on a calm link."""
    adaptation, sent = Adaptation(now=0.0), SentRing()
    adaptation.settled = True
    for turn in range(1, 11):
        give_feedback(adaptation, sent, now=turn * 0.1)
    return adaptation, sent


def test_every_second_message_of_a_calm_link_is_skipped() -> None:
    adaptation, sent = listener()
    passed = []
    for turn in range(20):
        now = 1.06 + turn * 0.06
        passed.append(adaptation.skips_feedback(now=now))
        if not passed[-1]:
            give_feedback(adaptation, sent, now=now)
    assert passed == [True, False] * 10


def test_no_message_is_skipped_while_a_viewer_could_get_more() -> None:
    adaptation, _ = listener()
    adaptation.settled = False
    assert not any(adaptation.skips_feedback(now=1.06) for _ in range(4))


def test_no_message_is_skipped_while_packets_are_missing() -> None:
    adaptation, sent = listener()
    give_feedback(adaptation, sent, sent.next + 8, now=1.1)
    assert not adaptation.skips_feedback(now=1.16)
    for turn in range(3):
        give_feedback(adaptation, sent, now=1.2 + turn * 0.1)
    # It is given up by now and counts as lost: the link is not calm either.
    assert not adaptation.skips_feedback(now=1.46)


def test_infrequent_feedback_is_never_skipped() -> None:
    adaptation, sent = listener()
    assert not adaptation.skips_feedback(now=1.01 + UNREAD_S)
    give_feedback(adaptation, sent, now=1.3)
    assert adaptation.skips_feedback(now=1.31)


def test_a_browser_without_feedback_is_sent_what_it_shows() -> None:
    bench = Bench()
    cameras = [bench.simulcast(f"p{i}", CAMERA) for i in range(3)]
    sink = watch(bench, **{f"p{i}": 720 for i in range(3)})
    play(bench, *cameras, seconds=5)
    for place in range(3):
        assert layers_on(sink, GRID, place)[-1] == 2


def temporals(packets: list[rtp.Packet]) -> set[int]:
    return {inspect_vp8(p.payload).temporal for p in packets}


def test_a_small_shortage_lowers_the_frame_rate() -> None:
    bench = Bench()
    camera = bench.simulcast("ada", CAMERA, names=(b"f",))
    camera.temporal = True
    bench.unlimited("viewer")
    sink = watch(bench, ada=720)
    play(bench, camera, seconds=3)
    packets = sink.on(sink.mid(GRID, "video"))
    assert temporals(packets) == {0, 1, 2}
    full = camera_rate(bench)
    bench.limited("viewer", 0.7 * full)
    play(bench, camera, seconds=1)
    before = len(packets)
    play(bench, camera, seconds=1)
    assert temporals(packets[before:]) == {0, 1}
    bench.limited("viewer", 100 * full)
    play(bench, camera, seconds=4)
    before = len(packets)
    play(bench, camera, seconds=1)
    assert temporals(packets[before:]) == {0, 1, 2}
    for old, new in itertools.pairwise(packets):
        assert (new.sequence - old.sequence) & 0xFFFF == 1
        ids = [rtp.parse_vp8(p.payload).picture_id or 0 for p in (old, new)]
        assert (ids[1] - ids[0]) & 0x7FFF == 1


def camera_rate(bench: Bench) -> float:
    """Return the bitrate of the first camera with all its frames."""
    publisher = next(iter(bench.plane.publishers.values()))
    return float(publisher.tracks[CAMERA].layers[-1].meter.rates[-1])


def test_the_round_trip_is_measured_from_reports() -> None:
    bench = Bench()
    bench.simulcast("ada", CAMERA)
    sink = watch(bench, ada=180)
    sent = ntp.middle(ntp.from_seconds(bench.now - 0.3 + WALL_OFFSET_S))
    ssrc = sink.slots[sink.mid(GRID, "video")].ssrc
    for of in (ssrc, 12345):
        block = ReportBlock(of, 26, 3, 100, 0, sent, int(0.1 * 65_536))
        sink.send_rtcp(build_receiver_report(1, [block]))
    estimator = viewer_of(bench).adaptation.estimator
    assert estimator.rtt_s == pytest.approx(0.2, abs=0.01)
    assert estimator.loss > 0


def test_a_report_from_the_future_is_ignored() -> None:
    bench = Bench()
    bench.simulcast("ada", CAMERA)
    sink = watch(bench, ada=180)
    later = ntp.middle(ntp.from_seconds(bench.now + 50 + WALL_OFFSET_S))
    ssrc = sink.slots[sink.mid(GRID, "video")].ssrc
    sink.send_rtcp(build_receiver_report(1, [ReportBlock(ssrc, 0, 0, 1, 0, later, 0)]))
    assert viewer_of(bench).adaptation.estimator.rtt_s == 0.0


def test_changes_of_a_link_are_published_to_its_participant() -> None:
    bench = Bench()
    camera = bench.simulcast("ada", CAMERA)
    sink = watch(bench, ada=180)
    bench.limited("viewer", 2e6)
    play(bench, camera, seconds=3)
    published = [e for e in bench.events if isinstance(e, media.LinkChanged)]
    assert [e.down_bps for e in published][-1] == 2_000_000
    count = len(published)
    play(bench, camera, seconds=3)
    bench.limited("viewer", 2.1e6)
    play(bench, camera, seconds=2)
    published = [e for e in bench.events if isinstance(e, media.LinkChanged)]
    assert len(published) == count
    show(bench, sink, receive=Receive.SAVER)
    play(bench, camera, seconds=2)
    published = [e for e in bench.events if isinstance(e, media.LinkChanged)]
    assert published[-1].reduced is Reduced.CHOICE


def test_pictures_are_sent_twice_on_a_long_lossy_link_with_room() -> None:
    bench = Bench()
    camera = bench.simulcast("ada", CAMERA)
    sink = watch(bench, ada=180)
    bench.limited("viewer", 5e6)
    estimator = viewer_of(bench).adaptation.estimator
    mid = sink.mid(GRID, "video")
    play(bench, camera, seconds=2)
    assert not sink.repaired(mid)
    estimator._loss.ambient, estimator.rtt_s = 0.1, 0.2
    play(bench, camera, seconds=2)
    assert not sink.repaired(mid)  # repairs are enough
    estimator._loss.ambient = 0.2
    play(bench, camera, seconds=2)
    assert len(sink.repaired(mid)) >= 15
    bench.limited("viewer", 80_000)  # no room for doubling
    play(bench, camera, seconds=2)
    count = len(sink.repaired(mid))
    play(bench, camera, seconds=2)
    assert len(sink.repaired(mid)) == count


def test_pictures_dropped_by_the_pacer_are_followed_by_a_key_frame() -> None:
    bench = Bench()
    camera = bench.simulcast("ada", CAMERA)
    watch(bench, ada=180)
    bench.limited("viewer", 300_000)
    play(bench, camera, seconds=3)
    asked = len(bench.sent("ada", LegKind.PUBLISH, 206))
    bench.fanout.pace(viewer_of(bench).key, 1_000, now=bench.now)
    play(bench, camera, seconds=1)
    assert len(bench.sent("ada", LegKind.PUBLISH, 206)) == asked
    bench.fanout.flush(now=bench.now + MAX_WAIT_S)
    play(bench, camera, seconds=0.3)
    assert len(bench.sent("ada", LegKind.PUBLISH, 206)) == asked + 1


def repairs_a_second(bench: Bench) -> int:
    """Return the repairs that a viewer gets which requests far more."""
    viewer = viewer_of(bench)
    viewer.repairs_allowed(10_000, now=bench.now)
    return sum(
        viewer.repairs_allowed(100, now=bench.now + tick / 10) for tick in range(1, 11)
    )


def test_repairs_are_limited_to_a_share_of_a_thin_or_lossy_link() -> None:
    bench = Bench()
    camera = bench.simulcast("ada", CAMERA)
    watch(bench, ada=720)
    assert repairs_a_second(bench) >= 250
    bench.limited("viewer", 200_000)
    play(bench, camera, seconds=3)
    adaptation = viewer_of(bench).adaptation
    assert not adaptation.settled
    thin = repairs_a_second(bench)
    assert thin * 9_600 <= 0.3 * 200_000
    adaptation.estimator._loss.ambient = 0.2
    lossy = repairs_a_second(bench)
    assert 1.4 * thin <= lossy
    adaptation.insistent = True  # each of them is sent twice, from the same allowance
    assert repairs_a_second(bench) <= lossy
