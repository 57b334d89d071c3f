"""The actions of a user on Pavilion's pages, and what the pages show."""

from typing import Any

from tests.support.browsers.page import DEADLINE_S, Page, by_id

TILE = """(name) => [...document.querySelectorAll('[data-testid="tile"]')].find((tile) =>
  tile.querySelector('[data-testid="plate-name"]')?.innerText.startsWith(name))"""
COUNT = """(video) => {
  if (!video || video.readyState < 2 || !video.videoWidth) return null;
  const shown = (window.shownFrames ??= new WeakMap());
  if (!shown.has(video)) {
    shown.set(video, 0);
    const count = () => {
      shown.set(video, shown.get(video) + 1);
      video.requestVideoFrameCallback(count);
    };
    video.requestVideoFrameCallback(count);
  }
  return {
    frames: shown.get(video), width: video.videoWidth, height: video.videoHeight,
  };
}"""
FRAMES = f"""(name) => ({COUNT})(({TILE})(name)?.querySelector("video"))"""
SCREEN = (
    f"() => ({COUNT})(document.querySelector('[data-testid=\"screen-tile\"] video'))"
)
MEAN_COLOUR = f"""(name) => {{
  const video = ({TILE})(name)?.querySelector("video");
  if (!video || video.readyState < 2) return null;
  const canvas = document.createElement("canvas");
  canvas.width = canvas.height = 8;
  const context = canvas.getContext("2d");
  context.drawImage(video, 0, 0, 8, 8);
  const data = context.getImageData(0, 0, 8, 8).data;
  const mean = [0, 0, 0];
  for (let at = 0; at < data.length; at += 4)
    for (let part = 0; part < 3; part++) mean[part] += data[at + part] / 64;
  return mean;
}}"""
WHERE = """(selector) => {
  const wanted = [...document.querySelectorAll(selector)]
    .find((e) => e.checkVisibility());
  const now = document.activeElement;
  if (!wanted || now === wanted) return wanted && "here";
  const before = now.compareDocumentPosition(wanted) & Node.DOCUMENT_POSITION_PRECEDING;
  return before && now !== document.body ? "before" : "after";
}"""
FOCUS_SHOWS = """() => {
  const style = getComputedStyle(document.activeElement);
  return style.outlineStyle !== "none" || style.boxShadow !== "none";
}"""
TABS = 80  # more controls than any page has
NEW_FRAMES = 10  # decoded one after the other: it moves


