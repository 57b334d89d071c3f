"""Real browsers behind one small interface: see ``page.Page`` and ``launch``."""

import contextlib
from collections.abc import AsyncIterator

from tests.support.browsers.chromium import chromium
from tests.support.browsers.firefox import firefox
from tests.support.browsers.page import Browser, BrowserName, Options, Page

__all__ = ["Browser", "BrowserName", "Options", "Page", "launch"]


@contextlib.asynccontextmanager
async def launch(
    name: BrowserName, options: Options | None = None
) -> AsyncIterator[Browser]:
    """Run a browser for the length of the block."""
    options = options or Options()
    start = chromium if name == "chromium" else firefox
    async with start(options) as browser:
        yield browser
