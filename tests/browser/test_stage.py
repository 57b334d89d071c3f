"""The full view, small windows, and the controls of narrow bars."""

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
from tests.support.browsers import BrowserName, Options, Page
from tests.support.browsers.axe import (
    assert_accessible,
    assert_nothing_lost,
    enlarge_text,
)
from tests.support.browsers.page import by_id
from tests.support.browsers.person import Person
from tests.support.wire.room import TestRoom
from tests.support.wire.scenes import publish_camera

ZOOMED = Options(width=640, height=400)
"""A window of 1280 x 800 at 200 % zoom."""

TWO_LINES_PX = 18
FLOWS = 30  # more frames than were in transit

FULL = "() => document.querySelector('.room').classList.contains('full')"
WAKE = """() => {
  window.asked = 0;
  const lock = { request: async () => {
    window.asked += 1;
    window.lock = { released: false, release: async () => { window.lock.released = true; } };
    return window.lock;
  } };
  Object.defineProperty(Navigator.prototype, "wakeLock", { get: () => lock });
}"""
HIDE = """(state) => {
  Object.defineProperty(document, "visibilityState", { value: state, configurable: true });
  document.dispatchEvent(new Event("visibilitychange"));
}"""
PICTURE_ONLY = """() => {
  delete window.documentPictureInPicture;
  window.buttons = {};
  Object.defineProperty(Document.prototype, "pictureInPictureEnabled", { get: () => true });
  HTMLVideoElement.prototype.requestPictureInPicture = async function () {
    window.small = this;
  };
  navigator.mediaSession.setActionHandler = (name, act) => { window.buttons[name] = act; };
}"""
"""A headless browser opens no such window: what the page asks of it is kept here."""
BOX = """(selector) => {
  const box = document.querySelector(selector).getBoundingClientRect();
  return [box.left, box.top, box.right, box.bottom];
}"""
LETTERS_OUTSIDE = """() => [...document.querySelectorAll(".avatar, .face")]
  .filter((circle) => {
    const range = document.createRange();
    range.selectNodeContents(circle);
    const [a, b] = [range.getBoundingClientRect(), circle.getBoundingClientRect()];
    return a.left < b.left || a.right > b.right || a.top < b.top || a.bottom > b.bottom;
  })
  .map((circle) => circle.innerText)"""
COVERED = """() => [...document.querySelectorAll(".tile.small")]
  .filter((tile) => {
    const [a, b] = [".avatar", ".plate"].map((s) => tile.querySelector(s));
    return a && a.getBoundingClientRect().bottom > b.getBoundingClientRect().top;
  })
  .map((tile) => tile.innerText)"""
SINGLE_ROW = """() => new Set([...document.querySelectorAll(".bottom-bar .control")]
  .map((c) => Math.round(c.getBoundingClientRect().top))).size"""
WORDS = """() => [...document.querySelectorAll(".bottom-bar .control-text")]
  .filter((word) => word.getBoundingClientRect().width > 5).length"""


async def meet(
    room: TestRoom,
    gallery: Gallery,
    browser: BrowserName,
    options: Options | None = None,
    role: Literal["presenter", "researcher"] = "presenter",
) -> Person:
    """Let Paul present, two people watch, and Rita enter with the browser under test."""
    paul = await room.guest("presenter", "Paul")
    await publish_camera(paul, "red")
    await room.guest("researcher", "김서연")
    await room.guest("researcher", "Ada Lovelace")
    viewer = await gallery.visit(browser, "Rita", options)
    await viewer.enter(link(room, role))
    await viewer.sees("Paul")
    return viewer


async def full(page: Page, wanted: bool) -> None:
    """Wait until the full view is on, or off."""
    await page.poll(lambda is_full: is_full == wanted, FULL)


@in_firefox
async def test_full_view_by_key_button_and_double_click(
    room: TestRoom, gallery: Gallery, browser: BrowserName
) -> None:
    viewer = await meet(room, gallery, browser)
    page = viewer.page
    await page.see(by_id("strip"))
    await page.press("f")
    await full(page, True)
    await page.gone(by_id("strip"))
    await page.wait_for("() => document.fullscreenElement !== null")
    await viewer.sees("Paul")
    await gallery.picture(viewer, "full")
    await page.press("f")
    await full(page, False)
    await page.see(by_id("strip"))

    await page.click(by_id("more"))
    await page.click(by_id("full"))
    await full(page, True)
    await page.press("m")  # the keys of the room go on working
    await viewer.pressed("microphone", False)
    await page.click(by_id("full-leave"))
    await full(page, False)

    # On a small tile the same gesture brings it to the stage, as it always did.
    await page.click('[data-place="small"][aria-label^="Ada"]', count=2)
    await page.see('[data-place="stage"][aria-label^="Ada"]')
    await full(page, False)
    await page.click('[data-place="stage"]', count=2)
    await full(page, True)
    await page.click('[data-place="stage"]', count=2)
    await full(page, False)
    await page.click(f'[data-place="stage"] {by_id("pin")}')
    await page.see('[data-place="stage"][aria-label^="Paul"]')
    assert_clean(viewer)


