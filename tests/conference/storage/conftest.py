"""The same tests against SQLite and, when there is one, PostgreSQL."""

import os
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from sqlalchemy import text

from conference.storage.accounts import Accounts
from conference.storage.database import Database, sqlite_url
from conference.storage.rooms import Rooms
from tests.conference.storage.support import INVITATION, OWNER, RECORD

POSTGRES = os.environ.get("PAVILION_TEST_POSTGRES")
BACKENDS = [
    "sqlite",
    pytest.param(
        "postgresql",
        marks=[
            pytest.mark.postgres,
            pytest.mark.skipif(POSTGRES is None, reason="no PostgreSQL URL"),
        ],
    ),
]


@pytest_asyncio.fixture(params=BACKENDS)
async def url(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[str]:
    if request.param == "sqlite":
        yield sqlite_url(tmp_path / "test.sqlite3")
        return
    assert POSTGRES is not None
    database = Database(POSTGRES)
    async with database.transaction() as db:
        await db.execute(text("DROP SCHEMA public CASCADE"))
        await db.execute(text("CREATE SCHEMA public"))
    await database.close()
    yield POSTGRES


@pytest_asyncio.fixture
async def database(url: str) -> AsyncIterator[Database]:
    opened = Database(url)
    await opened.open()
    yield opened
    await opened.close()


@pytest_asyncio.fixture
async def accounts(database: Database) -> Accounts:
    return Accounts(database)


@pytest_asyncio.fixture
async def rooms(database: Database, accounts: Accounts) -> Rooms:
    await accounts.add_link(b"l" * 32, further=False, now=0.0, expires_at=100.0)
    assert await accounts.redeem_link(
        b"l" * 32,
        account=OWNER,
        sign_in_hash=b"s" * 32,
        now=1.0,
        sign_in_expires_at=50.0,
    )
    repository = Rooms(database)
    await repository.add(RECORD, [INVITATION])
    return repository
