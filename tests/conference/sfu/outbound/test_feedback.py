"""RTCP of viewers: what is sent again, requested, learnt and left alone."""

import pytest

from conference.contract.words import LegKind, SlotGroup, Source
from conference.ids import Mid
from conference.rtp import transport_cc
from conference.rtp.errors import MalformedPacket
from conference.rtp.rtcp import build_transport_cc
from conference.sfu.outbound.viewer import Viewer
from tests.support.bench import Bench, Origin
from tests.support.wire import rtcp

CAMERA, MICROPHONE = Source.CAMERA, Source.MICROPHONE
STAGE = SlotGroup.STAGE


class Scene:
    """A camera and a microphone on the stage, and one viewer."""

    def __init__(self, *, repaired: bool = True) -> None:
        self.bench = Bench()
        self.camera, self.microphone = self.bench.origin("ada", CAMERA, MICROPHONE)
        self.sink = self.bench.sink("viewer", repaired=repaired)
        self.bench.stage("ada")
        self.camera.send(self.camera.frame())
        self.camera.send(self.camera.frame(key=True))
        self.microphone.send(self.microphone.voice())
        self.bench.pass_time(1)

    @property
    def viewer(self) -> Viewer:
        return self.bench.plane.viewers[self.sink.participant]

    @property
    def picture(self) -> Mid:
        return self.sink.mid(STAGE, "video")

    def nack(self, *sequences: int) -> None:
        ssrc = self.sink.slots[self.picture].ssrc
        self.sink.send_rtcp(rtcp.nack(1, ssrc, list(sequences)))

    def requests(self) -> int:
        return self.bench.key_frame_requests("ada")

    def give_feedback(self, number: int = 0) -> None:
        """Send transport-wide feedback about one packet."""
        recorder = transport_cc.ArrivalRecorder()
        recorder.record(number, now=self.bench.now)
        for information in recorder.feedback():
            self.sink.send_rtcp(build_transport_cc(1, 2, information))


@pytest.fixture
def scene() -> Scene:
    return Scene()


def test_a_nack_is_answered_and_counted(scene: Scene) -> None:
    (packet,) = scene.sink.on(scene.picture)
    scene.nack(packet.sequence)
    assert len(scene.sink.repaired(scene.picture)) == 1
    counts = scene.bench.plane.counts
    assert (counts.nacked_packets, counts.repaired_packets) == (1, 1)


def test_a_nack_of_unknown_packets_is_counted_but_not_answered(scene: Scene) -> None:
    (packet,) = scene.sink.on(scene.picture)
    scene.nack(packet.sequence + 100)
    assert scene.sink.repaired(scene.picture) == []
    counts = scene.bench.plane.counts
    assert (counts.nacked_packets, counts.repaired_packets) == (1, 0)


def test_a_nack_for_a_slot_that_never_carried_anything_is_ignored(
    scene: Scene,
) -> None:
    mid = scene.sink.mid(SlotGroup.GRID, "video")
    scene.sink.send_rtcp(rtcp.nack(1, scene.sink.slots[mid].ssrc, [1]))
    assert scene.bench.plane.counts.nacked_packets == 0


def test_without_retransmissions_a_nack_requests_a_key_frame() -> None:
    scene = Scene(repaired=False)
    before = scene.requests()
    scene.nack(scene.sink.on(scene.picture)[0].sequence)
    assert scene.requests() == before + 1


def test_a_key_frame_request_reaches_the_publisher(scene: Scene) -> None:
    before = scene.requests()
    scene.sink.send_rtcp(rtcp.pli(1, scene.sink.slots[scene.picture].ssrc))
    assert scene.requests() == before + 1


@pytest.mark.parametrize("kind", ["audio", "empty", "unknown"])
def test_other_key_frame_requests_reach_nobody(scene: Scene, kind: str) -> None:
    ssrc = {
        "audio": scene.sink.slots[scene.sink.mid(STAGE, "audio")].ssrc,
        "empty": scene.sink.slots[scene.sink.mid(SlotGroup.GRID, "video")].ssrc,
        "unknown": 77,
    }[kind]
    before = scene.requests()
    scene.sink.send_rtcp(rtcp.pli(1, ssrc))
    assert scene.requests() == before


def test_transport_feedback_reaches_the_estimator(scene: Scene) -> None:
    assert not scene.viewer.adaptation.has_feedback
    scene.give_feedback()
    assert scene.viewer.adaptation.has_feedback


def test_feedback_from_before_the_connection_is_ignored(scene: Scene) -> None:
    scene.viewer.connected = False
    scene.give_feedback()
    scene.sink.send_rtcp(_remb(500_000))
    assert not scene.viewer.adaptation.has_feedback


def test_a_browsers_own_estimate_is_taken(scene: Scene) -> None:
    scene.sink.send_rtcp(_remb(500_000))
    assert scene.viewer.adaptation.has_feedback


def test_a_malformed_packet_raises(scene: Scene) -> None:
    with pytest.raises(MalformedPacket):
        scene.sink.send_rtcp(b"\x81\xcd\x00\xff")


def test_rtcp_of_a_leg_that_is_gone_is_ignored(scene: Scene) -> None:
    scene.bench.router.unsubscribe(scene.sink.participant)
    scene.nack(1)
    scene.bench.router.unpublish(scene.camera.participant, now=scene.bench.now)
    _report(scene.bench, scene.camera)
    assert scene.bench.router.figures() == [scene.bench.plane.figures()]


def _report(bench: Bench, origin: Origin) -> None:
    data = rtcp.sender_report(origin.ssrc, 0, 1, 1)
    bench.router.on_rtcp(origin.participant, LegKind.PUBLISH, data, now=bench.now)


def _remb(bitrate_bps: int) -> bytes:
    """Return an estimate (draft-alvestrand-rmcat-remb-03) for no source in particular."""
    exponent = 4
    body = (1).to_bytes(4, "big") + bytes(4) + b"REMB\x00"
    body += (exponent << 18 | bitrate_bps >> exponent).to_bytes(3, "big")
    return b"\x8f\xce" + (len(body) // 4).to_bytes(2, "big") + body
