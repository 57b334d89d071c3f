"""Closing a room from inside it: what the moderator who does so reads."""

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
    await page.see(f'{by_id("gone-page")}[data-reason="room-closed"]')
    await gallery.picture(moderator, "closed")
    said = " ".join(await page.evaluate("() => window.said"))
    assert "does not answer" not in said
    assert_clean(moderator)
