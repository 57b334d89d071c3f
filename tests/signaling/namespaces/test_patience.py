"""A client whose request takes the server long is not taken for gone."""

import asyncio
from pathlib import Path

import pytest

from signaling.namespaces import socket_server
from signaling.namespaces.fair_start import FairStart
from tests.signaling.support import Site

PING_S = 1.0
LONG_S = 4 * PING_S  # twice what an unanswered ping may take


async def test_a_long_request_does_not_lose_the_connection(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of two hundred who join at once, the last wait for longer than a ping."""
    monkeypatch.setattr(socket_server, "PING_S", PING_S)
    take = FairStart.take

    async def slow(starts: FairStart) -> None:
        await asyncio.sleep(LONG_S)
        await take(starts)

    async with Site(tmp_path / "data") as site:
        room = await site.room()
        monkeypatch.setattr(FairStart, "take", slow)
        person = await room.join("researcher")
        await person.ask("chat.history", before=1)
