"""Publishers that change their SSRC or jump in sequence numbers during a call."""

import dataclasses
from itertools import pairwise

from conference.contract.words import LegKind, SlotGroup, Source
from conference.ids import ParticipantId
from conference.rtp.outage import OUTAGE_S, RECOVERY_S, REPAIRED_GAP
from conference.sfu.inbound.layer_admission import JUMP_INTERVAL_S, MAX_GAP
from conference.sfu.inbound.publisher import MAX_UNBOUND, REBIND_INTERVAL_S
from conference.sfu.inbound.track import Layer
from tests.support.bench import WALL_OFFSET_S, Bench, Origin, Sink
from tests.support.wire import rtcp, rtp

CAMERA, MICROPHONE = Source.CAMERA, Source.MICROPHONE
STAGE = SlotGroup.STAGE
ADA = ParticipantId("ada")
NEW_SSRC = 7_000
FRAME_S = 0.05


def watched(bench: Bench, source: Source = CAMERA) -> tuple[Origin, Sink]:
    """Let Ada be seen and heard on the stage."""
    (origin,) = bench.origin("ada", source)
    sink = bench.sink("viewer")
    bench.stage("ada")
    play(origin, 10)
    return origin, sink


def play(origin: Origin, frames: int) -> None:
    """Send frames, and key frames where they are requested."""
    bench = origin.bench
    for _ in range(frames):
        if origin.source is MICROPHONE:
            origin.send(origin.voice())
        else:
            asked = bench.key_frames_asked(ADA)
            origin.send(origin.frame(key=origin.ssrc in asked))
        bench.pass_time(FRAME_S)
    bench.settle()


def change(origin: Origin, ssrc: int = NEW_SSRC) -> None:
    """Continue with another SSRC, as after a collision: all numbers start again."""
    origin.ssrc, origin.rtx_ssrc = ssrc, ssrc + 1
    origin.sequence = (origin.sequence * 31 + ssrc) & 0xFFFF
    origin.timestamp = (origin.timestamp * 31 + ssrc) & 0xFFFFFFFF
    origin.picture_id = (origin.picture_id + ssrc) & 0x7FFF


def layer(bench: Bench, source: Source = CAMERA) -> Layer:
    return bench.plane.publishers[ADA].tracks[source].layers[0]


def assert_unbroken(packets: list[rtp.Packet]) -> None:
    """No number is missing or repeated, and time does not run backwards."""
    for before, after in pairwise(packets):
        assert (after.sequence - before.sequence) & 0xFFFF == 1
        assert (after.timestamp - before.timestamp) & 0xFFFFFFFF < 1 << 31


def starts_key_frame(packet: rtp.Packet) -> bool:
    return packet.payload[0] & 0x10 != 0 and packet.payload[4] & 1 == 0


def test_a_new_ssrc_of_a_known_section_replaces_the_old_one() -> None:
    bench = Bench()
    camera, sink = watched(bench)
    seen = len(sink.on(sink.mid(STAGE, "video")))
    change(camera)
    play(camera, 10)
    packets = sink.on(sink.mid(STAGE, "video"))
    assert len(packets) >= seen + 8
    assert starts_key_frame(packets[seen])
    assert_unbroken(packets)
    assert sink.carries(sink.mid(STAGE, "video")) == "ada"


def test_a_voice_continues_with_a_new_ssrc() -> None:
    bench = Bench()
    voice, sink = watched(bench, MICROPHONE)
    seen = len(sink.on(sink.mid(STAGE, "audio")))
    change(voice)
    play(voice, 10)
    packets = sink.on(sink.mid(STAGE, "audio"))
    assert len(packets) >= seen + 9
    assert_unbroken(packets)


def test_a_new_ssrc_of_a_known_layer_replaces_the_old_one() -> None:
    bench = Bench()
    camera = bench.simulcast("ada", CAMERA)
    bench.unlimited("viewer")
    sink = bench.sink("viewer")
    bench.stage("ada")

    def send(frames: int) -> None:
        for _ in range(frames):
            camera.tick()
            bench.pass_time(FRAME_S)
        bench.settle()

    send(60)
    mid = sink.mid(STAGE, "video")
    shown = sink.on(mid)[-1].payload[-1]
    seen = len(sink.on(mid))
    change(camera.layers[shown])
    send(20)
    packets = sink.on(mid)[seen:]
    assert any(packet.payload[-1] == shown for packet in packets[-5:])
    assert_unbroken(sink.on(mid))


