"""The media port over TCP: media flows, slow links stay live, strangers are cut."""

import asyncio
import contextlib
import itertools
import socket
from collections.abc import AsyncIterator, Iterator

import pytest
import pytest_asyncio
from aioice import stun

from conference.contract import media
from conference.contract.words import LegKind
from conference.errors import InfrastructureError
from conference.transport.plane import Plane, PlaneConfig
from conference.transport.sockets import tcp
from conference.transport.sockets.framing import frame
from conference.transport.sockets.tcp import TcpListener
from tests.support.table import ADA, ROOM, VIEWER, Table, until
from tests.support.wire import sdp


@pytest_asyncio.fixture
async def table() -> AsyncIterator[Table]:
    table = Table(tcp=True)
    await table.plane.start()
    try:
        yield table
    finally:
        await table.close()


def listener(table: Table) -> TcpListener:
    found = table.plane._mux.tcp
    assert found is not None
    return found


@contextlib.contextmanager
def caller(table: Table, host: str = "127.0.0.1") -> Iterator[socket.socket]:
    """Connect as a stranger."""
    with socket.create_connection((host, table.plane.port)) as sock:
        sock.setblocking(False)
        yield sock


async def closed(sock: socket.socket) -> bool:
    """Wait until the server closes; say whether it sent nothing before."""
    loop = asyncio.get_running_loop()
    try:
        async with asyncio.timeout(60):
            return await loop.sock_recv(sock, 100) == b""
    except ConnectionError:
        return True


async def test_media_flows_over_tcp(table: Table) -> None:
    await table.publish()
    table.stage()
    await table.flows(await table.subscribe())
    assert listener(table).connections == 2
    assert table.plane.counters()["packets_unsent"] == 0


async def test_both_protocols_share_one_room(table: Table) -> None:
    await table.publish()
    table.stage()
    table.tcp = False
    await table.flows(await table.subscribe())


async def test_tcp_can_be_switched_off() -> None:
    plane = Plane(PlaneConfig(port=0, tcp=False), lambda event: None)
    await plane.start()
    try:
        offer = await plane.subscribe(media.Subscribe(ROOM, VIEWER))
        assert {c.transport for c in sdp.parse(offer.sdp).candidates} == {"udp"}
        with pytest.raises(ConnectionRefusedError):
            socket.create_connection(("127.0.0.1", plane.port))
    finally:
        await plane.close()


async def test_a_taken_tcp_port_is_reported_in_one_sentence() -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        plane = Plane(PlaneConfig(port=port, bind="127.0.0.1"), lambda event: None)
        with pytest.raises(InfrastructureError, match=f"{port}/tcp") as refused:
            await plane.start()
        assert refused.value.code == "tcp-port-taken"
        await plane.close()


async def test_a_closed_connection_removes_its_route(table: Table) -> None:
    await table.publish()
    await until(lambda: LegKind.PUBLISH in table.connected(ADA), "the leg")
    ice = table.leg(ADA, LegKind.PUBLISH).ice
    table.legs[0]._lost()
    await until(lambda: ice.selected is None, "the route to be gone")
    assert listener(table).connections == 0
    assert table.connected(ADA) == {LegKind.PUBLISH}  # it may come back


async def test_the_connection_of_a_closed_leg_is_closed(table: Table) -> None:
    await table.publish()
    table.plane.apply(media.CloseLegs(ADA))
    await until(lambda: listener(table).connections == 0, "the connection to end")
    assert not listener(table)._strangers


async def test_a_stalled_reader_gets_sound_first_and_no_old_pictures(
    table: Table,
) -> None:
    await table.publish()
    table.stage()
    watcher = await table.subscribe()
    await table.flows(watcher)
    loop = asyncio.get_running_loop()
    framed = watcher.leg._framed
    assert framed is not None
    (connection,) = (
        c
        for c in listener(table)._connections
        if c.ice_socket.by_address
        and table.leg(VIEWER, LegKind.SUBSCRIBE).ice.selected
        == next(iter(c.ice_socket.by_address.values()))[1]
    )
    framed.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    loop.remove_reader(framed.socket)
    await until(lambda: connection._queue.dropped > 0, "pictures to be dropped")
    loop.add_reader(framed.socket, watcher.leg._readable)
    await table.flows(watcher)


