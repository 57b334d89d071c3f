"""Hostile clients: floods, malformed messages, and clients that do not read."""

import asyncio
import contextlib
import json
import logging
from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import pytest

from signaling.namespaces.socket_server import QUEUED_BYTES
from tests.signaling.support import (
    DEADLINE_S,
    Refusal,
    RoomWithLinks,
    Site,
    as_json,
    until,
)

EVENT = "42"  # Engine.IO message, Socket.IO event
FAREWELL_S = 0.2


@pytest.fixture
def _brief_farewell(monkeypatch: pytest.MonkeyPatch) -> None:
    """Wait less for clients to close by themselves, as those of a test never do."""
    monkeypatch.setattr("signaling.namespaces.hub.FAREWELL_S", FAREWELL_S)


@contextlib.asynccontextmanager
async def raw(
    site: Site,
    *,
    auth: dict[str, str] | None = None,
    headers: dict[str, str] | None = None,
) -> AsyncIterator[aiohttp.ClientWebSocketResponse]:
    """Speak Socket.IO by hand."""
    async with (
        site.http() as http,
        http.ws_connect(
            "/socket.io/?EIO=4&transport=websocket", headers=headers, autoping=False
        ) as socket,
    ):
        opened = await socket.receive_str()
        assert opened.startswith("0")
        if auth is not None:
            await socket.send_str("40" + as_json(auth))
            assert (await socket.receive_str()).startswith("40")
        yield socket


async def closes(socket: aiohttp.ClientWebSocketResponse) -> list[str]:
    """Wait until the server has closed the socket; return what it still said."""
    said: list[str] = []
    async with asyncio.timeout(DEADLINE_S):
        while True:
            message = await socket.receive()
            if message.type is not aiohttp.WSMsgType.TEXT:
                return said
            said.append(message.data)
            if message.data == "2":
                with contextlib.suppress(ConnectionError):
                    await socket.send_str("3")


async def seated(room: RoomWithLinks) -> str:
    """Return the seat token of a participant whose connection is lost."""
    client = await room.join("researcher", "Seated")
    await client.cut_off()
    token: str = client.seat["seat"]
    return token


@pytest.mark.parametrize(
    ("event", "request_", "code", "part"),
    [
        ("no.such", {}, "unknown-event", "event"),
        ("connect", {}, "unknown-event", "event"),
        ("disconnect", {}, "unknown-event", "event"),
        ("chat.send", {"text": "x"}, "malformed", "nonce"),
        ("chat.send", {"text": 1, "nonce": "n"}, "malformed", "text"),
        ("chat.send", {"text": "x", "nonce": "n", "y": 1}, "malformed", "y"),
        ("chat.send", {"text": "\u3164", "nonce": "n"}, "text-empty", "no visible"),
        ("chat.send", {"text": "x" * 4001, "nonce": "n"}, "text-too-long", "4000"),
        ("chat.send", [1], "malformed", "malformed"),
        ("chat.send", "text", "malformed", "malformed"),
        ("chat.send", {"text": "x" * 60_000, "nonce": "n"}, "too-large", "longer"),
        ("view.set", {"tiles": [{"participant": "a"}]}, "malformed", "tiles.0"),
        ("hand.raise", {"raised": "yes"}, "malformed", "raised"),
    ],
)
async def test_a_malformed_request_is_named_and_changes_nothing(
    room: RoomWithLinks, event: str, request_: Any, code: str, part: str
) -> None:
    client = await room.join("researcher")
    with pytest.raises(Refusal) as caught:
        await client.ask_raw(event, request_)
    assert caught.value.code == code
    assert part in caught.value.message
    assert client.sio.connected
    assert (await client.ask("chat.history", before=100))["messages"] == []


async def test_two_arguments_are_one_too_many(room: RoomWithLinks) -> None:
    client = await room.join("researcher")
    with pytest.raises(Refusal) as caught:
        await client.ask_raw("chat.send", {"text": "x", "nonce": "n"}, {})
    assert caught.value.code == "malformed"


async def test_too_many_requests_are_refused_then_the_client_is_cut(
    room: RoomWithLinks,
) -> None:
    witness = await room.join("presenter")
    token = await seated(room)
    async with raw(room.site, auth={"seat": token}) as socket:
        await socket.send_str(EVENT + '0["seat.resume",{}]')
        for n in range(400):
            with contextlib.suppress(ConnectionError):
                await socket.send_str(f'{EVENT}{n + 1}["hand.raise",{{"raised":true}}]')
        said = "".join(await closes(socket))
    assert "too-fast" in said
    assert '"reason":"flooding"' in said
    await witness.ask("chat.send", text="still here", nonce="n")


