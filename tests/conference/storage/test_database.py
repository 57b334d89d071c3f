"""Opening, migrating and failing."""

import threading
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, text

from conference.errors import InfrastructureError
from conference.storage.database import HEAD, MIGRATIONS, Database, sqlite_url
from conference.storage.tables import accounts, metadata
from tests.signaling.support import until


async def test_the_migrations_build_the_tables(database: Database) -> None:
    def differences(connection: Connection) -> list[object]:
        return list(compare_metadata(MigrationContext.configure(connection), metadata))

    async with database.transaction() as db:
        assert await db.run_sync(differences) == []


def test_the_newest_migration_is_known() -> None:
    assert ScriptDirectory(str(MIGRATIONS)).get_current_head() == HEAD


async def test_opening_again_changes_nothing(url: str) -> None:
    def everything(connection: Connection) -> dict[str, list[object]]:
        found: dict[str, list[object]] = {
            table.name: list(map(tuple, connection.execute(table.select())))
            for table in metadata.sorted_tables
        }
        version = text("SELECT version_num FROM alembic_version")
        return {**found, "version": list(map(tuple, connection.execute(version)))}

    seen = []
    for number in range(2):
        database = Database(url)
        await database.open()
        async with database.transaction() as db:
            if not number:
                await db.execute(accounts.insert().values(id="a", created_at=1.0))
            seen.append(await db.run_sync(everything))
        await database.close()
    assert seen[0] == seen[1]
    assert len(seen[0]["accounts"]) == 1
    assert seen[0]["version"] == [(HEAD,)]


async def test_sqlite_survives_power_cuts_and_waits_for_others(tmp_path: Path) -> None:
    database = Database(sqlite_url(tmp_path / "x.sqlite3"))
    await database.open()
    async with database.transaction() as db:
        for pragma, value in (("journal_mode", "wal"), ("synchronous", 2)):
            assert (await db.execute(text(f"PRAGMA {pragma}"))).scalar() == value
    await database.close()


async def test_a_database_that_cannot_be_opened_is_named(tmp_path: Path) -> None:
    database = Database(sqlite_url(tmp_path / "missing" / "x.sqlite3"))
    threads = threading.active_count()
    with pytest.raises(InfrastructureError) as caught:
        await database.open()
    assert caught.value.code == "storage-failed"
    await database.close()
    # The driver's thread still reports to this loop, which ends with the test.
    await until(lambda: threading.active_count() <= threads)
