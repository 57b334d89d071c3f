"""Firefox ESR from the distribution, driven over the BiDi socket it opens itself."""

import asyncio
import base64
import contextlib
import json
import os
import re
import shutil
import signal
import tempfile
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import aiohttp

from tests.support.browsers.authority import trust
from tests.support.browsers.bidi import Bidi, BidiError
from tests.support.browsers.devices import display, sound_server
from tests.support.browsers.page import (
    INIT_SCRIPT,
    Browser,
    Options,
    Page,
    ScriptError,
)
from tests.support.server import connector

PROGRAM = "/usr/bin/firefox-esr"
START_S = 120.0
PREFERENCES: dict[str, bool | int | str] = {
    "media.navigator.streams.fake": True,
    "media.peerconnection.ice.obfuscate_host_addresses": False,
    "media.autoplay.default": 0,
    "media.autoplay.blocking_policy": 0,
    "media.gmp-manager.updateEnabled": False,
    "app.update.enabled": False,
    "datareporting.policy.dataSubmissionEnabled": False,
    "browser.shell.checkDefaultBrowser": False,
    "browser.startup.page": 0,
    "browser.aboutwelcome.enabled": False,
    "extensions.update.enabled": False,
    "network.captive-portal-service.enabled": False,
    "network.connectivity-service.enabled": False,
    "services.settings.server": "data:,#nothing",
    "toolkit.telemetry.enabled": False,
    "remote.active-protocols": 1,
    "dom.min_background_timeout_value": 4,  # background tabs tick like a person's
    "dom.disable_open_during_load": False,
}
KEYS = {
    "Backspace": "\ue003",
    "Tab": "\ue004",
    "Enter": "\ue007",
    "Shift": "\ue008",
    "Control": "\ue009",
    "Alt": "\ue00a",
    "Escape": "\ue00c",
    "PageUp": "\ue00e",
    "PageDown": "\ue00f",
    "End": "\ue010",
    "Home": "\ue011",
    "ArrowLeft": "\ue012",
    "ArrowUp": "\ue013",
    "ArrowRight": "\ue014",
    "ArrowDown": "\ue015",
    "Delete": "\ue017",
}
"""WebDriver's code points for keys that are no characters."""


def preferences(options: Options) -> str:
    """Return the text of a profile's ``user.js``."""
    granted = options.media == "granted"
    wanted = PREFERENCES | {
        "media.navigator.permission.disabled": granted,
        "permissions.default.camera": 0 if granted else 2,
        "permissions.default.microphone": 0 if granted else 2,
        "layout.css.prefers-color-scheme.content-override": int(
            options.theme == "light"
        ),
        "intl.accept_languages": options.locale,
        "intl.locale.requested": options.locale,
        "network.dns.localDomains": ",".join(options.names),
    }
    return "".join(
        f"user_pref({json.dumps(name)}, {json.dumps(value)});\n"
        for name, value in wanted.items()
    )


class FirefoxPage(Page):
    """A Firefox tab."""

    def __init__(self, bidi: Bidi, context: str, person: str) -> None:
        super().__init__()
        self.bidi = bidi
        self.context = context
        self.person = person

    def on_log(self, entry: dict[str, Any]) -> None:
        """Record an error of the page."""
        if entry["source"].get("context") == self.context and entry["level"] == "error":
            self.problems.append(str(entry.get("text")))

    def on_request(self, event: dict[str, Any]) -> None:
        """Record a request of the page."""
        if event.get("context") == self.context:
            self.requests.append(event["request"]["url"])

    async def before_load(self, function: str) -> None:
        await self.bidi.command(
            "script.addPreloadScript",
            functionDeclaration=function,
            contexts=[self.context],
        )

    async def goto(self, url: str) -> None:
        await self.bidi.command(
            "browsingContext.navigate", context=self.context, url=url, wait="complete"
        )

    async def reload(self) -> None:
        await self.bidi.command(
            "browsingContext.reload", context=self.context, wait="complete"
        )

    async def evaluate(self, function: str, *arguments: Any) -> Any:
        text = ", ".join(json.dumps(a) for a in arguments)
        try:
            answer = await self.bidi.command(
                "script.callFunction",
                functionDeclaration=(
                    f"async () => JSON.stringify((await ({function})({text})) ?? null)"
                ),
                awaitPromise=True,
                target={"context": self.context},
                userActivation=True,
            )
        except BidiError as error:
            # How Firefox answers when the page threw what has no stack.
            if "unable to build exceptionDetails" not in str(error):
                raise
            raise ScriptError(str(error)) from None
        if answer["type"] == "exception":
            raise ScriptError(answer["exceptionDetails"]["text"])
        return json.loads(answer["result"]["value"])

    async def screenshot(self, path: Path) -> None:
        answer = await self.bidi.command(
            "browsingContext.captureScreenshot", context=self.context
        )
        path.write_bytes(base64.b64decode(answer["data"]))

    async def click_at(self, x: float, y: float, *, count: int = 1) -> None:
        presses = [
            {"type": "pointerDown", "button": 0},
            {"type": "pointerUp", "button": 0},
        ]
        await self._perform(
            {
                "type": "pointer",
                "id": "mouse",
                "actions": [
                    {"type": "pointerMove", "x": round(x), "y": round(y)},
                    *presses * count,
                ],
            }
        )

    async def press(self, key: str) -> None:
        parts = [key] if key == "+" else key.split("+")
        codes = [KEYS.get(part, part) for part in parts]
        down = [{"type": "keyDown", "value": code} for code in codes]
        up = [{"type": "keyUp", "value": code} for code in reversed(codes)]
        await self._perform({"type": "key", "id": "keyboard", "actions": down + up})

    async def type(self, text: str) -> None:
        codes = [KEYS["Enter"] if key == "\n" else key for key in text]
        await self._perform(
            {
                "type": "key",
                "id": "keyboard",
                "actions": [
                    {"type": kind, "value": code}
                    for code in codes
                    for kind in ("keyDown", "keyUp")
                ],
            }
        )

    async def _perform(self, source: dict[str, Any]) -> None:
        await self.bidi.command(
            "input.performActions", context=self.context, actions=[source]
        )

    async def second_tab(self) -> Page:
        context = await self.bidi.command(
            "browsingContext.create", type="tab", userContext=self.person
        )
        page = FirefoxPage(self.bidi, context["context"], self.person)
        await self.bidi.subscribe("log.entryAdded", page.on_log)
        await self.bidi.subscribe("network.beforeRequestSent", page.on_request)
        return page

    async def close_tab(self) -> None:
        await self.bidi.command("browsingContext.close", context=self.context)

    async def close(self) -> None:
        self.bidi.forget("log.entryAdded", self.on_log)
        self.bidi.forget("network.beforeRequestSent", self.on_request)
        await self.bidi.command("browser.removeUserContext", userContext=self.person)


