"""Connections that end in every possible manner are counted under their reason."""

import asyncio
import re
from collections import Counter
from itertools import cycle

import aiohttp

from tests.support.server import connector
from tests.support.wire.client import ScriptedClient
from tests.support.wire.room import TestRoom
from tests.support.wire.scenes import flows, publish_camera

AT_ONCE = 5
ROUNDS = 4
ENDED = re.compile(r'^pavilion_connections_ended_total{reason="(.+?)"} (\d+)', re.M)


async def endings(room: TestRoom) -> Counter[str]:
    """Return how many connections ended, by reason."""
    async with (
        aiohttp.ClientSession(connector=connector(None)) as http,
        http.get(f"{room.server.url}/metrics", ssl=room.server.trust) as response,
    ):
        found = ENDED.findall(await response.text())
    return Counter(
        {reason: int(float(count)) for reason, count in found if count != "0"}
    )


async def goes(client: ScriptedClient, how: str) -> None:
    """End a connection in the given manner."""
    if how == "leave":
        await client.ask("seat.leave")
    elif how == "drop":
        await client.drop()
    await client.close(silently=how == "crash")


async def test_every_connection_is_counted_under_its_ending(room: TestRoom) -> None:
    presenter = await room.guest("presenter", "Paul")
    await publish_camera(presenter, "pink", width=320, height=180)
    before = await endings(room)
    manners, asked, cut = cycle(("leave", "drop", "close", "crash")), Counter[str](), 0

    async def visits(name: str) -> None:
        nonlocal cut
        for number in range(ROUNDS):
            client = room.stranger()
            room.clients.remove(client)
            await client.connect(invitation=room.token("researcher"))
            await client.join(name)
            await flows(client, client.mids("stage", "video")[0], frames=5)
            await client.ask("chat.send", text="Hello", nonce=f"{name}{number}")
            cut += not client.connected
            how = next(manners)
            asked[how] += 1
            await goes(client, how)

    await asyncio.gather(*(visits(f"V{number}") for number in range(AT_ONCE)))

    expected = Counter(left=asked["leave"] + asked["close"] + asked["crash"])
    expected["broken"] = asked["drop"]
    deadline = asyncio.get_running_loop().time() + 10
    while (since := await endings(room) - before) != expected:
        assert asyncio.get_running_loop().time() < deadline, (since, expected)
        await asyncio.sleep(0.1)
    assert cut == 0
    assert presenter.connected
