"""A running server, and a room on it."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest_asyncio

from tests.signaling.support import RoomWithLinks, Site


@pytest_asyncio.fixture
async def site(tmp_path: Path) -> AsyncIterator[Site]:
    async with Site(tmp_path / "data") as running:
        yield running


@pytest_asyncio.fixture
async def room(site: Site) -> RoomWithLinks:
    return await site.room()
