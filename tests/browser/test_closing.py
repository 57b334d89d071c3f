"""Closing a room, or a link, and what those concerned read."""

from tests.browser.conftest import Gallery, assert_clean, in_firefox
from tests.support.browsers import BrowserName
from tests.support.browsers.page import by_id
from tests.support.wire.room import TestRoom


@in_firefox
async def test_moderator_who_closes_the_room_reads_that_it_is_closed(
    room: TestRoom, gallery: Gallery, browser: BrowserName
) -> None:
    made = await room.owner.ask("invitation.create", room=room.id, role="moderator")
    moderator = await gallery.visit(browser, "Mina")
    page = moderator.page
    await moderator.enter(f"{room.server.url}/join#{made.url.partition('#')[2]}")
    await page.evaluate(
        "() => { window.said = []; new MutationObserver(() => window.said.push("
        f"document.querySelector('{by_id('notices')}')?.innerText ?? '')"
        ").observe(document.body, {childList: true, subtree: true}); }"
    )
    await page.click(by_id("leave"))
    await page.click(by_id("leave-close-room"))
    await page.read(by_id("confirm"), "its invitations stop working")
    await page.click(by_id("confirm-yes"))
    await page.see(f'{by_id("gone-page")}[data-reason="room-closed"]')
    await gallery.picture(moderator, "closed")
    said = " ".join(await page.evaluate("() => window.said"))
    assert "does not answer" not in said
    assert_clean(moderator)


@in_firefox
async def test_withdrawn_link_leaves_no_join_button(
    room: TestRoom, gallery: Gallery, browser: BrowserName
) -> None:
    guest = await gallery.visit(browser, "Gast")
    page = guest.page
    made = await room.owner.ask("invitation.create", room=room.id, role="presenter")
    await guest.open_join_page(f"{room.server.url}/join#{made.url.partition('#')[2]}")
    await page.see(by_id("room-title"))
    await room.owner.ask("invitation.revoke", room=room.id, invitation=made.id)
    await page.write(by_id("name"), "Gast")
    await page.write(by_id("organisation"), "Institute")
    await page.click(by_id("join"))
    await page.see(f'{by_id("refused-page")}[data-code="invitation-revoked"]')
    await page.gone(by_id("join"))
