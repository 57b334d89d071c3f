"""A new server: from its one-time link to the first conference."""

from collections.abc import AsyncIterator
from typing import Literal

import pytest

from tests.browser.conftest import Gallery, assert_clean, each, in_firefox, on_the_loop
from tests.support.browsers import BrowserName, Options
from tests.support.browsers.axe import (
    assert_accessible,
    assert_nothing_lost,
    enlarge_text,
)
from tests.support.browsers.page import by_id
from tests.support.server import Server, running


@on_the_loop
async def server() -> AsyncIterator[Server]:
    async with running() as server:
        yield server


@each
async def test_one_time_link_leads_to_a_first_conference(
    server: Server, gallery: Gallery, browser: BrowserName
) -> None:
    moderator = await gallery.visit(browser, "Mina")
    page = moderator.page
    await page.goto(server.link)
    await page.click(by_id("become-moderator"))
    await page.see(by_id("rooms-page"))
    await page.write(by_id("room-title"), "Results of the year")
    await page.write(by_id("room-organisation"), "Institute of Optics")
    await page.click(by_id("create-room"))
    await page.read(by_id("room-card"), "Results of the year")
    urls = await page.poll(
        lambda found: len(found) >= 2,
        "() => Object.fromEntries("
        "[...document.querySelectorAll('[data-testid=\"invitation\"]')].map((row) =>"
        " [row.dataset.role, row.querySelector('input').value]))",
    )
    assert set(urls) == {"presenter", "researcher"}
    await page.click(f'{by_id("invitation")}[data-role="presenter"] {by_id("qr")}')
    await page.see(by_id("qr-dialog"))
    await gallery.picture(moderator, "qr")
    await page.click(by_id("dialog-close"))
    await gallery.picture(moderator, "rooms")

    guest = await gallery.visit(browser, "Paul")
    token = urls["presenter"].split("#")[1]
    await guest.open_join_page(f"{server.url}/join#{token}")
    await guest.page.read(by_id("room-title"), "Results of the year")
    await guest.page.wait_for(
        "() => document.querySelector('[data-testid=\"preview\"] video')?.readyState >= 2"
    )
    await gallery.picture(guest, "join")
    await guest.join()

    await page.click(by_id("enter-room"))
    await page.see(by_id("join-page"))
    await page.read(by_id("present"), "1")
    await moderator.join()
    await moderator.sees("Paul")
    await guest.sees("Mina")

    second = await gallery.visit(browser, "Late")
    await second.page.goto(server.link)
    await second.page.click(by_id("become-moderator"))
    await second.page.see(by_id("problem"))
    # The refused sign-in is a 4xx answer, which browsers write to the console.
    assert_clean(moderator, guest)


@pytest.mark.parametrize(("theme", "width"), [("light", 320), ("dark", 1280)])
async def test_rooms_page_is_accessible(
    server: Server, gallery: Gallery, theme: Literal["light", "dark"], width: int
) -> None:
    options = Options(theme=theme, width=width)
    moderator = await gallery.visit("chromium", "Mina", options)
    page = moderator.page
    await page.goto(server.link)
    await page.click(by_id("become-moderator"))
    await page.see(by_id("rooms-page"))
    await assert_accessible(page)
    await page.write(by_id("room-title"), "Results")
    await page.write(by_id("room-organisation"), "Institute of Optics")
    await page.click(by_id("create-room"))
    await page.see(by_id("invitation-url"))
    await gallery.picture(moderator, "rooms")
    await assert_accessible(page)
    await assert_nothing_lost(page)
    await page.click(by_id("revoke"))
    await page.see(by_id("confirm"))
    await assert_accessible(page)
    await page.click(by_id("confirm-no"))
    await page.click(by_id("close-room"))
    await assert_accessible(page)
    await page.press("Escape")
    await page.gone("dialog[open]")
    await enlarge_text(page)
    await gallery.picture(moderator, "rooms-large-text")
    await assert_nothing_lost(page)


@in_firefox
async def test_signing_out_asks_for_confirmation(
    server: Server, gallery: Gallery, browser: BrowserName
) -> None:
    moderator = await gallery.visit(browser, "Mina")
    page = moderator.page
    await page.goto(server.link)
    await page.click(by_id("become-moderator"))
    await page.see(by_id("rooms-page"))
    await page.click(by_id("sign-out"))
    await page.see(by_id("confirm"))
    await page.click(by_id("confirm-no"))
    await page.gone("dialog[open]")
    await page.reload()
    await page.see(by_id("rooms-page"))  # still signed in
    await page.click(by_id("sign-out"))
    await page.click(by_id("confirm-yes"))
    await page.see(by_id("landing-page"))
    await page.reload()
    await page.see(by_id("landing-page"))
    assert_clean(moderator)
