"""
A small conference from start to end: ``python -m tests.support.conference HOME``.

For places where a test cannot run itself, as in a network namespace: starts a
server, brings in a presenter and a viewer, and says what the viewer saw.
"""

import asyncio
import sys
from pathlib import Path

from tests.support.server import Server
from tests.support.wire.room import opened
from tests.support.wire.scenes import assert_unbroken, publish_camera, sees

LINGER_S = 6.0  # longer than a ping interval: whatever wants to call out has its time


async def hold(home: Path, command: tuple[str, ...] | None) -> None:
    """Hold the conference with a server whose files are in ``home``."""
    server = Server(home)
    if command is not None:
        server.command = command
    await server.begin()
    try:
        async with opened(server) as room:
            presenter = await room.guest("presenter", "Paul")
            viewer = await room.guest("researcher", "Rita", decode=True)
            await publish_camera(presenter, "red")
            await sees(viewer, viewer.mids("stage", "video")[0], "red")
            await asyncio.sleep(LINGER_S)
            assert_unbroken(viewer)
        print("seen: red")
    finally:
        await server.stop()


if __name__ == "__main__":
    asyncio.run(hold(Path(sys.argv[1]), tuple(sys.argv[2:]) or None))