def test_packets_of_the_old_ssrc_are_dropped() -> None:
    bench = Bench()
    camera, sink = watched(bench)
    old = dataclasses.replace(rtp.parse(camera.frame()[0]))
    change(camera)
    play(camera, 10)
    seen = len(sink.on(sink.mid(STAGE, "video")))
    bench.pass_time(2 * REBIND_INTERVAL_S)
    bench.router.on_rtp(ADA, rtp.serialize(old), now=bench.now)
    assert len(sink.on(sink.mid(STAGE, "video"))) == seen
    assert layer(bench).ssrc == NEW_SSRC


def test_nacks_and_reports_name_the_new_ssrc() -> None:
    bench = Bench()
    camera, _ = watched(bench)
    change(camera)
    play(camera, 10)
    camera.frame()  # lost
    lost = rtp.parse(camera.frame()[0])
    camera.send(camera.frame())
    before = len(bench.sent("ada", LegKind.PUBLISH, 205))
    bench.pass_time(0.1)
    nacks = [
        n for n in bench.sent("ada", LegKind.PUBLISH, 205)[before:] if n.count == 1
    ]
    assert {int.from_bytes(n.body[4:8], "big") for n in nacks} == {NEW_SSRC}
    camera.send(camera.rtx(rtp.serialize(lost)))
    assert len(list(layer(bench).admission.missing.due(now=bench.now + 1))) == 1
    bench.pass_time(2)
    block = bench.sent("ada", LegKind.PUBLISH, 201)[-1].body[4:]
    assert int.from_bytes(block[:4], "big") == NEW_SSRC
    assert int.from_bytes(block[5:8], "big") <= 2  # of the packets with this SSRC


def test_sender_reports_of_the_new_ssrc_give_capture_times() -> None:
    bench = Bench()
    camera, _ = watched(bench)
    camera.report(wall_s=bench.now + WALL_OFFSET_S)
    change(camera)
    play(camera, 1)
    # The old mapping does not apply to the new timestamps.
    assert layer(bench).clock.timestamp_at(bench.now) is None
    camera.report(wall_s=bench.now + WALL_OFFSET_S)
    assert layer(bench).clock.timestamp_at(bench.now) is not None


def test_alternating_ssrcs_restart_viewers_rarely() -> None:
    bench = Bench()
    camera, sink = watched(bench)
    bench.pass_time(REBIND_INTERVAL_S)
    mid = sink.mid(STAGE, "video")
    seen, begun = len(sink.on(mid)), bench.now
    for number in range(200):
        change(camera, NEW_SSRC + 2 * (number % 50))
        camera.send(camera.frame(key=True))
        bench.pass_time(FRAME_S)
    changes = (bench.now - begun) / REBIND_INTERVAL_S + 1
    assert len(sink.on(mid)) - seen <= changes
    publisher = bench.plane.publishers[ADA]
    assert len(publisher._unbound) <= MAX_UNBOUND
    assert_unbroken(sink.on(mid))


def test_an_ssrc_that_came_too_soon_is_bound_later() -> None:
    bench = Bench()
    camera, sink = watched(bench)
    change(camera)
    play(camera, 5)
    change(camera, NEW_SSRC + 10)
    play(camera, 5)
    assert layer(bench).ssrc == NEW_SSRC
    play(camera, round(REBIND_INTERVAL_S / FRAME_S))
    assert layer(bench).ssrc == NEW_SSRC + 10
    assert_unbroken(sink.on(sink.mid(STAGE, "video")))


def test_a_payload_type_alone_replaces_no_bound_ssrc() -> None:
    bench = Bench()
    camera, _ = watched(bench)
    packet = rtp.parse(camera.frame(key=True)[0])
    nameless = dataclasses.replace(packet, ssrc=NEW_SSRC, extensions={})
    bench.router.on_rtp(ADA, rtp.serialize(nameless), now=bench.now)
    assert layer(bench).ssrc == camera.ssrc


