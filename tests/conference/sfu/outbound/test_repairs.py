"""A packet is repaired once per round trip, and not endlessly."""

import pytest

from conference.contract.words import SlotGroup, Source
from conference.rtp.rtcp import build_nacks
from conference.sfu.outbound.repairs import (
    FORGET_S,
    MAX_KEPT,
    MAX_REPAIRS,
    MIN_WAIT_S,
    TRIP_SHARE,
    Repairs,
)
from tests.support.bench import Bench


@pytest.mark.parametrize("rtt_s", [0.0, 0.001, 0.3])
def test_a_packet_is_repaired_once_per_round_trip(rtt_s: float) -> None:
    repaired = Repairs()
    wait_s = max(MIN_WAIT_S, TRIP_SHARE * rtt_s)
    assert repaired.due([7, 8, 7], rtt_s=rtt_s, now=1.0) == [7, 8]
    repaired.note([7], now=1.0)
    assert repaired.due([7, 8], rtt_s=rtt_s, now=1.0 + 0.9 * wait_s) == [8]
    assert repaired.due([7, 8], rtt_s=rtt_s, now=1.0 + 1.1 * wait_s) == [7, 8]


def test_an_endlessly_requested_packet_is_given_up() -> None:
    repaired = Repairs()
    now = 1.0
    for _ in range(MAX_REPAIRS):
        assert repaired.due([7], rtt_s=0.0, now=now) == [7]
        repaired.note([7], now=now)
        now += 0.1
    assert repaired.due([7], rtt_s=0.0, now=now) == []
    # Long after, another packet uses its number.
    now += FORGET_S
    assert repaired.due([7], rtt_s=0.0, now=now) == [7]
    repaired.note([7], now=now)
    assert repaired.due([7], rtt_s=0.0, now=now + 0.1) == [7]


def test_the_number_of_remembered_packets_is_bounded() -> None:
    repaired = Repairs()
    for number in range(3 * MAX_KEPT):
        repaired.note([number], now=1.0)
    assert len(repaired._sent) == MAX_KEPT
    repaired.note([1], now=2.0 + FORGET_S)
    assert list(repaired._sent) == [1]


def test_a_flood_of_nacks_brings_few_repairs() -> None:
    bench = Bench()
    (camera,) = bench.origin("ada", Source.CAMERA)
    sink = bench.sink("viewer")
    bench.unlimited("viewer")
    bench.stage("ada")
    camera.send(camera.frame(key=True))
    for _ in range(40):
        camera.send(camera.frame())
        bench.pass_time(0.05)
    mid = sink.mid(SlotGroup.STAGE, "video")
    lost = [packet.sequence for packet in sink.on(mid)[-17:]]
    (nack,) = build_nacks(1, sink.slots[mid].ssrc, lost)
    before = len(sink.repaired(mid))
    sink.send_rtcp(nack)
    sink.send_rtcp(nack)
    assert len(sink.repaired(mid)) == before + len(lost)
    for _ in range(400):
        sink.send_rtcp(nack)
        bench.pass_time(0.005)
    assert len(sink.repaired(mid)) <= before + MAX_REPAIRS * len(lost)
