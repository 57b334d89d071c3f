"""A conference for the tests of the service."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest_asyncio

from tests.conference.service.support import World


@pytest_asyncio.fixture
async def world(tmp_path: Path) -> AsyncIterator[World]:
    """Return a started conference with one room."""
    made = World(tmp_path)
    await made.start()
    yield made
    await made.database.close()
