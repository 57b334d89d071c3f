"""Simulcast: binding packets to layers, and the layer that each viewer gets."""

import dataclasses
import itertools

import pytest

from conference.contract import media
from conference.contract.words import (
    LegKind,
    Receive,
    Reduced,
    SlotGap,
    SlotGroup,
    Source,
)
from conference.ids import ParticipantId
from conference.rtp import extensions
from conference.rtp.codecs import Codec
from conference.sfu.inbound.layer_demand import KEEP_S
from conference.sfu.limits import BitrateLimits
from conference.sfu.outbound.switching import PATIENCE_S
from tests.conference.sfu.support import layers_on, play, show, watch
from tests.support.bench import Bench, Origin, Sink
from tests.support.wire import rtcp, rtp

CAMERA, SCREEN = Source.CAMERA, Source.SCREEN
STAGE, GRID, CONTENT = SlotGroup.STAGE, SlotGroup.GRID, SlotGroup.CONTENT
VIEWER = ParticipantId("viewer")


def test_layers_are_identified_by_rid() -> None:
    bench = Bench()
    camera = bench.simulcast("ada", CAMERA)
    play(bench, camera)
    track = bench.plane.publishers[camera.participant].tracks[CAMERA]
    assert [layer.ssrc for layer in track.layers] == [o.ssrc for o in camera.layers]
    started = [e for e in bench.events if isinstance(e, media.TrackStarted)]
    assert len(started) == 1


def test_a_retransmission_is_bound_by_the_repaired_rid() -> None:
    bench = Bench()
    camera = bench.simulcast("ada", CAMERA)
    play(bench, camera, seconds=0.1)
    lost = camera.layers[2].frame()[0]
    camera.layers[2].send(camera.layers[2].frame())
    bench.router.on_rtp(
        camera.participant,
        camera.layers[2].rtx(lost, {extensions.REPAIRED_RID: b"f"}),
        now=bench.now,
    )
    track = bench.plane.publishers[camera.participant].tracks[CAMERA]
    assert not track.layers[2].admission.missing


def test_a_packet_with_an_unknown_rid_belongs_to_no_layer() -> None:
    bench = Bench()
    camera = bench.simulcast("ada", CAMERA)
    camera.layers[0].rid = b"x"
    camera.layers[0].send(camera.layers[0].frame(key=True))
    bench.settle()
    assert not [e for e in bench.events if isinstance(e, media.TrackStarted)]


@pytest.mark.parametrize(("height", "layer"), [(100, 0), (180, 0), (300, 1), (720, 2)])
def test_a_tile_gets_the_layer_of_its_size(height: int, layer: int) -> None:
    bench = Bench()
    camera = bench.simulcast("ada", CAMERA)
    sink = watch(bench, ada=height)
    bench.unlimited("viewer")
    play(bench, camera, seconds=3)
    assert layers_on(sink, GRID)[-1] == layer


def test_a_switch_is_at_a_key_frame_and_the_numbers_continue() -> None:
    bench = Bench()
    camera = bench.simulcast("ada", CAMERA)
    bench.unlimited("viewer")
    sink = watch(bench, ada=180)
    play(bench, camera, seconds=2)
    show(bench, sink, {"ada": 720})
    play(bench, camera, seconds=1)
    show(bench, sink, {"ada": 180})
    play(bench, camera, seconds=1)
    assert layers_on(sink, GRID)[-2:] == [2, 0]
    packets = sink.on(sink.mid(GRID, "video"))
    numbers = [p.sequence for p in packets]
    assert {(b - a) & 0xFFFF for a, b in itertools.pairwise(numbers)} == {1}
    for before, after in itertools.pairwise(packets):
        if before.payload[-1] != after.payload[-1]:
            assert rtp.parse_vp8(after.payload).key


def test_an_empty_slot_is_filled_with_a_layer_that_flows() -> None:
    """The chosen layer is stopped: a smaller one that flows comes first."""
    bench = Bench()
    camera = bench.simulcast("ada", CAMERA)
    bench.unlimited("first", "viewer")
    first = bench.sink("first")
    show(bench, first, {"ada": 180})
    play(bench, camera, seconds=KEEP_S + 1)
    assert camera.wanted == (0,)
    sink = watch(bench, ada=720)
    camera.slow = 0.5
    play(bench, camera, seconds=0.3)
    assert layers_on(sink, GRID) == [0]
    play(bench, camera, seconds=3)
    assert layers_on(sink, GRID) == [0, 2]


def test_pictures_that_are_not_on_the_screen_are_not_sent() -> None:
    bench = Bench()
    camera = bench.simulcast("ada", CAMERA)
    screen = bench.simulcast("ada", SCREEN, names=(b"h", b"f"), also=camera)
    bench.unlimited("viewer")
    bench.stage("ada")
    sink = watch(bench)
    play(bench, camera, screen, seconds=1)
    bench.apply(media.SetView(VIEWER, None, (), stage_height=0, content_height=0))
    counts = [len(sink.on(sink.mid(group, "video"))) for group in (STAGE, CONTENT)]
    assert all(counts)
    play(bench, camera, screen, seconds=1)
    assert counts == [
        len(sink.on(sink.mid(group, "video"))) for group in (STAGE, CONTENT)
    ]


