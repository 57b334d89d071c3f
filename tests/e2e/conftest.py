"""A running server, and an open room for each test."""

from collections.abc import AsyncIterator, Iterator

import pytest

from tests.support.server import Server, shared
from tests.support.wire.room import TestRoom, opened


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    """Serve the tests of one file; a file that restarts it makes its own."""
    with shared() as server:
        yield server


@pytest.fixture
async def room(server: Server) -> AsyncIterator[TestRoom]:
    async with opened(server) as room:
        yield room
