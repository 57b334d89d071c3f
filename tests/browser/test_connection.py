"""The quality bars, the connection panel, and the choice of what to receive."""

import re
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
from tests.support.browsers.person import FRAMES, Person
from tests.support.wire.room import TestRoom

HIDE = """(state) => {
  Object.defineProperty(document, "visibilityState", { value: state, configurable: true });
  document.dispatchEvent(new Event("visibilitychange"));
}"""
"""What a browser does when another tab is chosen; a driven one always shows its tab."""

SMALL_LINES = 360
LAYER = re.compile(r"Camera.*\b(180|360|720)\b")


async def meet(
    room: TestRoom, gallery: Gallery, browser: BrowserName = "chromium"
) -> tuple[Person, Person]:
    """Let Paul present and Rita, in the browser under test, see him."""
    presenter = await gallery.visit("chromium", "Paul")
    viewer = await gallery.visit(browser, "Rita")
    await presenter.enter(link(room, "presenter"))
    await viewer.enter(link(room, "researcher"))
    await viewer.sees("Paul")
    return presenter, viewer


@each
async def test_quality_bars_open_the_connection_panel(
    room: TestRoom, gallery: Gallery, browser: BrowserName
) -> None:
    presenter, viewer = await meet(room, gallery, browser)
    page = viewer.page

    await page.click(by_id("connection"))
    await page.see(by_id("figures"))
    await page.read(by_id("received"), "Paul")
    await page.see(f"{by_id('verdicts')} [data-verdict]")
    await page.click(by_id("details"))
    report = await page.text(by_id("report"))
    assert "route: udp" in report
    assert "Paul" not in report
    assert "Rita" not in report
    await gallery.picture(viewer, "panel")
    await assert_accessible(page)
    await assert_nothing_lost(page)
    await page.press("Escape")
    await page.gone("dialog[open]")

    await presenter.page.press("Escape")
    await presenter.page.click(by_id("own-connection"))
    # Which sizes go out depends on what Rita's window shows; one of them always does.
    await presenter.page.see(f"{by_id('sent')} li")
    sent = await presenter.page.text(by_id("sent"))
    assert LAYER.search(sent), sent
    await gallery.picture(presenter, "sent")
    assert_clean(presenter, viewer)


@in_chromium
async def test_sound_only_can_be_left_with_one_click(
    room: TestRoom, gallery: Gallery, browser: BrowserName
) -> None:
    presenter, viewer = await meet(room, gallery, browser)
    page = viewer.page

    await viewer.uses("settings")
    await page.choose(by_id("receive"), "audio")
    await page.press("Escape")
    await viewer.sees_no_picture_of("Paul")
    await page.see(f'{by_id("not-fetched")}[data-why="choice"]')
    await gallery.picture(viewer, "audio-only")
    await viewer.hears()
    decoded = await viewer.decoded_frames()
    await viewer.hears()
    assert await viewer.decoded_frames() == decoded
    await assert_accessible(page)

    await page.reload()  # the choice is remembered by this browser
    await page.see(by_id("audio-only"))
    await page.click(by_id("show-pictures"))
    await page.gone(by_id("audio-only"))
    await viewer.sees("Paul")
    assert_clean(presenter, viewer)


@in_firefox
async def test_hidden_tab_receives_only_sound(
    room: TestRoom, gallery: Gallery, browser: BrowserName
) -> None:
    presenter, viewer = await meet(room, gallery, browser)
    await viewer.page.evaluate(HIDE, "hidden")
    await viewer.sees_no_picture_of("Paul")
    await viewer.hears()
    decoded = await viewer.decoded_frames()
    await viewer.hears()
    assert await viewer.decoded_frames() == decoded
    await viewer.page.evaluate(HIDE, "visible")
    await viewer.sees("Paul")
    assert_clean(presenter, viewer)


async def test_data_saver_requests_small_pictures(
    room: TestRoom, gallery: Gallery
) -> None:
    presenter, viewer = await meet(room, gallery)
    await viewer.page.click(by_id("connection"))
    await viewer.page.choose(by_id("panel-receive"), "saver")
    await viewer.page.see('[data-verdict="verdict-saver"]')
    await viewer.page.press("Escape")
    await viewer.page.poll(
        lambda seen: bool(seen) and seen["height"] <= SMALL_LINES, FRAMES, "Paul"
    )
    await viewer.sees("Paul")
    assert_clean(presenter, viewer)


@pytest.mark.parametrize(
    ("width", "theme", "locale"),
    [(320, "light", "ko"), (1280, "dark", "ko"), (320, "dark", "en-US")],
)
async def test_connection_panel_fits_every_screen(
    room: TestRoom,
    gallery: Gallery,
    width: int,
    theme: Literal["light", "dark"],
    locale: str,
) -> None:
    options = Options(width=width, theme=theme, locale=locale)
    person = await gallery.visit("chromium", "Rita", options)
    page = person.page
    await person.enter(link(room, "presenter"))
    await page.click(by_id("connection"))
    await page.see(by_id("figures"))
    await page.click(by_id("details"))
    await gallery.picture(person, "panel")
    await assert_accessible(page)
    await assert_nothing_lost(page)
    await enlarge_text(page)
    await assert_nothing_lost(page)
    assert_clean(person)
