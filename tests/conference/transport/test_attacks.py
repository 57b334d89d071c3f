"""The media port under attack: nothing hostile begins, moves or ends a session."""

import struct

import pytest
from aioice import stun
from aiortc import RTCCertificate
from aiortc import rtcdtlstransport as dtls_module
from OpenSSL import SSL

from conference.contract.words import LegKind
from tests.support.table import ADA, VIEWER, Table, stranger, until
from tests.support.wire import rtcp


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


@pytest.mark.parametrize("count", [1, 20])
async def test_a_client_hello_of_a_stranger_disturbs_no_handshake(
    table: Table, count: int
) -> None:
    """With stock aiortc one such datagram ended 11 of 11 sessions."""
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
    assert table.plane.counters()["datagrams_unknown"] >= count


async def test_odd_datagrams_close_no_leg(table: Table) -> None:
    """Empty and oversized datagrams, and all values of the first byte."""
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
    assert table.plane.counters()["datagrams_bad_size"] >= 9
    assert table.connected(ADA) == {LegKind.PUBLISH}
    assert table.connected(VIEWER) == {LegKind.SUBSCRIBE}


async def test_plaintext_alerts_of_strangers_close_no_leg(table: Table) -> None:
    await table.publish()
    table.stage()
    watcher = await table.subscribe()
    alert = struct.pack("!BHHHIHBB", 21, 0xFEFD, 0, 0, 9, 2, 1, 0)
    sock, address = stranger(table)
    with sock:
        for _ in range(20):
            sock.sendto(alert, address)
    await table.flows(watcher)


async def test_malformed_checks_get_no_response_and_no_log_line(
    table: Table, caplog: pytest.LogCaptureFixture, capsys: pytest.CaptureFixture[str]
) -> None:
    """No exception, no log line, no reflected packet."""
    sock, address = stranger(table)
    bad = struct.pack("!HHI12sHH4s", 1, 8, 0x2112A442, bytes(12), 0x20, 4, b"\0\1ab")
    unauthenticated = struct.pack("!HHI12s", 1, 0, 0x2112A442, bytes(12))
    with sock:
        sock.setblocking(False)
        for _ in range(100):
            sock.sendto(bad, address)
            sock.sendto(unauthenticated, address)
        await until(
            lambda: table.plane.counters()["datagrams_bad_check"] >= 200,
            "the datagrams",
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
    forwarded = table.plane.counters()["packets_forwarded"]
    sent_before = sum(track.packets for track in publisher.tracks)
    for datagram in sent[:50]:
        real(datagram)
        real(datagram[:-1] + bytes((datagram[-1] ^ 1,)))
    await table.flows(watcher)
    more = table.plane.counters()["packets_forwarded"] - forwarded
    new = sum(track.packets for track in publisher.tracks) - sent_before
    assert more <= new + 5


async def test_rtp_on_a_subscribe_leg_is_dropped(table: Table) -> None:
    await table.publish()
    watcher = await table.subscribe()
    leg = watcher.leg
    leg.send_rtp(struct.pack("!BBHII", 0x80, 96, 1, 1, 1) + b"media")
    table.stage()
    await table.flows(watcher)
    assert table.plane.counters()["packets_refused"] == 1


async def test_a_spoofed_check_does_not_take_over_an_address_in_use(
    table: Table,
) -> None:
    """A participant may spoof a source address, and knows its own password."""
    await table.publish()
    table.stage()
    watcher = await table.subscribe()
    await table.flows(watcher)
    mux = table.plane._mux
    victim = next(
        (ice_socket, address)
        for _, ice_socket in mux.udp._sockets.values()
        for address, (ice, _) in ice_socket.by_address.items()
        if ice is table.leg(ADA, LegKind.PUBLISH).ice
    )
    await table.offered()
    attacker = table.leg(VIEWER, LegKind.SUBSCRIBE).ice
    check = stun.Message(stun.Method.BINDING, stun.Class.REQUEST)
    check.attributes["USERNAME"] = f"{attacker.ufrag}:x"
    check.attributes["ICE-CONTROLLING"] = 1
    check.add_message_integrity(attacker.pwd.encode())
    ice_socket, address = victim
    table.plane._demux.on_datagram(ice_socket, bytes(check), address)
    assert ice_socket.by_address[address][0] is not attacker
    assert attacker.selected is None


async def test_a_replayed_check_redirects_no_media(table: Table) -> None:
    await table.publish()
    table.stage()
    leg, remote = await table.offered()
    checks: list[bytes] = []
    real = leg._write

    def overhear(data: bytes) -> None:
        if data[0] < 4:
            checks.append(data)
        real(data)

    leg._write = overhear  # type: ignore[method-assign]
    watcher = await table.answered(leg, remote)
    await leg.connect(remote)
    await table.flows(watcher)
    leg._check()  # the newest one too
    sock, address = stranger(table)
    with sock:
        sock.setblocking(False)
        before = table.plane.counters()["datagrams_bad_check"]
        for _ in range(20):
            for datagram in checks:
                sock.sendto(datagram, address)
        copies = 20 * len(checks)
        await until(
            lambda: table.plane.counters()["datagrams_bad_check"] >= before + copies,
            "the copies to be refused",
        )
        await table.flows(watcher)
        with pytest.raises(BlockingIOError):
            sock.recv(2048)


async def test_a_packet_too_large_to_protect_closes_no_leg(table: Table) -> None:
    await table.publish()
    table.stage()
    watcher = await table.subscribe()
    leg = table.leg(VIEWER, LegKind.SUBSCRIBE)
    assert leg.dtls is not None
    leg.dtls.send_rtcp(b"\x80\xc8\x00\x06" + bytes(2_000))
    await table.flows(watcher)
    assert table.plane.counters()["packets_refused"] == 1


async def test_the_number_of_ssrcs_of_a_leg_is_limited(table: Table) -> None:
    await table.publish()
    table.stage()
    watcher = await table.subscribe()
    for ssrc in range(1, 300):
        watcher.leg.send_rtcp(rtcp.receiver_report(ssrc, {}))
    leg = table.leg(VIEWER, LegKind.SUBSCRIBE).dtls
    assert leg is not None
    await until(lambda: leg.dropped >= 200, "the flood to be refused")
    await table.flows(watcher)
