"""The test before a conference, with and without an invitation."""

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
from tests.support.server import Server
from tests.support.wire.room import TestRoom


async def shows(page: Page, row: str, state: str) -> None:
    """Wait until a row of the test has a result."""
    await page.see(f'{by_id(row)}[data-state="{state}"]')


@each
async def test_from_the_join_page_through_all_tests_into_the_room(
    room: TestRoom, gallery: Gallery, browser: BrowserName
) -> None:
    person = await gallery.visit(browser, "Paul")
    page = person.page
    await person.open_join_page(link(room, "presenter"))
    await page.read(by_id("room-title"), "Results")  # nothing moves from here on
    await page.click(by_id("to-check"))
    await page.see(by_id("check-page"))
    await gallery.picture(person, "before")
    await assert_accessible(page)
    await page.click(by_id("start-check"))
    await shows(page, "check-camera", "good")
    await shows(page, "check-microphone", "good")
    await page.click(by_id("test-speaker"))
    await page.click(by_id("tone-heard"))
    await shows(page, "check-speaker", "good")
    await page.see(by_id("advice"))
    await shows(page, "check-udp", "good")
    await gallery.picture(person, "after")
    await assert_accessible(page)
    await assert_nothing_lost(page)
    # Nobody heard of it.
    preview = room.stranger()
    await preview.connect(invitation=room.token("presenter"))
    assert (await preview.ask("room.preview")).participants == []

    await page.click(by_id("to-join-page"))
    await page.see(by_id("join-page"))
    await person.join()
    await page.see(by_id("room-page"))
    assert_clean(person)


@in_firefox
async def test_without_an_invitation_only_devices_are_tested(
    server: Server, gallery: Gallery, browser: BrowserName
) -> None:
    person = await gallery.visit(browser, "Paul", Options(width=320, locale="ko"))
    page = person.page
    await page.goto(server.url)
    # The button promises only what the page does: no test of the connection.
    await page.see(by_id("to-check"))
    assert "연결" not in await page.text(by_id("to-check"))
    await page.click(by_id("to-check"))
    await page.see(by_id("devices-only"))
    assert await page.count(by_id("check-udp")) == 0
    for row, picker in (
        ("check-camera", "camera-picker"),
        ("check-microphone", "microphone-picker"),
        ("check-speaker", "test-speaker"),
    ):
        assert await page.count(f"{by_id(row)} {by_id(picker)}") == 1
    assert "없습니다" not in await page.text(by_id("check-page"))
    await page.click(by_id("start-check"))
    await shows(page, "check-camera", "good")
    await page.click(by_id("tone-not-heard"))
    await shows(page, "check-speaker", "bad")
    await gallery.picture(person, "devices")
    await assert_accessible(page)
    await assert_nothing_lost(page)
    await enlarge_text(page)
    await assert_nothing_lost(page)
    assert_clean(person)


@in_chromium
async def test_connection_is_tested_without_devices(
    room: TestRoom, gallery: Gallery, browser: BrowserName
) -> None:
    person = await gallery.visit(
        browser, "Rita", Options(media="denied", theme="dark", width=900)
    )
    page = person.page
    await page.goto(link(room, "researcher").replace("/join#", "/check#"))
    await page.click(by_id("start-check"))
    await shows(page, "check-camera", "bad")
    await shows(page, "check-microphone", "bad")
    await page.see(by_id("advice"))
    await shows(page, "check-udp", "good")
    await gallery.picture(person, "denied")
    await assert_accessible(page)
    await assert_nothing_lost(page)


async def test_refused_invitation_is_explained(
    room: TestRoom, gallery: Gallery
) -> None:
    person = await gallery.visit("chromium", "Rita")
    page = person.page
    await page.goto(f"{room.server.url}/check#{'A' * 43}")
    await page.click(by_id("start-check"))
    await shows(page, "check-udp", "bad")
    await page.read(by_id("check-udp"), "invitation")
