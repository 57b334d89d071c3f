"""A browser goes on from test to test; what a test did in it does not."""

import pytest

from tests.support.browsers import Borrowed, BrowserName, Options, Pool
from tests.support.server import Server

LEAVE = """() => {
  localStorage.setItem("left", "here");
  document.cookie = "left=here; Secure; Path=/";
}"""
FOUND = "() => [localStorage.getItem('left'), document.cookie]"
SEEN = "() => [document.visibilityState, innerWidth]"


@pytest.mark.parametrize("browser", ["chromium", "firefox"])
async def test_a_test_finds_nothing_of_another(
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
