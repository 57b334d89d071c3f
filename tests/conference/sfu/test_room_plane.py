"""What viewers get: stage, screens, voices, grid, codecs; requests to publishers."""

from conference.contract import media
from conference.contract.words import LegKind, SlotGap, SlotGroup, Source
from conference.ids import ParticipantId
from conference.rtp import transport_cc
from conference.rtp.codecs import Codec
from tests.support.bench import (
    FIRST_LEG,
    ROOM,
    WALL_OFFSET_S,
    Bench,
    Origin,
    track_format,
)
from tests.support.wire import rtcp

CAMERA, MICROPHONE = Source.CAMERA, Source.MICROPHONE
SCREEN, SCREEN_AUDIO = Source.SCREEN, Source.SCREEN_AUDIO
CONTENT, STAGE = SlotGroup.CONTENT, SlotGroup.STAGE
FLOATING, GRID = SlotGroup.FLOATING, SlotGroup.GRID


def talk(bench: Bench, voices: dict[Origin, int], packets: int) -> None:
    for _ in range(packets):
        for origin, level in voices.items():
            origin.send(origin.voice(level=level))
        bench.pass_time(0.02)
    bench.settle()


def show(bench: Bench, origin: Origin) -> None:
    origin.send(origin.frame(key=True))
    bench.settle()


def voices_of(bench: Bench, viewer: str) -> set[str]:
    return {
        state.participant
        for state in bench.slot_states[ParticipantId(viewer)].values()
        if state.participant is not None and state.source is MICROPHONE
    }


def test_a_participant_does_not_get_its_own_media() -> None:
    bench = Bench()
    camera, microphone = bench.origin("ada", CAMERA, MICROPHONE)
    sink = bench.sink("ada")
    bench.stage("ada")
    sink.view("ada")
    show(bench, camera)
    talk(bench, {microphone: 20}, 20)
    assert dict(sink.packets) == {}


def test_a_shared_screen_with_sound_does_not_change_the_stage() -> None:
    bench = Bench()
    screen, sound, camera = bench.origin("ada", SCREEN, SCREEN_AUDIO, CAMERA)
    sink = bench.sink("viewer")
    bench.stage("ada")
    show(bench, camera)
    screen.send(screen.frame())
    show(bench, screen)
    talk(bench, {sound: 30}, 3)
    assert sink.carries(sink.mid(CONTENT, "video")) == "ada"
    assert sink.carries(sink.mid(CONTENT, "audio")) == "ada"
    assert sink.carries(sink.mid(STAGE, "video")) == "ada"


def test_the_newest_screen_is_shown_and_then_the_older_one_again() -> None:
    bench = Bench()
    (first,) = bench.origin("ada", SCREEN)
    (second,) = bench.origin("bo", SCREEN)
    sink = bench.sink("viewer")
    mid = sink.mid(CONTENT, "video")
    for origin in (first, second):
        origin.send(origin.frame())
        show(bench, origin)
    assert sink.carries(mid) == "bo"
    bench.apply(media.SetTrack(second.participant, SCREEN, False))
    show(bench, first)
    assert sink.carries(mid) == "ada"


def test_three_loudest_voices_are_heard_and_a_louder_one_takes_a_place() -> None:
    bench = Bench()
    names = ["ada", "bo", "cy", "di", "ed", "flo", "gus"]
    voices = {name: bench.origin(name, MICROPHONE)[0] for name in names}
    sink = bench.sink("viewer")
    levels = {voices[name]: 20 + 10 * place for place, name in enumerate(names)}
    talk(bench, levels, 100)
    assert voices_of(bench, "viewer") == {"ada", "bo", "cy"}
    places = {
        mid: state.participant
        for mid, state in bench.slot_states[sink.participant].items()
    }
    levels[voices["gus"]] = 5
    talk(bench, levels, 60)
    assert "gus" in voices_of(bench, "viewer")
    kept = sum(
        bench.slot_states[sink.participant][mid].participant == who
        for mid, who in places.items()
    )
    assert kept == 2


def test_equally_loud_voices_keep_their_slots() -> None:
    bench = Bench()
    names = ["ada", "bo", "cy", "di", "ed"]
    voices = {name: bench.origin(name, MICROPHONE)[0] for name in names}
    bench.sink("viewer")
    talk(bench, dict.fromkeys(voices.values(), 40), 100)
    before = voices_of(bench, "viewer")
    changes = len(bench.events)
    for turn in range(20):
        levels = {
            voice: 40 + (place + turn) % 4
            for place, voice in enumerate(voices.values())
        }
        talk(bench, levels, 20)
    changed = [e for e in bench.events[changes:] if isinstance(e, media.SlotsChanged)]
    assert changed == []
    assert voices_of(bench, "viewer") == before


