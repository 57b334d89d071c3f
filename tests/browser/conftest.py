"""Fixtures: real browsers and a real server; screenshots of a failed test's pages."""

import asyncio
import contextlib
import re
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator
from pathlib import Path

import pytest
import pytest_asyncio

from tests.support.browsers import Borrowed, BrowserName, Options, Page, Pool
from tests.support.browsers.person import Person
from tests.support.server import Server, shared
from tests.support.wire.room import TestRoom, opened

ARTIFACTS = Path(__file__).resolve().parents[2] / "artifacts"

Visit = Callable[..., Coroutine[None, None, Person]]

# What browsers do differently (media, devices, statistics, windows) is tried in each of
# them, media from each to the other. What the page does alike everywhere is tried once;
# within a file the browsers take turns, so that both meet most of the page.
BROWSERS: list[BrowserName] = ["chromium", "firefox"]
PAIRS: list[tuple[BrowserName, BrowserName]] = [
    ("chromium", "firefox"),
    ("firefox", "chromium"),
]
each = pytest.mark.parametrize("browser", BROWSERS)
in_chromium = pytest.mark.parametrize("browser", BROWSERS[:1])
in_firefox = pytest.mark.parametrize("browser", BROWSERS[1:])
pairs = pytest.mark.parametrize(("presents", "watches"), PAIRS)
one_pair = pytest.mark.parametrize(("presents", "watches"), PAIRS[:1])
other_pair = pytest.mark.parametrize(("presents", "watches"), PAIRS[1:])


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Run all tests here on the event loop that is connected to the browsers."""
    for item in items:
        if "tests/browser/" in str(item.path):
            item.add_marker(pytest.mark.browser)
            item.add_marker(pytest.mark.timeout(400))
            # Before the mark that asyncio's own mode has set: the first one counts.
            item.add_marker(pytest.mark.asyncio(loop_scope="session"), append=False)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Iterator[None]:
    """Let fixtures know whether their test failed."""
    report = yield
    if call.when == "call":
        item.stash[FAILED] = report.failed  # type: ignore[attr-defined]
    return report


FAILED = pytest.StashKey[bool]()
on_the_loop = pytest_asyncio.fixture(loop_scope="session")
"""Makes a fixture of a test run where the tests here do."""


@pytest.fixture(scope="session")
def server() -> Iterator[Server]:
    """Serve all tests here; a file that restarts it makes its own."""
    with shared() as server:
        yield server


@on_the_loop
async def room(server: Server) -> AsyncIterator[TestRoom]:
    async with opened(server) as room:
        yield room


class Gallery:
    """Opens tabs when they are needed, and keeps screenshots of their pages."""

    def __init__(self, borrowed: Borrowed, name: str) -> None:
        self._borrowed = borrowed
        self._name = name
        self.people: list[Person] = []

    async def visit(
        self, browser: BrowserName, name: str, options: Options | None = None
    ) -> Person:
        """Give a person a tab of their own in a browser of this kind."""
        page = await self._borrowed.page(browser, options or Options())
        person = Person(page, name)
        self.people.append(person)
        return person

    async def second_tab(self, person: Person) -> Person:
        """Give a person one more tab, which shares everything with the first."""
        again = Person(await person.page.second_tab(), person.name)
        self.people.append(again)
        return again

    async def picture(self, person: Person, what: str) -> None:
        """Keep a screenshot as an artefact."""
        await self._keep(person.page, f"{self._name}-{what}")

    async def _keep(self, page: Page, name: str) -> None:
        ARTIFACTS.mkdir(exist_ok=True)
        await page.screenshot(
            ARTIFACTS / f"{re.sub(r'[^A-Za-z0-9.-]+', '-', name)}.png"
        )

    async def keep_all(self) -> None:
        """Keep a screenshot of every open page."""
        for number, person in enumerate(self.people):
            with contextlib.suppress(Exception):  # its browser may be gone
                await self._keep(
                    person.page, f"FAILED-{self._name}-{number}-{person.name}"
                )


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def browsers() -> AsyncIterator[Pool]:
    pool = Pool()
    yield pool
    await pool.close()


@pytest_asyncio.fixture(autouse=True, loop_scope="session")
async def a_fresh_start(
    request: pytest.FixtureRequest, browsers: Pool
) -> AsyncIterator[None]:
    """End all browsers and tasks that a failed test has left."""
    yield
    if request.node.stash.get(FAILED, True):
        await browsers.close()
        for task in asyncio.all_tasks() - {asyncio.current_task()}:
            task.cancel()


@on_the_loop
async def gallery(
    request: pytest.FixtureRequest, browsers: Pool
) -> AsyncIterator[Gallery]:
    borrowed = Borrowed(browsers)
    gallery = Gallery(borrowed, request.node.name)
    yield gallery
    if request.node.stash.get(FAILED, False):
        await gallery.keep_all()
    await borrowed.give_back()


def link(room: TestRoom, role: str) -> str:
    """Return the invitation of a role, with a host name that works here."""
    return f"{room.server.url}/join#{room.token(role)}"


SOCKET_LOST = re.compile(r"\bwss://localhost:\d+/socket\.io/")
"""In what a browser says of a socket that it lost or did not get: a page of a busy machine
asks for another one, and that it does is tested by itself."""


def assert_clean(*people: Person) -> None:
    """Check that pages threw no error and sent no request to another host."""
    for person in people:
        problems = [p for p in person.page.problems if not SOCKET_LOST.search(p)]
        assert problems == [], person.name
        hosts = {
            re.sub(r"^\w+://([^/]+).*", r"\1", url)
            for url in person.page.requests
            if not url.startswith(("blob:", "data:", "about:"))
        }
        assert len(hosts) <= 1, hosts
