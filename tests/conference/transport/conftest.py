"""The media plane that these tests speak to."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest_asyncio

from tests.support.table import Table


@pytest_asyncio.fixture
async def table() -> AsyncIterator[Table]:
    table = Table()
    failures: list[dict[str, Any]] = []
    asyncio.get_running_loop().set_exception_handler(
        lambda _loop, context: failures.append(context)
    )
    await table.plane.start()
    try:
        yield table
    finally:
        await table.close()
    assert failures == [], "something escaped into the event loop"