@pytest.mark.parametrize(
    "words",
    [
        b"GET / HTTP/1.1\r\nHost: x\r\n\r\n",
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc",
        b"\x00\x00",
        b"\xff\xff",
        frame(b"\x80" + bytes(60)),
        frame(b"\x16" + bytes(60)),
        frame(bytes(stun.Message(stun.Method.BINDING, stun.Class.REQUEST))),
        frame(b"\x00\x01") + frame(b"\x00\x01"),
    ],
    ids=[
        "HTTP",
        "TLS",
        "empty frame",
        "long frame",
        "media",
        "handshake",
        "unauthenticated check",
        "no check",
    ],
)
async def test_a_first_frame_that_is_no_authentic_check_closes_the_connection(
    table: Table, words: bytes
) -> None:
    with caller(table) as sock:
        sock.send(words)
        assert await closed(sock)
    assert not listener(table)._strangers


async def test_a_check_with_a_wrong_password_closes_the_connection(
    table: Table,
) -> None:
    _, remote = await table.offered()
    check = stun.Message(stun.Method.BINDING, stun.Class.REQUEST)
    check.attributes["USERNAME"] = f"{remote.ufrag}:x"
    check.attributes["ICE-CONTROLLING"] = 1
    check.add_message_integrity(b"guessed")
    with caller(table) as sock:
        sock.send(frame(bytes(check)))
        assert await closed(sock)


@pytest.mark.parametrize("drip", [False, True], ids=["silent", "a byte at a time"])
async def test_a_connection_without_a_check_in_time_is_closed(
    table: Table, monkeypatch: pytest.MonkeyPatch, drip: bool
) -> None:
    monkeypatch.setattr(tcp, "FIRST_CHECK_S", 0.2)
    with caller(table) as sock:
        if drip:
            sock.send(b"\x00")
        assert await closed(sock)


async def test_many_silent_connections_are_closed_in_batches(
    table: Table, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tcp, "FIRST_CHECK_S", 0.5)
    monkeypatch.setattr(tcp, "SWEEP_BATCH", 3)
    with contextlib.ExitStack() as stack:
        for _ in range(20):
            stack.enter_context(caller(table))
        await until(lambda: listener(table).connections == 20, "the strangers")
        open_now = [20]
        while open_now[-1]:
            await asyncio.sleep(0)
            open_now.append(listener(table).connections)
        ended = [before - after for before, after in itertools.pairwise(open_now)]
        assert max(ended) <= 3  # control returned to the loop between them


async def test_connections_without_a_check_are_limited_for_each_address(
    table: Table, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tcp, "MAX_STRANGERS", 3)
    await table.publish()
    table.stage()
    with contextlib.ExitStack() as stack:
        for _ in range(3):
            stack.enter_context(caller(table))
        await until(lambda: listener(table).connections == 4, "the strangers")
        with caller(table) as one_more:
            assert await closed(one_more)
        assert listener(table).refused == 1
        # A connection with an authentic check is not counted, nor are other addresses.
        other = stack.enter_context(
            socket.create_connection(
                ("127.0.0.1", table.plane.port), source_address=("127.0.0.2", 0)
            )
        )
        await until(lambda: listener(table).connections == 5, "the other")
        assert other.fileno() > 0
    await until(lambda: listener(table).connections == 1, "the strangers to be gone")
    await table.flows(await table.subscribe())


async def test_the_total_number_of_connections_is_limited(
    table: Table, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tcp, "MAX_CONNECTIONS", 1)
    with caller(table), caller(table) as second:
        assert await closed(second)


async def test_odd_frames_of_a_known_browser_close_no_leg(table: Table) -> None:
    await table.publish()
    table.stage()
    watcher = await table.subscribe()
    await table.flows(watcher)
    for first in range(256):
        for size in (0, 40, 1400):
            watcher.leg.send_raw(bytes((first,)) + bytes(size))
            table.legs[0].send_raw(bytes((first,)) + bytes(size))
    await table.flows(watcher)
    assert table.connected(ADA) == {LegKind.PUBLISH}