def test_audio_only_gets_no_picture_and_data_saver_small_ones() -> None:
    bench = Bench()
    camera = bench.simulcast("ada", CAMERA)
    bench.stage("ada")
    bench.unlimited("viewer")
    sink = bench.sink("viewer")
    show(bench, sink, receive=Receive.AUDIO)
    play(bench, camera, seconds=1)
    assert layers_on(sink, STAGE) == []
    show(bench, sink, receive=Receive.SAVER)
    play(bench, camera, seconds=2)
    assert layers_on(sink, STAGE) == [0]


def test_nine_of_twenty_five_cameras_are_sent_each_at_its_tiles_layer() -> None:
    bench = Bench()
    bench.unlimited("viewer")
    cameras = [bench.simulcast(f"p{i}", CAMERA) for i in range(25)]
    heights = {f"p{i}": (180, 300, 720)[i % 3] for i in range(9)}
    sink = watch(bench, **heights)
    play(bench, *cameras, seconds=KEEP_S + 1)
    shown = {
        state.participant: sink.on(mid)[-1].payload[-1]
        for mid, state in bench.slot_states[VIEWER].items()
        if state.participant is not None
    }
    assert shown == {who: (180, 300, 720).index(h) for who, h in heights.items()}
    watched = {camera.participant for camera in cameras[:9]}
    for camera in cameras:
        assert camera.silent == (camera.participant not in watched)


def test_a_link_without_room_pauses_pictures_and_publishes_it() -> None:
    bench = Bench()
    cameras = [bench.simulcast(f"p{i}", CAMERA) for i in range(4)]
    sink = watch(bench, **{f"p{i}": 180 for i in range(4)})
    bench.limited("viewer", 180_000)  # two pictures of this size
    play(bench, *cameras, seconds=3)
    states = list(bench.slot_states[VIEWER].values())
    paused = [s.participant for s in states if s.gap is SlotGap.LINK]
    assert paused
    assert paused[-1] == "p3"  # the last in the layout is paused first
    carried = [s for s in states if s.participant and s.gap is None]
    assert carried
    assert sink.on(carried[0].mid)
    news = [e for e in bench.events if isinstance(e, media.LinkChanged)]
    assert news[-1].reduced is Reduced.LINK


def test_another_set_of_layers_starts_another_track() -> None:
    bench = Bench()
    camera = bench.simulcast("ada", CAMERA)
    play(bench, camera, seconds=0.2)
    single = dataclasses.replace(camera.fmt, rids=())
    bench.negotiate(camera.participant, [single])
    bench.settle()
    play(bench, camera, seconds=0.2)
    story = [
        e
        for e in bench.events
        if isinstance(e, media.TrackStarted | media.TrackStopped)
    ]
    # The room keeps the track's state, such as a moderator's mute.
    assert [type(e) for e in story] == [media.TrackStarted, media.TrackStarted]


def voices(bench: Bench) -> tuple[Origin, Sink]:
    origin = Origin(bench, "ada", Source.MICROPHONE, ssrc=bench.next_ssrc())
    fmt = dataclasses.replace(origin.fmt, red_payload_type=63)
    bench.negotiate(origin.participant, [fmt])
    return origin, bench.sink("viewer")


def redundant(origin: Origin, older: bytes) -> bytes:
    packet = rtp.parse(origin.voice())
    block = (960 << 10 | len(older)).to_bytes(3, "big")
    payload = b"\xef" + block + b"\x6f" + older + packet.payload
    return rtp.serialize(dataclasses.replace(packet, payload_type=63, payload=payload))


def test_older_frames_are_sent_only_to_viewers_that_lose_packets() -> None:
    bench = Bench()
    origin, sink = voices(bench)
    bench.stage("ada")
    mid = sink.mid(STAGE, "audio")
    origin.send(redundant(origin, b"before"))
    assert [(p.payload_type, p.payload) for p in sink.on(mid)] == [(111, b"ada")]
    viewer = bench.plane.viewers[VIEWER]
    bench.fanout.reinforce(viewer.key, redundant=True)
    origin.send(redundant(origin, b"before"))
    last = sink.on(mid)[-1]
    assert last.payload_type == 63
    assert last.payload.endswith(b"beforeada")


def test_a_voice_packet_lost_upstream_is_recovered_from_the_next() -> None:
    bench = Bench()
    origin, sink = voices(bench)
    bench.stage("ada")
    mid = sink.mid(STAGE, "audio")
    origin.send(redundant(origin, b""))
    origin.voice()  # lost
    origin.send(redundant(origin, b"lost"))
    packets = sink.on(mid)
    assert [p.payload for p in packets] == [b"ada", b"lost", b"ada"]
    assert packets[1].timestamp - packets[0].timestamp == 960
    assert [p.sequence - packets[0].sequence for p in packets] == [0, 1, 2]


