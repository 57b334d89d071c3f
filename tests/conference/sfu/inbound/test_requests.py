"""Key-frame and layer requests to a publisher, through a whole room."""

from collections.abc import Callable

import pytest

from conference.contract import media
from conference.contract.words import SlotGroup, Source
from conference.ids import ParticipantId
from conference.rtp.outage import REPAIRED_GAP
from conference.sfu.inbound.keyframes import TRACK_BURST, TRACK_PER_S
from conference.sfu.inbound.layer_demand import KEEP_S, WAKE_S
from conference.sfu.inbound.track import REST_S
from tests.conference.sfu.support import layer_requests, layers_on, play, show, watch
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
            sink.send_rtcp(rtcp.pli(1, ssrc))
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
    sink.send_rtcp(rtcp.nack(1, slot.ssrc, [lost]))
    play(
        bench, camera, seconds=5
    )  # probes would be sent here if there were an RTX source
    assert bench.key_frame_requests("ada") == before + 1
    assert set(sink.packets) == {slot.ssrc}


def test_a_flood_over_all_layers_does_not_delay_others() -> None:
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
            # Its picture changes its size, with a request each time.
            show(bench, flooder, {"ada": (180, 360, 720)[number % 3]})
            flooder.send_rtcp(rtcp.pli(1, flooded))
            camera.tick()
            bench.pass_time(0.05)
        show(bench, sink, {"ada": height})
        wanted = bytes(((180, 360, 720).index(height),))
        # An earlier request for that layer has had its key frame; the next
        # one may be half a second away, as without a flood of the others.
        for _ in range(12):
            show(bench, flooder, {"ada": 180})
            camera.tick()
            bench.pass_time(0.05)
        assert sink.on(mid)[-1].payload.endswith(wanted)
    asked = bench.key_frame_requests("ada") - before
    assert asked <= TRACK_BURST + TRACK_PER_S * (bench.now - begun)


def test_no_key_frame_of_a_stopped_layer_is_requested() -> None:
    bench = Bench()
    camera = bench.simulcast("ada", CAMERA)
    bench.unlimited("viewer")
    sink = watch(bench, ada=720)
    play(bench, camera, seconds=1)
    camera.capable = 1  # so that no key frame answers the request
    sink.send_rtcp(rtcp.pli(1, sink.slots[sink.mid(GRID, "video")].ssrc))
    show(bench, sink, {"ada": 180})
    play(bench, camera, seconds=2 * KEEP_S + 1)
    assert camera.wanted == (0,)
    before = bench.key_frame_requests("ada")
    bench.pass_time(3.0)
    assert bench.key_frame_requests("ada") == before


def negotiate_again(bench: Bench, camera: Simulcast) -> None:
    """Negotiate the same sections again, as a browser does that restarts ICE."""
    bench.negotiate(camera.participant, [camera.fmt])


def come_back(bench: Bench, camera: Simulcast) -> None:
    """Repeat the layers, as after a broken Socket.IO connection with a working leg."""
    bench.apply(media.RepeatLayers(camera.participant))


@pytest.mark.parametrize("returns", [negotiate_again, come_back])
def test_a_returning_publisher_gets_its_layer_request_at_once(
    returns: Callable[[Bench, Simulcast], None],
) -> None:
    bench = Bench()
    camera = bench.simulcast("ada", CAMERA)
    bench.unlimited("viewer")
    sink = watch(bench, ada=180)
    play(bench, camera, seconds=KEEP_S + 2)
    known = camera.wanted
    show(bench, sink, {"ada": 720})  # this request is lost
    before = layer_requests(bench, "ada")
    assert before[-1] != known
    returns(bench, camera)
    assert layer_requests(bench, "ada") == [*before, before[-1]]


def test_a_layer_whose_request_was_lost_does_not_rest_after_a_repetition() -> None:
    bench = Bench()
    camera = bench.simulcast("ada", CAMERA)
    bench.unlimited("viewer")
    sink = watch(bench, ada=180)
    play(bench, camera, seconds=KEEP_S + 2)
    camera.capable = 1  # it sends no more, as if the request were lost
    show(bench, sink, {"ada": 720})
    play(bench, camera, seconds=WAKE_S + REST_S / 4)
    assert layers_on(sink, GRID)[-1] == 0
    camera.capable = 3
    come_back(bench, camera)
    play(bench, camera, seconds=1)
    assert layers_on(sink, GRID)[-1] == 2


def test_no_layers_are_requested_of_a_voice() -> None:
    bench = Bench()
    bench.origin("ada", Source.MICROPHONE)
    bench.apply(media.RepeatLayers(ParticipantId("ada")))
    bench.apply(media.RepeatLayers(ParticipantId("unknown")))
    assert layer_requests(bench, "ada", Source.MICROPHONE) == []


@pytest.mark.parametrize("asking", [False, True])
def test_after_an_outage_every_layer_restarts_at_once(asking: bool) -> None:
    """Regardless of requests that were lost in the outage."""
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
        layer.sequence = (layer.sequence + 2 * REPAIRED_GAP) & 0xFFFF
    for _ in range(4):
        for sink in sinks.values():
            if asking:
                sink.send_rtcp(rtcp.pli(1, sink.slots[sink.mid(GRID, "video")].ssrc))
        bench.pass_time(1.0)
    bench.key_frames_asked(camera.participant)
    seen = {who: len(sink.on(sink.mid(GRID, "video"))) for who, sink in sinks.items()}
    play(bench, camera, seconds=0.2)
    for who, sink in sinks.items():
        assert len(sink.on(sink.mid(GRID, "video"))) > seen[who]
