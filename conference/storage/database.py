"""
The database: SQLite in the data directory, or PostgreSQL by URL.

Opens it, brings its tables up to date and hands out transactions. Knows no
table. An error of the database becomes ``InfrastructureError`` here, once.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, event, text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine

from conference.errors import InfrastructureError

MIGRATIONS = Path(__file__).with_name("migrations")
HEAD = "0002"  # the newest migration; a test compares it with the directory

BUSY_TIMEOUT_MS = 5000
# How long a writer waits for another process (``pavilion moderator-link`` while
# the server runs). Longer would hold up a room for a fault that needs a person.


def sqlite_url(path: Path) -> str:
    """Return the URL of a SQLite file."""
    return f"sqlite+aiosqlite:///{path}"


class Database:
    """One database, open between ``open`` and ``close``."""

    def __init__(self, url: str) -> None:
        parsed = make_url(url)
        if parsed.get_backend_name() == "postgresql":
            parsed = parsed.set(drivername="postgresql+asyncpg")
            options: dict[str, Any] = {"pool_size": 5, "pool_pre_ping": True}
        else:
            # One connection: SQLite has one writer, and waiting in our own
            # queue is fair where waiting for its lock is not.
            options = {"pool_size": 1, "max_overflow": 0}
        self._is_sqlite = parsed.get_backend_name() == "sqlite"
        self._engine: AsyncEngine = create_async_engine(parsed, **options)
        if self._is_sqlite:
            event.listen(self._engine.sync_engine, "connect", _prepare_sqlite)
            event.listen(self._engine.sync_engine, "begin", _begin_immediate)

    async def open(self) -> None:
        """
        Connect, and migrate to the newest tables.

        Raises:
            InfrastructureError: The database cannot be reached or migrated.
        """
        async with self.transaction() as connection:
            await connection.run_sync(_migrate)

    async def close(self) -> None:
        """Close all connections."""
        await self._engine.dispose()

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[AsyncConnection]:
        """
        Return a connection in a transaction, committed at the end.

        Raises:
            InfrastructureError: The database failed; nothing was stored.
        """
        try:
            async with self._engine.begin() as connection:
                yield connection
        except (SQLAlchemyError, OSError) as error:
            raise InfrastructureError(
                "storage-failed", "The server could not store this. Try again."
            ) from error


def _prepare_sqlite(connection: Any, _record: object) -> None:  # noqa: ANN401
    connection.isolation_level = None  # BEGIN is ours, see _begin_immediate
    cursor = connection.cursor()
    # FULL: an acknowledged line of chat survives a power cut (WAL alone, with
    # NORMAL, may lose the newest). Price: one fsync a transaction.
    for pragma in (
        "journal_mode=WAL",
        "synchronous=FULL",
        "foreign_keys=ON",
        f"busy_timeout={BUSY_TIMEOUT_MS}",
    ):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _begin_immediate(connection: Connection) -> None:
    # A transaction that reads first and writes later would fail, not wait, when
    # another process wrote in between.
    connection.exec_driver_sql("BEGIN IMMEDIATE")


def _migrate(connection: Connection) -> None:
    if connection.dialect.has_table(connection, "alembic_version"):
        version = connection.execute(text("SELECT version_num FROM alembic_version"))
        if version.scalar() == HEAD:
            return  # the usual start; spares the time to load Alembic
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.attributes["connection"] = connection
    command.upgrade(config, "head")