def test_the_stage_is_not_heard_twice() -> None:
    bench = Bench()
    (first,) = bench.origin("ada", MICROPHONE)
    (second,) = bench.origin("bo", MICROPHONE)
    sink = bench.sink("viewer")
    bench.stage("ada")
    talk(bench, {first: 20, second: 40}, 40)
    carried = [
        state.participant
        for state in bench.slot_states[sink.participant].values()
        if state.participant
    ]
    assert sorted(carried) == ["ada", "bo"]


def test_only_the_cameras_on_the_screen_are_sent_and_they_keep_their_place() -> None:
    bench = Bench()
    cameras = {name: bench.origin(name, CAMERA)[0] for name in ("cy", "ada", "bo")}
    sink = bench.sink("viewer")
    for origin in cameras.values():
        origin.send(origin.frame())
    sink.view("ada", "bo")
    for origin in cameras.values():
        show(bench, origin)
    places = {sink.carries(sink.mid(GRID, "video", i)) for i in range(24)}
    assert places == {None, "ada", "bo"}
    where = next(
        i for i in range(24) if sink.carries(sink.mid(GRID, "video", i)) == "bo"
    )
    sink.view("cy", "bo")
    for origin in cameras.values():
        show(bench, origin)
    assert sink.carries(sink.mid(GRID, "video", where)) == "bo"
    assert bench.fanout.forwarded == 4
    sink.view()
    before = bench.fanout.forwarded
    for origin in cameras.values():
        show(bench, origin)
    assert bench.fanout.forwarded == before


def test_a_pin_overrides_the_rooms_stage_for_its_viewer_only() -> None:
    bench = Bench()
    (first,) = bench.origin("ada", CAMERA)
    (second,) = bench.origin("bo", CAMERA)
    one, other = bench.sink("one"), bench.sink("other")
    bench.stage("ada")
    for origin in (first, second):
        origin.send(origin.frame())
    one.view(stage="bo")
    for origin in (first, second):
        show(bench, origin)
    assert one.carries(one.mid(STAGE, "video")) == "bo"
    assert other.carries(other.mid(STAGE, "video")) == "ada"


def test_a_view_that_came_before_its_leg_is_kept() -> None:
    bench = Bench()
    (camera,) = bench.origin("ada", CAMERA)
    camera.send(camera.frame())
    bench.apply(
        media.SetView(
            ParticipantId("viewer"), None, (media.Tile(camera.participant, 90),)
        )
    )
    sink = bench.sink("viewer")
    show(bench, camera)
    assert sink.carries(sink.mid(GRID, "video")) == "ada"


def test_a_viewer_that_cannot_decode_a_codec_gets_its_name_and_no_packets() -> None:
    bench = Bench()
    ada = ParticipantId("ada")
    fmt = track_format(CAMERA, codec=Codec.H264, ssrc=50)
    bench.negotiate(ada, [fmt])
    origin = Origin(bench, "ada", CAMERA, ssrc=50)
    origin.send(origin.frame())
    sink = bench.sink("viewer", frozenset(Codec) - {Codec.H264})
    bench.stage("ada")
    bench.settle()
    state = bench.slot_states[sink.participant][sink.mid(STAGE, "video")]
    assert (state.participant, state.gap, state.codec) == (
        "ada",
        SlotGap.CODEC,
        "H264",
    )
    assert media.PublishNeeded(ROOM, ada, FIRST_LEG) in bench.events
    origin.send(b"".join([origin.frame(key=True)[0]]))
    assert dict(sink.packets) == {}


def test_one_viewer_without_vp8_changes_no_codec() -> None:
    bench = Bench()
    (camera,) = bench.origin("ada", CAMERA)
    camera.send(camera.frame())
    sink = bench.sink("odd", frozenset({Codec.OPUS, Codec.AV1}))
    bench.stage("ada")
    bench.settle()
    assert not [e for e in bench.events if isinstance(e, media.PublishNeeded)]
    assert bench.router.decodable(ROOM) == {Codec.OPUS, Codec.VP8, Codec.AV1}
    state = bench.slot_states[sink.participant][sink.mid(STAGE, "video")]
    assert state.gap is SlotGap.CODEC