class Firefox(Browser):
    """A running Firefox."""

    name = "firefox"

    def __init__(self, bidi: Bidi, options: Options) -> None:
        self.bidi = bidi
        self.options = options

    @property
    def answers(self) -> bool:
        return self.bidi.answers

    async def new_page(self, options: Options | None = None) -> Page:
        options = options or self.options
        person = await self.bidi.command("browser.createUserContext")
        context = await self.bidi.command(
            "browsingContext.create",
            type="window",
            userContext=person["userContext"],
        )
        await self.bidi.command(
            "browsingContext.setViewport",
            context=context["context"],
            viewport={"width": options.width, "height": options.height},
        )
        page = FirefoxPage(self.bidi, context["context"], person["userContext"])
        await self.bidi.subscribe("log.entryAdded", page.on_log)
        await self.bidi.subscribe("network.beforeRequestSent", page.on_request)
        return page


async def listening_at(process: asyncio.subprocess.Process) -> str:
    """Return the address that the starting browser announces."""
    assert process.stderr is not None
    async with asyncio.timeout(START_S):
        while line := await process.stderr.readline():
            found = re.search(rb"WebDriver BiDi listening on (ws://\S+)", line)
            if found:
                return found[1].decode()
    raise RuntimeError("Firefox ended before it listened")


async def drain(process: asyncio.subprocess.Process) -> None:
    """Read and discard the browser's output, so that it never blocks on writing."""
    assert process.stderr is not None
    while await process.stderr.read(65536):
        pass


@contextlib.asynccontextmanager
async def run(options: Options, environment: dict[str, str]) -> AsyncIterator[str]:
    """Run the browser's process; yield the address of its BiDi socket."""
    profile = Path(tempfile.mkdtemp(prefix="pavilion-firefox-"))
    (profile / "user.js").write_text(preferences(options))
    if options.authority is not None:
        trust(profile, options.authority)
    process = await asyncio.create_subprocess_exec(
        *(() if options.space is None else options.space.prefix),
        PROGRAM,
        *("--profile", str(profile), "--no-remote", "--remote-debugging-port", "0"),
        *([] if options.screen else ["--headless"]),
        "about:blank",
        env={**os.environ, **environment, "HOME": str(profile)},
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.PIPE,
        start_new_session=True,
    )
    reading = None
    try:
        address = await listening_at(process)
        reading = asyncio.create_task(drain(process))
        yield address
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGTERM)
        try:
            await asyncio.wait_for(process.wait(), 10)
        except TimeoutError:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            await process.wait()
        if reading is not None:
            await reading
        shutil.rmtree(profile, ignore_errors=True)


def started_with(options: Options) -> Options:
    """Return the options that are fixed when the browser starts; others may differ by tab."""
    if options.screen:  # the display is as large as the page
        return options
    usual = Options()
    return replace(options, width=usual.width, height=usual.height)


@contextlib.asynccontextmanager
async def firefox(options: Options) -> AsyncIterator[Firefox]:
    """Run Firefox for the length of the block."""
    async with contextlib.AsyncExitStack() as stack:
        environment = {"MOZ_CRASHREPORTER_DISABLE": "1"}
        environment |= await stack.enter_async_context(sound_server())
        if options.screen:
            environment |= await stack.enter_async_context(display(options))
        address = await stack.enter_async_context(run(options, environment))
        session = await stack.enter_async_context(
            aiohttp.ClientSession(connector=connector(options.space))
        )
        socket = await stack.enter_async_context(
            session.ws_connect(f"{address}/session", max_msg_size=0)
        )
        bidi = Bidi(socket)
        receiving = asyncio.create_task(bidi.receive())
        await bidi.command(
            "session.new",
            capabilities={
                "alwaysMatch": {"acceptInsecureCerts": options.authority is None}
            },
        )
        await bidi.command("script.addPreloadScript", functionDeclaration=INIT_SCRIPT)
        try:
            yield Firefox(bidi, options)
        finally:
            with contextlib.suppress(BidiError, TimeoutError, ConnectionError):
                await asyncio.wait_for(bidi.command("browser.close"), 5)
            receiving.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await receiving
