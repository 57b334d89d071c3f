"""
The database: SQLite in the data directory, or PostgreSQL by URL.

Opens it, brings its tables up to date and hands out transactions: those that write,
one after another on SQLite, and those that only read, which wait for no writer. None
waits longer than ``patience`` allows. Knows no table. An error of the database becomes
``InfrastructureError`` here, once.
"""

import asyncio
import os
import sqlite3
from collections.abc import AsyncIterator
from contextlib import (
    AbstractAsyncContextManager,
    AsyncExitStack,
    asynccontextmanager,
    suppress,
)
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, event, text
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import OperationalError, SQLAlchemyError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine

from conference.errors import InfrastructureError
from conference.storage.patience import PATIENCE_S, Patience

MIGRATIONS = Path(__file__).with_name("migrations")
HEAD = "0003"  # the newest migration; a test compares it with the directory

BUSY_TIMEOUT_MS = 50
# How long a thread of the driver waits for SQLite's lock. Short, for the wait belongs
# to the event loop, where it can be ended and where others go on.

BUSY_RETRY_S = 0.02
# Between two attempts to begin while another process writes (``pavilion
# moderator-link`` beside the server). One attempt costs 0.2 ms of a thread.

READERS = 4
# Connections that only read, of SQLite. One reads the longest chat in about 10 ms.


def sqlite_url(path: Path) -> str:
    """Return the URL of a SQLite file."""
    return f"sqlite+aiosqlite:///{path}"


class Database:
    """One database, open between ``open`` and ``close``."""

    def __init__(self, url: str) -> None:
        parsed = make_url(url)
        self._file: Path | None = None
        self._writing, self._reading = Patience(), Patience()
        self._writer: asyncio.Lock | None = None
        """On SQLite: the lock of writers. A queue of our own is fair, waiting for
        SQLite's lock is not."""
        if parsed.get_backend_name() == "sqlite":
            self._file = Path(parsed.database or "")
            self._writer = asyncio.Lock()
            self._engine = _sqlite(parsed, connections=1)
            self._readers = _sqlite(parsed, connections=READERS)
            event.listen(self._engine.sync_engine, "begin", _begin_immediate)
            event.listen(self._readers.sync_engine, "begin", _begin_reading)
        else:
            self._engine = self._readers = create_async_engine(
                parsed.set(drivername="postgresql+asyncpg"),
                pool_size=5,
                pool_pre_ping=True,
                pool_timeout=PATIENCE_S,
            )

    async def open(self) -> None:
        """
        Connect, and migrate to the newest tables.

        Raises:
            InfrastructureError: The database cannot be reached or migrated.
        """
        if self._file is not None:
            _keep_private(self._file)
        # Without a deadline: a migration of a large database takes its time.
        async with self._transaction(self._engine, self._writing, deadline=False) as db:
            await db.run_sync(_migrate)

    async def close(self) -> None:
        """Close all connections."""
        await self._engine.dispose()
        await self._readers.dispose()

    def transaction(self) -> AbstractAsyncContextManager[AsyncConnection]:
        """
        Return a connection in a transaction, committed at the end.

        Raises:
            InfrastructureError: The database failed, or did not take the request in
                time; nothing was stored.
        """
        return self._transaction(self._engine, self._writing)

    def reading(self) -> AbstractAsyncContextManager[AsyncConnection]:
        """
        Return a connection that only reads: what was committed before.

        On SQLite it waits for no writer, of this process or another.

        Raises:
            InfrastructureError: The database failed or did not answer in time.
        """
        return self._transaction(self._readers, self._reading)

    @asynccontextmanager
    async def _transaction(
        self, engine: AsyncEngine, patience: Patience, *, deadline: bool = True
    ) -> AsyncIterator[AsyncConnection]:
        now = asyncio.get_running_loop().time
        end = patience.end(now=now())
        try:
            async with AsyncExitStack() as stack:
                connection = await self._begun(stack, engine, end)
                # SQLite waits for nothing once a transaction has begun. PostgreSQL
                # may at each statement; committing is never given up, for nobody
                # would know whether it was done.
                bounded = deadline and self._file is None
                if not bounded:
                    patience.kept()
                async with asyncio.timeout_at(end if bounded else None):
                    yield connection
                patience.kept()
        except (TimeoutError, PoolTimeout) as error:
            patience.lost(now=now())
            raise InfrastructureError(
                "storage-busy",
                "The server's storage does not answer. Nothing was changed; try again "
                "in a moment.",
            ) from error
        except (SQLAlchemyError, OSError) as error:
            raise InfrastructureError(
                "storage-failed", "The server could not store this. Try again."
            ) from error

    async def _begun(
        self, stack: AsyncExitStack, engine: AsyncEngine, end: float
    ) -> AsyncConnection:
        """
        Begin a transaction that ends with ``stack``.

        Raises:
            TimeoutError: It could not begin until ``end``.
        """
        writes = self._writer is not None and engine is self._engine
        if writes:
            assert self._writer is not None
            async with asyncio.timeout_at(end):
                await self._writer.acquire()
            stack.callback(self._writer.release)
        if self._file is None:
            async with asyncio.timeout_at(end):
                return await stack.enter_async_context(engine.begin())
        while True:
            try:
                return await stack.enter_async_context(engine.begin())
            except OperationalError as error:
                if not _is_busy(error):
                    raise
                if asyncio.get_running_loop().time() >= end:
                    raise TimeoutError("the database is locked") from error
            await asyncio.sleep(BUSY_RETRY_S)


def _sqlite(url: URL, *, connections: int) -> AsyncEngine:
    engine = create_async_engine(
        url, pool_size=connections, max_overflow=0, pool_timeout=PATIENCE_S
    )
    event.listen(engine.sync_engine, "connect", _prepare_sqlite)
    return engine


def _prepare_sqlite(connection: Any, _record: object) -> None:  # noqa: ANN401
    connection.isolation_level = None  # BEGIN is ours, see _begin_immediate
    cursor = connection.cursor()
    # FULL: an acknowledged line of chat survives a power cut (WAL alone, with
    # NORMAL, may lose the newest). Price: one fsync a transaction.
    for pragma in (
        f"busy_timeout={BUSY_TIMEOUT_MS}",
        "journal_mode=WAL",
        "synchronous=FULL",
        "foreign_keys=ON",
    ):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _begin_immediate(connection: Connection) -> None:
    # A transaction that reads first and writes later would fail, not wait, when
    # another process wrote in between.
    connection.exec_driver_sql("BEGIN IMMEDIATE")


def _begin_reading(connection: Connection) -> None:
    connection.exec_driver_sql("BEGIN")


def _is_busy(error: OperationalError) -> bool:
    code: int = getattr(error.orig, "sqlite_errorcode", 0)
    return code & 0xFF in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED)


def _keep_private(file: Path) -> None:
    """
    Let only its owner read a SQLite file.

    SQLite gives its other files (``-wal``, ``-shm``) the mode of this one. Those that
    an earlier version made lie in a private directory, but a copy of them might not.
    """
    with suppress(OSError):  # SQLite says better what is wrong with the file
        os.close(os.open(file, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600))
    for suffix in ("", "-wal", "-shm", "-journal"):
        with suppress(OSError):
            Path(f"{file}{suffix}").chmod(0o600)


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
