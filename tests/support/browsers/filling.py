"""Fills a page with people and messages, as if the server had sent them."""

from tests.support.browsers.page import Page

KEEP_SOCKETS = """() => {
  if (window.sockets) return;
  const made = [];
  Object.defineProperty(window, "sockets", { value: made });
  const Native = window.WebSocket;
  window.WebSocket = class WebSocket extends Native {
    constructor(...options) { super(...options); made.push(this); }
  };
}"""
"""Keeps every socket of a page accessible, so that events can be delivered on it."""

FILL = """() => {
  const organisations = 25;
  const deliver = (name, payload) => window.sockets.at(-1).dispatchEvent(
    new MessageEvent("message", { data: "42" + JSON.stringify([name, payload]) }));
  const person = (n, change) => deliver("participant.changed", { participant: {
    id: `person-${n}`, name: `Person ${n}`,
    organisation: `Institute ${n % organisations}`, role: "researcher",
    connected: true, has_floor: false, hand: null, tracks: [], quality: null,
    ...change } });
  const line = (n) => deliver("chat.message", {
    seq: n, participant: `person-${n % 50}`, name: `Person ${n % 50}`,
    organisation: "Institute", sent_at: 1.7e9 + n,
    text: `Message ${n}: ` + "some words of a sentence ".repeat(n % 7) });
  Object.assign(window, { fill: { deliver, person, line } });
}"""


async def prepare(page: Page) -> None:
    """Keep the sockets of pages that are loaded from now on."""
    await page.before_load(KEEP_SOCKETS)


async def allow_filling(page: Page) -> None:
    """Give a page that is in a room ``fill``: ``deliver``, ``person`` and ``line``."""
    await page.evaluate(FILL)


async def add_people(page: Page, count: int) -> None:
    """Add participants: Person 0, Person 1 …, in 25 organisations."""
    await page.evaluate(
        "(most) => { for (let n = 0; n < most; n++) fill.person(n, {}); }", count
    )


async def add_messages(page: Page, first: int, last: int) -> None:
    """Add messages with these numbers."""
    await page.evaluate(
        "(first, last) => { for (let n = first; n <= last; n++) fill.line(n); }",
        first,
        last,
    )
