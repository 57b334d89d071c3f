"""A step of the host's clock disconnects nobody."""

import time
from pathlib import Path

import pytest

from signaling.namespaces import socket_server
from tests.signaling.namespaces.test_hostile import raw
from tests.signaling.support import Site, as_json

HOUR_S = 3600.0
PING_S = 1.0


@pytest.mark.parametrize("step_s", [HOUR_S, -HOUR_S])
async def test_a_step_of_the_clock_closes_no_connection(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, step_s: float
) -> None:
    monkeypatch.setattr(socket_server, "PING_S", PING_S)
    async with Site(tmp_path / "data") as site:
        room = await site.room()
        people = [await room.join("presenter"), await room.join("researcher")]
        invitation = {"invitation": room.tokens["presenter"]}
        async with raw(site) as socket:
            assert await socket.receive_str() == "2"  # asked, and not answered yet
            wall = time.time
            monkeypatch.setattr(time, "time", lambda: wall() + step_s)
            await socket.send_str("40" + as_json(invitation))
            assert (await socket.receive_str()).startswith("40")
            await socket.send_str("3")
            assert await socket.receive_str() == "2"  # it goes on as before
            await socket.send_str("3")
        for person in people:
            await person.ask("chat.history", before=1)
