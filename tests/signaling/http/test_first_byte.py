"""What is spoken on a connection is decided by its first byte."""

import asyncio
import ssl

import pytest

from signaling.http import first_byte
from signaling.http.first_byte import CLIENT_HELLO, HEAD_BYTES, answer
from tests.signaling.http.test_guard import ends
from tests.signaling.support import DEADLINE_S, Site, until


async def said(site: Site, *parts: bytes) -> bytes:
    """Send plain bytes to the HTTPS port; return the answer."""
    pair = await asyncio.open_connection("127.0.0.1", site.server.address.https_port)
    for part in parts:
        pair[1].write(part)
        await pair[1].drain()
    found = await ends(pair)
    pair[1].close()
    return found


async def test_http_on_the_https_port_is_redirected_to_https(site: Site) -> None:
    port = site.server.address.https_port
    host = f"localhost:{port}".encode()
    got = await said(site, b"GET /join?a=b HTTP/1.1\r\nHost: ", host, b"\r\n\r\n")
    assert got.startswith(b"HTTP/1.1 301 ")
    assert f"\r\nLocation: https://localhost:{port}/join?a=b\r\n".encode() in got
    assert b"\r\nConnection: close\r\n" in got
    assert b"\r\nCache-Control: no-store\r\n" in got


async def test_a_strange_host_is_led_to_our_own_address(site: Site) -> None:
    for host in (b"evil.example", b"", b"a\x80"):
        got = await said(site, b"GET / HTTP/1.1\r\nHost: " + host + b"\r\n\r\n")
        assert f"\r\nLocation: {site.server.address.urls()[0]}/\r\n".encode() in got
    got = await said(site, b"GET //evil.example HTTP/1.0\r\n\r\n")
    assert (
        f"\r\nLocation: {site.server.address.urls()[0]}//evil.example\r\n".encode()
        in got
    )


@pytest.mark.parametrize(
    ("head", "status"),
    [
        (b"POST /api/sign-in HTTP/1.1\r\n\r\n", b"426"),
        (b"GET /\x00 HTTP/1.1\r\n\r\n", b"400"),
        (b"GET /a\xff HTTP/1.1\r\n\r\n", b"400"),
        (b"GET http://a/ HTTP/1.1\r\n\r\n", b"400"),
        (b"GET / HTTP/2\r\n\r\n", b"400"),
        (b"\r\n\r\n", b"400"),
        (b"SSH-2.0-x\r\n\r\n", b"400"),
        (b"GET /" + b"a" * HEAD_BYTES, b"400"),
    ],
)
async def test_other_plain_bytes_are_refused(
    site: Site, head: bytes, status: bytes
) -> None:
    assert (await said(site, head)).startswith(b"HTTP/1.1 " + status)


def test_no_header_can_be_smuggled_into_the_answer() -> None:
    for path in (b"/\rX:1", b"/\nX:1", b"/ X", b"/\x7f"):
        got = answer(b"GET " + path + b" HTTP/1.1\r\n\r\n", lambda _: "https://a")
        assert b"Location" not in got


async def test_a_hello_in_single_bytes_is_a_hello(site: Site) -> None:
    incoming, outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
    tls = site.tls.wrap_bio(incoming, outgoing, server_hostname="localhost")
    reader, writer = await asyncio.open_connection(
        "127.0.0.1", site.server.address.https_port
    )
    async with asyncio.timeout(DEADLINE_S):
        while True:
            try:
                tls.do_handshake()
                break
            except ssl.SSLWantReadError:
                for byte in outgoing.read():
                    writer.write(bytes([byte]))
                    await writer.drain()
                incoming.write(await reader.read(65536))
        tls.write(b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n")
        writer.write(outgoing.read())
        answered = b""
        while b'"ok"' not in answered:
            incoming.write(await reader.read(65536))
            try:
                answered += tls.read()
            except ssl.SSLWantReadError:
                continue
    writer.close()


@pytest.mark.parametrize(
    "start", [b"", b"GET / HTTP/1.1\r\nHost: a", bytes([CLIENT_HELLO, 3, 1])]
)
async def test_a_silent_client_is_cut(
    site: Site, monkeypatch: pytest.MonkeyPatch, start: bytes
) -> None:
    monkeypatch.setattr(first_byte, "HANDSHAKE_S", 0.3)
    assert await said(site, start) == b""


@pytest.mark.parametrize("start", [b"", bytes([CLIENT_HELLO]), b"GET"])
async def test_silent_connections_of_one_address_are_bounded(
    site: Site, monkeypatch: pytest.MonkeyPatch, start: bytes
) -> None:
    monkeypatch.setattr(first_byte, "IDLE_PER_ADDRESS", 5)
    port = site.server.address.https_port
    pairs = [await asyncio.open_connection("127.0.0.1", port) for _ in range(5)]
    for _, writer in pairs:
        writer.write(start)
        await writer.drain()
    one_more = await asyncio.open_connection("127.0.0.1", port)
    assert await ends(one_more) == b""
    one_more[1].close()
    # Ends and beginnings are counted: one goes, and one may come.
    pairs[0][1].close()
    guards = site.server._guards
    await until(lambda: guards._idle["127.0.0.1"] == 4)
    async with site.http() as http, http.get("/healthz") as response:
        assert response.status == 200
    for _, writer in pairs:
        writer.close()
    await until(lambda: guards._idle["127.0.0.1"] == 0)


@pytest.mark.parametrize("start", [b"", bytes([CLIENT_HELLO])])
async def test_stopping_cuts_the_silent_ones(site: Site, start: bytes) -> None:
    pair = await asyncio.open_connection("127.0.0.1", site.server.address.https_port)
    pair[1].write(start)
    guards = site.server._guards
    await until(lambda: guards._idle["127.0.0.1"] == 1)
    await site.stop()
    assert await ends(pair) == b""
    pair[1].close()
