"""What a publisher hears of key frames and layers, through a whole room."""

from collections.abc import Callable

import pytest

from conference.contract import media as m
from conference.contract.words import SlotGroup, Source
from conference.ids import ParticipantId
from conference.rtp.outage import DEAD_GAP
from conference.sfu.inbound.keyframes import TRACK_BURST, TRACK_PER_S
from conference.sfu.inbound.layer_demand import KEEP_S, WAKE_S
from conference.sfu.inbound.track import REST_S
from tests.conference.sfu.inbound.test_wanted_layers import told
from tests.conference.sfu.test_layers import layers_on, play, show, watch
from tests.support.bench import Bench, Simulcast
from tests.support.wire import rtcp

CAMERA = Source.CAMERA
GRID = SlotGroup.GRID


def test_a_flood_of_requests_costs_a_publisher_two_key_frames_a_second() -> None:
    bench = Bench()
    camera = bench.simulcast("ada", CAMERA)
    bench.unlimited("viewer")
    sink = watch(bench, ada=180)
    play(bench, camera, seconds=2)
    before = bench.key_frame_requests("ada")
    ssrc = sink.slots[sink.mid(GRID, "video")].ssrc
    for _ in range(20):
        for _ in range(50):
            sink.ask(rtcp.pli(1, ssrc))
        camera.tick()
        bench.pass_time(0.05)
    assert bench.key_frame_requests("ada") - before <= 2


def test_a_viewer_without_retransmissions_gets_a_key_frame_for_what_it_lost() -> None:
    bench = Bench()
    camera = bench.simulcast("ada", CAMERA)
    bench.unlimited("viewer")
    sink = bench.sink("viewer", repaired=False)
    show(bench, sink, {"ada": 180})
    play(bench, camera, seconds=2)
    slot = sink.slots[sink.mid(GRID, "video")]
    lost = sink.on(slot.mid)[-1].sequence
    before = bench.key_frame_requests("ada")
    viewer = bench.plane.viewers[sink.participant]
    bench.fanout.reinforce(viewer.key, redundant=False, insistent=True, repeating=True)
    sink.ask(rtcp.nack(1, slot.ssrc, [lost]))
    play(bench, camera, seconds=5)  # with probes, were there a source for them
    assert bench.key_frame_requests("ada") == before + 1
    assert set(sink.packets) == {slot.ssrc}


def test_a_flood_over_all_layers_holds_up_nobody_elses_switch() -> None:
    bench = Bench()
    camera = bench.simulcast("ada", CAMERA)
    bench.unlimited("viewer", "flooder")
    sink = watch(bench, ada=180)
    flooder = bench.sink("flooder")
    show(bench, flooder, {"ada": 720})
    play(bench, camera, seconds=2)
    before, begun = bench.key_frame_requests("ada"), bench.now
    flooded = flooder.slots[flooder.mid(GRID, "video")].ssrc
    mid = sink.mid(GRID, "video")
    for height in (720, 360, 180, 720):
        for number in range(20):
            # Its picture grows and shrinks, and each time it asks as well.
            show(bench, flooder, {"ada": (180, 360, 720)[number % 3]})
            flooder.ask(rtcp.pli(1, flooded))
            camera.tick()
            bench.pass_time(0.05)
        show(bench, sink, {"ada": height})
        wanted = bytes(((180, 360, 720).index(height),))
        # Whoever asked for that layer just before has had its key frame; the next
        # one may be half a second away, as without a flood of the others.
        for _ in range(12):
            show(bench, flooder, {"ada": 180})
            camera.tick()
            bench.pass_time(0.05)
        assert sink.on(mid)[-1].payload.endswith(wanted)
    asked = bench.key_frame_requests("ada") - before
    assert asked <= TRACK_BURST + TRACK_PER_S * (bench.now - begun)


