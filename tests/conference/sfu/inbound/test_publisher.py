"""Binding SSRCs to negotiated tracks and layers."""

import dataclasses

import pytest

from conference.contract import media
from conference.contract.words import LegKind, Source
from conference.fanout.formats import TrackFormat
from conference.ids import ParticipantId
from conference.rtp.codecs import Codec
from conference.rtp.errors import MalformedPacket
from conference.sfu.inbound.publisher import MAX_UNBOUND, Publisher
from tests.support.bench import Bench, Origin, track_format
from tests.support.wire import rtcp, rtp

CAMERA, SCREEN, MICROPHONE = Source.CAMERA, Source.SCREEN, Source.MICROPHONE
ADA = ParticipantId("ada")


def publisher(bench: Bench) -> Publisher:
    return bench.plane.publishers[ADA]


def publish(bench: Bench, *formats: TrackFormat) -> None:
    bench.negotiate(ADA, list(formats))


def started(bench: Bench) -> list[Source]:
    bench.settle()
    return [e.source for e in bench.events if isinstance(e, media.TrackStarted)]


def bare(source: Source, ssrc: int, payload_type: int, *, mid: bytes | None) -> bytes:
    elements = {} if mid is None else {4: mid}
    payload = b"\x90\x80\x80\x01\x00" if source.kind == "video" else b"voice"
    return rtp.serialize(rtp.Packet(payload_type, 1, 1, ssrc, False, payload, elements))


def take(bench: Bench, data: bytes) -> None:
    bench.router.on_rtp(ADA, data, now=bench.now)


def test_a_sole_payload_type_binds_without_a_mid() -> None:
    bench = Bench()
    publish(bench, track_format(CAMERA, announced=False))
    take(bench, bare(CAMERA, 9, 120, mid=None))
    assert started(bench) == [CAMERA]


def test_two_sections_of_one_payload_type_need_a_mid() -> None:
    bench = Bench()
    publish(
        bench,
        track_format(CAMERA, announced=False),
        track_format(SCREEN, announced=False),
    )
    take(bench, bare(CAMERA, 9, 120, mid=None))
    assert started(bench) == []
    take(bench, bare(SCREEN, 9, 120, mid=track_format(SCREEN).mid.encode()))
    assert started(bench) == [SCREEN]


def test_a_wrong_mid_or_payload_type_binds_nothing() -> None:
    bench = Bench()
    publish(bench, track_format(CAMERA, announced=False))
    for ssrc, payload_type, mid in ((1, 120, b"x"), (2, 99, None), (3, 121, None)):
        take(bench, bare(CAMERA, ssrc, payload_type, mid=mid))
    assert started(bench) == []
    assert publisher(bench).dropped == 3


def test_ssrcs_that_belong_to_no_track_are_soon_ignored() -> None:
    bench = Bench()
    publish(bench, track_format(CAMERA, announced=False))
    for ssrc in range(100):
        take(bench, bare(CAMERA, ssrc, 120, mid=b"?"))
    assert len(publisher(bench)._unbound) == MAX_UNBOUND


def test_a_retransmission_that_came_first_is_bound_when_its_primary_is() -> None:
    bench = Bench()
    publish(bench, track_format(CAMERA, announced=False))
    origin = Origin(bench, "ada", CAMERA, ssrc=50)
    lost = origin.frame()[0]
    take(bench, origin.rtx(lost))
    origin.send(origin.frame())
    lost = origin.frame()[0]
    origin.send(origin.frame())
    before = publisher(bench).tracks[CAMERA].layers[0].admission.missing
    assert before
    take(bench, origin.rtx(lost))
    assert not publisher(bench).tracks[CAMERA].layers[0].admission.missing


def test_packets_of_another_payload_type_are_dropped() -> None:
    bench = Bench()
    (origin,) = bench.origin("ada", CAMERA)
    for ssrc, payload_type in ((origin.ssrc, 99), (origin.rtx_ssrc, 99)):
        take(bench, bare(CAMERA, ssrc, payload_type, mid=None))
    take(bench, rtp.serialize(rtp.Packet(121, 1, 1, origin.rtx_ssrc, False, b"", {})))
    assert started(bench) == []
    assert publisher(bench).dropped == 2


