"""
Browsers that are kept for the next test; tabs are closed with their test.

Starting a browser costs seconds of both cores, a tab a fraction of one. Each person has
a tab with cookies, storage and permissions of its own (a browser context in Chromium, a
user context in Firefox). The options that are fixed at the start of a browser are its
kind, and a test gets a browser of the kind that it needs. A browser in which something
failed is not used again.

A pool belongs to the event loop in which it was created.
"""

import asyncio
import contextlib
from collections import defaultdict
from collections.abc import AsyncIterator, Callable, Collection
from dataclasses import dataclass, field

from tests.support.browsers.chromium import chromium
from tests.support.browsers.chromium import started_with as chromium_started_with
from tests.support.browsers.firefox import firefox
from tests.support.browsers.firefox import started_with as firefox_started_with
from tests.support.browsers.page import Browser, BrowserName, Options, Page

CLOSE_S = 20.0  # for a tab to go; a browser that takes longer is replaced
STAY_TESTS = 12
"""Number of tests without use after which a browser ends. Lower: some browsers are
started twice; higher: the last tests run beside many unused ones."""


@contextlib.asynccontextmanager
async def launch(
    name: BrowserName, options: Options | None = None
) -> AsyncIterator[Browser]:
    """Run a browser for the length of the block."""
    options = options or Options()
    start = chromium if name == "chromium" else firefox
    async with start(options) as browser:
        yield browser


Kind = tuple[BrowserName, Options]
Start = Callable[
    [BrowserName, Options], contextlib.AbstractAsyncContextManager[Browser]
]


@dataclass(slots=True)
class Kept:
    """A running browser, how to end it, and the number of the test that last used it."""

    browser: Browser
    stack: contextlib.AsyncExitStack
    used_in: int


@dataclass(slots=True)
class Pool:
    """
    The running browsers, at most one of a kind.

    Inputs: ``get`` during a test, and ``on_test_end`` behind it (``Borrowed`` does
    both). The owner calls ``close`` at the end.
    """

    start: Start = launch
    _kept: dict[Kind, Kept] = field(default_factory=dict)
    _locks: defaultdict[Kind, asyncio.Lock] = field(
        default_factory=lambda: defaultdict(asyncio.Lock)
    )
    """One at a time starts or ends a browser of a kind."""
    _tests: int = 0

    async def get(self, kind: Kind) -> Browser:
        """Return the browser of a kind, started if there is none that answers."""
        async with self._locks[kind]:
            kept = self._kept.get(kind)
            if kept is None or not kept.browser.answers:
                await self._end(kind)
                async with contextlib.AsyncExitStack() as stack:
                    browser = await stack.enter_async_context(self.start(*kind))
                    kept = Kept(browser, stack.pop_all(), self._tests)
                    self._kept[kind] = kept
            kept.used_in = self._tests
            return kept.browser

    async def on_test_end(self, spoilt: Collection[Kind]) -> None:
        """End browsers in which something failed, and those that no test uses now."""
        self._tests += 1
        idle = [
            kind
            for kind, kept in self._kept.items()
            if self._tests - kept.used_in > STAY_TESTS
        ]
        await self._end_all({*spoilt, *idle})

    async def close(self) -> None:
        """End all of them, those too that are being started."""
        await self._end_all(set(self._locks))

    async def _end_all(self, kinds: Collection[Kind]) -> None:
        """End browsers, each one even if others fail; then raise their errors."""
        errors = []
        for kind in kinds:
            try:
                async with self._locks[kind]:
                    await self._end(kind)
            except Exception as error:
                errors.append(error)
        if errors:
            raise ExceptionGroup("browsers did not end as they should", errors)

    async def _end(self, kind: Kind) -> None:
        kept = self._kept.pop(kind, None)
        if kept is not None:
            await kept.stack.aclose()


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
            if kind in spoilt:
                continue  # this tab ends with its browser
            try:
                await asyncio.wait_for(page.close(), CLOSE_S)
            except Exception:
                # Whatever a dead or stuck browser answers, its successor is fresh.
                spoilt.add(kind)
        self._pages.clear()
        await self._pool.on_test_end(spoilt)