def test_a_bound_ssrc_ignores_later_mids() -> None:
    bench = Bench()
    camera, voice = bench.origin("ada", CAMERA, MICROPHONE)
    camera.send(camera.frame(key=True))
    voice.send(voice.voice())
    packet = rtp.parse(voice.voice())
    renamed = dataclasses.replace(
        packet, extensions=packet.extensions | {4: camera.fmt.mid.encode()}
    )
    bench.router.on_rtp(ADA, rtp.serialize(renamed), now=bench.now)
    assert layer(bench, MICROPHONE).ssrc == voice.ssrc
    assert layer(bench, CAMERA).ssrc == camera.ssrc


def test_another_offer_keeps_the_new_ssrc() -> None:
    bench = Bench()
    camera, sink = watched(bench)
    fmt = camera.fmt
    change(camera)
    play(camera, 5)
    bench.negotiate(ADA, [fmt])
    seen = len(sink.on(sink.mid(STAGE, "video")))
    play(camera, 5)
    assert len(sink.on(sink.mid(STAGE, "video"))) == seen + 5
    assert layer(bench).ssrc == NEW_SSRC


def test_endless_jumps_restart_viewers_rarely() -> None:
    bench = Bench()
    camera, sink = watched(bench)
    asked = bench.key_frame_requests("ada")
    frames = 200
    for _ in range(frames):
        camera.sequence += 600
        camera.send(camera.frame(key=True))
        bench.pass_time(0.01)
    restarts = frames * 0.01 / JUMP_INTERVAL_S + 1
    assert bench.key_frame_requests("ada") - asked <= restarts + 1
    play(camera, 20)
    mid = sink.mid(STAGE, "video")
    assert_unbroken(sink.on(mid))
    before = len(sink.on(mid))
    play(camera, 5)
    assert len(sink.on(mid)) == before + 5


def lose_in_outage(origin: Origin, packets: int, *, silent_s: float) -> None:
    """Let an outage last for a while, in which this many packets are lost."""
    origin.sequence = (origin.sequence + packets) & 0xFFFF
    origin.timestamp = (origin.timestamp + round(90_000 * silent_s)) & 0xFFFFFFFF
    origin.bench.pass_time(silent_s)
    origin.bench.key_frames_asked(ADA)


def test_after_an_outage_a_picture_restarts_at_once() -> None:
    bench = Bench()
    camera, sink = watched(bench)
    mid = sink.mid(STAGE, "video")
    lost = REPAIRED_GAP + 1
    for silent_s in (OUTAGE_S, 2 * OUTAGE_S):
        bench.plane.want_key_frame(layer(bench), None)
        lose_in_outage(camera, lost, silent_s=silent_s - FRAME_S)
        seen = len(sink.on(mid))
        camera.send(camera.frame())
        assert bench.key_frames_asked(ADA) == {
            camera.ssrc
        }  # earlier requests were lost
        assert not layer(bench).admission.missing
        assert len(sink.on(mid)) == seen  # it cannot be decoded
        camera.send(camera.frame(key=True))
        assert starts_key_frame(sink.on(mid)[seen])
        play(camera, 5)
        assert_unbroken(sink.on(mid))
    feedback = bench.sent("ada", LegKind.PUBLISH, 205)
    assert not [message for message in feedback if message.count == 1]


def nacks(bench: Bench) -> int:
    """Return the number of NACKs that Ada got."""
    return sum(m.count == 1 for m in bench.sent("ada", LegKind.PUBLISH, 205))


def test_it_restarts_if_packets_of_the_outage_arrive_first() -> None:
    bench = Bench()
    camera, sink = watched(bench)
    mid = sink.mid(STAGE, "video")
    lose_in_outage(camera, 0, silent_s=5.0)
    camera.send(camera.frame())  # a delayed packet of the outage
    bench.pass_time(0.8 * RECOVERY_S)
    lose_in_outage(camera, 100, silent_s=0.0)
    seen = len(sink.on(mid))
    camera.send(camera.frame())
    assert bench.key_frames_asked(ADA) == {camera.ssrc}
    camera.send(camera.frame(key=True))
    assert starts_key_frame(sink.on(mid)[seen])
    play(camera, 5)
    assert_unbroken(sink.on(mid))
    assert nacks(bench) == 0


