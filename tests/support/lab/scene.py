"""A server and people with browsers on the hosts of a lab."""

import contextlib
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace

from tests.support.browsers import BrowserName, Options, launch
from tests.support.browsers.person import Person
from tests.support.lab.network import Lab
from tests.support.server import Server, running
from tests.support.wire.client import ScriptedClient
from tests.support.wire.room import TestRoom, opened

ALONE = Options(width=960, height=600)
"""A small window, because composing a page costs more than decoding its media."""


@dataclass(slots=True)
class Scene:
    """A room in a lab, and its participants."""

    lab: Lab
    server: Server
    room: TestRoom
    stack: contextlib.AsyncExitStack

    def invitation(self, role: str) -> str:
        """Return the invitation link of a role."""
        return f"{self.server.url}/join#{self.room.token(role)}"

    async def visit(
        self,
        name: str,
        browser: BrowserName = "chromium",
        options: Options = ALONE,
    ) -> Person:
        """Give a person a browser on the host of their (lower-case) name."""
        space = self.lab.link(name.lower()).space
        running_browser = await self.stack.enter_async_context(
            launch(browser, replace(options, space=space))
        )
        return Person(await running_browser.new_page(), name)

    async def presenter(
        self,
        name: str,
        browser: BrowserName = "chromium",
        options: Options = ALONE,
    ) -> Person:
        """Let a person join with camera and microphone on."""
        person = await self.visit(name, browser, options)
        await person.enter(self.invitation("presenter"))
        return person

    async def viewer(
        self,
        name: str,
        browser: BrowserName = "chromium",
        options: Options = ALONE,
    ) -> Person:
        """Let a person join who only watches and listens."""
        person = await self.visit(name, browser, options)
        await person.enter(self.invitation("researcher"))
        return person

    async def scripted(self, name: str, role: str) -> ScriptedClient:
        """Let a scripted client join, on the host of its (lower-case) name."""
        space = self.lab.link(name.lower()).space
        return await self.room.guest(role, name, space=space)


@contextlib.asynccontextmanager
async def scene(lab: Lab, *, extra: str = "") -> AsyncIterator[Scene]:
    """Run a server in a lab and open a room, for the length of the block."""
    async with (
        running(space=lab.server, host=lab.host, extra=extra) as server,
        opened(server) as room,
        contextlib.AsyncExitStack() as stack,
    ):
        yield Scene(lab, server, room, stack)