async def test_full_view_of_a_shared_picture(room: TestRoom, gallery: Gallery) -> None:
    presenter = await gallery.visit("chromium", "Paul")
    await presenter.enter(link(room, "presenter"))
    viewer = await gallery.visit("chromium", "Rita", Options(width=900))
    await viewer.enter(link(room, "researcher"))
    await presenter.shares()
    await viewer.sees_screen()
    page = viewer.page
    await page.click(by_id("screen-tile"), count=2)
    await full(page, True)
    tile = await page.evaluate(BOX, by_id("screen-tile"))
    size = await page.evaluate("() => [innerWidth, innerHeight]")
    assert tile == [0, 0, *size]
    await viewer.sees_screen()
    await gallery.picture(viewer, "full")
    await page.click(by_id("screen-tile"), count=2)
    await full(page, False)


@in_chromium
async def test_wake_lock_is_held_in_a_room(
    room: TestRoom, gallery: Gallery, browser: BrowserName
) -> None:
    viewer = await gallery.visit(browser, "Rita")
    page = viewer.page
    await page.before_load(WAKE)
    await viewer.open_join_page(link(room, "researcher"))
    assert await page.evaluate("() => window.asked") == 0
    await viewer.join()
    await page.wait_for("() => window.asked === 1")
    # A browser lets go of it with the tab; back in the tab it is taken again.
    await page.evaluate("() => { window.lock.released = true; }")
    await page.evaluate(HIDE, "hidden")
    await page.evaluate(HIDE, "visible")
    await page.wait_for("() => window.asked === 2 && !window.lock.released")
    await page.click(by_id("leave"))
    await page.see(by_id("gone-page"))
    await page.wait_for("() => window.lock.released")


@each
async def test_stage_in_a_small_window(
    room: TestRoom, gallery: Gallery, browser: BrowserName
) -> None:
    viewer = await meet(room, gallery, browser)
    page = viewer.page
    able = await page.evaluate(
        "() => 'documentPictureInPicture' in window || (document.pictureInPictureEnabled"
        " === true && 'requestPictureInPicture' in HTMLVideoElement.prototype)"
    )
    await page.click(by_id("more"))
    await page.see(by_id("full"))
    assert bool(await page.count(by_id("float"))) == able
    if not await page.evaluate("() => 'documentPictureInPicture' in window"):
        return
    await page.click(by_id("float"))
    small = "documentPictureInPicture.window?.document"
    await page.wait_for(f"() => {small}?.querySelector('video')?.videoWidth > 0")
    # Its style sheets load after it has opened.
    await page.wait_for(
        f"() => {small}.defaultView.getComputedStyle({small}.body.firstChild)"
        ".display === 'grid'"
    )
    await viewer.pressed("microphone", True)
    await page.evaluate(
        f"() => {small}.querySelector('{by_id('floating-microphone')}').click()"
    )
    await viewer.pressed("microphone", False)
    # The tab may be hidden now: the stage is still seen.
    await page.evaluate(HIDE, "hidden")
    before = await viewer.decoded_frames()
    while await viewer.decoded_frames() < before + FLOWS:
        await viewer.hears()
    await page.evaluate(HIDE, "visible")
    await page.evaluate(f"() => {small}.defaultView.close()")
    await viewer.sees("Paul")
    await page.click(by_id("more"))
    await page.read(by_id("float"), "Small window")
    assert_clean(viewer)


async def test_browsers_own_small_window_can_mute(
    room: TestRoom, gallery: Gallery
) -> None:
    """Browsers that cannot show a page in the window have buttons of their own."""
    viewer = await gallery.visit("chromium", "Rita")
    page = viewer.page
    await page.before_load(PICTURE_ONLY)
    paul = await room.guest("presenter", "Paul")
    await publish_camera(paul, "red")
    await viewer.enter(link(room, "presenter"))
    await viewer.sees("Paul")
    await page.click(by_id("more"))
    await page.click(by_id("float"))
    await page.wait_for("() => window.small?.matches('[data-place=stage] video')")
    await viewer.pressed("microphone", True)
    await page.evaluate("() => window.buttons.togglemicrophone()")
    await viewer.pressed("microphone", False)
    await page.evaluate(
        "() => window.small.dispatchEvent(new Event('leavepictureinpicture'))"
    )
    await page.click(by_id("more"))
    await page.read(by_id("float"), "Small window")


