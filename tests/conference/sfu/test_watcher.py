"""A watcher that is not a viewer, as a recorder or a relay will be."""

import logging
from collections.abc import Iterable

import pytest

from conference.contract import media
from conference.contract.words import LegKind, Source
from conference.fanout.contract import ViewerKey
from conference.ids import ParticipantId
from conference.sfu.inbound.layer_demand import KEEP_S
from conference.sfu.inbound.publisher import Arrived
from conference.sfu.inbound.track import Track
from tests.conference.sfu.support import layer_requests, play
from tests.support.bench import ROOM, Bench, Simulcast

CAMERA = Source.CAMERA
ADA = ParticipantId("ada")
TOP = 2


class Recorder:
    """Takes the packets of one layer of one camera."""

    def __init__(self, key: ViewerKey) -> None:
        self.key = key
        self.layers: list[tuple[Track, int]] = []
        self.got: list[Arrived] = []

    def watched(self) -> Iterable[tuple[Track, int]]:
        return self.layers

    def on_packet(self, arrived: Arrived, *, now: float) -> None:
        if (arrived.track, arrived.layer.spatial) in self.layers:
            self.got.append(arrived)


def recorded(bench: Bench) -> tuple[Recorder, Simulcast]:
    """Record the top layer of a camera in a room without any viewer."""
    recorder = Recorder(bench.router.new_key())
    plane = bench.router.watch(ROOM, recorder, now=bench.now)
    camera = bench.simulcast(ADA, CAMERA)
    recorder.layers.append((plane.publishers[ADA].tracks[CAMERA], TOP))
    return recorder, camera


def key_frames(recorder: Recorder) -> int:
    return sum(arrived.head.starts_key_frame for arrived in recorder.got)


def test_the_layers_that_a_tap_watches_are_sent_without_viewers() -> None:
    bench = Bench()
    _, camera = recorded(bench)
    play(bench, camera, seconds=KEEP_S + 1)
    assert layer_requests(bench, ADA)[-1] == (TOP,)


def test_a_tap_gets_each_packet_once() -> None:
    bench = Bench()
    recorder, camera = recorded(bench)
    play(bench, camera, seconds=KEEP_S + 2)
    numbers = [arrived.packet.extended for arrived in recorder.got]
    assert len(numbers) > 20 * KEEP_S
    assert numbers == list(range(numbers[0], numbers[0] + len(numbers)))
    assert all(arrived.packet.payload for arrived in recorder.got)


def test_a_tap_gets_a_key_frame_on_request() -> None:
    bench = Bench()
    recorder, camera = recorded(bench)
    play(bench, camera, seconds=2)
    bench.settle()
    asked = len(bench.sent(ADA, LegKind.PUBLISH, 206))
    begun = key_frames(recorder)
    play(bench, camera, seconds=1)
    assert (
        len(bench.sent(ADA, LegKind.PUBLISH, 206)) == asked
    )  # without a request meanwhile
    track, spatial = recorder.layers[0]
    bench.plane.want_key_frame(track.layers[spatial], recorder.key)
    play(bench, camera, seconds=0.5)
    assert len(bench.sent(ADA, LegKind.PUBLISH, 206)) == asked + 1
    assert key_frames(recorder) == begun + 1


def test_a_muted_track_is_not_recorded() -> None:
    bench = Bench()
    recorder, camera = recorded(bench)
    play(bench, camera, seconds=1)
    bench.apply(media.SetTrack(ADA, CAMERA, False))
    before = len(recorder.got)
    play(bench, camera, seconds=1)
    assert len(recorder.got) == before


def test_without_its_tap_the_layer_stops_and_the_room_closes() -> None:
    bench = Bench()
    recorder, camera = recorded(bench)
    play(bench, camera, seconds=KEEP_S + 1)
    bench.router.unwatch(ROOM, recorder.key)
    before = len(recorder.got)
    play(bench, camera, seconds=KEEP_S + 1)
    assert layer_requests(bench, ADA)[-1] == ()
    assert len(recorder.got) == before
    bench.router.unpublish(ADA, now=bench.now)
    assert bench.router.figures() == []


def test_a_tap_keeps_an_empty_room_open() -> None:
    bench = Bench()
    recorder, _ = recorded(bench)
    bench.router.unpublish(ADA, now=bench.now)
    assert len(bench.router.figures()) == 1
    bench.router.unwatch(ROOM, recorder.key)
    bench.router.unwatch(ROOM, recorder.key)  # removing it again does nothing
    assert bench.router.figures() == []


def test_closing_a_room_removes_its_taps() -> None:
    bench = Bench()
    recorded(bench)
    bench.apply(media.CloseRoom(ROOM))
    assert bench.router.figures() == []


class FailingRecorder(Recorder):
    """Fails at one of its two methods from some moment on."""

    fails_at: str | None = None

    def watched(self) -> Iterable[tuple[Track, int]]:
        if self.fails_at == "watched":
            raise RuntimeError("the disk is full")
        return super().watched()

    def on_packet(self, arrived: Arrived, *, now: float) -> None:
        if self.fails_at == "on_packet":
            raise RuntimeError("the disk is full")
        super().on_packet(arrived, now=now)


@pytest.mark.parametrize("method", ["watched", "on_packet"])
def test_a_failing_tap_is_removed_and_affects_no_viewer(
    method: str, caplog: pytest.LogCaptureFixture
) -> None:
    bench = Bench()
    failing = FailingRecorder(bench.router.new_key())
    bench.router.watch(ROOM, failing, now=bench.now)
    other, camera = recorded(bench)
    play(bench, camera, seconds=KEEP_S + 1)
    before, failing.fails_at = len(other.got), method
    with caplog.at_level(logging.ERROR):
        play(bench, camera, seconds=KEEP_S + 1)
    assert len(other.got) - before > 20 * KEEP_S
    assert layer_requests(bench, ADA)[-1] == (TOP,)
    assert [record.name for record in caplog.records] == ["conference.sfu.room_plane"]
    bench.router.unwatch(ROOM, failing.key)
    bench.router.unwatch(ROOM, other.key)
    bench.router.unpublish(ADA, now=bench.now)
    assert bench.router.figures() == []
