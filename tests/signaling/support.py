"""
A real server on a free port, and real Socket.IO clients over TLS.

Only the media plane is replaced, by one that answers and records its commands:
packets have their own tests.
"""

import asyncio
import contextlib
import json
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import aiohttp
import socketio
from cryptography.hazmat.primitives.serialization import Encoding

from conference.contract import media
from conference.contract.figures import PlaneFigures, RoomFigures
from conference.contract.words import Generation, LegKind, Negotiation, SlotGroup
from conference.errors import Refused
from conference.ids import Mid, ParticipantId
from signaling.build import build
from signaling.server import Server
from signaling.settings import load

DEADLINE_S = 60.0  # ends a hang; says nothing about speed


async def until(condition: Callable[[], bool], *, within_s: float = DEADLINE_S) -> None:
    """Wait until a condition holds; fail when it does not in time."""
    end = asyncio.get_running_loop().time() + within_s
    while not condition():
        assert asyncio.get_running_loop().time() < end, "it did not happen in time"
        await asyncio.sleep(0.01)


async def until_async(
    condition: Callable[[], Awaitable[bool]], *, within_s: float = DEADLINE_S
) -> None:
    """Wait until an asynchronous condition holds."""
    end = asyncio.get_running_loop().time() + within_s
    while not await condition():
        assert asyncio.get_running_loop().time() < end, "it did not happen in time"
        await asyncio.sleep(0.01)


class QuietPlane:
    """A media plane without packets."""

    def __init__(self, on_event: Callable[[media.Event], None]) -> None:
        self.on_event = on_event
        self.commands: list[media.Command] = []
        self.published: list[media.Publish] = []
        self.answers: list[media.AcceptAnswer] = []
        self.legs: dict[tuple[ParticipantId, LegKind], Generation] = {}
        """The newest leg of each kind of each participant."""
        self.newest = Negotiation(0)
        """The newest number of a leg or a negotiation."""
        self.fault: Exception | None = None
        self.counters: dict[str, float] = {}
        self.rooms: list[RoomFigures] = []

    async def start(self) -> None:
        """Open nothing."""

    async def close(self) -> None:
        """Close nothing."""

    async def figures(self) -> PlaneFigures:
        """Return what a test set."""
        return PlaneFigures(self.counters, tuple(self.rooms))

    async def subscribe(self, command: media.Subscribe) -> media.SlotOffer:
        if self.fault is not None:
            raise self.fault
        plans = (
            media.SlotPlan(Mid("0"), "video", SlotGroup.STAGE),
            media.SlotPlan(Mid("1"), "audio", SlotGroup.STAGE),
        )
        leg = self.open_leg(command.viewer, LegKind.SUBSCRIBE)
        return media.SlotOffer(leg, f"v=0\r\ns={command.viewer}\r\n", plans)

    async def accept_answer(self, command: media.AcceptAnswer) -> None:
        if self.fault is not None:
            raise self.fault
        if self.legs.get((command.viewer, LegKind.SUBSCRIBE)) != command.generation:
            raise Refused("no-offer", "There is no open offer. Ask for a new one.")
        self.answers.append(command)

    async def publish(self, command: media.Publish) -> media.PublishAnswer:
        if self.fault is not None:
            raise self.fault
        self.published.append(command)
        leg = self.legs.get((command.publisher, LegKind.PUBLISH))
        if leg is None:
            leg = self.open_leg(command.publisher, LegKind.PUBLISH)
        return media.PublishAnswer(leg, self.negotiation(), "v=0\r\n")

    def apply(self, command: media.Command) -> None:
        self.commands.append(command)

    def open_leg(self, participant: ParticipantId, kind: LegKind) -> Generation:
        """Let a leg begin, in place of the one before; it goes on until the next."""
        leg = self.legs[participant, kind] = Generation(self.negotiation())
        return leg

    def negotiation(self) -> Negotiation:
        """Return the number of one more negotiation."""
        self.newest = Negotiation(self.newest + 1)
        return self.newest