@pytest.mark.parametrize(
    "limits",
    [
        BitrateLimits(participant_bps=260_000),
        BitrateLimits(room_bps=520_000),
        BitrateLimits(server_bps=520_000),
    ],
)
def test_an_operators_limit_lowers_pictures_and_is_published_as_the_reason(
    limits: BitrateLimits, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A layer of this size takes some 70 kbit/s; ten tiles would take 700."""
    monkeypatch.setattr("conference.sfu.limits.LEAST_DEMAND_BPS", 0.0)
    bench = Bench(limits)
    bench.unlimited("viewer", "other")
    cameras = [bench.simulcast(f"p{i}", CAMERA) for i in range(10)]
    watch(bench, **{f"p{i}": 180 for i in range(10)})
    other = bench.sink("other")
    show(bench, other, {f"p{i}": 180 for i in range(10)})
    play(bench, *cameras, seconds=4)
    for who in ("viewer", "other"):
        states = list(bench.slot_states[ParticipantId(who)].values())
        carried = [s for s in states if s.participant and s.gap is None]
        assert 1 <= len(carried) <= 4
        news = [
            e
            for e in bench.events
            if isinstance(e, media.LinkChanged) and e.viewer == who
        ]
        assert news[-1].reduced is Reduced.OPERATOR


def test_the_loss_of_the_worst_listener_is_reported_to_a_voice() -> None:
    bench = Bench()
    (microphone,) = bench.origin("ada", Source.MICROPHONE)
    bench.sink("viewer")
    bench.limited("viewer", 1e6)
    bench.plane.viewers[VIEWER].adaptation.estimator.loss = 0.2
    for _ in range(60):
        microphone.send(microphone.voice())
        bench.pass_time(0.02)
    reports = bench.sent("ada", LegKind.PUBLISH, rtcp.RECEIVER_REPORT)
    lost = [report.body[8] / 256 for report in reports]
    assert lost[-1] == pytest.approx(0.2, abs=0.01)


def test_packets_that_are_too_large_change_no_number() -> None:
    """Two of them, undetected, could break a viewer's rollover counter (RFC 3711 §3.3.1)."""
    bench = Bench()
    camera = bench.simulcast("ada", CAMERA)
    bench.unlimited("viewer")
    sink = watch(bench, ada=180)
    play(bench, camera, seconds=1)
    packets = sink.on(sink.mid(GRID, "video"))
    before = len(packets)
    layer = camera.layers[0]
    for _ in range(2):
        layer.sequence = (layer.sequence + 30_000) & 0xFFFF
        layer.filler = 1_400
        layer.send(layer.frame())
    layer.filler = 400
    play(bench, camera, seconds=2)
    assert len(packets) > before
    steps = {(b.sequence - a.sequence) & 0xFFFF for a, b in itertools.pairwise(packets)}
    assert steps == {1}


def test_layers_keep_their_ssrcs_when_the_codec_changes() -> None:
    """A browser that got a report on an SSRC no longer sends its RID."""
    bench = Bench()
    camera = bench.simulcast("ada", CAMERA)
    bench.unlimited("viewer")
    sink = watch(bench, ada=720)
    play(bench, camera, seconds=1)
    other = dataclasses.replace(camera.fmt, codec=Codec.H264, payload_type=125)
    bench.negotiate(camera.participant, [other])
    layer = camera.layers[2]
    layer.rid = None
    packet = rtp.parse(layer.frame()[0])
    h264 = dataclasses.replace(packet, payload_type=125, payload=b"\x65picture")
    for number in range(3):
        again = dataclasses.replace(h264, sequence=(h264.sequence + number) & 0xFFFF)
        layer.send(rtp.serialize(again))
        bench.pass_time(0.3)
    bench.settle()
    assert sink.on(sink.mid(GRID, "video"))[-1].payload == b"\x65picture"


def test_an_old_picture_ends_if_the_next_one_does_not_start() -> None:
    bench = Bench()
    camera = bench.simulcast("ada", CAMERA)
    silent = bench.simulcast("bo", CAMERA)
    bench.unlimited("viewer")
    play(bench, camera, silent, seconds=0.5)
    sink = bench.sink("viewer")
    bench.stage("ada")
    show(bench, sink)
    play(bench, camera, seconds=1)
    mid = sink.mid(STAGE, "video")
    assert sink.carries(mid) == "ada"
    bench.stage("bo")
    play(bench, camera, seconds=PATIENCE_S + 0.5)
    count = len(sink.on(mid))
    play(bench, camera, seconds=1)
    assert len(sink.on(mid)) == count


def test_the_feedback_that_is_read_of_one_viewer_is_bounded() -> None:
    bench = Bench()
    camera = bench.simulcast("ada", CAMERA)
    watch(bench, ada=180)
    play(bench, camera, seconds=0.5)
    viewer = bench.plane.viewers[VIEWER]
    # Run lengths: ten octets that cover two thousand packets.
    feedback = (0).to_bytes(2, "big") + (2000).to_bytes(2, "big") + bytes(4)
    feedback += (2000).to_bytes(2, "big")
    read = sum(viewer.feedback_allowed(feedback, now=bench.now) for _ in range(1000))
    assert read <= 3
    assert viewer.feedback_allowed(feedback, now=bench.now + 1)
