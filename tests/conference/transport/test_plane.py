"""The media port: legs begin, go on, replace each other and end."""

import time
from ipaddress import ip_address

import pytest
from aiortc import rtcdtlstransport as dtls_module

from conference.contract import media
from conference.contract.words import (
    Generation,
    LegKind,
    Negotiation,
    SlotGroup,
    Source,
)
from conference.errors import InfrastructureError, Refused
from conference.fanout.contract import Destination, LayerKey, SlotKey, ViewerKey
from conference.fanout.formats import SlotFormat
from conference.ids import Mid
from conference.rtp.codecs import Codec, inspect_vp8
from conference.transport import dtls as dtls_adapter
from conference.transport import legs as legs_module
from conference.transport.plane import Plane, PlaneConfig
from conference.transport.sockets import addresses
from tests.conference.fanout.test_contract import vp8
from tests.support.bench import KEYS, FakeSocket
from tests.support.table import ADA, ROOM, VIEWER, Table, until
from tests.support.wire import rtcp, rtp, sdp

FIRST, SECOND = Generation(1), Generation(3)
OFFER, SECOND_OFFER = Negotiation(2), Negotiation(4)
"""The numbers of the first two publish legs and of their offers."""


async def test_media_flows_and_the_first_profile_is_gcm_128(table: Table) -> None:
    await table.publish()
    table.stage()
    watcher = await table.subscribe()
    await table.flows(watcher)
    assert watcher.leg.profile == "SRTP_AEAD_AES_128_GCM"
    assert table.connected(ADA) == {LegKind.PUBLISH}
    assert table.connected(VIEWER) == {LegKind.SUBSCRIBE}
    assert table.plane.counters()["packets_unsent"] == 0


async def test_a_new_subscription_replaces_the_old_one(table: Table) -> None:
    await table.publish()
    table.stage()
    first = await table.subscribe()
    await table.flows(first)
    second = await table.subscribe()
    await table.flows(second)
    count = first.slots["2"].packets
    await table.flows(second)
    assert first.slots["2"].packets == count


async def test_an_answer_needs_an_offer(table: Table) -> None:
    with pytest.raises(Refused) as refused:
        await table.plane.accept_answer(
            media.AcceptAnswer(VIEWER, Generation(1), "v=0")
        )
    assert refused.value.code == "no-offer"


async def test_closing_legs_stops_media_and_emits_events(table: Table) -> None:
    await table.publish()
    table.stage()
    watcher = await table.subscribe()
    await table.flows(watcher)
    table.plane.apply(media.CloseLegs(ADA))
    stopped = media.TrackStopped(ROOM, ADA, OFFER, Source.CAMERA)
    await until(lambda: stopped in table.events, "the track to stop")
    ended = media.LegChanged(ROOM, ADA, FIRST, LegKind.PUBLISH, False)
    await until(lambda: ended in table.events, "the leg to end")
    assert table.connected(ADA) == frozenset()


async def test_a_close_notify_of_the_browser_closes_its_leg_at_once(
    table: Table,
) -> None:
    await table.publish()
    await table.legs.pop().close()
    ended = media.LegChanged(ROOM, ADA, FIRST, LegKind.PUBLISH, False)
    await until(lambda: ended in table.events, "the leg to end")


async def test_a_leg_with_a_budget_ends_when_it_is_spent(table: Table) -> None:
    publisher = await table.publish(budget_bytes=20_000)
    ended = media.LegChanged(ROOM, ADA, FIRST, LegKind.PUBLISH, False)
    await until(lambda: ended in table.events, "the leg to end")
    assert sum(track.octets for track in publisher.tracks) >= 15_000
    assert table.connected(ADA) == frozenset()


async def test_a_taken_port_is_reported_in_one_sentence(table: Table) -> None:
    other = Plane(PlaneConfig(port=table.plane.port), lambda event: None)
    with pytest.raises(InfrastructureError, match="cannot be opened") as refused:
        await other.start()
    assert refused.value.code == "port-taken"
    await other.close()


@pytest.mark.parametrize("bind", ["127.0.0.1", "::1", "0.0.0.0"])
async def test_one_address_can_be_chosen(bind: str) -> None:
    table = Table(bind)
    try:
        await table.plane.start()
    except InfrastructureError:
        assert bind == "::1", "this host has no IPv6"
        pytest.skip("this host has no IPv6")
    assert table.plane.port > 0
    await table.close()