class Refusal(AssertionError):
    """The server refused; ``code`` says why."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(f"{code}: {message}")
        self.code = code
        self.message = message


class Client:
    """One Socket.IO client, as a person's browser would be."""

    def __init__(self, site: "Site", cookie: str | None = None) -> None:
        self.site = site
        self.cookie = cookie
        self.heard: list[tuple[str, Any]] = []
        self.seat: dict[str, Any] = {}
        self._http = aiohttp.ClientSession(connector=aiohttp.TCPConnector(ssl=site.tls))
        self.sio = socketio.AsyncClient(http_session=self._http, reconnection=False)
        self.sio.on("*", self._on_event)

    def _on_event(self, name: str, data: Any = None) -> None:
        self.heard.append((name, data))

    async def connect(self, **auth: str) -> Self:
        """Connect, or raise ``Refusal``."""
        headers = {}
        if self.cookie is not None:
            headers = {"Cookie": self.cookie, "Origin": self.site.url}
        refused: list[Any] = []
        self.sio.on("connect_error", refused.append)
        try:
            await self.sio.connect(
                self.site.url,
                headers=headers,
                auth=auth,
                transports=["websocket"],
                wait_timeout=DEADLINE_S,
            )
        except socketio.exceptions.ConnectionError as error:
            if refused and isinstance(refused[0], dict):
                data = refused[0]["data"]
                raise Refusal(data["code"], data["message"]) from None
            raise Refusal("none", str(error)) from None
        return self

    async def ask(self, event: str, **request: Any) -> dict[str, Any]:
        """Send a request; return its result or raise ``Refusal``."""
        return await self.ask_raw(event, request)

    async def ask_raw(self, event: str, *arguments: Any) -> dict[str, Any]:
        """Send anything at all."""
        data = arguments if len(arguments) != 1 else arguments[0]
        answer = await self.sio.call(event, data, timeout=int(DEADLINE_S))
        if answer["ok"]:
            result: dict[str, Any] = answer["result"]
            return result
        raise Refusal(answer["error"]["code"], answer["error"]["message"])

    async def join(
        self, name: str, *, subscribe: bool = False, **request: object
    ) -> Self:
        """Take a seat."""
        self.seat = await self.ask(
            "seat.join",
            name=name,
            organisation="Institute",
            subscribe=subscribe,
            **request,
        )
        return self

    @property
    def id(self) -> str:
        """The participant id of the seat."""
        found: str = self.seat["participant"]
        return found

    def all(self, event: str) -> list[Any]:
        """Return the payloads of all events of a name, so far."""
        return [data for name, data in self.heard if name == event]

    async def hears(self, event: str, **parts: Any) -> dict[str, Any]:
        """Wait for an event that has these parts, and return its payload."""

        def match(data: dict[str, Any]) -> bool:
            return all(data.get(key) == value for key, value in parts.items())

        await until(lambda: any(match(data) for data in self.all(event)))
        found: dict[str, Any] = next(d for d in self.all(event) if match(d))
        return found

    async def sees(self, participant: str, **parts: Any) -> dict[str, Any]:
        """Wait until a participant is shown with these parts."""

        def last() -> dict[str, Any]:
            shown = [d["participant"] for d in self.all("participant.changed")]
            own: list[dict[str, Any]] = [p for p in shown if p["id"] == participant]
            return own[-1] if own else {}

        await until(lambda: all(last().get(k, ...) == v for k, v in parts.items()))
        return last()

    async def cut_off(self) -> None:
        """Lose the connection without a word, as a pulled cable would."""
        self.sio.eio.ws._response.connection.transport.abort()
        await until(lambda: not self.sio.connected)

    async def close(self) -> None:
        """Disconnect."""
        with contextlib.suppress(Exception):
            await self.sio.disconnect()
        await self._http.close()