def test_a_codec_change_restarts_the_track() -> None:
    bench = Bench()
    (camera,) = bench.origin("ada", CAMERA)
    sink = bench.sink("viewer")
    bench.stage("ada")
    camera.send(camera.frame())
    show(bench, camera)
    vp9 = track_format(CAMERA, codec=Codec.VP9, ssrc=camera.ssrc)
    bench.negotiate(camera.participant, [vp9])
    bench.settle()
    assert sink.carries(sink.mid(STAGE, "video")) is None
    codecs = [e.codec for e in bench.events if isinstance(e, media.TrackStarted)]
    assert codecs == ["VP8"]
    camera.send(camera.frame(key=True))  # 0x90 0x80 …: a VP9 beginning as well
    bench.settle()
    codecs = [e.codec for e in bench.events if isinstance(e, media.TrackStarted)]
    assert codecs == ["VP8", "VP9"]


def test_a_flood_of_key_frame_requests_reaches_the_publisher_twice_a_second() -> None:
    bench = Bench()
    (camera,) = bench.origin("ada", CAMERA)
    sink = bench.sink("viewer")
    bench.stage("ada")
    camera.send(camera.frame())
    show(bench, camera)
    before = bench.key_frame_requests("ada")
    for _ in range(500):
        sink.send_rtcp(rtcp.pli(1, sink.slots[sink.mid(STAGE, "video")].ssrc))
        bench.pass_time(0.01)
    assert 9 <= bench.key_frame_requests("ada") - before <= 11


def test_a_throttled_request_is_sent_later() -> None:
    bench = Bench()
    (camera,) = bench.origin("ada", CAMERA)
    camera.send(camera.frame())
    first, second = bench.sink("one"), bench.sink("two")
    bench.stage("ada")
    show(bench, camera)
    assert bench.key_frame_requests("ada") == 1
    second.send_rtcp(rtcp.pli(1, second.slots[second.mid(STAGE, "video")].ssrc))
    assert bench.key_frame_requests("ada") == 1
    bench.pass_time(0.6)
    assert bench.key_frame_requests("ada") == 2
    assert first.carries(first.mid(STAGE, "video")) == "ada"


def test_lost_packets_are_requested_several_times_and_then_given_up() -> None:
    bench = Bench()
    (camera,) = bench.origin("ada", CAMERA, sequence=65_533)
    camera.send(camera.frame())
    lost = camera.frame(packets=3)
    camera.send(camera.frame())
    bench.pass_time(0.2)
    nacks = [x for x in bench.sent("ada", LegKind.PUBLISH, 205) if x.count == 1]
    assert [rtcp.nacked(nack) for nack in nacks] == [[65_535, 0, 1]] * len(nacks)
    assert len(nacks) in (3, 4)
    camera.send([camera.rtx(packet) for packet in lost[:2]])
    bench.pass_time(2)
    nacks = [x for x in bench.sent("ada", LegKind.PUBLISH, 205) if x.count == 1]
    assert rtcp.nacked(nacks[-1]) == [1]
    assert len(nacks) == 8


def test_a_publisher_gets_transport_feedback_and_receiver_reports() -> None:
    bench = Bench()
    (camera,) = bench.origin("ada", CAMERA)
    for _ in range(60):
        camera.send(camera.frame())
        bench.pass_time(0.02)
    feedback = [x for x in bench.sent("ada", LegKind.PUBLISH, 205) if x.count == 15]
    assert len(feedback) >= 20
    assert transport_cc.TICK_S == 0.000_25
    reports = bench.sent("ada", LegKind.PUBLISH, 201)
    assert 1 <= len(reports) <= 2
    assert reports[0].count == 1


def test_sender_reports_carry_the_servers_clock_and_the_publishers_mapping() -> None:
    bench = Bench()
    (camera,) = bench.origin("ada", CAMERA)
    sink = bench.sink("viewer")
    bench.stage("ada")
    camera.send(camera.frame())
    camera.report(wall_s=1_000.0)  # a wall clock that is decades off
    show(bench, camera)
    shown_at = bench.now
    bench.pass_time(0.05)
    first = sink.on(sink.mid(STAGE, "video"))[0]
    (report,) = bench.sent("viewer", LegKind.SUBSCRIBE, 200)
    _, wall_s, timestamp = rtcp.read_sender_report(report)
    elapsed = wall_s - (shown_at + WALL_OFFSET_S - 2_208_988_800)
    assert 0 <= elapsed < 0.1
    ticks = (timestamp - first.timestamp + 3000) & 0xFFFFFFFF
    assert abs(ticks / 90_000 - elapsed - 3000 / 90_000) < 0.05