async def test_media_flows_over_ipv6() -> None:
    table = Table("::1")
    try:
        await table.plane.start()
    except InfrastructureError:
        pytest.skip("this host has no IPv6")
    table.plane._config = PlaneConfig(port=0, bind="::1", addresses=("::1",))
    try:
        await table.publish()
        table.stage()
        await table.flows(await table.subscribe())
    finally:
        await table.close()


async def test_a_closed_room_leaves_nothing_behind(table: Table) -> None:
    await table.publish()
    table.stage()
    watcher = await table.subscribe()
    table.plane.apply(media.SetView(VIEWER, None, (media.Tile(ADA, 90),)))
    await table.flows(watcher)
    table.plane.apply(media.CloseRoom(ROOM))
    await until(lambda: not len(table.plane._driver.legs), "the legs to close")
    router = table.plane._driver.router
    assert router._rooms == {}
    assert router._views == {}
    assert router._publishing == router._viewing == {}


@pytest.mark.parametrize("when", ["before", "during"])
async def test_a_leg_closed_during_its_handshake_leaves_no_task(
    table: Table, when: str
) -> None:
    leg, remote = await table.offered()
    if when == "during":
        await table.answered(leg, remote)
    tasks = {leg.task for leg in table.plane._driver.legs if leg.task is not None}
    table.plane.apply(media.CloseLegs(VIEWER))
    await until(lambda: all(task.done() for task in tasks), "the handshake to end")
    assert len(table.plane._driver.legs) == 0
    assert table.plane._driver.router._viewing == {}