class Site:
    """A running server and everybody who is connected to it."""

    def __init__(self, data_dir: Path, **flags: Any) -> None:
        self.data_dir = data_dir
        self.flags = flags
        self.planes: list[QuietPlane] = []
        self._clients: list[Client] = []
        self._running = False

    async def start(self) -> None:
        """Start the server, again on the same port if it ran before."""
        settings = load(
            {
                "data_dir": self.data_dir,
                "https.port": 0,
                "https.bind": "127.0.0.1",
                "media.port": 0,
                "trust.port": 0,
                **self.flags,
            },
            environ={},
        )
        self.server: Server = build(settings, plane=self._plane, client=self._client())
        await self.server.start()
        self._running = True
        self.flags["https.port"] = self.server.address.https_port
        self.url = f"https://localhost:{self.server.address.https_port}"
        assert self.server.trust.authority is not None
        self.tls = ssl.create_default_context(
            cadata=self.server.trust.authority.public_bytes(Encoding.PEM).decode()
        )

    def _plane(self, on_event: Callable[[media.Event], None]) -> QuietPlane:
        self.planes.append(QuietPlane(on_event))
        return self.planes[-1]

    def _client(self) -> Path:
        directory = self.data_dir.parent / "client"
        (directory / "assets").mkdir(parents=True, exist_ok=True)
        (directory / "index.html").write_text("<!doctype html><title>Pavilion</title>")
        (directory / "assets" / "main-abc123.js").write_text("export {}\n" * 200)
        return directory

    @property
    def plane(self) -> QuietPlane:
        """The media plane of the present run."""
        return self.planes[-1]

    async def stop(self) -> None:
        """Stop the server."""
        if self._running:
            self._running = False
            await self.server.stop()

    async def close(self) -> None:
        """Let everybody go, then stop."""
        for client in self._clients:
            await client.close()
        await self.stop()

    def client(self, cookie: str | None = None) -> Client:
        """Return a client that is not connected yet."""
        self._clients.append(Client(self, cookie))
        return self._clients[-1]

    @contextlib.asynccontextmanager
    async def http(self) -> AsyncIterator[aiohttp.ClientSession]:
        """Return a browser-like HTTP session that trusts the site's authority."""
        async with aiohttp.ClientSession(
            self.url,
            connector=aiohttp.TCPConnector(ssl=self.tls),
            cookie_jar=aiohttp.DummyCookieJar(),
        ) as session:
            yield session

    async def sign_in(self, *, further: bool = False) -> str:
        """Use a one-time link, of the first moderator or a further one; return the cookie."""
        token = await self.server.conference.sign_in.new_link(further=further)
        async with (
            self.http() as http,
            http.post(
                "/api/sign-in", json={"token": token}, headers={"Origin": self.url}
            ) as response,
        ):
            assert response.status == 200
            cookie: str = response.headers["Set-Cookie"].split(";")[0]
            return cookie

    async def account(self, *, further: bool = False) -> Client:
        """Return the connection of the first account, or of a further one."""
        return await self.client(await self.sign_in(further=further)).connect()

    async def room(self) -> "RoomWithLinks":
        """Make a room."""
        owner = await self.account()
        made = await owner.ask("room.create", title="Optics", organisation="Institute")
        tokens = {i["role"]: i["url"].partition("#")[2] for i in made["invitations"]}
        return RoomWithLinks(self, owner, made["room"]["id"], tokens)

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self.close()


class RoomWithLinks:
    """A room, the connection of its owner, and the tokens of its invitations."""

    def __init__(
        self, site: Site, owner: Client, room: str, tokens: dict[str, str]
    ) -> None:
        self.site = site
        self.owner = owner
        self.id = room
        self.tokens = tokens

    async def admitted(self, role: str) -> Client:
        """Return a client that has been admitted and has no seat yet."""
        if role == "moderator":
            return await self.site.client(self.owner.cookie).connect(room=self.id)
        return await self.site.client().connect(invitation=self.tokens[role])

    async def join(
        self, role: str, name: str = "", *, subscribe: bool = False, **request: object
    ) -> Client:
        """Return a participant of the room."""
        guest = await self.admitted(role)
        return await guest.join(name or role.title(), subscribe=subscribe, **request)

    async def come_back(self, client: Client, **request: Any) -> Client:
        """Return a new connection that has resumed a client's seat."""
        again = await self.site.client().connect(seat=client.seat["seat"])
        again.seat = await again.ask("seat.resume", **request)
        return again


def as_json(value: object) -> str:
    """Return compact JSON, as a browser would send it."""
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False)
