"""Input from outside writes at most one log line a second for each cause."""

import asyncio
import contextlib
import socket
import struct
import subprocess
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import aiohttp
import pytest

from conference.storage.patience import PATIENCE_S
from tests.support.server import Server, shared
from tests.support.wire.client import DEADLINE_S, RefusedError, ScriptedClient
from tests.support.wire.room import TestRoom, opened
from tests.support.wire.scenes import assert_unbroken, flows, publish_camera, sees

SOCKET = "/socket.io/?EIO=4&transport=websocket"
HANDS_S = 12.0  # as long as the database is locked: more than two waits in a row


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    with shared() as server:
        yield server


@pytest.fixture
async def room(server: Server) -> AsyncIterator[TestRoom]:
    async with opened(server) as room:
        yield room


class Lines:
    """The log lines of a server from now on."""

    def __init__(self, server: Server) -> None:
        self._server = server
        self._from = len(server.log)
        self._began = time.monotonic()

    async def of(self, *, causes: int) -> str:
        """Return them once counts have been written; fail if there are too many."""
        took = time.monotonic() - self._began
        await asyncio.sleep(2.5)  # counts are written within two seconds
        found = self._server.log[self._from :]
        most = causes * (took + 3)
        assert found.count("\n") <= most, f"in {took:.1f} s:\n{found[:6000]}"
        return found


@contextlib.asynccontextmanager
async def stranger(server: Server) -> AsyncIterator[aiohttp.ClientWebSocketResponse]:
    """Open a socket that never authenticates."""
    async with (
        aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(ssl=server.trust)
        ) as session,
        session.ws_connect(server.url + SOCKET, autoping=False) as socket,
    ):
        assert (await socket.receive_str()).startswith("0")
        yield socket


@pytest.mark.parametrize(
    "packet", ["7", "8", "9", "", "x", "bA", "٣", "4", "4[", "4" + "[" * 50_000]
)
async def test_malformed_packets_end_the_connection_without_a_traceback(
    server: Server, packet: str
) -> None:
    lines = Lines(server)
    for _ in range(20):
        async with stranger(server) as socket:
            for _ in range(20):
                with contextlib.suppress(ConnectionError):
                    await socket.send_str(packet)
            async with asyncio.timeout(DEADLINE_S):
                async for _ in socket:
                    pass
            assert socket.closed
    assert "Traceback" not in await lines.of(causes=1)


async def test_pings_and_resets_are_logged_once_with_a_count(server: Server) -> None:
    lines = Lines(server)
    for _ in range(2):
        async with stranger(server) as ws:
            connection = ws._response.connection
            assert connection is not None
            transport = connection.transport
            assert transport is not None
            raw = transport.get_extra_info("socket")
            transport.pause_reading()
            for _ in range(2700):
                await ws.ping()
            raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            transport.abort()
    assert "left out" in await lines.of(causes=2)


