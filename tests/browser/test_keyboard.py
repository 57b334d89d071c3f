"""Everything can be done by keyboard: no test here uses the pointer."""

from collections.abc import AsyncIterator

from tests.browser.conftest import (
    Gallery,
    assert_clean,
    in_chromium,
    in_firefox,
    link,
    on_the_loop,
)
from tests.support.browsers import BrowserName
from tests.support.browsers.page import by_id
from tests.support.browsers.person import Person
from tests.support.server import Server, running
from tests.support.wire.client import ScriptedClient
from tests.support.wire.room import TestRoom
from tests.support.wire.scenes import publish_camera


@on_the_loop
async def fresh() -> AsyncIterator[Server]:
    async with running() as server:
        yield server


async def fills(person: Person, field: str, text: str) -> None:
    """Tab to a field and write into it."""
    await person.page.see(by_id(field))
    await person.tabs_to(by_id(field))
    await person.page.type(text)


@in_chromium
async def test_guest_can_do_everything_by_keyboard(
    room: TestRoom, gallery: Gallery, browser: BrowserName
) -> None:
    other = await room.guest("presenter", "Paul")
    await publish_camera(other, "red")
    person = await gallery.visit(browser, "Rita")
    page = person.page
    await person.open_join_page(link(room, "presenter"))
    await page.wait_for(
        "(s) => document.activeElement === document.querySelector(s)", by_id("name")
    )
    await page.type("Rita")
    await fills(person, "organisation", "Institute")
    await person.activates(by_id("join"))
    await page.see(by_id("room-page"))
    await person.sees("Paul")
    await page.press("m")
    await person.pressed("microphone", False)
    await page.press("c")
    await page.see(by_id("chat-input"))
    await page.type("by keys, m and v are letters here")
    await page.press("Enter")
    await person.reads("by keys, m and v are letters here")
    await person.pressed("microphone", False)
    await person.activates(by_id("leave"))
    await page.see(by_id("gone-page"))
    assert_clean(person)


@in_firefox
async def test_moderator_can_do_everything_by_keyboard(
    fresh: Server, gallery: Gallery, browser: BrowserName
) -> None:
    """From the one-time link to the end of the room, with other participants."""
    moderator = await gallery.visit(browser, "Mina")
    page = moderator.page
    await page.goto(fresh.link)
    await moderator.activates(by_id("become-moderator"))
    await fills(moderator, "room-title", "Results")
    await fills(moderator, "room-organisation", "Optics")
    await page.press("Enter")
    await page.see(by_id("invitation-url"))
    await moderator.activates(f'[data-role="presenter"] {by_id("qr")}')
    await page.see(by_id("qr-dialog"))
    await page.press("Escape")
    await page.gone("dialog[open]")
    url = await page.evaluate(
        "() => document.querySelector('[data-role=\"researcher\"] input').value"
    )
    guest = ScriptedClient(fresh.url, fresh.trust)
    await guest.connect(invitation=url.split("#")[1])
    await guest.join("Rita")
    try:
        await moderator.activates(by_id("enter-room"))
        await page.see(by_id("join-page"))
        await page.wait_for(
            "(s) => document.activeElement === document.querySelector(s)",
            by_id("name"),
        )
        await page.type("Mina")
        await fills(moderator, "organisation", "Optics")
        await moderator.activates(by_id("join"))
        await page.see(by_id("room-page"))

        await guest.ask("hand.raise", raised=True)
        await page.press("p")
        await page.read(by_id("hand-queue"), "Rita")
        row = f'[data-participant="{guest.id}"]'
        await moderator.activates(f"{row} {by_id('person-menu')}")
        await moderator.activates(f"{row} {by_id('action-floor')}")
        await guest.until(lambda: "media.publish" in guest.capabilities, "the floor")
        await publish_camera(guest, "red")
        await moderator.sees("Rita")
        # The row went from the queue of hands to the organisation's list.
        await moderator.activates(f"{row} {by_id('person-menu')}")
        await moderator.activates(f"{row} {by_id('action-stage')}")
        await guest.until(
            lambda: guest.room and guest.room.stage == guest.id, "the stage"
        )
        await moderator.activates(f"{row} {by_id('action-mute-microphone')}")
        await guest.until(
            lambda: any(name == "seat.muted" for name, _ in guest.events), "the mute"
        )
        await page.press("g")
        await page.press("g")
        await moderator.activates(f"{row} {by_id('action-remove')}")
        await moderator.activates(by_id("confirm-yes"))
        await guest.until(lambda: guest.closed, "the removal")
        assert guest.closed is not None
        assert guest.closed.reason == "removed"
    finally:
        await guest.close()

    await moderator.activates(by_id("leave"))
    await page.see(f"{by_id('gone-page')}, {by_id('rooms-page')}, dialog[open]")
    await gallery.picture(moderator, "end")
    assert_clean(moderator)
