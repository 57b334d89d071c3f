"""Layout: notices, messages, the bar, the ring, settings."""

import pytest

from tests.browser.conftest import Gallery, assert_clean, link
from tests.support.browsers import BrowserName, Options
from tests.support.browsers.page import by_id
from tests.support.server import Server
from tests.support.wire.room import TestRoom
from tests.support.wire.scenes import publish_camera

OVERLAPS = """(one, other) => {
  const boxes = (s) => [...document.querySelectorAll(s)].map((e) => e.getBoundingClientRect());
  return boxes(one).some((a) => boxes(other).some((b) =>
    a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom));
}"""
MIDDLE = """(selector) => {
  const box = document.querySelector(selector).getBoundingClientRect();
  return [box.left + box.width / 2, box.top + box.height / 2];
}"""
RING = """() => {
  const tile = document.querySelector('[data-place="stage"]');
  const ring = getComputedStyle(tile, "::after");
  const video = tile.querySelector("video");
  if (!video?.videoHeight) return null;
  return {
    ring: [parseFloat(ring.width), parseFloat(ring.height)],
    tile: [tile.clientWidth, tile.clientHeight],
    ratio: video.videoWidth / video.videoHeight,
  };
}"""


@pytest.mark.parametrize(("browser", "width"), [("firefox", 320), ("chromium", 1280)])
async def test_notices_cover_no_small_tile_and_stay_on_their_page(
    room: TestRoom, gallery: Gallery, browser: BrowserName, width: int
) -> None:
    paul = await room.guest("presenter", "Paul")
    await publish_camera(paul, "red")
    person = await gallery.visit(browser, "Rita", Options(width=width))
    page = person.page
    await person.enter(link(room, "researcher"))
    await person.sees("Paul")
    await page.see(by_id("strip"))
    await page.press("m")  # without the floor: a notice says so
    await page.see(by_id("notice"))
    assert not await page.evaluate(OVERLAPS, by_id("notice"), '[data-place="small"]')
    assert not await page.evaluate(OVERLAPS, by_id("notice"), ".bottom-bar")
    await gallery.picture(person, "notice")
    await page.click(by_id("leave"))
    await page.see(by_id("gone-page"))
    assert await page.count(by_id("notice")) == 0
    # What is said alone stands in the middle, a little above as the eye has it.
    x, y = await page.evaluate(MIDDLE, by_id("gone-page"))
    assert abs(x - width / 2) < 2
    assert 0.3 * 800 < y < 0.55 * 800
    await gallery.picture(person, "gone")


@pytest.mark.parametrize(
    ("role", "width"), [("presenter", 800), ("researcher", 1280), ("presenter", 1920)]
)
async def test_middle_of_the_bar_is_centred(
    room: TestRoom, gallery: Gallery, role: str, width: int
) -> None:
    person = await gallery.visit("chromium", "Rita", Options(width=width))
    await person.enter(link(room, role))
    x, _ = await person.page.evaluate(MIDDLE, ".bar-group.middle")
    assert abs(x - width / 2) < 2


@pytest.mark.parametrize(("browser", "width"), [("chromium", 390), ("firefox", 1280)])
async def test_speaker_ring_surrounds_the_picture(
    room: TestRoom, gallery: Gallery, browser: BrowserName, width: int
) -> None:
    paul = await room.guest("presenter", "Paul")
    await publish_camera(paul, "red")
    person = await gallery.visit(browser, "Rita", Options(width=width))
    await person.enter(link(room, "researcher"))
    await person.sees("Paul")
    await person.page.poll(
        lambda seen: (
            seen is not None
            and abs(seen["ring"][0] / seen["ring"][1] - seen["ratio"]) < 0.02
            and seen["ring"][0] <= seen["tile"][0] + 1
            and seen["ring"][1] <= seen["tile"][1] + 1
        ),
        RING,
    )


async def test_settings_omit_media_that_is_not_sent(
    room: TestRoom, gallery: Gallery
) -> None:
    watcher = await gallery.visit("chromium", "Rita")
    await watcher.enter(link(room, "researcher"))
    await watcher.uses("settings")
    await watcher.page.see(by_id("receive"))
    for picker in ("microphone-picker", "camera-picker", "codec"):
        assert await watcher.page.count(by_id(picker)) == 0
    presenter = await gallery.visit("chromium", "Paul")
    await presenter.enter(link(room, "presenter"))
    await presenter.uses("settings")
    for picker in ("microphone-picker", "camera-picker", "codec"):
        await presenter.page.see(by_id(picker))
    columns = await presenter.page.evaluate(
        "() => new Set([...document.querySelectorAll('.sections > section')]"
        ".map((s) => s.getBoundingClientRect().left)).size"
    )
    assert columns == 3
    await gallery.picture(presenter, "settings")
    assert_clean(watcher, presenter)


async def test_trust_page_has_the_style_of_the_client(
    server: Server, gallery: Gallery
) -> None:
    person = await gallery.visit("chromium", "Rita")
    page = person.page
    head = "() => { const style = getComputedStyle(document.querySelector('header'));"
    head += " return [style.backgroundColor, style.borderBottomWidth]; }"
    button = "(s) => { const style = getComputedStyle(document.querySelector(s));"
    button += " return [style.borderRadius, style.minHeight, style.fontWeight]; }"
    await page.goto(server.url)
    await page.see(by_id("landing-page"))
    client = [await page.evaluate(head), await page.evaluate(button, ".button.primary")]
    await page.goto(f"http://localhost:{server.ports.trust}/")
    trust = [await page.evaluate(head), await page.evaluate(button, ".button")]
    assert trust == client
