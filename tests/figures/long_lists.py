"""
What one change costs a page with long lists: ``python -m tests.figures.long_lists``.

A real page in a real room is given events as if the server had sent them: 500 people
come, then 3,000 messages. Measured is one event from its arrival until scripts and
layout are done (painting is not counted), as the lower quartile of 40; and opening a
panel, the least of 5. Both are less disturbed by other programs than a mean.
"""

import argparse
import asyncio
from typing import Any

from tests.figures.common import report
from tests.support.browsers import BrowserName, filling, launch
from tests.support.browsers.page import Page, by_id
from tests.support.browsers.person import Person
from tests.support.server import running
from tests.support.wire.room import opened

DEFINE = """() => {
  // Tasks come in order: the second one finds all microtasks of the first one done.
  const timed = (act) => new Promise((resolve) => {
    const begun = performance.now();
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => {
      document.body.getBoundingClientRect();
      resolve(performance.now() - begun);
    };
    port2.postMessage(null);
    act();
  });
  const frame = () => new Promise((resolve) =>
    requestAnimationFrame(() => setTimeout(resolve)));
  const quartile = async (act, times = 40) => {
    const all = [];
    for (let n = 0; n < times; n++) {
      all.push(await timed(() => act(n)));
      await frame();
      await frame();
    }
    return all.sort((a, b) => a - b)[times >> 2];
  };
  Object.assign(window, { lists: { timed, quartile, frame } });
}"""

OPEN = """async (id) => {
  const button = document.querySelector(`[data-testid="${id}"]`);
  const all = [];
  for (let n = 0; n < 5; n++) {
    if (n) button.click();
    await lists.frame();
    await lists.frame();
    all.push(await lists.timed(() => button.click()));
    await lists.frame();
  }
  return Math.min(...all);
}"""
HAND = "() => lists.quartile((n) => fill.person(250, { hand: n % 2 ? null : n + 1 }))"
SPEAKER = """() => lists.quartile((n) => fill.deliver("speakers.changed",
  { speakers: [`person-${n}`] }))"""
JOIN = "(from) => lists.quartile((n) => fill.person(from + n, {}))"
LINE = "(from) => lists.quartile((n) => fill.line(from + n))"


async def measure(browser: BrowserName, people: int, messages: int) -> None:
    """Fill a page and measure it."""
    figures: dict[str, Any] = {}
    async with running() as server, opened(server) as room, launch(browser) as b:
        page: Page = await b.new_page()
        await filling.prepare(page)
        await Person(page, "Rita").enter(
            f"{server.url}/join#{room.token('researcher')}"
        )
        await filling.allow_filling(page)
        await page.evaluate(DEFINE)
        await filling.add_people(page, people)
        figures["hand_without_panel_ms"] = await page.evaluate(HAND)
        figures["open_people_ms"] = await page.evaluate(OPEN, "people")
        await page.see(by_id("person"))
        figures["hand_ms"] = await page.evaluate(HAND)
        figures["speaker_ms"] = await page.evaluate(SPEAKER)
        figures["join_ms"] = await page.evaluate(JOIN, people)
        await filling.add_messages(page, 1, messages)
        figures["open_chat_ms"] = await page.evaluate(OPEN, "chat")
        await page.see(by_id("chat-message"))
        figures["message_ms"] = await page.evaluate(LINE, messages + 1)
        figures["speaker_beside_chat_ms"] = await page.evaluate(SPEAKER)
    report(
        f"long_lists {browser}, {people} people, {messages} messages",
        **{name: round(value, 1) for name, value in figures.items()},
    )


def main() -> None:
    """Read the command line and measure."""
    parser = argparse.ArgumentParser()
    parser.add_argument("browser", choices=("chromium", "firefox"))
    parser.add_argument("--people", type=int, default=500)
    parser.add_argument("--messages", type=int, default=3000)
    given = parser.parse_args()
    asyncio.run(measure(given.browser, given.people, given.messages))


if __name__ == "__main__":
    main()