def test_a_packet_that_is_not_rtp_changes_nothing() -> None:
    bench = Bench()
    bench.origin("ada", CAMERA)
    with pytest.raises(MalformedPacket):
        take(bench, b"\x80")
    with pytest.raises(MalformedPacket):
        bench.router.on_rtcp(ADA, LegKind.PUBLISH, b"\x80\xc8\0", now=1.0)


def test_a_muted_track_stays_muted_over_a_change_of_codec() -> None:
    bench = Bench()
    (origin,) = bench.origin("ada", CAMERA)
    bench.apply(media.SetTrack(ADA, CAMERA, False))
    publish(bench, dataclasses.replace(origin.fmt, codec=Codec.VP9))
    assert not publisher(bench).tracks[CAMERA].active


def test_a_section_that_is_offered_again_continues() -> None:
    bench = Bench()
    (origin,) = bench.origin("ada", CAMERA)
    track = publisher(bench).tracks[CAMERA]
    publish(bench, dataclasses.replace(origin.fmt, rtx_payload_type=77))
    assert publisher(bench).tracks[CAMERA] is track
    assert track.fmt.rtx_payload_type == 77
    publish(bench)
    assert publisher(bench).tracks == {}


def test_feedback_survives_an_offer_that_names_no_source() -> None:
    bench = Bench()
    (origin,) = bench.origin("ada", CAMERA)
    origin.send(origin.frame())
    publish(bench, track_format(CAMERA, codec=Codec.VP9, announced=False))
    bench.pass_time(0.2)
    assert [x.count for x in bench.sent("ada", LegKind.PUBLISH, 205)] == [15]


def test_lost_voice_packets_are_not_requested() -> None:
    bench = Bench()
    (voice,) = bench.origin("ada", MICROPHONE)
    voice.send(voice.voice())
    voice.voice()
    voice.send(voice.voice())
    bench.pass_time(3)
    assert not [x for x in bench.sent("ada", LegKind.PUBLISH, 205) if x.count == 1]
    assert not publisher(bench).tracks[MICROPHONE].layers[0].admission.missing


def test_reports_of_unknown_ssrcs_are_ignored() -> None:
    bench = Bench()
    (origin,) = bench.origin("ada", CAMERA)
    for ssrc in (origin.rtx_ssrc, 4_711):
        data = rtcp.sender_report(ssrc, 1, 1, 1)
        bench.router.on_rtcp(ADA, LegKind.PUBLISH, data, now=bench.now)
    assert publisher(bench)._clock.offset is None
    stranger = ParticipantId("unknown")
    bench.router.on_rtcp(stranger, LegKind.PUBLISH, b"", now=bench.now)
    bench.router.on_rtcp(stranger, LegKind.SUBSCRIBE, b"", now=bench.now)
    bench.router.on_rtp(stranger, b"", now=bench.now)
    bench.router.connected(stranger, now=bench.now)
    bench.apply(media.SetTrack(stranger, CAMERA, True))
    bench.apply(media.SetTrack(ADA, SCREEN, True))
    bench.apply(media.CloseLegs(stranger))


def test_a_publisher_is_asked_once_for_the_same_codecs() -> None:
    bench = Bench()
    publish(bench, track_format(CAMERA, codec=Codec.H264, ssrc=5))
    for name in ("one", "two", "three"):
        bench.sink(name, frozenset({Codec.OPUS, Codec.VP8, Codec.VP9}))
    bench.settle()
    asked = [e for e in bench.events if isinstance(e, media.PublishNeeded)]
    assert len(asked) == 1
    bench.sink("four", frozenset({Codec.OPUS, Codec.VP8}))
    bench.settle()
    asked = [e for e in bench.events if isinstance(e, media.PublishNeeded)]
    assert len(asked) == 2