def test_an_idle_viewer_costs_no_reports() -> None:
    bench = Bench()
    bench.sink("viewer")
    bench.pass_time(5)
    assert bench.sent("viewer", LegKind.SUBSCRIBE, 200) == []


def test_speakers_are_published_soon_and_removed_after_a_second_of_silence() -> None:
    bench = Bench()
    (voice,) = bench.origin("ada", MICROPHONE)
    talk(bench, {voice: 127}, 20)
    start = bench.now
    talk(bench, {voice: 25}, 25)
    spoke = [e for e in bench.events if isinstance(e, media.SpeakersChanged)]
    assert [e.speakers for e in spoke] == [("ada",)]
    assert bench.now - start <= 0.51
    talk(bench, {voice: 127}, 40)
    assert len([e for e in bench.events if isinstance(e, media.SpeakersChanged)]) == 1
    talk(bench, {voice: 127}, 25)
    spoke = [e for e in bench.events if isinstance(e, media.SpeakersChanged)]
    assert [e.speakers for e in spoke] == [("ada",), ()]


def test_a_click_does_not_count_as_speech() -> None:
    bench = Bench()
    (voice,) = bench.origin("ada", MICROPHONE)
    for _ in range(20):
        talk(bench, {voice: 127}, 10)
        talk(bench, {voice: 10}, 2)
    assert not [e for e in bench.events if isinstance(e, media.SpeakersChanged)]


def test_packets_of_unknown_ssrcs_are_dropped_and_counted() -> None:
    bench = Bench()
    (camera,) = bench.origin("ada", CAMERA)
    sink = bench.sink("viewer")
    bench.stage("ada")
    camera.send(camera.frame())
    show(bench, camera)
    count = len(sink.on(sink.mid(STAGE, "video")))
    for ssrc in range(5_000, 5_100):
        stranger = Origin(bench, "ada", SCREEN, ssrc=ssrc)  # not in the offer
        stranger.send(stranger.frame(key=True))
    assert len(sink.on(sink.mid(STAGE, "video"))) == count
    publisher = bench.plane.publishers[camera.participant]
    assert publisher.dropped == 100


def test_an_ssrc_that_the_offer_did_not_name_is_bound_by_its_mid() -> None:
    bench = Bench()
    ada = ParticipantId("ada")
    formats = [
        track_format(source, announced=False) for source in (MICROPHONE, CAMERA, SCREEN)
    ]
    bench.negotiate(ada, formats)
    for source, ssrc in ((SCREEN, 70), (CAMERA, 80)):
        origin = Origin(bench, "ada", source, ssrc=ssrc)
        origin.send(origin.rtx(origin.frame()[0]))  # may come first; dropped
        origin.send(origin.frame())
    bench.settle()
    started = [e.source for e in bench.events if isinstance(e, media.TrackStarted)]
    assert started == [SCREEN, CAMERA]


def test_leaving_removes_tracks_and_clears_slots() -> None:
    bench = Bench()
    camera, microphone, _ = bench.origin("ada", CAMERA, MICROPHONE, SCREEN)
    sink = bench.sink("viewer")
    bench.stage("ada")
    camera.send(camera.frame())
    show(bench, camera)
    talk(bench, {microphone: 30}, 20)
    bench.apply(media.CloseLegs(camera.participant))
    bench.settle()
    assert {s.participant for s in bench.slot_states[sink.participant].values()} == {
        None
    }
    stopped = {e.source for e in bench.events if isinstance(e, media.TrackStopped)}
    # A declared track that sent nothing is removed too.
    assert stopped == {CAMERA, MICROPHONE, SCREEN}
    bench.apply(media.SetStage(ROOM, None))
    bench.apply(media.CloseLegs(sink.participant))
    bench.pass_time(3)
    assert bench.router.next_due is None


def test_a_closed_room_is_empty() -> None:
    bench = Bench()
    (camera,) = bench.origin("ada", CAMERA)
    bench.sink("viewer")
    bench.stage("ada")
    bench.apply(media.CloseRoom(ROOM))
    camera.send(camera.frame())
    assert bench.router.decodable(ROOM) == frozenset(Codec)
    bench.pass_time(3)
    assert bench.router.next_due is None
