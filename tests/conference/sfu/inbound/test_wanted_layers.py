"""Which layers are requested of publishers, and how long each is waited for."""

from conference.contract.words import SlotGroup, Source
from conference.ids import ParticipantId
from conference.sfu.inbound.layer_demand import KEEP_S, WAKE_S
from conference.sfu.inbound.track import REST_S, STALLED_S
from conference.sfu.outbound.adaptation import LOOK_S
from tests.conference.sfu.support import layer_requests, layers_on, play, show, watch
from tests.support.bench import Bench, Simulcast

CAMERA, GRID = Source.CAMERA, SlotGroup.GRID
ADA = ParticipantId("ada")
TOP = 2


def test_an_unwatched_camera_is_stopped_and_starts_again_at_once() -> None:
    bench = Bench()
    camera = bench.simulcast("ada", CAMERA)
    sink = bench.sink("viewer")
    show(bench, sink)
    play(bench, camera, seconds=KEEP_S + 1)
    assert layer_requests(bench, "ada")[-1] == ()
    assert camera.silent
    show(bench, sink, {"ada": 180})
    assert layer_requests(bench, "ada")[-1] == (0,)
    play(bench, camera, seconds=0.5)
    assert layers_on(sink, GRID) == [0]


def test_only_watched_layers_are_sent() -> None:
    bench = Bench()
    camera = bench.simulcast("ada", CAMERA)
    bench.unlimited("viewer", "other")
    watch(bench, ada=180)
    other = bench.sink("other")
    show(bench, other, {"ada": 720})
    play(bench, camera, seconds=KEEP_S + 3)
    assert layer_requests(bench, "ada")[-1] == (0, 2)
    show(bench, other)
    play(bench, camera, seconds=KEEP_S + 1)
    assert layer_requests(bench, "ada")[-1] == (0,)


def test_a_layer_that_stops_by_itself_is_replaced_by_the_next_smaller_one() -> None:
    """A publisher with a thin link leaves out its largest layer unasked."""
    bench = Bench()
    camera = bench.simulcast("ada", CAMERA)
    bench.unlimited("viewer", "small")
    sink = watch(bench, ada=720)
    small = bench.sink("small")
    show(bench, small, {"ada": 300})
    play(bench, camera, seconds=3)
    assert layers_on(sink, GRID)[-1] == 2
    camera.capable = 2
    play(bench, camera, seconds=STALLED_S + 0.5)
    assert layers_on(sink, GRID)[-1] == 1
    play(bench, camera, seconds=WAKE_S + 2)
    before = len(layer_requests(bench, "ada"))
    play(bench, camera, seconds=REST_S / 2)
    assert (
        len(layer_requests(bench, "ada")) <= before + 1
    )  # the request is not repeated


def test_a_slow_start_while_unwatched_does_not_delay_the_first_viewer() -> None:
    """A layer that does not come while it is unwatched is not counted as late."""
    bench = Bench()
    camera = bench.simulcast("ada", CAMERA)
    bench.unlimited("viewer")
    camera.capable = 2
    play(bench, camera, seconds=max(WAKE_S, KEEP_S) + 1)
    camera.capable = 3
    sink = watch(bench, ada=720)
    play(bench, camera, seconds=1)
    assert layers_on(sink, GRID)[-1] == 2


def test_a_layer_that_does_not_come_stays_requested_and_is_used_later() -> None:
    """A browser adds its top layer once its uplink estimate allows it."""
    bench = Bench()
    camera = bench.simulcast("ada", CAMERA)
    bench.unlimited("viewer")
    sink = watch(bench, ada=720)
    camera.capable = 2
    play(bench, camera, seconds=1)
    before = len(layer_requests(bench, "ada"))
    play(bench, camera, seconds=WAKE_S + REST_S / 2)
    assert all(2 in layers for layers in layer_requests(bench, "ada")[before:])
    assert layers_on(sink, GRID)[-1] == 1
    camera.capable = 3
    play(bench, camera, seconds=LOOK_S + 0.5)
    assert layers_on(sink, GRID)[-1] == 2
    show(bench, sink)
    play(bench, camera, seconds=KEEP_S + 1)
    assert camera.silent


def rests(bench: Bench) -> bool:
    """Return whether the top layer is left out of allocation for now."""
    track = bench.plane.publishers[ADA].tracks[CAMERA]
    return track.layers[TOP].resting_until > bench.now


def play_until_rest(bench: Bench, camera: Simulcast) -> float:
    """Wait until a top layer that does not come rests; return the seconds."""
    camera.capable = TOP
    begun = bench.now
    while not rests(bench):
        play(bench, camera, seconds=0.1)
        assert bench.now < begun + 2 * WAKE_S
    return bench.now - begun


def test_budget_is_reserved_for_a_late_layer_until_it_rests() -> None:
    """Although the publisher is asked meanwhile to stop an unwatched one."""
    bench = Bench()
    camera = bench.simulcast("ada", CAMERA)
    bench.unlimited("viewer")
    watch(bench, ada=720)
    assert WAKE_S <= play_until_rest(bench, camera) <= WAKE_S + 0.5


def test_a_late_layer_that_came_stops_with_its_last_viewer() -> None:
    bench = Bench()
    camera = bench.simulcast("ada", CAMERA)
    bench.unlimited("viewer")
    sink = watch(bench, ada=720)
    play_until_rest(bench, camera)
    camera.capable = TOP + 1
    play(bench, camera, seconds=LOOK_S + 0.5)
    assert layers_on(sink, GRID)[-1] == TOP
    show(bench, sink, {"ada": 100})
    play(bench, camera, seconds=KEEP_S + 0.5)
    assert TOP not in camera.wanted


def test_layers_that_two_viewers_request_at_once_are_both_kept() -> None:
    bench = Bench()
    camera = bench.simulcast("ada", CAMERA)
    bench.unlimited("one", "two")
    one, two = bench.sink("one"), bench.sink("two")
    play(bench, camera, seconds=KEEP_S + 1)
    assert camera.silent
    show(bench, one, {"ada": 300})
    show(bench, two, {"ada": 720})
    assert layer_requests(bench, "ada")[-1] == (1, TOP)
    before = len(layer_requests(bench, "ada"))
    play(bench, camera, seconds=KEEP_S / 2)
    assert len(layer_requests(bench, "ada")) == before  # nothing more was requested
