"""A request that ends its own connection is answered before the connection ends."""

import asyncio
import json
from collections.abc import Sequence
from typing import Any

import aiohttp
import pytest

from conference.contract.records import Change
from tests.signaling.namespaces.test_hostile import EVENT, closes, raw
from tests.signaling.support import RoomWithLinks, until

ACK = "43"


async def sits(
    room: RoomWithLinks, socket: aiohttp.ClientWebSocketResponse, role: str
) -> str:
    """Take a seat by hand; return its participant."""
    asked = {"name": role, "organisation": "O", "subscribe": False}
    await socket.send_str(f"{EVENT}0{json.dumps(['seat.join', asked])}")
    while True:
        said = await socket.receive_str()
        if said.startswith(f"{ACK}0"):
            found: str = json.loads(said[3:])[0]["result"]["participant"]
            return found


def order(said: Sequence[str], ack: int) -> list[str]:
    """Return the answer and the last notice, in the order in which they arrived."""
    kinds = {f"{ACK}{ack}[": "answer", f'{EVENT}["seat.closed"': "closed"}
    return [
        kind for line in said for start, kind in kinds.items() if line.startswith(start)
    ]


@pytest.fixture
async def moderator(room: RoomWithLinks) -> dict[str, str]:
    made = await room.owner.ask("invitation.create", room=room.id, role="moderator")
    return {"invitation": made["url"].partition("#")[2]}


async def test_closing_the_room_from_inside_is_answered(
    room: RoomWithLinks, moderator: dict[str, str]
) -> None:
    guest = await room.join("presenter")
    async with raw(room.site, auth=moderator) as socket:
        await sits(room, socket, "Mod")
        asked = json.dumps(["room.close", {"room": room.id}])
        await socket.send_str(f"{EVENT}7{asked}")
        said = await closes(socket)
    assert order(said, 7) == ["answer", "closed"]
    assert f'{ACK}7[{{"ok":true' in "".join(said)
    assert (await guest.hears("seat.closed"))["reason"] == "room-closed"


async def test_removing_oneself_is_answered(
    room: RoomWithLinks, moderator: dict[str, str]
) -> None:
    async with raw(room.site, auth=moderator) as socket:
        own = await sits(room, socket, "Mod")
        asked = json.dumps(["participant.remove", {"participant": own}])
        await socket.send_str(f"{EVENT}7{asked}")
        said = await closes(socket)
    assert order(said, 7) == ["answer", "closed"]


async def test_leaving_is_answered(room: RoomWithLinks) -> None:
    guest = await room.join("presenter")
    assert await guest.ask("seat.leave") == {}


def held_back(
    room: RoomWithLinks, monkeypatch: pytest.MonkeyPatch
) -> tuple[asyncio.Event, asyncio.Event]:
    """Let storing wait; return when it begins, and what lets it go on."""
    begun, go_on = asyncio.Event(), asyncio.Event()
    store: Any = room.site.server.conference._rooms._store
    stored = store.apply

    async def slow(changes: Sequence[Change]) -> None:
        begun.set()
        await go_on.wait()
        await stored(changes)

    monkeypatch.setattr(store, "apply", slow)
    return begun, go_on


async def test_a_request_in_progress_is_answered_when_the_seat_moves(
    room: RoomWithLinks, monkeypatch: pytest.MonkeyPatch
) -> None:
    invitation = {"invitation": room.tokens["researcher"]}
    async with raw(room.site, auth=invitation) as socket:
        own = await sits(room, socket, "Rita")
        begun, go_on = held_back(room, monkeypatch)
        asked = json.dumps(["hand.raise", {"raised": True}])
        await socket.send_str(f"{EVENT}7{asked}")
        await begun.wait()
        from conference.service.notices import Closing, SeatClosed

        hub = room.site.server.hub
        rooms: Any = room.site.server.conference._rooms
        connection = rooms.by_id[room.id].holders[own]
        hub.close(connection, SeatClosed(Closing.TAKEN_OVER))
        hub.close(connection, SeatClosed(Closing.REMOVED))  # said once
        go_on.set()
        said = await closes(socket)
    assert order(said, 7) == ["answer", "closed"]
    assert "taken-over" in "".join(said)


async def test_a_slow_answer_does_not_keep_a_removed_person(
    room: RoomWithLinks, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("signaling.namespaces.hub.ANSWER_S", 0.1)
    invitation = {"invitation": room.tokens["researcher"]}
    async with raw(room.site, auth=invitation) as socket:
        own = await sits(room, socket, "Rita")
        begun, go_on = held_back(room, monkeypatch)
        asked = json.dumps(["hand.raise", {"raised": True}])
        await socket.send_str(f"{EVENT}7{asked}")
        await begun.wait()
        from conference.service.notices import Closing, SeatClosed

        rooms: Any = room.site.server.conference._rooms
        hub = room.site.server.hub
        hub.close(rooms.by_id[room.id].holders[own], SeatClosed(Closing.REMOVED))
        while '"removed"' not in await socket.receive_str():
            pass
        go_on.set()
        assert order(await closes(socket), 7) == []
    await until(lambda: len(hub) == 1)  # the owner


async def test_a_flood_is_refused_before_it_is_cut(room: RoomWithLinks) -> None:
    async with raw(room.site, auth={"invitation": room.tokens["presenter"]}) as socket:
        for number in range(250):
            await socket.send_str(f'{EVENT}{number}["room.preview",{{}}]')
        said = await closes(socket)
    last = max(i for i, line in enumerate(said) if line.startswith(ACK))
    closed = next(i for i, line in enumerate(said) if "seat.closed" in line)
    assert last < closed
