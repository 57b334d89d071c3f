"""The chat: long messages, addresses, consecutive messages of one author."""

from tests.browser.conftest import Gallery, assert_clean, in_chromium, in_firefox, link
from tests.support.browsers import BrowserName, Options
from tests.support.browsers.page import by_id
from tests.support.wire.room import TestRoom

LONG = "\n".join(f"line {n} of a pasted protocol" for n in range(60))
HEIGHT = """() => document.querySelector('[data-testid="chat-message"]')
  .getBoundingClientRect().height"""


@in_chromium
async def test_long_message_is_folded(
    room: TestRoom, gallery: Gallery, browser: BrowserName
) -> None:
    rolf = await room.guest("researcher", "Rolf")
    await rolf.ask("chat.send", text=LONG, nonce="long")
    rita = await gallery.visit(browser, "Rita")
    await rita.enter(link(room, "researcher"))
    await rita.open_panel("chat")
    await rita.page.see(by_id("chat-unfold"))
    assert await rita.page.evaluate(HEIGHT) < 500
    await gallery.picture(rita, "folded")
    await rita.page.click(by_id("chat-unfold"))
    assert await rita.page.evaluate(HEIGHT) > 1000
    await rita.page.read(by_id("chat-messages"), "line 59")
    assert_clean(rita)


@in_firefox
async def test_only_addresses_of_this_site_become_links(
    room: TestRoom, gallery: Gallery, browser: BrowserName
) -> None:
    rolf = await room.guest("researcher", "Rolf")
    text = f"Try {room.server.url}/check or http://files.example.lan/paper.pdf."
    await rolf.ask("chat.send", text=text, nonce="address")
    rita = await gallery.visit(browser, "Rita")
    await rita.enter(link(room, "researcher"))
    await rita.open_panel("chat")
    await rita.reads(text)
    links = await rita.page.evaluate(
        "() => [...document.querySelectorAll('.message-text a')].map((a) => a.href)"
    )
    assert links == [f"{room.server.url}/check"]
    await rita.page.click(by_id("copy-address"))
    await rita.page.read(by_id("notices"), "cop")
    assert_clean(rita)


async def test_consecutive_messages_of_one_author_share_a_heading(
    room: TestRoom, gallery: Gallery
) -> None:
    rolf = await room.guest("researcher", "Rolf")
    for number in range(3):
        await rolf.ask("chat.send", text=f"point {number}", nonce=f"n{number}")
    options = Options(width=320, height=640, locale="ko-KR", theme="dark")
    rita = await gallery.visit("chromium", "Rita", options)
    await rita.enter(link(room, "researcher"))
    await rita.says("한 줄")
    await rita.says("http://files.example.lan/a/very/long/path/that/must/wrap")
    await rita.page.wait_for(
        "() => document.querySelectorAll('.message-head').length === 2"
    )
    await gallery.picture(rita, "together")
    assert_clean(rita)