@pytest.mark.usefixtures("_brief_farewell")
@pytest.mark.parametrize(
    "garbage",
    [
        "4",
        "49",
        "4xyz",
        "42{",
        "42{}",
        "42[]",
        "42[1]",
        "42" + "[" * 50_000,
        '451-["x",{"_placeholder":true,"num":0}]',
        '4599999-["x"]',
        "40{}",
        "44{}",
        "41/other,",
    ],
)
async def test_garbage_ends_that_connection_alone(
    room: RoomWithLinks, garbage: str
) -> None:
    witness = await room.join("presenter")
    token = await seated(room)
    async with raw(room.site, auth={"seat": token}) as socket:
        await socket.send_str(garbage)
        await closes(socket)
    await witness.ask("chat.send", text="still here", nonce="n")


@pytest.mark.usefixtures("_brief_farewell")
async def test_binary_ends_the_connection(room: RoomWithLinks) -> None:
    async with raw(room.site, auth={"seat": await seated(room)}) as socket:
        await socket.send_bytes(b"\x00" * 100)
        await closes(socket)


async def test_a_message_of_a_megabyte_ends_the_connection(room: RoomWithLinks) -> None:
    async with raw(room.site, auth={"seat": await seated(room)}) as socket:
        await socket.send_str('42["chat.send",{"text":"' + "x" * 1_000_000 + '"}]')
        await closes(socket)


async def test_a_client_that_never_identifies_itself_is_cut(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("signaling.http.site.HEADERS_S", 0.3)
    async with raw(site) as socket:
        await closes(socket)
    await until(lambda: len(site.server.hub) == 0)


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Origin": "http://localhost"},
        {"Cookie": "__Host-pavilion=x"},
    ],
)
async def test_other_origins_are_refused(site: Site, headers: dict[str, str]) -> None:
    with pytest.raises(aiohttp.WSServerHandshakeError) as caught:
        async with raw(site, headers=headers):
            pass
    assert caught.value.status == 403


async def test_there_is_no_polling(site: Site) -> None:
    async with (
        site.http() as http,
        http.get("/socket.io/?EIO=4&transport=polling") as response,
    ):
        assert response.status == 400


async def test_a_client_that_does_not_read_is_cut_and_costs_little(
    room: RoomWithLinks,
) -> None:
    """engine.io alone would queue without limit."""
    witness = await room.join("moderator")
    token = await seated(room)
    text = json.dumps({"text": "x" * 3900, "nonce": "n"})
    async with raw(room.site, auth={"seat": token}) as socket:
        await socket.send_str(EVENT + '0["seat.resume",{}]')
        hub = room.site.server.hub
        await until(lambda: len(hub) == 3)
        # The client's transport takes nothing more: its window fills up.
        connection = socket._response.connection
        assert connection is not None
        assert connection.transport is not None
        connection.transport.pause_reading()
        from conference.contract.words import ChatLine
        from conference.service.notices import ChatSaid

        line = ChatLine(1, witness.id, "n", "o", text, "n", 0.0)  # type: ignore[arg-type]
        most = sent = 0
        everybody = [c.id for c in hub._connections.values() if c.token]
        while len(hub) == 3 and sent < 80_000_000:
            for _ in range(20):
                hub.send(everybody, ChatSaid(line))
                sent += 4000
            most = max(most, hub.unsent())
            await asyncio.sleep(0)
        assert most <= QUEUED_BYTES + 100_000
        await until(lambda: len(hub) == 2)
        connection.transport.abort()
    await witness.ask("chat.send", text="still here", nonce="n")


@pytest.mark.parametrize("number", [2**31, 2**63, 2**64, -(2**63), 1e308])
async def test_numbers_that_no_store_holds_are_malformed(
    room: RoomWithLinks, caplog: pytest.LogCaptureFixture, number: float
) -> None:
    guest = await room.join("researcher")
    again = await room.site.client().connect(seat=guest.seat["seat"])
    for client, event, field in (
        (guest, "chat.history", "before"),
        (guest, "chat.history", "limit"),
        (guest, "quality.report", "level"),
        (guest, "view.set", "stage_height"),
        (again, "seat.resume", "last_chat"),
    ):
        with pytest.raises(Refusal) as caught:
            await client.ask(event, **{field: number})
        assert caught.value.code == "malformed"
    assert "Traceback" not in caplog.text


def test_the_libraries_write_through_our_handler_alone(site: Site) -> None:
    """With a handler of their own, their lines came twice and without limits."""
    assert site.url
    for name in ("engineio", "engineio.server", "socketio", "socketio.server"):
        assert logging.getLogger(name).handlers == []
        assert logging.getLogger(name).propagate
