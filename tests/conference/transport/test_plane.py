"""The media port under attack: sessions begin, go on and end as they should."""

import asyncio
import socket
import struct
import time
from collections.abc import AsyncIterator, Callable
from ipaddress import ip_address
from typing import Any

import pytest
import pytest_asyncio
from aioice import stun
from aiortc import RTCCertificate
from aiortc import rtcdtlstransport as dtls_module
from OpenSSL import SSL

from conference.errors import InfrastructureError, Refused
from conference.ids import Mid, ParticipantId, RoomId
from conference.sfu import messages as m
from conference.sfu.messages import Leg as LegName
from conference.sfu.messages import Source
from conference.transport import addresses
from conference.transport import dtls as dtls_adapter
from conference.transport import plane as plane_module
from conference.transport.plane import Plane, PlaneConfig
from tests.support.wire import rtcp, sdp
from tests.support.wire.leg import Leg
from tests.support.wire.receiving import Watcher
from tests.support.wire.recording import Recording, picture, tone
from tests.support.wire.sending import Publisher, outgoing

ROOM = RoomId("room")
ADA, VIEWER = ParticipantId("ada"), ParticipantId("viewer")
DEADLINE_S = 10.0


async def until(condition: Callable[[], bool], what: str) -> None:
    deadline = time.monotonic() + DEADLINE_S
    while not condition():
        assert time.monotonic() < deadline, f"waited in vain for {what}"
        await asyncio.sleep(0.01)


class Table:
    """A plane, and clients that speak to it without any signaling."""

    def __init__(self, bind: str = "::") -> None:
        self.events: list[m.Event] = []
        self.plane = Plane(PlaneConfig(port=0, bind=bind), self.events.append)
        self.legs: list[Leg] = []
        self.tasks: list[asyncio.Task[None]] = []

    async def publish(self, who: ParticipantId = ADA) -> Publisher:
        """Publish a camera and a microphone."""
        leg = Leg()
        camera: Recording = picture(blue=90, red=220, width=320, height=180, rate=25)
        tracks = [outgoing("0", "camera", camera), outgoing("1", "microphone", tone())]
        publisher = Publisher(leg, tracks)
        answer = await self.plane.publish(
            m.Publish(
                ROOM,
                who,
                sdp.write_offer([t.section for t in tracks], leg.local),
                (
                    m.TrackDeclaration(Mid("0"), Source.CAMERA),
                    m.TrackDeclaration(Mid("1"), Source.MICROPHONE),
                ),
            )
        )
        remote = sdp.parse(answer.sdp)
        publisher.agree(remote)
        await leg.connect(remote)
        self.legs.append(leg)
        self.tasks.append(asyncio.create_task(publisher.play()))
        return publisher

    async def offered(self) -> tuple[Leg, sdp.Description]:
        """Ask for a slot offer."""
        offer = await self.plane.subscribe(m.Subscribe(ROOM, VIEWER))
        return Leg(), sdp.parse(offer.sdp)

    async def answered(self, leg: Leg, remote: sdp.Description) -> Watcher:
        """Answer a slot offer; the leg is not connected yet."""
        watcher = Watcher(leg, remote, decode=False)
        answer = sdp.write_answer(remote, leg.local, frozenset({"opus", "VP8"}))
        await self.plane.accept_answer(m.AcceptAnswer(VIEWER, answer))
        self.legs.append(leg)
        return watcher

    async def subscribe(self) -> Watcher:
        """Subscribe and connect."""
        leg, remote = await self.offered()
        watcher = await self.answered(leg, remote)
        await leg.connect(remote)
        return watcher

    def stage(self, who: ParticipantId = ADA) -> None:
        """Put somebody on the stage."""
        self.plane.apply(m.SetStage(ROOM, who))

    async def flows(self, watcher: Watcher) -> None:
        """Wait for ten more video packets on the stage."""
        seen = watcher.slots["2"].packets
        await until(lambda: watcher.slots["2"].packets >= seen + 10, "media")

    async def close(self) -> None:
        """End everything."""
        for task in self.tasks:
            task.cancel()
        await asyncio.gather(*self.tasks, return_exceptions=True)
        for leg in self.legs:
            await leg.close(silently=True)
        await self.plane.close()


