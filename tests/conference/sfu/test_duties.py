"""The packet plane's timers: each begins once and ends with what it is for."""

import pytest

from conference.contract import media
from conference.contract.words import LegKind, SlotGroup, Source
from conference.ids import ParticipantId
from conference.sfu.inbound.publisher import FEEDBACK_INTERVAL_S
from conference.sfu.limits import SPLIT_INTERVAL_S, BitrateLimits
from conference.sfu.outbound.viewer import REPORT_AFTER_SWITCH_S, REPORT_INTERVAL_S
from tests.support.bench import ROOM, Bench, Origin, Sink

ADA, VIEWER = ParticipantId("ada"), ParticipantId("viewer")
CAMERA, MICROPHONE = Source.CAMERA, Source.MICROPHONE
TRANSPORT_FEEDBACK, SENDER_REPORT = 205, 200


def staged(bench: Bench) -> tuple[Origin, Sink]:
    """Let a viewer see the picture of the stage."""
    (camera,) = bench.origin(ADA, CAMERA)
    sink = bench.sink(VIEWER)
    bench.stage(ADA)
    camera.send(camera.frame())
    camera.send(camera.frame(key=True))
    camera.report(wall_s=1_000.0)
    bench.settle()
    return camera, sink


def reports(bench: Bench) -> int:
    return len(bench.sent(VIEWER, LegKind.SUBSCRIBE, SENDER_REPORT))


def speaking(bench: Bench) -> list[tuple[ParticipantId, ...]]:
    bench.settle()
    return [e.speakers for e in bench.events if isinstance(e, media.SpeakersChanged)]


def test_an_empty_plane_has_no_timer() -> None:
    assert Bench().router.next_due is None


def test_every_timer_ends_with_the_room() -> None:
    bench = Bench(BitrateLimits(participant_bps=1e6))
    staged(bench)
    bench.pass_time(3)
    bench.apply(media.CloseRoom(ROOM))
    bench.pass_time(3)
    assert bench.router.next_due is None


def test_a_publisher_gets_feedback_until_it_leaves() -> None:
    bench = Bench()
    camera, _ = staged(bench)
    bench.pass_time(2 * FEEDBACK_INTERVAL_S)
    before = len(bench.sent(ADA, LegKind.PUBLISH, TRANSPORT_FEEDBACK))
    assert before
    camera.send(camera.frame())
    bench.router.unpublish(ADA, now=bench.now)
    bench.pass_time(1)
    assert len(bench.sent(ADA, LegKind.PUBLISH, TRANSPORT_FEEDBACK)) == before


def test_negotiating_again_starts_no_second_timer() -> None:
    bench = Bench()
    camera, _ = staged(bench)
    for _ in range(5):
        bench.negotiate(ADA, [camera.fmt])
    bench.pass_time(FEEDBACK_INTERVAL_S)
    before = len(bench.sent(ADA, LegKind.PUBLISH, TRANSPORT_FEEDBACK))
    camera.send(camera.frame())
    bench.pass_time(FEEDBACK_INTERVAL_S)
    assert len(bench.sent(ADA, LegKind.PUBLISH, TRANSPORT_FEEDBACK)) == before + 1


def test_a_switched_slot_is_reported_soon_and_then_once_a_second() -> None:
    bench = Bench()
    staged(bench)
    assert reports(bench) == 0
    bench.pass_time(REPORT_AFTER_SWITCH_S)
    assert reports(bench) == 1
    bench.pass_time(3 * REPORT_INTERVAL_S)
    assert reports(bench) == 4


def test_a_viewer_that_left_after_a_switch_gets_no_report() -> None:
    bench = Bench()
    staged(bench)
    bench.router.unsubscribe(VIEWER)
    bench.pass_time(3 * REPORT_INTERVAL_S)
    assert reports(bench) == 0


def test_a_viewer_that_was_replaced_gets_the_reports_of_one() -> None:
    bench = Bench()
    camera, _ = staged(bench)
    bench.router.unsubscribe(VIEWER)
    bench.sink(VIEWER)
    camera.send(camera.frame(key=True))
    bench.pass_time(REPORT_AFTER_SWITCH_S)
    before = reports(bench)
    bench.pass_time(3 * REPORT_INTERVAL_S)
    assert reports(bench) == before + 3


def test_the_end_of_speech_is_published_when_the_last_publisher_left() -> None:
    bench = Bench()
    (voice,) = bench.origin(ADA, MICROPHONE)
    for _ in range(25):
        voice.send(voice.voice(level=20))
        bench.pass_time(0.02)
    assert speaking(bench) == [(ADA,)]
    bench.router.unpublish(ADA, now=bench.now)
    bench.pass_time(1)
    assert speaking(bench) == [(ADA,), ()]
    assert bench.router.next_due is None


def test_a_viewer_that_could_get_more_is_probed() -> None:
    bench = Bench()
    camera = bench.simulcast(ADA, CAMERA)
    sink = bench.sink(VIEWER)
    bench.stage(ADA)
    for _ in range(20):
        camera.tick()
        bench.pass_time(0.05)
    mid = sink.mid(SlotGroup.STAGE, "video")
    assert sink.repaired(mid) == []
    bench.limited(VIEWER, 100_000)
    bench.pass_time(1)
    assert sink.repaired(mid)


def ceiling(bench: Bench, viewer: str) -> float | None:
    return bench.plane.viewers[ParticipantId(viewer)].adaptation.cap_bps


def test_a_viewer_has_its_ceiling_before_its_first_picture() -> None:
    bench = Bench(BitrateLimits(participant_bps=1e6))
    bench.sink(VIEWER)
    assert ceiling(bench, VIEWER) == 1e6


def test_without_limits_there_is_no_ceiling() -> None:
    bench = Bench()
    bench.sink(VIEWER)
    bench.pass_time(2)
    assert ceiling(bench, VIEWER) is None


def test_a_shared_limit_is_split_again_when_viewers_come_and_go() -> None:
    bench = Bench(BitrateLimits(room_bps=400_000))
    bench.sink("one")
    alone = ceiling(bench, "one")
    bench.sink("two")
    bench.pass_time(SPLIT_INTERVAL_S)
    assert ceiling(bench, "one") == ceiling(bench, "two") == pytest.approx(200_000)
    bench.router.unsubscribe(ParticipantId("two"))
    bench.pass_time(SPLIT_INTERVAL_S)
    assert ceiling(bench, "one") == alone == pytest.approx(300_000)
