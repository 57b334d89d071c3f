"""Setting the host's clock during a conference has no effect on it."""

import asyncio
import tempfile
from pathlib import Path

import pytest

from tests.support.server import Server
from tests.support.wire.room import opened
from tests.support.wire.scenes import flows, publish_camera

pytestmark = pytest.mark.lab

VIEWERS = 8
PING_CYCLE_S = 11.0
"""Each connection is pinged, and judged by its answer, at least once."""


def faketime() -> Path:
    """Return Debian's libfaketime, for programs with threads."""
    return next(Path("/usr/lib").glob("*/faketime/libfaketimeMT.so.1"))


async def test_clock_step_disconnects_nobody(tmp_path: Path) -> None:
    async with asyncio.TaskGroup() as tasks:  # two servers: each waits most of the time
        for step in ("+1d", "-1d"):
            (tmp_path / step).mkdir()
            tasks.create_task(nobody_is_disconnected(step, tmp_path / step))


async def nobody_is_disconnected(step: str, tmp_path: Path) -> None:
    """Set the clock of a server's host during a conference."""
    time_of_day = tmp_path / "time"
    time_of_day.write_text("+0\n")
    with tempfile.TemporaryDirectory() as home:
        server = Server(
            Path(home),
            prefix=(
                "env",
                f"LD_PRELOAD={faketime()}",
                f"FAKETIME_TIMESTAMP_FILE={time_of_day}",
                "FAKETIME_NO_CACHE=1",
                # A kernel sets its time of day; its steady clock goes on.
                "FAKETIME_DONT_FAKE_MONOTONIC=1",
            ),
            extra="[limits]\njoins_at_once = 10000\n",
        )
        await server.begin()
        try:
            async with opened(server) as room:
                presenter = await room.guest("presenter", "Paul")
                await publish_camera(presenter, "pink", width=320, height=180)
                viewers = [
                    await room.guest("researcher", f"V{number}")
                    for number in range(VIEWERS)
                ]
                await viewers[0].ask("chat.send", text="before", nonce="1")
                time_of_day.write_text(f"{step}\n")
                await asyncio.sleep(PING_CYCLE_S)
                for viewer in viewers:
                    assert viewer.connected
                    await flows(viewer, viewer.mids("stage", "video")[0])
                await viewers[0].ask("chat.send", text="after", nonce="2")
                late = await room.guest("researcher", "Lena")
                await flows(late, late.mids("stage", "video")[0])
                assert [line.text for line in late.chat] == ["before", "after"]
                days = (late.chat[1].sent_at - late.chat[0].sent_at) / 86_400
                assert round(days) == (1 if step == "+1d" else -1)  # it was set
        finally:
            await server.stop()