@in_firefox
async def test_arrow_keys_change_pages_and_w_the_layout(
    room: TestRoom, gallery: Gallery, browser: BrowserName
) -> None:
    viewer = await meet(
        room, gallery, browser, Options(width=320, height=568), "researcher"
    )
    page = viewer.page
    await room.guest("researcher", "Sora")
    await page.press("w")
    await page.see(f"{by_id('grid')} ~ {by_id('pager')}")
    first = await page.text(by_id("grid"))
    await page.press("ArrowRight")
    await page.poll(
        lambda text: text != first,
        "(s) => document.querySelector(s)?.innerText",
        by_id("grid"),
    )
    for key in ("ArrowRight", "ArrowRight", "ArrowLeft"):  # past the last one, and back
        await page.press(key)
    await page.poll(
        lambda text: text == first,
        "(s) => document.querySelector(s)?.innerText",
        by_id("grid"),
    )
    await page.press("w")
    await page.see(by_id("strip"))


@pytest.mark.parametrize(
    ("browser", "panel"), [("chromium", "chat"), ("firefox", "people")]
)
async def test_zoom_of_200_percent_hides_no_control(
    room: TestRoom, gallery: Gallery, browser: BrowserName, panel: str
) -> None:
    viewer = await meet(room, gallery, browser, ZOOMED)
    page = viewer.page
    await viewer.open_panel(panel)
    await gallery.picture(viewer, panel)
    for control in ("microphone", "leave"):
        left, top, right, bottom = await page.evaluate(BOX, by_id(control))
        assert left >= 0, control
        assert top >= 0, control
        assert right <= ZOOMED.width, control
        assert bottom <= ZOOMED.height, control
    await assert_nothing_lost(page)
    await page.click(by_id("microphone"))
    await viewer.pressed("microphone", False)


@pytest.mark.parametrize(
    ("width", "locale", "role"),
    [  # each two values of different kinds meet once
        (320, "en-US", "presenter"),
        (320, "ko", "researcher"),
        (390, "en-US", "researcher"),
        (390, "ko", "presenter"),
    ],
)
async def test_phone_shows_six_labelled_controls_in_one_row(
    room: TestRoom,
    gallery: Gallery,
    width: int,
    locale: str,
    role: Literal["presenter", "researcher"],
) -> None:
    options = Options(width=width, height=640, locale=locale)
    viewer = await meet(room, gallery, "chromium", options, role)
    page = viewer.page
    shown = await page.count(".bottom-bar .control")
    assert shown <= 6
    assert await page.evaluate(SINGLE_ROW) == 1
    assert await page.evaluate(WORDS) == shown
    if role == "presenter":
        # A word in the icon's field stays whole, within its control.
        await page.press("m")
        await page.see(".control-word")
        word = await page.evaluate(BOX, ".control-word")
        assert word[3] - word[1] < TWO_LINES_PX
        field = await page.evaluate(BOX, ".control.off .control-icon")
        control = await page.evaluate(BOX, ".control.off")
        assert control[0] <= field[0] < field[2] <= control[2]
    await page.click(by_id("more"))
    for choice in ("layout", "settings", "full"):
        await page.see(f"{by_id('more-menu')} {by_id(choice)}")
    if role == "presenter":
        await page.see(f"{by_id('more-menu')} {by_id('hand')}")
        await page.click(f"{by_id('more-menu')} {by_id('screen')}")
        await page.see(by_id("share-menu"))
        await page.press("Escape")
        await page.gone(by_id("share-menu"))
        await page.click(by_id("more"))
    await gallery.picture(viewer, "more")
    await assert_accessible(page)
    await page.press("Escape")
    await page.gone(by_id("more-menu"))
    await assert_nothing_lost(page)


@pytest.mark.parametrize("width", [320, 1280])
async def test_initials_stay_inside_their_circles(
    room: TestRoom, gallery: Gallery, width: int
) -> None:
    viewer = await meet(room, gallery, "chromium", Options(width=width))
    page = viewer.page
    for large in (False, True):
        if large:
            await enlarge_text(page)
        await viewer.open_panel("people")
        await page.poll(lambda outside: outside == [], LETTERS_OUTSIDE)
        await page.click(by_id("people"))
        await page.poll(lambda covered: covered == [], COVERED)
        await gallery.picture(viewer, f"large-{large}")
    await assert_nothing_lost(page)
