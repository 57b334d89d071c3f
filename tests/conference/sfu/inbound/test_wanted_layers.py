"""Which layers publishers are told to send, and how long each is waited for."""

from conference.contract import media as m
from conference.contract.words import SlotGroup, Source
from conference.ids import ParticipantId
from conference.sfu.inbound.layer_demand import KEEP_S, WAKE_S
from conference.sfu.inbound.track import REST_S, STALLED_S
from conference.sfu.outbound.adaptation import LOOK_S
from tests.conference.sfu.test_layers import layers_on, play, show, watch
from tests.support.bench import Bench, Simulcast

CAMERA, GRID = Source.CAMERA, SlotGroup.GRID
ADA = ParticipantId("ada")
TOP = 2


def told(bench: Bench, who: str, source: Source = CAMERA) -> list[tuple[int, ...]]:
    bench.settle()
    return [
        e.layers
        for e in bench.events
        if isinstance(e, m.LayersWanted) and (e.participant, e.source) == (who, source)
    ]


def test_an_unwatched_camera_is_told_to_stop_and_starts_at_once() -> None:
    bench = Bench()
    camera = bench.simulcast("ada", CAMERA)
    sink = bench.sink("viewer")
    show(bench, sink)
    play(bench, camera, seconds=KEEP_S + 1)
    assert told(bench, "ada")[-1] == ()
    assert camera.silent
    show(bench, sink, {"ada": 180})
    assert told(bench, "ada")[-1] == (0,)
    play(bench, camera, seconds=0.5)
    assert layers_on(sink, GRID) == [0]


def test_only_the_layers_that_somebody_watches_are_sent() -> None:
    bench = Bench()
    camera = bench.simulcast("ada", CAMERA)
    bench.unlimited("viewer", "other")
    watch(bench, ada=180)
    other = bench.sink("other")
    show(bench, other, {"ada": 720})
    play(bench, camera, seconds=KEEP_S + 3)
    assert told(bench, "ada")[-1] == (0, 2)
    show(bench, other)
    play(bench, camera, seconds=KEEP_S + 1)
    assert told(bench, "ada")[-1] == (0,)


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
    before = len(told(bench, "ada"))
    play(bench, camera, seconds=REST_S / 2)
    assert len(told(bench, "ada")) <= before + 1  # not asked again and again


def test_a_camera_that_starts_slowly_has_its_first_watcher_wait_no_longer() -> None:
    """That its top layer did not come while nobody watched says nothing."""
    bench = Bench()
    camera = bench.simulcast("ada", CAMERA)
    bench.unlimited("viewer")
    camera.capable = 2
    play(bench, camera, seconds=max(WAKE_S, KEEP_S) + 1)
    camera.capable = 3
    sink = watch(bench, ada=720)
    play(bench, camera, seconds=1)
    assert layers_on(sink, GRID)[-1] == 2


def test_a_layer_that_does_not_come_stays_asked_for_and_is_taken_when_it_does() -> None:
    """A browser adds its top layer when it trusts its uplink, if it may."""
    bench = Bench()
    camera = bench.simulcast("ada", CAMERA)
    bench.unlimited("viewer")
    sink = watch(bench, ada=720)
    camera.capable = 2
    play(bench, camera, seconds=1)
    before = len(told(bench, "ada"))
    play(bench, camera, seconds=WAKE_S + REST_S / 2)
    assert all(2 in layers for layers in told(bench, "ada")[before:])
    assert layers_on(sink, GRID)[-1] == 1
    camera.capable = 3
    play(bench, camera, seconds=LOOK_S + 0.5)
    assert layers_on(sink, GRID)[-1] == 2
    show(bench, sink)
    play(bench, camera, seconds=KEEP_S + 1)
    assert camera.silent


def rests(bench: Bench) -> bool:
    """Whether the top layer is not reckoned with for now."""
    track = bench.plane.publishers[ADA].tracks[CAMERA]
    return track.layers[TOP].resting_until > bench.now


def play_until_rest(bench: Bench, camera: Simulcast) -> float:
    """Wait for a top layer that does not come; return for how long, in seconds."""
    camera.capable = TOP
    begun = bench.now
    while not rests(bench):
        play(bench, camera, seconds=0.1)
        assert bench.now < begun + 2 * WAKE_S
    return bench.now - begun


def test_room_is_kept_for_a_late_layer_for_as_long_as_that_may_take() -> None:
    """Though the publisher is told meanwhile to stop one that nobody watches."""
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


def test_what_two_viewers_begin_to_watch_at_one_moment_is_kept_in_mind() -> None:
    bench = Bench()
    camera = bench.simulcast("ada", CAMERA)
    bench.unlimited("one", "two")
    one, two = bench.sink("one"), bench.sink("two")
    play(bench, camera, seconds=KEEP_S + 1)
    assert camera.silent
    show(bench, one, {"ada": 300})
    show(bench, two, {"ada": 720})
    assert told(bench, "ada")[-1] == (1, TOP)
    before = len(told(bench, "ada"))
    play(bench, camera, seconds=KEEP_S / 2)
    assert len(told(bench, "ada")) == before  # it was told all there was to tell
