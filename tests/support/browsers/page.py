"""
The actions of a test on a page, the same for every browser.

A browser implements nine primitives (``before_load``, ``goto``, ``reload``,
``evaluate``, ``screenshot``, ``click_at``, ``press``, ``type``, ``close``); everything
else is built from them here, so that Chromium and Firefox are treated exactly alike.
A click is a real pointer event at the centre of a visible element that nothing covers;
a text is a real key event for each of its characters.
"""

import abc
import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from tests.support.namespaces import Namespace

BrowserName = Literal["chromium", "firefox"]

POLL_S = 0.05  # between looks at a page; lower: more load on the two cores
DEADLINE_S = 60.0  # ends a hang; says nothing about speed, however busy the machine

INIT_SCRIPT = """() => {
  if (!window.misdeeds) {
    const misdeeds = [];
    Object.defineProperty(window, "misdeeds", { value: misdeeds });
    window.addEventListener("securitypolicyviolation", (event) =>
      misdeeds.push(`policy: ${event.violatedDirective} ${event.blockedURI}`));
    for (const name of ["alert", "confirm", "prompt", "print"]) {
      window[name] = (...said) => void misdeeds.push(`${name}: ${said}`);
    }
  }
  const Native = window.RTCPeerConnection;
  if (!Native || window.peerConnections) return;
  const made = [];
  Object.defineProperty(window, "peerConnections", { value: made });
  window.RTCPeerConnection = class RTCPeerConnection extends Native {
    constructor(...options) { super(...options); made.push(this); }
  };
}"""
"""
Keeps every peer connection of a page accessible for its statistics, and records signs
that a text was run as code: dialogs, and violations of the content security policy.
"""

LOCATE = """async (selector) => {
  const frame = () => new Promise(requestAnimationFrame);
  for (const element of document.querySelectorAll(selector)) {
    if (!element.checkVisibility({ visibilityProperty: true })) continue;
    if (element.disabled || element.ariaDisabled === "true") continue;
    element.scrollIntoView({ block: "nearest", inline: "nearest" });
    const box = element.getBoundingClientRect();
    if (box.width === 0 || box.height === 0) continue;
    const x = box.left + box.width / 2, y = box.top + box.height / 2;
    const hit = document.elementFromPoint(x, y);
    if (!hit || !(element.contains(hit) || hit.contains(element))) continue;
    // A page that still moves is clicked when it has come to rest.
    await frame();
    await frame();
    const then = element.getBoundingClientRect();
    const rests = then.left === box.left && then.top === box.top;
    return rests && document.fonts.status === "loaded" ? { x, y } : null;
  }
  return null;
}"""

STATISTICS = """async () => {
  const found = [];
  for (const connection of window.peerConnections ?? []) {
    if (connection.connectionState === "closed") continue;
    const report = await connection.getStats();
    for (const entry of report.values()) {
      if (entry.type === "inbound-rtp" || entry.type === "outbound-rtp") {
        found.push({ ...entry });
      }
    }
  }
  return found;
}"""


class ScriptError(Exception):
    """A function of a test threw in the page, mostly because an element is missing yet."""


@dataclass(frozen=True, slots=True)
class Options:
    """How a browser is started."""

    media: Literal["granted", "denied"] = "granted"
    """Whether the page gets the (synthetic) camera and microphone."""
    theme: Literal["light", "dark"] = "light"
    locale: str = "en-US"
    width: int = 1280
    """Of the page, in CSS pixels."""
    height: int = 800
    cameras: int = 1
    """How many synthetic cameras there are (Firefox never has more than one)."""
    screen: bool = False
    """A screen that can be shared (Firefox then runs on a virtual display)."""
    voice: Path | None = None
    """A WAV file that the microphone plays; None: a beep each second (Chromium)."""
    space: Namespace | None = None
    """The network namespace that the browser runs in; None: this one."""
    authority: Path | None = None
    """Trust this certificate authority, and accept no certificate of others; None: all."""
    names: tuple[str, ...] = ()
    """Host names that lead to this host."""