@pytest_asyncio.fixture
async def table() -> AsyncIterator[Table]:
    table = Table()
    failures: list[dict[str, Any]] = []
    asyncio.get_running_loop().set_exception_handler(
        lambda _loop, context: failures.append(context)
    )
    await table.plane.start()
    try:
        yield table
    finally:
        await table.close()
    assert failures == [], "something escaped into the event loop"


def stranger(table: Table) -> tuple[socket.socket, tuple[str, int]]:
    """Return a socket of somebody else, and an address of the media port."""
    sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    return sock, ("127.0.0.1", table.plane.port)


def client_hello() -> bytes:
    """Return the first flight of a DTLS client that nobody invited."""
    certificate = RTCCertificate.generateCertificate()
    connection = SSL.Connection(
        certificate._create_ssl_context(dtls_module.SRTP_PROFILES)
    )
    connection.set_connect_state()
    with pytest.raises(SSL.WantReadError):
        connection.do_handshake()
    return connection.bio_read(1500)


async def test_media_flows_and_the_first_profile_is_gcm_128(table: Table) -> None:
    await table.publish()
    table.stage()
    watcher = await table.subscribe()
    await table.flows(watcher)
    assert watcher.leg.profile == "SRTP_AEAD_AES_128_GCM"
    assert table.plane.legs(ADA) == {LegName.PUBLISH}
    assert table.plane.legs(VIEWER) == {LegName.SUBSCRIBE}
    assert table.plane.stats()["packets_unsent"] == 0


@pytest.mark.parametrize("count", [1, 20])
async def test_a_strangers_client_hello_disturbs_no_handshake(
    table: Table, count: int
) -> None:
    """Defect D2: with stock aiortc one such datagram ended 11 of 11 sessions."""
    await table.publish()
    table.stage()
    leg, remote = await table.offered()
    sock, address = stranger(table)
    with sock:
        for _ in range(count):
            sock.sendto(client_hello(), address)
        watcher = await table.answered(leg, remote)
        for _ in range(count):
            sock.sendto(client_hello(), address)
        await leg.connect(remote)
        for _ in range(count):
            sock.sendto(client_hello(), address)
        await table.flows(watcher)
    assert table.plane.stats()["datagrams_unknown"] >= count


async def test_odd_datagrams_from_anybody_end_nothing(table: Table) -> None:
    """Defect D3: empty, oversized, and every first byte there is."""
    await table.publish()
    table.stage()
    watcher = await table.subscribe()
    await table.flows(watcher)
    odd = [b"", b"\x80" + bytes(1600), bytes(1501)]
    odd += [bytes((first,)) + bytes(size) for first in range(256) for size in (0, 40)]
    sock, address = stranger(table)
    with sock:
        for datagram in odd:
            sock.sendto(datagram, address)
            watcher.leg.send_raw(datagram)
            table.legs[0].send_raw(datagram)
    await table.flows(watcher)
    assert table.plane.stats()["datagrams_bad_size"] >= 9
    assert table.plane.legs(ADA) == {LegName.PUBLISH}
    assert table.plane.legs(VIEWER) == {LegName.SUBSCRIBE}


async def test_plaintext_alerts_from_strangers_close_nothing(table: Table) -> None:
    await table.publish()
    table.stage()
    watcher = await table.subscribe()
    alert = struct.pack("!BHHHIHBB", 21, 0xFEFD, 0, 0, 9, 2, 1, 0)
    sock, address = stranger(table)
    with sock:
        for _ in range(20):
            sock.sendto(alert, address)
    await table.flows(watcher)


