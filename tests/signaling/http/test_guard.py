"""Slow connections are closed; aiohttp alone would keep them for ever."""

import asyncio
import contextlib
from collections.abc import AsyncIterator

import pytest

from signaling.http import guard
from tests.signaling.support import DEADLINE_S, Site, until

SHORT_S = 0.4
LONG_S = 60.0
"""For a request that has to be served however busy the machine is."""


@pytest.fixture(autouse=True)
def _short(monkeypatch: pytest.MonkeyPatch) -> None:
    headers_within(SHORT_S, monkeypatch)
    monkeypatch.setattr("signaling.http.site.BODY_S", SHORT_S)
    monkeypatch.setattr("signaling.http.site.HEADERS_S", SHORT_S)


def headers_within(seconds: float, monkeypatch: pytest.MonkeyPatch) -> None:
    """Set how long headers may take that begin from now on."""
    monkeypatch.setattr(guard, "HEADERS_S", seconds)


Pair = tuple[asyncio.StreamReader, asyncio.StreamWriter]


@contextlib.asynccontextmanager
async def connection(site: Site) -> AsyncIterator[Pair]:
    reader, writer = await asyncio.open_connection(
        "127.0.0.1",
        site.server.address.https_port,
        ssl=site.tls,
        server_hostname="localhost",
    )
    try:
        yield reader, writer
    finally:
        writer.close()
        with contextlib.suppress(Exception):
            await writer.wait_closed()


async def ends(pair: Pair) -> bytes:
    """Wait until the server closes; return what it said."""
    said = b""
    async with asyncio.timeout(DEADLINE_S):
        with contextlib.suppress(ConnectionError):
            while chunk := await pair[0].read(65536):
                said += chunk
    return said


async def drip(pair: Pair) -> None:
    """Send a byte now and then, as long as the server lets us."""
    with contextlib.suppress(ConnectionError):
        while True:
            pair[1].write(b"a")
            await pair[1].drain()
            await asyncio.sleep(SHORT_S / 8)


@contextlib.asynccontextmanager
async def dripping(pair: Pair) -> AsyncIterator[None]:
    """Send a byte now and then for the length of the block."""
    task = asyncio.create_task(drip(pair))
    try:
        yield
    finally:
        task.cancel()


@pytest.mark.parametrize(
    "start",
    [
        b"",
        b"G",
        b"GET / HTTP/1.1\r\nHost: localhost\r\nX-Slow: ",
        b"GET /socket.io/?EIO=4&transport=websocket HTTP/1.1\r\nUpgrade: websocket\r\n",
    ],
)
async def test_slow_headers_end(site: Site, start: bytes) -> None:
    async with connection(site) as pair:
        pair[1].write(start)
        async with dripping(pair) if start else contextlib.nullcontext():
            await ends(pair)


async def test_a_slow_body_ends(site: Site) -> None:
    head = (
        "POST /api/sign-in HTTP/1.1\r\nHost: localhost\r\n"
        "Content-Type: application/json\r\nContent-Length: 9000\r\n\r\n"
    )
    async with connection(site) as pair:
        pair[1].write(head.encode())
        async with dripping(pair):
            assert b"200 OK" not in await ends(pair)


async def test_slow_headers_of_a_second_request_end(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    headers_within(LONG_S, monkeypatch)
    async with connection(site) as pair:
        pair[1].write(b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n")
        await pair[0].readuntil(b'"ok"')
        headers_within(SHORT_S, monkeypatch)
        pair[1].write(b"GET /healthz HTTP/1.1\r\nX-Slow: ")
        async with dripping(pair):
            await ends(pair)


async def test_fifty_slow_connections_end_and_others_are_served(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with contextlib.AsyncExitStack() as stack:
        for _ in range(50):
            _, writer = await stack.enter_async_context(connection(site))
            writer.write(b"GET / HTTP/1.1\r\nX: ")
        headers_within(LONG_S, monkeypatch)
        async with site.http() as http, http.get("/healthz") as response:
            assert response.status == 200
        guards = site.server._guards
        await until(lambda: len(guards) <= 1)


async def test_one_address_holds_so_many_idle_connections(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    headers_within(LONG_S, monkeypatch)
    monkeypatch.setattr(guard, "IDLE_PER_ADDRESS", 5)
    async with contextlib.AsyncExitStack() as stack:
        pairs = [await stack.enter_async_context(connection(site)) for _ in range(5)]
        with contextlib.suppress(OSError):
            async with connection(site) as extra:
                extra[1].write(b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n")
                assert b"200 OK" not in await ends(extra)
        pairs[0][1].write(b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n")
        assert b"200 OK" in await pairs[0][0].readuntil(b"\r\n")
