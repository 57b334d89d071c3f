"""Chromium from the distribution, driven by Playwright and the DevTools protocol."""

import contextlib
import json
import shlex
import tempfile
from collections.abc import AsyncIterator, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

from playwright.async_api import (
    Browser as PlaywrightBrowser,
)
from playwright.async_api import (
    BrowserContext,
    CDPSession,
    async_playwright,
)
from playwright.async_api import (
    Page as PlaywrightPage,
)

from tests.support.browsers.authority import trust
from tests.support.browsers.page import INIT_SCRIPT, Browser, Options, Page, ScriptError
from tests.support.namespaces import Namespace

PROGRAM = "/usr/bin/chromium"
PATIENCE_MS = 120_000.0  # with a busy machine; half a minute else
ARGUMENTS = (
    "--no-sandbox",  # tests may run as root
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--allow-loopback-in-peer-connection",
    "--autoplay-policy=no-user-gesture-required",
    # A tab in the background would decode and tick more slowly than a person's.
    "--disable-backgrounding-occluded-windows",
    "--disable-renderer-backgrounding",
    "--disable-background-timer-throttling",
)


class ChromiumPage(Page):
    """A Chromium tab."""

    def __init__(
        self, context: BrowserContext, page: PlaywrightPage, devtools: CDPSession
    ) -> None:
        super().__init__()
        self.context = context
        self.page = page
        self.devtools = devtools
        page.on(
            "console",
            lambda m: self.problems.append(m.text) if m.type == "error" else None,
        )
        page.on("pageerror", lambda error: self.problems.append(str(error)))
        page.on("request", lambda request: self.requests.append(request.url))
        page.on("websocket", lambda socket: self.requests.append(socket.url))

    async def before_load(self, function: str) -> None:
        await self.context.add_init_script(f"({function})()")

    async def goto(self, url: str) -> None:
        await self.page.goto(url, wait_until="load")

    async def reload(self) -> None:
        await self.page.reload(wait_until="load")

    async def evaluate(self, function: str, *arguments: Any) -> Any:
        # Not Playwright's evaluate: that one needs eval, which the page's content
        # security policy forbids.
        text = ", ".join(json.dumps(a) for a in arguments)
        answer = await self.devtools.send(
            "Runtime.evaluate",
            {
                "expression": f"({function})({text})",
                "awaitPromise": True,
                "returnByValue": True,
                "userGesture": True,
            },
        )
        if "exceptionDetails" in answer:
            details = answer["exceptionDetails"]
            raise ScriptError(
                details.get("exception", {}).get("description", details["text"])
            )
        return answer["result"].get("value")

    async def screenshot(self, path: Path) -> None:
        await self.page.screenshot(path=path)

    async def click_at(self, x: float, y: float, *, count: int = 1) -> None:
        await self.page.mouse.click(x, y, click_count=count)

    async def press(self, key: str) -> None:
        if len(key) == 1 and not key.isascii():
            await self.page.keyboard.insert_text(key)
        else:
            await self.page.keyboard.press("Space" if key == " " else key)

    async def type(self, text: str) -> None:
        await self.page.keyboard.type(text)

    async def second_tab(self) -> Page:
        page = await self.context.new_page()
        devtools = await self.context.new_cdp_session(page)
        return ChromiumPage(self.context, page, devtools)

    async def close_tab(self) -> None:
        await self.page.close()

    async def close(self) -> None:
        await self.context.close()


class Chromium(Browser):
    """A running Chromium."""

    name = "chromium"

    def __init__(self, browser: PlaywrightBrowser, options: Options) -> None:
        self.browser = browser
        self.options = options

    @property
    def answers(self) -> bool:
        return self.browser.is_connected()

    async def new_page(self, options: Options | None = None) -> Page:
        options = options or self.options
        context = await self.browser.new_context(
            ignore_https_errors=options.authority is None,
            color_scheme=options.theme,
            locale=options.locale,
            viewport={"width": options.width, "height": options.height},
        )
        context.set_default_timeout(PATIENCE_MS)
        await context.add_init_script(f"({INIT_SCRIPT})()")
        page = await context.new_page()
        devtools = await context.new_cdp_session(page)
        return ChromiumPage(context, page, devtools)


@contextlib.contextmanager
def program(space: Namespace | None, authority: Path | None = None) -> Iterator[str]:
    """Return the path of a program that runs Chromium, in a network namespace if given."""
    if space is None and authority is None:
        yield PROGRAM
        return
    prefix = () if space is None else space.prefix
    with tempfile.TemporaryDirectory(prefix="pavilion-chromium-") as home:
        path = Path(home) / "chromium"
        if authority is not None:
            trust(Path(home) / ".pki" / "nssdb", authority)
            prefix = (*prefix, "env", f"HOME={home}")
        path.write_text(f'#!/bin/sh\nexec {shlex.join(prefix)} {PROGRAM} "$@"\n')
        path.chmod(0o700)
        yield str(path)


def started_with(options: Options) -> Options:
    """Return the options that are fixed when the browser starts; others may differ by tab."""
    usual = Options()
    return replace(
        options,
        theme=usual.theme,
        locale=usual.locale,
        width=usual.width,
        height=usual.height,
        screen=usual.screen,  # what it would share needs no display
    )


@contextlib.asynccontextmanager
async def chromium(options: Options) -> AsyncIterator[Chromium]:
    """Run Chromium for the length of the block."""
    answer = "" if options.media == "granted" else "=deny"
    with program(options.space, options.authority) as path:
        async with async_playwright() as playwright:
            browser = await playwright.chromium.launch(
                executable_path=path,
                timeout=PATIENCE_MS,
                args=[
                    *ARGUMENTS,
                    f"--use-fake-ui-for-media-stream{answer}",
                    *(
                        f"--host-resolver-rules=MAP {n} 127.0.0.1"
                        for n in options.names
                    ),
                    f"--use-fake-device-for-media-stream=device-count={options.cameras}",
                    *(
                        [f"--use-file-for-fake-audio-capture={options.voice}"]
                        if options.voice is not None
                        else []
                    ),
                ],
            )
            try:
                yield Chromium(browser, options)
            finally:
                await browser.close()
