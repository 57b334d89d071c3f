"""A room for a test: its owner is signed in, and it has invitations."""

import contextlib
from collections.abc import AsyncIterator
from dataclasses import dataclass, field

import aiohttp

from signaling.protocol import messages as m
from tests.support.namespaces import Namespace
from tests.support.server import Server, connector
from tests.support.wire.client import ScriptedClient


async def sign_in(server: Server, token: str) -> str:
    """Exchange a one-time token for the cookie of a sign-in."""
    async with (
        aiohttp.ClientSession(connector=connector(server.space)) as session,
        session.post(
            f"{server.url}/api/sign-in",
            json={"token": token},
            headers={"Origin": server.url},
            ssl=server.trust,
        ) as response,
    ):
        assert response.status == 200, await response.text()
        return "; ".join(f"{c.key}={c.value}" for c in response.cookies.values())


@dataclass(slots=True)
class TestRoom:
    """A room, its owner, and all clients that the test has created."""

    __test__ = False  # not a test case, whatever its name begins with

    server: Server
    cookie: str
    owner: ScriptedClient
    id: str
    invitations: dict[str, m.InvitationInfo]
    """By role."""
    clients: list[ScriptedClient] = field(default_factory=list)

    async def moderator(
        self,
        name: str = "Mina Moderator",
        *,
        decode: bool = False,
        space: Namespace | None = None,
    ) -> ScriptedClient:
        """Enter as the account that owns the room."""
        client = ScriptedClient(
            self.server.url,
            self.server.trust,
            cookie=self.cookie,
            space=space or self.server.space,
        )
        self.clients.append(client)
        await client.connect(room=self.id)
        await client.join(name, decode=decode)
        return client

    async def guest(
        self,
        role: str,
        name: str,
        *,
        subscribe: bool = True,
        decode: bool = False,
        space: Namespace | None = None,
    ) -> ScriptedClient:
        """Enter by the invitation of a role."""
        client = self.stranger(space)
        await client.connect(invitation=self.token(role))
        await client.join(name, subscribe=subscribe, decode=decode)
        return client

    def stranger(self, space: Namespace | None = None) -> ScriptedClient:
        """Return a client that has not connected yet."""
        client = ScriptedClient(
            self.server.url, self.server.trust, space=space or self.server.space
        )
        self.clients.append(client)
        return client

    def token(self, role: str) -> str:
        """Return the secret of an invitation."""
        return self.invitations[role].url.split("#")[1]


@contextlib.asynccontextmanager
async def opened(
    server: Server,
    title: str = "Results",
    organisation: str = "Institute of Optics",
) -> AsyncIterator[TestRoom]:
    """Open a room within the block, as the server's first moderator."""
    if not server.cookie:
        server.cookie = await sign_in(server, server.link.split("#")[1])
    owner = ScriptedClient(
        server.url, server.trust, cookie=server.cookie, space=server.space
    )
    await owner.connect()
    created: m.RoomCreated = await owner.ask(
        "room.create", title=title, organisation=organisation
    )
    room = TestRoom(
        server,
        server.cookie,
        owner,
        created.room.id,
        {invitation.role: invitation for invitation in created.invitations},
    )
    try:
        yield room
    finally:
        for client in room.clients:
            await client.close()
        await owner.close()