async def test_malformed_checks_get_no_answer_and_no_log_line(
    table: Table, caplog: pytest.LogCaptureFixture, capsys: pytest.CaptureFixture[str]
) -> None:
    """Defects D5 and D6: no exception, no log, no reflection."""
    sock, address = stranger(table)
    bad = struct.pack("!HHI12sHH4s", 1, 8, 0x2112A442, bytes(12), 0x20, 4, b"\0\1ab")
    unauthenticated = struct.pack("!HHI12s", 1, 0, 0x2112A442, bytes(12))
    with sock:
        sock.setblocking(False)
        for _ in range(100):
            sock.sendto(bad, address)
            sock.sendto(unauthenticated, address)
        await until(
            lambda: table.plane.stats()["datagrams_bad_check"] >= 200, "the datagrams"
        )
        with pytest.raises(BlockingIOError):
            sock.recv(100)
    assert caplog.records == []
    captured = capsys.readouterr()
    assert captured.out + captured.err == ""


async def test_replayed_and_altered_packets_are_not_forwarded(table: Table) -> None:
    publisher = await table.publish()
    table.stage()
    watcher = await table.subscribe()
    await table.flows(watcher)
    sent: list[bytes] = []
    real = table.legs[0]._transmit

    def record(data: bytes) -> None:
        if data[0] >= 128:
            sent.append(data)
        real(data)

    table.legs[0]._transmit = record  # type: ignore[method-assign]
    await until(lambda: len(sent) >= 50, "packets to replay")
    forwarded = table.plane.stats()["packets_forwarded"]
    sent_before = sum(track.packets for track in publisher.tracks)
    for datagram in sent[:50]:
        real(datagram)
        real(datagram[:-1] + bytes((datagram[-1] ^ 1,)))
    await table.flows(watcher)
    more = table.plane.stats()["packets_forwarded"] - forwarded
    new = sum(track.packets for track in publisher.tracks) - sent_before
    assert more <= new + 5


async def test_a_viewer_has_nothing_to_send(table: Table) -> None:
    await table.publish()
    watcher = await table.subscribe()
    leg = watcher.leg
    leg.send_rtp(struct.pack("!BBHII", 0x80, 96, 1, 1, 1) + b"media")
    table.stage()
    await table.flows(watcher)


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
        await table.plane.accept_answer(m.AcceptAnswer(VIEWER, "v=0"))
    assert refused.value.code == "no-offer"


async def test_closing_legs_stops_media_and_tells_the_domain(table: Table) -> None:
    await table.publish()
    table.stage()
    watcher = await table.subscribe()
    await table.flows(watcher)
    table.plane.apply(m.CloseLegs(ADA))
    stopped = m.TrackStopped(ROOM, ADA, Source.CAMERA)
    await until(lambda: stopped in table.events, "the track to stop")
    ended = m.LegChanged(ROOM, ADA, LegName.PUBLISH, False)
    await until(lambda: ended in table.events, "the leg to end")
    assert table.plane.legs(ADA) == frozenset()


async def test_a_browser_that_says_goodbye_is_gone_at_once(table: Table) -> None:
    await table.publish()
    await table.legs.pop().close()
    ended = m.LegChanged(ROOM, ADA, LegName.PUBLISH, False)
    await until(lambda: ended in table.events, "the leg to end")


async def test_a_taken_port_is_said_in_one_sentence(table: Table) -> None:
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
    table.plane.apply(m.SetView(VIEWER, None, (m.Tile(ADA, 90),)))
    await table.flows(watcher)
    table.plane.apply(m.CloseRoom(ROOM))
    await until(lambda: not table.plane._legs, "the legs to close")
    router = table.plane._router
    assert router._rooms == {}
    assert router._views == {}
    assert router._publishing == router._viewing == {}


