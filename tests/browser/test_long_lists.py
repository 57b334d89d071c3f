"""Lists of hundreds: rows outside the view are not rendered, and can be reached."""

from tests.browser.conftest import Gallery, assert_clean, each, link
from tests.support.browsers import BrowserName, filling
from tests.support.browsers.page import by_id
from tests.support.browsers.person import Person
from tests.support.wire.room import TestRoom

PEOPLE = 500
DRAWN = """(selector) => [...document.querySelectorAll(selector)]
  .filter((e) => e.firstElementChild.checkVisibility({ contentVisibilityAuto: true }))
  .length"""
ROWS = "() => document.querySelectorAll('[data-testid=\"person\"]').length"
FOUND = """(text) => {
  getSelection().removeAllRanges();
  return window.find(text);
}"""
FOCUS_SEEN = """(name) => {
  const rows = [...document.querySelectorAll('[data-testid="person"]')];
  const row = rows.find((e) => e.dataset.participant === name);
  row.querySelector("button").focus();
  const box = row.getBoundingClientRect();
  const list = row.closest(".rail-body").getBoundingClientRect();
  return box.top >= list.top - 1 && box.bottom <= list.bottom + 1;
}"""
LAST_SEEN = """(text) => {
  const list = document.querySelector('[data-testid="chat-messages"]');
  const last = [...list.querySelectorAll(".message")].at(-1);
  const box = last.getBoundingClientRect();
  return last.innerText.includes(text)
    && box.bottom <= list.getBoundingClientRect().bottom + 1;
}"""
TOP = """(text) => [...document.querySelectorAll(".message")]
  .find((e) => e.textContent.includes(text)).getBoundingClientRect().top"""
COUNT = "document.querySelectorAll('.message').length"
FIRST = "() => document.querySelector('.message-text').textContent"
SCROLL = """(to) => {
  document.querySelector('[data-testid="chat-messages"]').scrollTop = to;
}"""


async def in_a_filled_room(
    room: TestRoom, gallery: Gallery, browser: BrowserName
) -> Person:
    """Let a researcher join whose page can be given people and messages."""
    rita = await gallery.visit(browser, "Rita")
    await filling.prepare(rita.page)
    await rita.enter(link(room, "researcher"))
    await filling.allow_filling(rita.page)
    return rita


@each
async def test_only_visible_rows_of_500_people_are_rendered(
    room: TestRoom, gallery: Gallery, browser: BrowserName
) -> None:
    rita = await in_a_filled_room(room, gallery, browser)
    page = rita.page
    await filling.add_people(page, PEOPLE)
    await rita.open_panel("people")
    await page.poll(lambda rows: rows == PEOPLE + 1, ROWS)
    await page.poll(lambda drawn: 5 < drawn < 100, DRAWN, by_id("person"))
    await gallery.picture(rita, "people")
    await page.wait_for(FOCUS_SEEN, f"person-{PEOPLE - 1}")
    await gallery.picture(rita, "focused")
    assert await page.evaluate(FOUND, "Person 321")
    assert_clean(rita)


@each
async def test_long_chat_shows_the_newest_and_keeps_the_scroll_position(
    room: TestRoom, gallery: Gallery, browser: BrowserName
) -> None:
    rita = await in_a_filled_room(room, gallery, browser)
    page = rita.page
    await filling.add_messages(page, 1, 1000)
    await rita.open_panel("chat")
    await page.wait_for(LAST_SEEN, "Message 1000:")
    assert await page.count(by_id("chat-message")) < 300
    await filling.add_messages(page, 1001, 1400)
    await page.wait_for(LAST_SEEN, "Message 1400:")
    await page.poll(lambda shown: shown < 300, "() => " + COUNT)
    await gallery.picture(rita, "newest")

    await page.evaluate(SCROLL, 0)
    first = await page.evaluate(FIRST)
    await page.click(by_id("chat-earlier"))
    await page.wait_for("(first) => (" + FIRST + ")() !== first", first)
    await page.poll(
        lambda top: 0 < top < 400, TOP, first
    )  # the message that was first has not moved away
    await filling.add_messages(page, 1401, 1402)
    await page.read(by_id("chat-messages"), "Message 1402:")
    assert not await page.evaluate(LAST_SEEN, "Message 1402:")
    assert 0 < await page.evaluate(TOP, first) < 400
    await gallery.picture(rita, "earlier")
    await page.evaluate(SCROLL, 10**6)
    await page.wait_for(LAST_SEEN, "Message 1402:")
    assert_clean(rita)
