"""Closing, reloading and duplicating a tab, and what other participants see."""

from conference.rooms.seat import SEAT_KEPT_S
from tests.browser.conftest import (
    Gallery,
    assert_clean,
    each,
    in_chromium,
    in_firefox,
    link,
)
from tests.support.browsers import BrowserName
from tests.support.browsers.page import by_id
from tests.support.wire.room import TestRoom


@each
async def test_closed_tab_is_removed_soon(
    room: TestRoom, gallery: Gallery, browser: BrowserName
) -> None:
    moderator = await room.moderator()
    presenter = await gallery.visit(browser, "Paul")
    await presenter.enter(link(room, "presenter"))
    witness = await gallery.visit(browser, "Rita")
    await witness.enter(link(room, "researcher"))
    await witness.sees("Paul")
    await moderator.until(
        lambda: moderator.room and moderator.room.stage is not None, "a stage"
    )
    await witness.page.read(by_id("present-count"), "3 people here")
    await presenter.page.close_tab()
    await witness.page.read(by_id("present-count"), "2 people here")
    await witness.page.read(by_id("lost-count"), "1 with a lost connection")
    await gallery.picture(witness, "lost")
    # The stage is empty at once: nothing arrives from a closed page.
    await moderator.until(
        lambda: moderator.room and moderator.room.stage is None, "no stage"
    )
    # A connection that broke would be waited for as long as SEAT_KEPT_S.
    await witness.page.gone(by_id("lost-count"), deadline_s=SEAT_KEPT_S / 2)
    assert len(moderator.participants) == 2


@in_chromium
async def test_reload_keeps_the_seat(
    room: TestRoom, gallery: Gallery, browser: BrowserName
) -> None:
    moderator = await room.moderator()
    person = await gallery.visit(browser, "Rita")
    await person.enter(link(room, "researcher"))
    await person.page.click(by_id("hand"))
    await person.pressed("hand", True)
    before = set(moderator.participants)
    for _ in range(2):
        await person.page.reload()
        await person.page.see(by_id("room-page"))
        await person.pressed("hand", True)
    assert set(moderator.participants) == before
    assert_clean(person)


@in_firefox
async def test_second_tab_asks_before_it_takes_the_seat(
    room: TestRoom, gallery: Gallery, browser: BrowserName
) -> None:
    moderator = await room.moderator()
    first = await gallery.visit(browser, "Rita")
    await first.enter(link(room, "researcher"))
    await first.page.click(by_id("hand"))
    await first.pressed("hand", True)
    second = await gallery.second_tab(first)
    await second.page.goto(link(room, "researcher"))
    await second.page.see(by_id("seated-elsewhere"))
    # The preview lists Mina, and not the participant itself.
    await second.page.read(by_id("present"), "1 person is there")
    assert not await second.page.count(by_id("join"))
    await gallery.picture(second, "question")
    await second.page.click(by_id("move-here"))
    await second.page.see(by_id("room-page"))
    await second.pressed("hand", True)
    await first.page.see(f'{by_id("gone-page")}[data-reason="taken-over"]')
    await first.page.click(by_id("come-back"))
    await first.page.see(by_id("room-page"))
    await second.page.see(f'{by_id("gone-page")}[data-reason="taken-over"]')
    assert len(moderator.participants) == 2
    assert_clean(first, second)


@in_chromium
async def test_second_tab_can_join_as_another_person(
    room: TestRoom, gallery: Gallery, browser: BrowserName
) -> None:
    moderator = await room.moderator()
    first = await gallery.visit(browser, "Rita")
    await first.enter(link(room, "researcher"))
    second = await gallery.second_tab(first)
    await second.page.goto(link(room, "researcher"))
    await second.page.click(by_id("another-person"))
    second.name = "Rolf"
    await second.join()
    await moderator.until(lambda: len(moderator.participants) == 3, "both")
    assert not await first.page.count(by_id("gone-page"))
    # Loading again brings each back to their own place, not to the other's.
    before = set(moderator.participants)
    await second.page.reload()
    await second.page.see(by_id("room-page"))
    await second.page.wait_for(
        "() => [...document.querySelectorAll('[data-testid=\"plate-name\"]')]"
        ".some((name) => /Rolf\\s*\\(you\\)/.test(name.innerText))"
    )
    assert set(moderator.participants) == before
    assert not await first.page.count(by_id("gone-page"))
    assert_clean(first, second)


@in_firefox
async def test_removed_participant_must_be_readmitted(
    room: TestRoom, gallery: Gallery, browser: BrowserName
) -> None:
    invitation = await room.owner.ask(
        "invitation.create", room=room.id, role="moderator"
    )
    moderator = await gallery.visit(browser, "Mina")
    await moderator.enter(f"{room.server.url}/join#{invitation.url.split('#')[1]}")
    guest = await gallery.visit(browser, "Rita")
    await guest.enter(link(room, "researcher"))
    await moderator.acts_on("Rita", "action-remove")
    await moderator.page.click(by_id("confirm-yes"))
    await guest.page.see(f'{by_id("gone-page")}[data-reason="removed"]')
    await guest.page.goto(f"{room.server.url}/")
    await guest.open_join_page(link(room, "researcher"))
    await guest.page.click(by_id("join"))
    await guest.page.read(by_id("problem"), "A moderator removed you")
    await gallery.picture(guest, "refused")
    await moderator.page.see(by_id("removed-people"))
    await gallery.picture(moderator, "removed")
    await moderator.page.click(by_id("let-in"))
    await moderator.page.gone(by_id("removed-people"))
    await guest.page.click(by_id("join"))
    await guest.page.see(by_id("room-page"))
    assert_clean(moderator)


@in_chromium
async def test_moderator_keeps_the_current_stage(
    room: TestRoom, gallery: Gallery, browser: BrowserName
) -> None:
    invitation = await room.owner.ask(
        "invitation.create", room=room.id, role="moderator"
    )
    presenter = await gallery.visit(browser, "Paul")
    await presenter.enter(link(room, "presenter"))
    moderator = await gallery.visit(browser, "Mina")
    await moderator.enter(f"{room.server.url}/join#{invitation.url.split('#')[1]}")
    await moderator.sees("Paul")
    await moderator.open_panel("people")
    await moderator.page.see(by_id("person-menu"))
    await moderator.acts_on("Paul", "action-stage")
    action = by_id("action-stage")
    await moderator.page.read(action, "Back to automatic")
    await moderator.page.read(by_id("people-panel"), "kept on stage")
    await gallery.picture(moderator, "kept")
    await moderator.page.click(action)
    await moderator.page.read(action, "Keep on stage")
    assert_clean(presenter, moderator)