@contextlib.contextmanager
def locked(file: Path, mode: str) -> Iterator[None]:
    """Lock a SQLite database from another process."""
    program = (
        "import sqlite3, sys\n"
        "db = sqlite3.connect(sys.argv[1], isolation_level=None)\n"
        f"db.execute('BEGIN {mode}')\n"
        "print('held', flush=True)\n"
        "sys.stdin.read()\n"
    )
    with subprocess.Popen(
        [sys.executable, "-c", program, str(file)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    ) as holder:
        assert holder.stdout is not None
        assert holder.stdin is not None
        assert holder.stdout.readline() == b"held\n"
        try:
            yield
        finally:
            holder.stdin.close()


async def timed_refusal(client: ScriptedClient, name: str, **asked: object) -> float:
    """Send a request that is refused because of the storage; return how long it took."""
    begun = time.monotonic()
    with pytest.raises(RefusedError) as caught:
        await client.ask(name, **asked)
    assert caught.value.code == "storage-busy"
    return time.monotonic() - begun


@pytest.mark.parametrize("mode", ["IMMEDIATE", "EXCLUSIVE"])
async def test_locked_database_delays_only_writing(
    server: Server, room: TestRoom, mode: str
) -> None:
    presenter = await room.guest("presenter", "Paul")
    viewer = await room.guest("researcher", "Rita", decode=True)
    await publish_camera(presenter, "red")
    (video,) = viewer.mids("stage", "video")
    await sees(viewer, video, "red")
    await presenter.ask("chat.send", text="before", nonce="n0")
    others = [
        await room.guest("researcher", f"R{n}", subscribe=False) for n in range(6)
    ]
    lines = Lines(server)
    with locked(server.data / "pavilion.sqlite3", mode):
        begun = time.monotonic()
        hands = [
            asyncio.create_task(timed_refusal(one, "hand.raise", raised=True))
            for one in others
        ]
        # Reading goes on while they wait, and previews are answered.
        page = await viewer.ask("chat.history", before=100)
        assert [line.text for line in page.messages] == ["before"]
        guest = room.stranger()
        await guest.connect(invitation=room.token("researcher"))
        assert (await guest.ask("room.preview")).title == "Results"
        assert not any(hand.done() for hand in hands)
        # All wait together, not one behind the other.
        assert max(await asyncio.gather(*hands)) < 2 * PATIENCE_S
        await flows(viewer, video, frames=25)
        # Those who come later do not wait as long again.
        later: list[float] = []
        while time.monotonic() - begun < HANDS_S or len(later) < 3:
            later.append(await timed_refusal(others[1], "hand.raise", raised=True))
            await asyncio.sleep(0.3)
        assert min(later) < PATIENCE_S / 2
    assert_unbroken(viewer)
    async with asyncio.timeout(DEADLINE_S):
        while True:
            with contextlib.suppress(RefusedError):
                await others[2].ask("hand.raise", raised=True)
                break
            await asyncio.sleep(0.1)
    assert "Traceback" not in await lines.of(causes=1)


def fill(file: Path) -> None:
    """Write until the disk is full."""
    with contextlib.suppress(OSError), file.open("wb", buffering=0) as ballast:
        while True:
            ballast.write(bytes(4096))


@pytest.mark.namespace
async def test_full_disk_is_logged_once_and_explained() -> None:
    with tempfile.TemporaryDirectory(prefix="pavilion-full-") as home:
        data = Path(home) / "data"
        data.mkdir()
        mounted = ["mount", "-t", "tmpfs", "-o", "size=3m", "tmpfs", str(data)]
        subprocess.run(mounted, check=True)
        server = Server(Path(home))
        try:
            await server.begin()
            async with opened(server) as room:
                guest = await room.guest("researcher", "Rita", subscribe=False)
                fill(data / "ballast")
                lines = Lines(server)
                for number in range(20):
                    with pytest.raises(RefusedError) as caught:
                        await guest.ask(
                            "chat.send", text="x" * 3000, nonce=f"n{number}"
                        )
                    assert caught.value.code == "storage-failed"
                    await asyncio.sleep(0.5)  # as fast as the chat takes lines
                assert "Traceback" not in await lines.of(causes=1)
                (data / "ballast").unlink()
                await asyncio.sleep(1)
                await guest.ask("chat.send", text="again", nonce="again")
        finally:
            if server.process is not None:
                await server.stop()
            subprocess.run(["umount", "--lazy", str(data)], check=True)


async def test_files_of_the_data_directory_are_readable_only_by_the_owner(
    server: Server, room: TestRoom
) -> None:
    await room.guest("researcher", "Rita", subscribe=False)
    found = {file: file.stat().st_mode & 0o777 for file in server.data.rglob("*")}
    assert any(file.name.endswith("-wal") for file in found)
    assert {
        file.name: oct(mode)
        for file, mode in found.items()
        if mode != (0o700 if file.is_dir() else 0o600)
    } == {}