async def test_an_unanswered_offer_and_a_silent_leg_are_closed(
    table: Table, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(legs_module, "ANSWER_S", 0.0)
    monkeypatch.setattr(legs_module, "CONSENT_S", 0.0)
    await table.publish()
    await table.offered()
    table.plane._driver._on_silence()
    await until(lambda: not len(table.plane._driver.legs), "the legs to close")


async def test_a_leg_without_a_handshake_is_closed(
    table: Table, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(dtls_adapter, "HANDSHAKE_S", 0.05)
    await table.answered(*await table.offered())
    await until(lambda: not len(table.plane._driver.legs), "the leg to close")


async def test_a_new_publish_leg_replaces_the_old_one(table: Table) -> None:
    await table.publish()
    table.stage()
    watcher = await table.subscribe()
    await table.flows(watcher)
    await table.publish()
    await table.flows(watcher)
    assert len(table.plane._driver.legs) == 2
    assert watcher.slots["2"].packets > 0


async def test_media_flows_with_the_profile_that_libsrtp_protects(
    table: Table, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(dtls_adapter, "PROFILES", (dtls_module.SRTP_AES128_CM_SHA1_80,))
    await table.publish()
    table.stage()
    watcher = await table.subscribe()
    await table.flows(watcher)
    assert watcher.leg.profile == "SRTP_AES128_CM_SHA1_80"
    slot = watcher.slots["2"]
    watcher.leg.send_rtcp(rtcp.nack(1, slot.ssrc, [slot.highest & 0xFFFF]))
    await table.flows(watcher)


async def test_an_address_that_cannot_be_bound_does_not_affect_others(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    known = [
        ip_address("127.0.0.1"),
        ip_address("203.0.113.9"),
        ip_address("127.0.0.2"),
    ]
    monkeypatch.setattr(addresses, "local", lambda: known)
    table = Table()
    await table.plane.start()
    try:
        assert table.plane._mux.bound == ["127.0.0.1", "127.0.0.2"]
        known[:] = [ip_address("127.0.0.3"), ip_address("127.0.0.1")]
        table.plane._mux.udp._on_rescan()
        assert table.plane._mux.bound == ["127.0.0.1", "127.0.0.3"]
    finally:
        await table.close()


async def test_events_come_after_their_command_and_name_their_leg(
    table: Table,
) -> None:
    await table.publish()
    started = media.TrackStarted(ROOM, ADA, OFFER, Source.CAMERA, "VP8")
    await until(lambda: started in table.events, "the first track")
    real, during = table.plane.publish, []

    async def publish(command: media.Publish) -> media.PublishAnswer:
        before = len(table.events)
        answer = await real(command)
        during.extend(table.events[before:])
        assert answer.generation == SECOND
        return answer

    table.plane.publish = publish  # type: ignore[method-assign]
    await table.publish()
    assert during == []
    stopped = media.TrackStopped(ROOM, ADA, OFFER, Source.CAMERA)
    again = media.TrackStarted(ROOM, ADA, SECOND_OFFER, Source.CAMERA, "VP8")
    await until(lambda: again in table.events, "the track of the new leg")
    assert table.events.index(stopped) < table.events.index(again)


async def test_the_numbers_of_legs_grow_over_restarts_of_the_plane() -> None:
    numbers = []
    for _ in range(2):
        plane = Plane(PlaneConfig(port=0, bind="127.0.0.1"), lambda _event: None)
        numbers.append(plane._driver.negotiation())
        await plane.close()
        # They begin at the time of the start in milliseconds.
        await until(
            lambda: time.time_ns() // 1_000_000 > numbers[-1], "the next millisecond"
        )
    assert numbers[0] < numbers[1]


async def test_nothing_is_emitted_after_the_plane_was_closed(table: Table) -> None:
    await table.publish()
    await until(lambda: table.connected(ADA) != set(), "the leg")
    await table.plane.close()
    assert table.connected(ADA) == set()
    before = len(table.events)
    table.plane._driver.deliver()
    assert len(table.events) == before
    assert table.plane._driver._timer is None or table.plane._driver._timer.cancelled()


async def test_an_answer_to_a_replaced_offer_is_refused(table: Table) -> None:
    leg, remote = await table.offered()
    first = table.offer
    await table.offered()
    table.offer = first
    with pytest.raises(Refused) as refused:
        await table.answered(leg, remote)
    assert refused.value.code == "no-offer"


@pytest.mark.parametrize("counts", [True, False])
async def test_voices_are_numbered_for_a_browser_that_counts_them(
    table: Table, counts: bool
) -> None:
    """One that counts only pictures would report numbered sound as lost."""
    await table.publish()
    table.stage()
    leg, remote = await table.offered()
    sections = {section.mid: section for section in remote.sections}
    number = sections["3"].extensions[sdp.TRANSPORT_CC]
    for section in remote.sections:
        if section.kind == "audio" and not counts:
            del section.extensions[sdp.TRANSPORT_CC]
    watcher = await table.answered(leg, remote)
    numbered: dict[str, list[bool]] = {"2": [], "3": []}

    def look(packet: rtp.Packet) -> bool:
        for mid, seen in numbered.items():
            if packet.ssrc == watcher.slots[mid].ssrc:
                seen.append(number in packet.extensions)
        return False

    watcher.drop = look
    await leg.connect(remote)
    await until(lambda: min(map(len, numbered.values())) >= 10, "sound and pictures")
    assert set(numbered["2"]) == {True}
    assert set(numbered["3"]) == {counts}


async def test_a_thin_link_does_not_hold_up_the_packets_of_a_wider_one(
    table: Table,
) -> None:
    fanout, layer, start = table.plane._driver.fanout, LayerKey(1 << 30), vp8(10, 0, 1)
    fanout.open_layer(layer, Codec.VP8)
    arrived: dict[int, int] = {}
    for place, rate_bps in enumerate((1, 10_000)):  # a minute, some milliseconds

        def send(_data: bytes, _address: object, place: int = place) -> None:
            arrived[place] = arrived.get(place, 0) + 1

        viewer, slot = ViewerKey((1 << 30) + place), SlotKey((1 << 30) + place)
        fmt = SlotFormat(Mid("2"), "video", SlotGroup.STAGE, "stage", 70 + place, 80)
        socket = table.plane._demux.sockets.add(FakeSocket(send))
        fanout.open_viewer(viewer, KEYS, Destination(socket, ("192.0.2.1", 9)))
        fanout.open_slot(slot, viewer, fmt, first=100)
        fanout.pace(viewer, rate_bps, now=table.plane._driver.now())
        head = inspect_vp8(start.payload)
        fanout.attach(slot, layer, start, head, timestamp=0, temporal=2)
    for number in range(5):
        packet = vp8(10 + number, number * 3_000, 1 + number)
        head = inspect_vp8(packet.payload)
        fanout.forward(layer, packet, head, now=table.plane._driver.now())
    await until(lambda: arrived.get(1) == 5, "the packets of the wider link")
    assert arrived[0] == 1