class Person:
    """A person with a browser tab."""

    def __init__(self, page: Page, name: str) -> None:
        self.page = page
        self.name = name

    async def open_join_page(self, url: str) -> None:
        """Open an invitation and wait for the page before the room."""
        await self.page.goto(url)
        await self.page.see(by_id("join-page"))

    async def enter(self, url: str, organisation: str = "Institute of Optics") -> None:
        """Open an invitation, enter a name, and join."""
        await self.open_join_page(url)
        await self.join(organisation)

    async def join(self, organisation: str = "Institute of Optics") -> None:
        """Join from the page before the room."""
        await self.page.write(by_id("name"), self.name)
        await self.page.write(by_id("organisation"), organisation)
        await self.page.click(by_id("join"))
        await self.page.see(by_id("room-page"))

    async def sees(
        self, name: str, *, deadline_s: float = DEADLINE_S
    ) -> dict[str, Any]:
        """Wait until a camera moves in its participant's tile; return its size."""
        return await self._moving(FRAMES, name, deadline_s=deadline_s)

    async def sees_screen(
        self, *, width: int = 0, deadline_s: float = DEADLINE_S
    ) -> dict[str, Any]:
        """Wait until a shared screen moves and has this width; return its size."""
        await self._moving(SCREEN, deadline_s=deadline_s)
        seen = await self.page.poll(
            lambda now: bool(now) and now["width"] >= width,
            SCREEN,
            deadline_s=deadline_s,
        )
        return dict(seen)

    async def _moving(
        self, function: str, *arguments: str, deadline_s: float
    ) -> dict[str, Any]:
        first = await self.page.wait_for(function, *arguments, deadline_s=deadline_s)
        goal = first["frames"] + NEW_FRAMES
        seen = await self.page.poll(
            lambda now: bool(now) and now["frames"] >= goal,
            function,
            *arguments,
            deadline_s=deadline_s,
        )
        return dict(seen)

    async def sees_no_picture_of(self, name: str) -> None:
        """Wait until a participant's tile shows initials instead of a picture."""
        await self.page.wait_for(
            f"(name) => {{ const tile = ({TILE})(name);"
            " return tile && !tile.querySelector('video'); }",
            name,
        )

    async def sees_colour(self, name: str, red: bool) -> None:
        """Wait until a participant's picture is more red than blue, or the reverse."""
        await self.page.poll(
            lambda c: c is not None and (c[0] > c[2] + 30 if red else c[2] > c[0] + 30),
            MEAN_COLOUR,
            name,
        )

    async def hears(self, *, deadline_s: float = DEADLINE_S) -> None:
        """Wait until received sound has grown louder than silence."""
        start = await self._energy()
        await self.page.wait_for(
            "async (start) => { let energy = 0;"
            " for (const c of window.peerConnections ?? []) {"
            "  if (c.connectionState === 'closed') continue;"
            "  for (const e of (await c.getStats()).values())"
            "   if (e.type === 'inbound-rtp' && e.kind === 'audio')"
            "    energy += e.totalAudioEnergy ?? 0; }"
            " return energy > start + 0.001; }",
            start,
            deadline_s=deadline_s,
        )

    async def _energy(self) -> float:
        return sum(
            float(entry.get("totalAudioEnergy", 0))
            for entry in await self.page.statistics()
            if entry["type"] == "inbound-rtp" and entry["kind"] == "audio"
        )

    async def decoded_frames(self) -> int:
        """Return how many frames were decoded so far, over all slots."""
        return sum(
            int(entry.get("framesDecoded", 0))
            for entry in await self.page.statistics()
            if entry["type"] == "inbound-rtp" and entry["kind"] == "video"
        )

    async def shares(self, what: str = "sharp") -> None:
        """Share a screen, for ``sharp`` text or smooth ``motion``."""
        await self.uses("screen")
        await self.page.click(by_id(f"share-{what}"))

    async def uses(self, control: str) -> None:
        """Press a control of the bar, in the menu "More" if the bar is narrow."""
        if not await self.page.count(by_id(control)):
            await self.page.click(by_id("more"))
        await self.page.click(by_id(control))

    async def open_panel(self, name: str) -> None:
        """Open ``chat`` or ``people``."""
        if not await self.page.count(by_id(f"{name}-panel")):
            await self.page.click(by_id(name))
            await self.page.see(by_id(f"{name}-panel"))

    async def says(self, text: str) -> None:
        """Write a line into the chat."""
        await self.open_panel("chat")
        await self.page.click(by_id("chat-input"))
        await self.page.type(text)
        await self.page.press("Enter")

    async def lines(self) -> list[str]:
        """Return what the chat shows."""
        found = await self.page.evaluate(
            "() => [...document.querySelectorAll('.message-text')]"
            ".map((line) => line.innerText)"
        )
        return list(found)

    async def reads(self, *texts: str) -> None:
        """Wait until the chat shows exactly these lines."""
        await self.open_panel("chat")
        await self.page.poll(
            lambda lines: lines == list(texts),
            "() => [...document.querySelectorAll('.message-text')]"
            ".map((line) => line.innerText)",
        )

    async def acts_on(self, name: str, action: str) -> None:
        """Open the menu of a participant in the list of people and choose an action."""
        await self.open_panel("people")
        person = await self.page.wait_for(
            "(name) => [...document.querySelectorAll('[data-testid=\"person\"]')]"
            ".find((p) => p.innerText.includes(name))?.dataset.participant",
            name,
        )
        row = f'{by_id("person")}[data-participant="{person}"]'
        if not await self.page.count(f"{row} {by_id('action-pin')}"):
            await self.page.click(f"{row} {by_id('person-menu')}")
        await self.page.click(f"{row} {by_id(action)}")

    async def pressed(self, control: str, wanted: bool) -> None:
        """Wait until a toggle is on, or off."""
        await self.page.wait_for(
            "(selector, wanted) => document.querySelector(selector)"
            "?.getAttribute('aria-pressed') === String(wanted)",
            by_id(control),
            wanted,
        )

    async def tabs_to(self, selector: str) -> None:
        """Move the focus to an element with Tab or Shift+Tab; check that it is visible."""
        for _ in range(TABS):
            where = await self.page.evaluate(WHERE, selector)
            if where == "here":
                assert await self.page.evaluate(FOCUS_SHOWS), f"{selector}: no focus"
                return
            # Never out of the page: the browser's own controls come next.
            await self.page.press("Shift+Tab" if where == "before" else "Tab")
        raise AssertionError(f"Tab never reaches {selector}")

    async def activates(self, selector: str) -> None:
        """Move the focus to a control once it exists, and press Enter on it."""
        await self.page.see(selector)
        await self.tabs_to(selector)
        await self.page.press("Enter")