def test_it_restarts_once_if_the_outage_ends_in_several_gaps() -> None:
    bench = Bench()
    camera, sink = watched(bench)
    mid = sink.mid(STAGE, "video")
    seen = len(sink.on(mid))
    lose_in_outage(camera, 2 * REPAIRED_GAP, silent_s=5.0)
    for _ in range(3):
        camera.send(camera.frame())
        bench.pass_time(0.1)
        camera.sequence = (camera.sequence + 2 * REPAIRED_GAP) & 0xFFFF
    camera.send(camera.frame(key=True))  # not a second jump: it is accepted
    assert starts_key_frame(sink.on(mid)[seen])
    assert bench.key_frames_asked(ADA) == {camera.ssrc}
    play(camera, 5)
    assert_unbroken(sink.on(mid))
    assert nacks(bench) == 0


def test_viewers_restart_once_after_each_outage() -> None:
    bench = Bench()
    camera, _ = watched(bench)
    lose_in_outage(camera, 0, silent_s=5.0)
    jumps = 0
    for _ in range(round(RECOVERY_S / 0.02)):
        camera.sequence = (camera.sequence + 2 * REPAIRED_GAP) & 0xFFFF
        camera.send(camera.frame(key=True))
        jumps += layer(bench).restarts
        bench.pass_time(0.02)
    assert jumps == 1


def test_packets_lost_later_after_an_outage_are_repaired() -> None:
    bench = Bench()
    camera, _ = watched(bench)
    lose_in_outage(camera, 0, silent_s=5.0)
    camera.send(camera.frame())
    lose_in_outage(camera, 100, silent_s=1.2 * RECOVERY_S)
    camera.send(camera.frame())
    assert bench.key_frames_asked(ADA) == set()
    assert len(layer(bench).admission.missing.due(now=bench.now + 1)) == 100


def test_a_gap_is_repaired_until_it_is_too_long() -> None:
    for lost, asked in ((MAX_GAP - 1, True), (MAX_GAP, False)):
        bench = Bench()
        camera, _ = watched(bench)
        lose_in_outage(camera, lost, silent_s=FRAME_S)
        camera.send(camera.frame())
        assert bool(layer(bench).admission.missing) == asked
        assert layer(bench).restarts != asked


def test_few_packets_lost_in_an_outage_are_repaired() -> None:
    bench = Bench()
    camera, _ = watched(bench)
    lose_in_outage(camera, REPAIRED_GAP - 1, silent_s=2 * OUTAGE_S)
    camera.send(camera.frame())
    assert (
        len(layer(bench).admission.missing.due(now=bench.now + 1)) == REPAIRED_GAP - 1
    )
    assert bench.key_frames_asked(ADA) == set()


def test_packets_lost_in_a_short_silence_are_repaired() -> None:
    bench = Bench()
    camera, _ = watched(bench)
    lose_in_outage(camera, 2 * REPAIRED_GAP, silent_s=0.8 * OUTAGE_S)
    camera.send(camera.frame())
    assert layer(bench).admission.missing
    assert bench.key_frames_asked(ADA) == set()


def test_a_voice_is_not_restarted() -> None:
    bench = Bench()
    voice, sink = watched(bench, MICROPHONE)
    lose_in_outage(voice, 2 * REPAIRED_GAP, silent_s=2 * OUTAGE_S)
    seen = len(sink.on(sink.mid(STAGE, "audio")))
    voice.send(voice.voice())
    assert not layer(bench, MICROPHONE).restarts
    play(voice, 4)
    assert len(sink.on(sink.mid(STAGE, "audio"))) == seen + 5


def test_the_old_ssrc_is_no_longer_requested() -> None:
    bench = Bench()
    camera, sink = watched(bench)
    old = camera.ssrc
    change(camera)
    play(camera, 10)
    bench.key_frames_asked(ADA)
    bench.pass_time(1.0)
    sink.send_rtcp(rtcp.pli(1, sink.slots[sink.mid(STAGE, "video")].ssrc))
    assert bench.key_frames_asked(ADA) == {NEW_SSRC}
    assert old not in bench.key_frames_asked(ADA)