async def test_nobody_takes_over_a_live_address(table: Table) -> None:
    """A participant may spoof a source address, and knows its own password."""
    await table.publish()
    table.stage()
    watcher = await table.subscribe()
    await table.flows(watcher)
    mux = table.plane._mux
    victim = next(
        (port, address)
        for port in mux._ports.values()
        for address, (ice, _) in port.by_address.items()
        if ice is table.plane._legs[ADA, LegName.PUBLISH].ice
    )
    await table.offered()
    attacker = table.plane._legs[VIEWER, LegName.SUBSCRIBE].ice
    check = stun.Message(stun.Method.BINDING, stun.Class.REQUEST)
    check.attributes["USERNAME"] = f"{attacker.ufrag}:x"
    check.attributes["ICE-CONTROLLING"] = 1
    check.add_message_integrity(attacker.pwd.encode())
    port, address = victim
    mux._on_datagram(port, bytes(check), address)
    assert port.by_address[address][0] is not attacker
    assert attacker.selected is None


@pytest.mark.parametrize("when", ["before", "during"])
async def test_a_leg_closed_during_its_handshake_leaves_no_task(
    table: Table, when: str
) -> None:
    leg, remote = await table.offered()
    if when == "during":
        await table.answered(leg, remote)
    tasks = {leg.task for leg in table.plane._legs.values() if leg.task is not None}
    table.plane.apply(m.CloseLegs(VIEWER))
    await until(lambda: all(task.done() for task in tasks), "the handshake to end")
    assert table.plane._legs == {}
    assert table.plane._router._viewing == {}


async def test_an_offer_or_a_browser_that_stays_silent_is_given_up(
    table: Table, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(plane_module, "ANSWER_S", 0.0)
    monkeypatch.setattr(plane_module, "CONSENT_S", 0.0)
    await table.publish()
    await table.offered()
    table.plane._check_consent()
    await until(lambda: not table.plane._legs, "the legs to close")


async def test_a_handshake_that_never_comes_is_given_up(
    table: Table, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(dtls_adapter, "HANDSHAKE_S", 0.05)
    await table.answered(*await table.offered())
    await until(lambda: not table.plane._legs, "the leg to close")


async def test_a_new_publish_leg_replaces_the_old_one(table: Table) -> None:
    await table.publish()
    table.stage()
    watcher = await table.subscribe()
    await table.flows(watcher)
    await table.publish()
    await table.flows(watcher)
    assert len(table.plane._legs) == 2
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


async def test_one_address_that_cannot_be_bound_stops_no_other(
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
        table.plane._mux._on_rescan()
        assert table.plane._mux.bound == ["127.0.0.1", "127.0.0.3"]
    finally:
        await table.close()


async def test_a_packet_too_large_to_protect_ends_nothing(table: Table) -> None:
    await table.publish()
    table.stage()
    watcher = await table.subscribe()
    leg = table.plane._legs[VIEWER, LegName.SUBSCRIBE]
    assert leg.dtls is not None
    leg.dtls.send_rtcp(b"\x80\xc8\x00\x06" + bytes(2_000))
    await table.flows(watcher)
    assert table.plane.stats()["packets_refused"] == 1


async def test_sources_without_end_are_refused(table: Table) -> None:
    await table.publish()
    table.stage()
    watcher = await table.subscribe()
    for ssrc in range(1, 300):
        watcher.leg.send_rtcp(rtcp.receiver_report(ssrc, {}))
    leg = table.plane._legs[VIEWER, LegName.SUBSCRIBE].dtls
    assert leg is not None
    await until(lambda: leg.dropped >= 200, "the flood to be refused")
    await table.flows(watcher)


async def test_the_end_of_old_tracks_is_told_before_the_new_ones_are_there(
    table: Table,
) -> None:
    await table.publish()
    stopped = m.TrackStopped(ROOM, ADA, Source.CAMERA)
    started = m.TrackStarted(ROOM, ADA, Source.CAMERA, "VP8")
    await until(lambda: started in table.events, "the first track")
    real, told_at_return = table.plane.publish, []

    async def publish(command: m.Publish) -> m.PublishAnswer:
        answer = await real(command)
        told_at_return.append(stopped in table.events)
        return answer

    table.plane.publish = publish  # type: ignore[method-assign]
    await table.publish()
    assert told_at_return == [True]
