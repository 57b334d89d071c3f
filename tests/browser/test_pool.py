"""Tests share browsers, and no state in them."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from tests.browser.conftest import each
from tests.support.browsers import (
    Borrowed,
    Browser,
    BrowserName,
    Options,
    Page,
    Pool,
)
from tests.support.browsers.chromium import started_with as chromium_decides
from tests.support.browsers.firefox import started_with as firefox_decides
from tests.support.browsers.pool import STAY_TESTS, Kind
from tests.support.server import Server

LEAVE = """() => {
  localStorage.setItem("left", "here");
  document.cookie = "left=here; Secure; Path=/";
}"""
FOUND = "() => [localStorage.getItem('left'), document.cookie]"
SEEN = "() => [document.visibilityState, innerWidth]"


@each
async def test_each_test_gets_a_clean_browser_context(
    server: Server, browsers: Pool, browser: BrowserName
) -> None:
    first, second = Borrowed(browsers), Borrowed(browsers)
    page = await first.page(browser, Options())
    other = await first.page(browser, Options())
    await page.goto(server.url)
    await page.evaluate(LEAVE)
    assert await page.evaluate(FOUND) == ["here", "left=here"]
    await other.goto(server.url)
    assert await other.evaluate(FOUND) == [None, ""]
    await first.give_back()

    later = await second.page(browser, Options(width=700))
    await later.goto(server.url)
    assert await later.evaluate(FOUND) == [None, ""]
    assert await later.evaluate(SEEN) == ["visible", 700]
    await second.give_back()


@dataclass
class Shelf:
    """Starts browsers that are none, and notes what becomes of them."""

    running: list[Kind] = field(default_factory=list)
    starts: int = 0
    open: asyncio.Event = field(default_factory=asyncio.Event)
    """Until it is set, a start takes."""
    failing: set[Kind] = field(default_factory=set)
    """Whose ends raise."""
    stuck: set[Kind] = field(default_factory=set)
    """Whose tabs do not close."""
    closed: list[Kind] = field(default_factory=list)
    """For each attempt to close a tab, of which kind."""

    @contextlib.asynccontextmanager
    async def start(
        self, name: BrowserName, options: Options
    ) -> AsyncIterator[Browser]:
        kind = name, options
        self.starts += 1
        await self.open.wait()
        self.running.append(kind)
        try:
            yield Cardboard(self, kind)
        finally:
            self.running.remove(kind)
            if kind in self.failing:
                raise ConnectionError(f"{name} was gone")


class Cardboard(Browser):
    def __init__(self, shelf: Shelf, kind: Kind) -> None:
        self.shelf, self.kind = shelf, kind
        self.name = kind[0]

    @property
    def answers(self) -> bool:
        return True

    async def new_page(self, options: Options | None = None) -> Page:
        return CardboardPage(self)


class CardboardPage(Page):
    def __init__(self, browser: Cardboard) -> None:
        super().__init__()
        self.browser = browser

    async def close(self) -> None:
        shelf, kind = self.browser.shelf, self.browser.kind
        shelf.closed.append(kind)
        if kind in shelf.stuck:
            await asyncio.Event().wait()

    async def second_tab(self) -> Page:
        return self

    async def close_tab(self) -> None: ...
    async def before_load(self, function: str) -> None: ...
    async def goto(self, url: str) -> None: ...
    async def reload(self) -> None: ...
    async def evaluate(self, function: str, *arguments: Any) -> Any: ...
    async def screenshot(self, path: Path) -> None: ...
    async def click_at(self, x: float, y: float, *, count: int = 1) -> None: ...
    async def press(self, key: str) -> None: ...
    async def type(self, text: str) -> None: ...


USUAL: Kind = ("chromium", Options())
OTHER: Kind = ("firefox", Options())
DENIED: Kind = ("chromium", Options(media="denied"))


@pytest.fixture
def shelf() -> Shelf:
    shelf = Shelf()
    shelf.open.set()
    return shelf


async def test_concurrent_requests_of_a_kind_share_one_browser(shelf: Shelf) -> None:
    shelf.open.clear()
    pool = Pool(shelf.start)
    wanted = [asyncio.create_task(pool.get(USUAL)) for _ in range(2)]
    other = asyncio.create_task(pool.get(OTHER))
    while shelf.starts < 2:  # both kinds are starting: neither waits for the other
        await asyncio.sleep(0)
    ending = asyncio.create_task(pool.close())
    shelf.open.set()
    first, second = await asyncio.gather(*wanted)
    assert first is second
    assert (await other) is not first
    await ending
    assert shelf.running == []
    assert shelf.starts == 2


async def test_browsers_are_closed_even_if_others_fail(shelf: Shelf) -> None:
    pool = Pool(shelf.start)
    for kind in (USUAL, OTHER, DENIED):
        await pool.get(kind)
    shelf.failing = {USUAL, DENIED}
    with pytest.raises(ExceptionGroup) as raised:
        await pool.close()
    assert len(raised.value.exceptions) == 2
    assert shelf.running == []


async def test_hanging_browser_is_waited_for_only_once(
    shelf: Shelf, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tests.support.browsers.pool.CLOSE_S", 0.01)
    pool = Pool(shelf.start)
    borrowed = Borrowed(pool)
    for name, options in (USUAL, USUAL, OTHER, USUAL):
        await borrowed.page(name, options)
    shelf.stuck = shelf.failing = {USUAL}
    with pytest.raises(ExceptionGroup):
        await borrowed.give_back()
    assert sorted(name for name, _ in shelf.closed) == ["chromium", "firefox"]
    assert shelf.running == [OTHER]
    await pool.close()


async def test_browser_ends_when_no_test_needs_it(shelf: Shelf) -> None:
    pool = Pool(shelf.start)
    for test in range(STAY_TESTS + 2):
        borrowed = Borrowed(pool)
        await borrowed.page(*USUAL)
        if test == 0:
            await borrowed.page(*OTHER)
            await borrowed.page(*DENIED)
        if test == STAY_TESTS:
            await borrowed.page(*DENIED)
        assert shelf.running.count(OTHER) == (test <= STAY_TESTS)
        await borrowed.give_back()
    assert shelf.running == [USUAL, DENIED]
    assert shelf.starts == 3
    await pool.close()


@dataclass(frozen=True, slots=True)
class MoreOptions(Options):
    later: int = 0
    """What nobody thought of yet."""


@pytest.mark.parametrize("decided", [chromium_decides, firefox_decides])
async def test_options_of_a_browser_distinguish_kinds(
    decided: Callable[[Options], Options],
) -> None:
    tab = Options(width=320, height=200)
    assert decided(tab) == decided(Options())
    for start in (MoreOptions(later=1), Options(media="denied"), Options(cameras=2)):
        assert decided(start) != decided(type(start)())
