"""Accessibility of every page: rules of axe-core, keyboard, small screens."""

from typing import Literal

import pytest

from tests.browser.conftest import (
    Gallery,
    assert_clean,
    each,
    in_chromium,
    in_firefox,
    link,
)
from tests.support.browsers import BrowserName, Options
from tests.support.browsers.axe import (
    assert_accessible,
    assert_nothing_lost,
    enlarge_text,
)
from tests.support.browsers.page import by_id
from tests.support.server import Server
from tests.support.wire.room import TestRoom
from tests.support.wire.scenes import publish_camera

NARROW = 320  # CSS pixels: a phone of ten years ago, or 400 % zoom on a laptop


@pytest.mark.parametrize(
    ("theme", "width", "locale"),
    [  # each two values of different kinds meet once
        ("light", 1280, "en-US"),
        ("light", NARROW, "ko"),
        ("dark", 1280, "ko"),
        ("dark", NARROW, "en-US"),
    ],
)
async def test_all_pages_are_accessible(
    room: TestRoom,
    gallery: Gallery,
    theme: Literal["light", "dark"],
    width: int,
    locale: str,
) -> None:
    options = Options(theme=theme, width=width, locale=locale)
    guest = await gallery.visit("chromium", "Rita", options)
    page = guest.page
    url = room.server.url
    presenter = await room.guest("presenter", "Paul")
    await publish_camera(presenter, "red")

    async def check(what: str) -> None:
        await gallery.picture(guest, what)
        await assert_accessible(page)
        await assert_nothing_lost(page)

    await page.goto(url)
    await page.see(by_id("landing-page"))
    await check("landing")
    await page.goto(f"{url}/start#{'A' * 43}")
    await page.see(by_id("start-page"))
    await check("start")
    await page.goto(f"{url}/join")
    await page.see(by_id("unknown-page"))
    await check("unknown")
    await guest.open_join_page(link(room, "presenter"))
    await page.read(by_id("room-title"), "Results")
    await check("join")
    await guest.join()
    await guest.sees("Paul")
    await check("room")
    await guest.says("A line for everybody")
    await guest.reads("A line for everybody")
    await check("chat")
    await guest.open_panel("people")
    await check("people")
    await page.click(by_id("people"))
    await guest.uses("settings")
    await page.see("dialog[open]")
    await check("settings")
    await page.press("Escape")
    await page.gone("dialog[open]")
    await page.press("?")
    await page.see("dialog[open]")
    await check("shortcuts")
    await page.press("Escape")
    await page.click(by_id("leave"))
    await page.see(by_id("gone-page"))
    await check("gone")


@in_firefox
async def test_trust_page_explains_how_to_trust_the_site(
    server: Server, gallery: Gallery, browser: BrowserName
) -> None:
    person = await gallery.visit(browser, "Paul")
    await person.page.goto(f"http://localhost:{server.ports.trust}/")
    await gallery.picture(person, "trust")
    await assert_accessible(person.page)
    text = await person.page.text("body")
    for system in ("Windows", "macOS", "Android", "Linux", "Firefox"):
        assert system in text
    assert_clean(person)


@each
async def test_watching_works_without_a_camera(
    room: TestRoom, gallery: Gallery, browser: BrowserName
) -> None:
    presenter = await room.guest("presenter", "Paul")
    await publish_camera(presenter, "red")
    person = await gallery.visit(browser, "Rita", Options(media="denied"))
    await person.open_join_page(link(room, "presenter"))
    await person.page.see(by_id("device-problem"))
    await gallery.picture(person, "denied")
    await person.join()
    await person.sees("Paul")
    await person.hears()


@in_firefox
async def test_doubled_text_size_hides_no_control(
    room: TestRoom, gallery: Gallery, browser: BrowserName
) -> None:
    other = await room.guest("researcher", "Paul")
    await other.ask("hand.raise", raised=True)
    invitation = await room.owner.ask(
        "invitation.create", room=room.id, role="moderator"
    )
    person = await gallery.visit(browser, "Mina")
    page = person.page

    async def check(what: str) -> None:
        await enlarge_text(page)
        await gallery.picture(person, what)
        await assert_nothing_lost(page)

    await person.open_join_page(
        f"{room.server.url}/join#{invitation.url.split('#')[1]}"
    )
    await page.read(by_id("room-title"), "Results")
    await check("join")
    await person.join()
    await check("room")
    await person.open_panel("chat")
    await check("chat")
    await person.open_panel("people")
    await page.click(f"{by_id('hand-queue')} {by_id('person-menu')}")
    await page.see(by_id("action-remove"))
    await check("people")
    await page.click(by_id("action-remove"))
    await page.see(by_id("confirm"))
    await check("confirm")
    await page.press("Escape")
    await page.gone("dialog[open]")
    await person.uses("settings")
    await page.see("dialog[open]")
    await check("settings")
    assert_clean(person)


@in_chromium
async def test_language_and_theme_are_remembered(
    room: TestRoom, gallery: Gallery, browser: BrowserName
) -> None:
    person = await gallery.visit(browser, "Rita", Options(locale="en-US"))
    page = person.page
    await person.open_join_page(link(room, "researcher"))
    assert await page.evaluate("() => document.documentElement.lang") == "en"
    await page.click(by_id("language"))
    await page.wait_for("() => document.documentElement.lang === 'ko'")
    # An interrupted load of a font would be an error in the console.
    await page.wait_for("() => document.fonts.status === 'loaded'")
    await page.reload()
    await page.see(by_id("join-page"))
    assert await page.evaluate("() => document.documentElement.lang") == "ko"
    await gallery.picture(person, "korean")
    assert_clean(person)
