"""What a TLS connection keeps in memory, and that nothing else changes by it."""

import asyncio
import contextlib
import gc
import ssl
from asyncio import sslproto

import pytest

from conference.contract import media
from conference.contract.words import Generation
from signaling.http.tls import RECEIVE_BYTES, WRITE_BYTES
from tests.signaling.support import QuietPlane, RoomWithLinks

UPGRADE = (
    "GET /socket.io/?EIO=4&transport=websocket HTTP/1.1\r\n"
    "Host: localhost:{port}\r\nOrigin: {origin}\r\n"
    "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
    "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
    "Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits\r\n\r\n"
)


async def test_receive_buffers_are_small(room: RoomWithLinks) -> None:
    await room.join("researcher")
    serving = [
        protocol
        for protocol in gc.get_objects()
        if isinstance(protocol, sslproto.SSLProtocol) and protocol._server_side
    ]
    assert serving
    for protocol in serving:
        assert len(vars(protocol)["_ssl_buffer"]) <= RECEIVE_BYTES


async def test_a_browsers_offer_to_compress_is_declined(room: RoomWithLinks) -> None:
    reader, writer = await asyncio.open_connection(
        "127.0.0.1",
        room.site.server.address.https_port,
        ssl=room.site.tls,
        server_hostname="localhost",
    )
    port = room.site.server.address.https_port
    writer.write(UPGRADE.format(port=port, origin=room.site.url).encode())
    head = await reader.readuntil(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 101 ")
    assert b"sec-websocket-extensions" not in head.lower()
    writer.close()
    with contextlib.suppress(OSError):
        await writer.wait_closed()


async def test_a_long_message_is_enciphered_in_pieces(
    room: RoomWithLinks, monkeypatch: pytest.MonkeyPatch
) -> None:
    sdp = "".join(f"a=rtpmap:{number} VP8/90000\r\n" for number in range(2000))
    at_once: list[int] = []
    encipher = ssl.SSLObject.write

    async def subscribe(
        _plane: QuietPlane, _command: media.Subscribe
    ) -> media.SlotOffer:
        return media.SlotOffer(Generation(1), sdp, ())

    def write(self: ssl.SSLObject, data: bytes) -> int:
        at_once.append(len(data))
        return encipher(self, data)

    monkeypatch.setattr(QuietPlane, "subscribe", subscribe)
    person = await room.admitted("researcher")
    monkeypatch.setattr(ssl.SSLObject, "write", write)
    await person.join("Ria", subscribe=True)
    assert person.seat["offer"]["sdp"] == sdp
    assert sum(at_once) > len(sdp)
    assert max(at_once) <= WRITE_BYTES