class Page(abc.ABC):
    """One tab with cookies and storage of its own."""

    def __init__(self) -> None:
        self.problems: list[str] = []
        """Errors that the page threw or wrote to the console."""
        self.requests: list[str] = []
        """Every URL that the page requested."""

    @abc.abstractmethod
    async def before_load(self, function: str) -> None:
        """Call a JavaScript function in each page from now on, before its own scripts."""

    @abc.abstractmethod
    async def goto(self, url: str) -> None:
        """Open ``url`` and wait until it has loaded."""

    @abc.abstractmethod
    async def reload(self) -> None:
        """Load the page again and wait until it has loaded."""

    @abc.abstractmethod
    async def evaluate(self, function: str, *arguments: Any) -> Any:
        """
        Call a JavaScript function with JSON arguments; give its (awaited) result.

        Raises:
            ScriptError: The function threw.
        """

    @abc.abstractmethod
    async def screenshot(self, path: Path) -> None:
        """Write a screenshot to a PNG file."""

    @abc.abstractmethod
    async def click_at(self, x: float, y: float, *, count: int = 1) -> None:
        """Press and release the pointer at a point of the viewport."""

    @abc.abstractmethod
    async def press(self, key: str) -> None:
        """Press and release a key, by its ``KeyboardEvent.key`` (``Control+k`` too)."""

    @abc.abstractmethod
    async def type(self, text: str) -> None:
        """Press one key after the other on the element with the focus; a new line is Enter."""

    @abc.abstractmethod
    async def second_tab(self) -> "Page":
        """Open another tab of the same person: with the same cookies and storage."""

    @abc.abstractmethod
    async def close_tab(self) -> None:
        """Close this tab alone, as a person does; the page hears of it."""

    @abc.abstractmethod
    async def close(self) -> None:
        """Close all tabs of the person."""

    async def wait_for(
        self, function: str, *arguments: Any, deadline_s: float = DEADLINE_S
    ) -> Any:
        """
        Call a JavaScript function until its result is truthy, and return that.

        Raises:
            AssertionError: Nothing within the deadline; says what was last seen.
        """
        return await self.poll(
            lambda value: bool(value), function, *arguments, deadline_s=deadline_s
        )

    async def poll(
        self,
        accept: Callable[[Any], bool],
        function: str,
        *arguments: Any,
        deadline_s: float = DEADLINE_S,
    ) -> Any:
        """
        Call a JavaScript function until ``accept`` accepts its result; return that.

        One that throws is called again as well: a page is often half built.
        """
        end = time.monotonic() + deadline_s
        while True:
            try:
                value = await self.evaluate(function, *arguments)
                if accept(value):
                    return value
            except ScriptError as error:
                value = error
            if time.monotonic() > end:
                raise AssertionError(
                    f"not within {deadline_s:g} s: {function} {arguments}\n"
                    f"last: {value!r}\npage problems: {self.problems[-5:]}"
                )
            await asyncio.sleep(POLL_S)

    async def see(self, selector: str, *, deadline_s: float = DEADLINE_S) -> None:
        """Wait until an element is there and visible."""
        await self.wait_for(
            "(s) => [...document.querySelectorAll(s)].some((e) => e.checkVisibility())",
            selector,
            deadline_s=deadline_s,
        )

    async def gone(self, selector: str, *, deadline_s: float = DEADLINE_S) -> None:
        """Wait until no visible element matches."""
        await self.wait_for(
            "(s) => ![...document.querySelectorAll(s)].some((e) => e.checkVisibility())",
            selector,
            deadline_s=deadline_s,
        )

    async def count(self, selector: str) -> int:
        """Return how many visible elements match."""
        found = await self.evaluate(
            "(s) => [...document.querySelectorAll(s)]"
            ".filter((e) => e.checkVisibility()).length",
            selector,
        )
        return int(found)

    async def text(self, selector: str) -> str:
        """Return the rendered text of the first match, or of nothing."""
        return str(
            await self.evaluate(
                "(s) => document.querySelector(s)?.innerText ?? ''", selector
            )
        )

    async def read(
        self, selector: str, wanted: str, *, deadline_s: float = DEADLINE_S
    ) -> None:
        """Wait until some visible match renders a text that contains ``wanted``."""
        await self.wait_for(
            "(s, t) => [...document.querySelectorAll(s)]"
            ".some((e) => e.checkVisibility() && e.innerText.includes(t))",
            selector,
            wanted,
            deadline_s=deadline_s,
        )

    async def click(
        self, selector: str, *, count: int = 1, deadline_s: float = DEADLINE_S
    ) -> None:
        """Click the first match that can be clicked."""
        point = await self.wait_for(LOCATE, selector, deadline_s=deadline_s)
        await self.click_at(point["x"], point["y"], count=count)

    async def write(self, selector: str, text: str) -> None:
        """Replace the content of a field, by keyboard."""
        await self.click(selector)
        await self.evaluate("(s) => document.querySelector(s).select?.()", selector)
        await self.type(text)

    async def choose(self, selector: str, value: str) -> None:
        """Choose an option of a list by its value."""
        await self.see(selector)
        await self.evaluate(
            "(s, v) => { const list = document.querySelector(s); list.value = v;"
            " list.dispatchEvent(new Event('change', { bubbles: true })); }",
            selector,
            value,
        )

    async def statistics(self) -> list[dict[str, Any]]:
        """Return all inbound and outbound RTP statistics of the page."""
        found = await self.evaluate(STATISTICS)
        return list(found)


class Browser(abc.ABC):
    """A running browser."""

    name: BrowserName

    @property
    @abc.abstractmethod
    def answers(self) -> bool:
        """Whether it still runs and listens."""

    @abc.abstractmethod
    async def new_page(self, options: Options | None = None) -> Page:
        """
        Open a tab that shares nothing with the others.

        Args:
            options: What the tab shall be like, where it is not for the browser's
                start to decide; None: as the browser was started.
        """


def by_id(name: str) -> str:
    """Return the selector of an element by its test id."""
    return f'[data-testid="{name}"]'