def test_a_layer_that_was_stopped_is_not_asked_for_key_frames() -> None:
    bench = Bench()
    camera = bench.simulcast("ada", CAMERA)
    bench.unlimited("viewer")
    sink = watch(bench, ada=720)
    play(bench, camera, seconds=1)
    camera.capable = 1  # so that the request stays without a key frame
    sink.ask(rtcp.pli(1, sink.slots[sink.mid(GRID, "video")].ssrc))
    show(bench, sink, {"ada": 180})
    play(bench, camera, seconds=2 * KEEP_S + 1)
    assert camera.wanted == (0,)
    before = bench.key_frame_requests("ada")
    bench.pass_time(3.0)
    assert bench.key_frame_requests("ada") == before


def negotiate_again(bench: Bench, camera: Simulcast) -> None:
    """As a browser that restarts ICE does: the same sections once more."""
    bench.negotiate(camera.participant, [camera.fmt])


def come_back(bench: Bench, camera: Simulcast) -> None:
    """As somebody whose socket broke, and whose leg did not."""
    bench.apply(m.RepeatLayers(camera.participant))


@pytest.mark.parametrize("returns", [negotiate_again, come_back])
def test_who_comes_back_is_told_at_once_which_layers_are_wanted(
    returns: Callable[[Bench, Simulcast], None],
) -> None:
    bench = Bench()
    camera = bench.simulcast("ada", CAMERA)
    bench.unlimited("viewer")
    sink = watch(bench, ada=180)
    play(bench, camera, seconds=KEEP_S + 2)
    known = camera.wanted
    show(bench, sink, {"ada": 720})  # and of this it hears nothing
    before = told(bench, "ada")
    assert before[-1] != known
    returns(bench, camera)
    assert told(bench, "ada") == [*before, before[-1]]


def test_a_layer_that_its_publisher_did_not_hear_of_need_not_rest_when_it_does() -> (
    None
):
    bench = Bench()
    camera = bench.simulcast("ada", CAMERA)
    bench.unlimited("viewer")
    sink = watch(bench, ada=180)
    play(bench, camera, seconds=KEEP_S + 2)
    camera.capable = 1  # it sends no more, as if it had not heard
    show(bench, sink, {"ada": 720})
    play(bench, camera, seconds=WAKE_S + REST_S / 4)
    assert layers_on(sink, GRID)[-1] == 0
    camera.capable = 3
    come_back(bench, camera)
    play(bench, camera, seconds=1)
    assert layers_on(sink, GRID)[-1] == 2


def test_nobody_is_told_of_layers_without_a_picture() -> None:
    bench = Bench()
    bench.origin("ada", Source.MICROPHONE)
    bench.apply(m.RepeatLayers(ParticipantId("ada")))
    bench.apply(m.RepeatLayers(ParticipantId("nobody")))
    assert told(bench, "ada", Source.MICROPHONE) == []


@pytest.mark.parametrize("asking", [False, True])
def test_behind_a_dead_line_every_layer_begins_anew_at_once(asking: bool) -> None:
    """Whatever its viewers asked for while nothing could be heard."""
    bench = Bench()
    camera = bench.simulcast("ada", CAMERA)
    heights = {"small": 180, "middle": 300, "large": 720}
    bench.unlimited(*heights)
    sinks = {who: bench.sink(who) for who in heights}
    for who, sink in sinks.items():
        show(bench, sink, {"ada": heights[who]})
    play(bench, camera, seconds=KEEP_S + 1)
    assert [layers_on(sink, GRID)[-1] for sink in sinks.values()] == [0, 1, 2]
    for layer in camera.layers:
        layer.sequence = (layer.sequence + 2 * DEAD_GAP) & 0xFFFF
    for _ in range(4):
        for sink in sinks.values():
            if asking:
                sink.ask(rtcp.pli(1, sink.slots[sink.mid(GRID, "video")].ssrc))
        bench.pass_time(1.0)
    bench.key_frames_asked(camera.participant)
    seen = {who: len(sink.on(sink.mid(GRID, "video"))) for who, sink in sinks.items()}
    play(bench, camera, seconds=0.2)
    for who, sink in sinks.items():
        assert len(sink.on(sink.mid(GRID, "video"))) > seen[who]
