"""How long a request waits for a database that others hold."""

import asyncio
import stat
import time
from pathlib import Path

import pytest
from sqlalchemy import text

from conference.errors import InfrastructureError
from conference.storage import patience
from conference.storage.database import Database, sqlite_url
from conference.storage.patience import PATIENCE_S


async def hold(url: str, held: asyncio.Event, until: asyncio.Event) -> None:
    """Hold the table of rooms, as another program would."""
    other = Database(url)
    async with other._engine.begin() as db:  # without our own deadlines
        if other._file is None:
            await db.execute(text("LOCK TABLE rooms IN ACCESS EXCLUSIVE MODE"))
        held.set()
        await until.wait()
    await other.close()


async def test_a_held_database_refuses_in_time_and_comes_back(
    database: Database, url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    pause_s = 2.5  # wide enough for a busy machine to tell "at once" from a wait
    monkeypatch.setattr(patience, "PAUSE_S", pause_s)
    held, until = asyncio.Event(), asyncio.Event()
    holder = asyncio.create_task(hold(url, held, until))
    await held.wait()

    async def write() -> float:
        begun = time.monotonic()
        with pytest.raises(InfrastructureError) as caught:
            async with database.transaction() as db:
                await db.execute(text("UPDATE rooms SET title = 'x'"))
        assert caught.value.code == "storage-busy"
        return time.monotonic() - begun

    first = await asyncio.gather(*(write() for _ in range(8)))
    assert max(first) < 2 * PATIENCE_S  # all together, not one behind the other
    assert await write() < pause_s  # at once
    await asyncio.sleep(pause_s)
    assert await write() < PATIENCE_S  # a pause, not the whole patience again
    until.set()
    await holder
    await asyncio.sleep(pause_s)
    async with database.transaction() as db:
        await db.execute(text("UPDATE rooms SET title = 'y'"))


async def test_sqlite_is_read_while_it_is_written(tmp_path: Path) -> None:
    url = sqlite_url(tmp_path / "x.sqlite3")
    database = Database(url)
    await database.open()
    async with asyncio.timeout(60), database.transaction() as writer:
        await writer.execute(text("DELETE FROM seats"))
        for _ in range(20):
            async with database.reading() as reader:
                assert (await reader.execute(text("SELECT 1"))).scalar() == 1
    await database.close()


async def test_a_writer_waits_for_a_short_other_one(
    database: Database, url: str
) -> None:
    held, until = asyncio.Event(), asyncio.Event()
    holder = asyncio.create_task(hold(url, held, until))
    await held.wait()
    asyncio.get_running_loop().call_later(0.5, until.set)
    async with database.transaction() as db:
        await db.execute(text("UPDATE rooms SET title = 'x'"))
    await holder


async def test_a_cancelled_wait_leaves_the_turn_to_the_next(
    database: Database, url: str
) -> None:
    held, until = asyncio.Event(), asyncio.Event()
    holder = asyncio.create_task(hold(url, held, until))
    await held.wait()

    async def write() -> None:
        async with database.transaction() as db:
            await db.execute(text("UPDATE rooms SET title = 'x'"))

    waiting = [asyncio.create_task(write()) for _ in range(3)]
    await asyncio.sleep(0.2)
    for task in waiting[:2]:
        task.cancel()
    until.set()
    results = await asyncio.gather(*waiting, return_exceptions=True)
    assert [type(result) for result in results[:2]] == [asyncio.CancelledError] * 2
    assert results[2] is None
    await holder


async def test_its_files_are_for_the_owner_alone(tmp_path: Path) -> None:
    file = tmp_path / "x.sqlite3"
    file.touch(mode=0o644)
    file.chmod(0o644)
    database = Database(sqlite_url(file))
    await database.open()
    modes = {p.name: stat.S_IMODE(p.stat().st_mode) for p in tmp_path.iterdir()}
    await database.close()
    assert modes == {f"x.sqlite3{suffix}": 0o600 for suffix in ("", "-wal", "-shm")}
