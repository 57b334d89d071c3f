"""
Browsers that stay for the next test, which begins with no tab of the last one.

A start costs seconds of both cores, a tab a fraction of one. Everybody has a tab
with cookies, storage and permissions of its own (a browser context in Chromium, a
user context in Firefox), and all of them are closed when their test ends. What a
browser is told at its start tells one kind from another, so nothing of it ever
changes under a test. One in which something went wrong is not used again.

A pool belongs to one event loop: that of whatever made it.
"""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from dataclasses import dataclass, field

from tests.support.browsers.chromium import chromium
from tests.support.browsers.chromium import started_with as chromium_started_with
from tests.support.browsers.firefox import firefox
from tests.support.browsers.firefox import started_with as firefox_started_with
from tests.support.browsers.page import Browser, BrowserName, Options, Page

CLOSE_S = 10.0  # for a tab to go; a browser that takes longer is replaced


@contextlib.asynccontextmanager
async def launch(
    name: BrowserName, options: Options | None = None
) -> AsyncIterator[Browser]:
    """Run a browser for the length of the block."""
    options = options or Options()
    start = chromium if name == "chromium" else firefox
    async with start(options) as browser:
        yield browser


@dataclass(slots=True)
class Kept:
    """A running browser, and what ends it."""

    browser: Browser
    stack: contextlib.AsyncExitStack


Kind = tuple[BrowserName, Options]


@dataclass(slots=True)
class Pool:
    """
    The running browsers, at most one of a kind.

    Inputs: ``borrow``, in which a test lives. The owner calls ``close`` at the end.
    """

    _kept: dict[Kind, Kept] = field(default_factory=dict)

    async def get(self, kind: Kind) -> Browser:
        """Return the browser of a kind, started if there is none that answers."""
        if kind in self._kept and not self._kept[kind].browser.answers:
            await self.drop(kind)
        if kind not in self._kept:
            async with contextlib.AsyncExitStack() as stack:
                browser = await stack.enter_async_context(launch(*kind))
                self._kept[kind] = Kept(browser, stack.pop_all())
        return self._kept[kind].browser

    async def drop(self, kind: Kind) -> None:
        """End a browser; the next who wants one of its kind gets a fresh one."""
        kept = self._kept.pop(kind, None)
        if kept is not None:
            await kept.stack.aclose()

    async def close(self) -> None:
        """End all of them."""
        for kind in list(self._kept):
            await self.drop(kind)


class Borrowed:
    """What one test opens in the browsers of a pool."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool
        self._pages: list[tuple[Kind, Page]] = []

    async def page(self, name: BrowserName, options: Options) -> Page:
        """Open a tab that shares nothing with the others."""
        started_with = (
            chromium_started_with if name == "chromium" else firefox_started_with
        )
        kind = name, started_with(options)
        browser = await self._pool.get(kind)
        page = await browser.new_page(options)
        self._pages.append((kind, page))
        return page

    async def give_back(self) -> None:
        """Close all tabs of the test, and browsers in which that does not succeed."""
        spoilt: set[Kind] = set()
        for kind, page in self._pages:
            try:
                await asyncio.wait_for(page.close(), CLOSE_S)
            except Exception:
                # Whatever a dead or stuck browser answers, its successor is fresh.
                spoilt.add(kind)
        self._pages.clear()
        for kind in spoilt:
            await self._pool.drop(kind)
