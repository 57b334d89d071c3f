"""Browsers that lack a feature or refuse it: the page says so, and the rest works."""

import pytest

from tests.browser.conftest import (
    Gallery,
    assert_clean,
    in_chromium,
    in_firefox,
    link,
)
from tests.support.browsers import BrowserName, Options
from tests.support.browsers.axe import assert_accessible, assert_nothing_lost
from tests.support.browsers.page import by_id
from tests.support.server import Server
from tests.support.wire.room import TestRoom
from tests.support.wire.scenes import publish_camera

NO_WEBRTC = """() => {
  for (const name of Object.getOwnPropertyNames(window))
    if (/^(webkit|moz)?RTC/.test(name)) delete window[name];
}"""
BLOCKED_WEBRTC = """() => {
  window.RTCPeerConnection = class {
    constructor() { throw new DOMException("by policy", "NotAllowedError"); }
  };
}"""
NO_SITE_DATA = """() => {
  const refuse = { get() { throw new DOMException("refused", "SecurityError"); } };
  Object.defineProperty(window, "localStorage", refuse);
  Object.defineProperty(window, "sessionStorage", refuse);
  Object.defineProperty(Navigator.prototype, "cookieEnabled", { get: () => false });
}"""
NO_DATES = """() => {
  Intl.DateTimeFormat = class { constructor() { throw new RangeError("no dates"); } };
}"""
TRANSLATE = """() => {
  const wrap = (node) => {
    const inside = node.parentElement?.closest("script, style, font, textarea");
    if (!node.nodeValue.trim() || inside) return;
    const outer = document.createElement("font");
    const inner = document.createElement("font");
    inner.textContent = node.nodeValue;
    outer.append(inner);
    node.replaceWith(outer);
  };
  const all = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  const nodes = [];
  while (all.nextNode()) nodes.push(all.currentNode);
  nodes.forEach(wrap);
}"""
"""What page translators do."""


@pytest.mark.parametrize(
    ("browser", "lack", "role"),
    [
        pytest.param("chromium", NO_WEBRTC, "presenter", id="chromium-none-presenter"),
        pytest.param("firefox", NO_WEBRTC, "researcher", id="firefox-none-researcher"),
        pytest.param(
            "firefox", BLOCKED_WEBRTC, "presenter", id="firefox-blocked-presenter"
        ),
        pytest.param(
            "chromium", BLOCKED_WEBRTC, "researcher", id="chromium-blocked-researcher"
        ),
    ],
)
async def test_join_page_reports_missing_webrtc_and_the_chat_works(
    room: TestRoom, gallery: Gallery, browser: BrowserName, lack: str, role: str
) -> None:
    other = await room.guest("presenter", "Paul")
    await publish_camera(other, "red")
    person = await gallery.visit(browser, "Rita")
    page = person.page
    await page.before_load(lack)
    await person.open_join_page(link(room, role))
    await page.read(by_id("unable"), "neither receive nor send")
    await gallery.picture(person, "join")
    await person.join()
    await page.read(by_id("unable"), "neither receive nor send")
    await person.says("I can read and write")
    await person.reads("I can read and write")
    await page.press("Escape")
    await page.press("r")
    await person.pressed("hand", True)
    assert await page.count(by_id("camera")) == 0
    await gallery.picture(person, "room")
    await page.click(by_id("connection"))
    await page.see("[data-verdict='verdict-unable']")
    await assert_accessible(page)

    await page.goto(link(room, role).replace("/join#", "/check#"))
    await page.click(by_id("start-check"))
    await page.see(f'{by_id("check-udp")}[data-state="bad"]')
    await page.read(by_id("check-udp"), "WebRTC")


@in_firefox
async def test_everything_works_without_site_data(
    room: TestRoom, gallery: Gallery, browser: BrowserName
) -> None:
    other = await room.guest("presenter", "Paul")
    await publish_camera(other, "red")
    person = await gallery.visit(browser, "Rita")
    page = person.page
    await page.before_load(NO_SITE_DATA)
    await person.open_join_page(link(room, "researcher"))
    await page.read(by_id("forgets"), "does not store data")
    await gallery.picture(person, "join")
    await person.join()
    await person.sees("Paul")
    await person.says("here all the same")
    await person.reads("here all the same")
    await page.reload()
    await page.see(by_id("join-page"))
    assert_clean(person)


async def test_sign_in_without_cookies_does_not_use_up_the_link(
    server: Server, gallery: Gallery
) -> None:
    person = await gallery.visit("chromium", "Mina", Options(width=390))
    page = person.page
    await page.before_load(NO_SITE_DATA)
    await page.goto(f"{server.url}/start#{'A' * 43}")
    await page.click(by_id("become-moderator"))
    await page.read(by_id("problem"), "cookies")
    assert not any("/api/sign-in" in url for url in page.requests)
    await assert_nothing_lost(page)


@in_chromium
async def test_page_translator_does_not_freeze_counts(
    room: TestRoom, gallery: Gallery, browser: BrowserName
) -> None:
    person = await gallery.visit(browser, "Rita")
    page = person.page
    await person.open_join_page(link(room, "researcher"))
    # Browsers are asked to keep their own translator out; others do not ask.
    assert await page.evaluate("() => document.documentElement.translate") is False
    await person.join()
    await page.read(by_id("room-page"), "1 person here")
    await page.evaluate(TRANSLATE)
    await room.guest("researcher", "Paul")
    await room.guest("researcher", "Sora")
    await page.read(by_id("room-page"), "3 people here")
    assert "1 person here" not in await page.text(by_id("room-page"))
    assert_clean(person)


@in_firefox
async def test_failed_page_shows_a_message(
    room: TestRoom, gallery: Gallery, browser: BrowserName
) -> None:
    """An unexpected error in an unknown browser leads to a message."""
    person = await gallery.visit(browser, "Rita")
    page = person.page
    await page.before_load(NO_DATES)
    await person.enter(link(room, "researcher"))
    await person.says("what time is it")
    await page.read(by_id("failed-page"), "stopped working")
    await gallery.picture(person, "failed")
    await assert_accessible(page)
    await page.click(f"{by_id('failed-page')} button")
    await page.see(by_id("room-page"))
