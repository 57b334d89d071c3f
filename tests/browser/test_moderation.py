"""Moderation inside the room: invitations, the floor, news of participants."""

from tests.browser.conftest import Gallery, assert_clean, in_chromium, in_firefox, link
from tests.support.browsers import BrowserName, Options
from tests.support.browsers.page import by_id
from tests.support.browsers.person import Person
from tests.support.wire.room import TestRoom


async def moderator_in(
    room: TestRoom,
    gallery: Gallery,
    browser: BrowserName,
    options: Options | None = None,
) -> Person:
    """Return a person who has joined with a moderator's link."""
    invitation = await room.owner.ask(
        "invitation.create", room=room.id, role="moderator"
    )
    person = await gallery.visit(browser, "Mina", options)
    await person.enter(f"{room.server.url}/join#{invitation.url.split('#')[1]}")
    return person


@in_chromium
async def test_moderator_invites_from_inside_the_room(
    room: TestRoom, gallery: Gallery, browser: BrowserName
) -> None:
    mina = await moderator_in(room, gallery, browser)
    page = mina.page
    await page.see(by_id("alone"))
    await gallery.picture(mina, "alone")
    await page.click(by_id("invite-now"))
    await page.see(by_id("invite-dialog"))
    await page.write(by_id("invite-note"), "Institute of Acoustics")
    await page.write(by_id("invite-most"), "-5")
    await page.read(by_id("invite-dialog"), "Enter a number from 1 to 100,000")
    await page.see(f"{by_id('invite-researcher')}:disabled")
    await page.write(by_id("invite-most"), "1")
    await page.click(by_id("invite-researcher"))
    await page.read(by_id("invitation-name"), "Institute of Acoustics")
    await page.read(by_id("invitation-name"), "at most 1 person at once")
    await gallery.picture(mina, "invite")
    url = await page.evaluate(
        "() => [...document.querySelectorAll('[data-testid=\"invitation-url\"]')]"
        ".at(-1).value"
    )
    # The tests' server is at localhost: such a link leads nowhere from elsewhere.
    await page.see(by_id("local-links"))
    await page.press("Escape")
    guest = room.stranger()
    await guest.connect(invitation=url.split("#")[1])
    await guest.join("Rita")
    await page.read(by_id("news"), "Rita joined")
    await gallery.picture(mina, "news")
    assert_clean(mina)


@in_firefox
async def test_floor_is_given_in_two_clicks(
    room: TestRoom, gallery: Gallery, browser: BrowserName
) -> None:
    mina = await moderator_in(room, gallery, browser)
    rita = await room.guest("researcher", "Rita")
    rolf = await room.guest("researcher", "Rolf")
    await rita.ask("hand.raise", raised=True)
    await mina.page.read(by_id("news"), "Rita raised a hand")
    await rolf.ask("hand.raise", raised=True)
    await mina.page.read(by_id("people-badge"), "2")
    await mina.page.click(by_id("people"))
    await mina.page.see(by_id("queue-floor"))
    await gallery.picture(mina, "queue")
    await mina.page.click(by_id("queue-floor"))
    await rita.until(lambda: "media.publish" in rita.capabilities, "the floor")
    await mina.page.click(f'[data-participant="{rolf.id}"] {by_id("queue-lower")}')
    await rolf.until(
        lambda: rolf.participants[rolf.id].hand is None, "the lowered hand"
    )
    assert_clean(mina)


async def test_invitation_links_fit_on_a_phone(
    room: TestRoom, gallery: Gallery
) -> None:
    options = Options(width=320, height=640, locale="ko-KR", theme="dark")
    mina = await moderator_in(room, gallery, "chromium", options)
    await mina.page.click(by_id("invite-now"))
    await mina.page.see(by_id("invite-dialog"))
    wide = await mina.page.evaluate(
        "() => document.documentElement.scrollWidth - window.innerWidth"
    )
    assert wide <= 0
    await gallery.picture(mina, "invite")
    await mina.page.press("Escape")
    await mina.open_panel("people")
    rita = await room.guest("researcher", "긴이름가나다라마바사아자차카타파하")
    await rita.ask("hand.raise", raised=True)
    await mina.page.see(by_id("queue-floor"))
    await gallery.picture(mina, "queue")
    assert_clean(mina)


@in_firefox
async def test_only_moderators_see_news(
    room: TestRoom, gallery: Gallery, browser: BrowserName
) -> None:
    rita = await gallery.visit(browser, "Rita")
    await rita.enter(link(room, "researcher"))
    await rita.page.see(by_id("alone"))
    assert not await rita.page.count(by_id("invite-now"))
    await room.guest("researcher", "Rolf")
    await rita.page.gone(by_id("alone"))
    assert await rita.page.evaluate(
        "(s) => document.querySelector(s).innerText === ''", by_id("news")
    )
    await rita.open_panel("people")
    assert not await rita.page.count(by_id("invite"))
    assert not await rita.page.count(by_id("removed-people"))
    assert_clean(rita)
