"""Defect D7: slow connections end; aiohttp alone would keep them for ever."""

import asyncio
import contextlib
from collections.abc import AsyncIterator

import pytest

from signaling.http import guard
from tests.signaling.support import Site

SHORT_S = 0.4
BOUND_S = 5.0


@pytest.fixture(autouse=True)
def _short(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(guard, "HEADERS_S", SHORT_S)
    monkeypatch.setattr("signaling.http.site.BODY_S", SHORT_S)
    monkeypatch.setattr("signaling.http.site.HEADERS_S", SHORT_S)


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
    async with asyncio.timeout(BOUND_S):
        with contextlib.suppress(ConnectionError):
            while chunk := await pair[0].read(65536):
                said += chunk
    return said


async def drip(pair: Pair, text: bytes) -> None:
    """Send a byte now and then, as long as the server lets us."""
    with contextlib.suppress(ConnectionError):
        for byte in text:
            pair[1].write(bytes([byte]))
            await pair[1].drain()
            await asyncio.sleep(SHORT_S / 8)


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
        dripping = asyncio.create_task(drip(pair, b"a" * 200 if start else b""))
        await ends(pair)
        dripping.cancel()


async def test_a_slow_body_ends(site: Site) -> None:
    head = (
        "POST /api/sign-in HTTP/1.1\r\nHost: localhost\r\n"
        "Content-Type: application/json\r\nContent-Length: 200\r\n\r\n"
    )
    async with connection(site) as pair:
        pair[1].write(head.encode())
        dripping = asyncio.create_task(drip(pair, b"a" * 190))
        assert b"200 OK" not in await ends(pair)
        dripping.cancel()


async def test_slow_headers_of_a_second_request_end(site: Site) -> None:
    async with connection(site) as pair:
        pair[1].write(b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n")
        await pair[0].readuntil(b'"ok"')
        pair[1].write(b"GET /healthz HTTP/1.1\r\nX-Slow: ")
        dripping = asyncio.create_task(drip(pair, b"a" * 200))
        await ends(pair)
        dripping.cancel()


async def test_fifty_slow_connections_end_and_others_are_served(
    site: Site,
) -> None:
    async with contextlib.AsyncExitStack() as stack:
        for _ in range(50):
            _, writer = await stack.enter_async_context(connection(site))
            writer.write(b"GET / HTTP/1.1\r\nX: ")
        async with site.http() as http, http.get("/healthz") as response:
            assert response.status == 200
        guards = site.server._guards
        end = asyncio.get_running_loop().time() + BOUND_S
        while len(guards) > 1:
            assert asyncio.get_running_loop().time() < end
            await asyncio.sleep(0.05)


async def test_one_address_holds_so_many_idle_connections(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(guard, "HEADERS_S", 60.0)
    monkeypatch.setattr(guard, "IDLE_PER_ADDRESS", 5)
    async with contextlib.AsyncExitStack() as stack:
        pairs = [await stack.enter_async_context(connection(site)) for _ in range(5)]
        with contextlib.suppress(OSError):
            async with connection(site) as extra:
                extra[1].write(b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n")
                assert b"200 OK" not in await ends(extra)
        pairs[0][1].write(b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n")
        assert b"200 OK" in await pairs[0][0].readuntil(b"\r\n")
