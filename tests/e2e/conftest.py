"""A running server and an open room for each test."""

from collections.abc import AsyncIterator

import pytest

from tests.support.server import Server, running
from tests.support.wire.room import TestRoom, opened


@pytest.fixture
async def server() -> AsyncIterator[Server]:
    async with running() as server:
        yield server


@pytest.fixture
async def room(server: Server) -> AsyncIterator[TestRoom]:
    async with opened(server) as room:
        yield room
