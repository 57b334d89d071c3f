"""A participant without a browser, over the public protocol (``docs/protocol.md``)."""

import asyncio
import contextlib
import ssl
import time
from collections.abc import Callable, Collection
from typing import Any, TypeVar

import aiohttp
import socketio

from signaling.protocol import messages as m
from signaling.protocol.base import Wire
from signaling.protocol.registry import CLIENT_EVENTS, SERVER_EVENTS
from tests.support.namespaces import Namespace
from tests.support.server import connector
from tests.support.wire import sdp
from tests.support.wire.leg import Leg
from tests.support.wire.receiving import SlotWatch, Watcher
from tests.support.wire.sending import Outgoing, Publisher

ANSWER_S = 60.0  # a rush of hundreds in one process is slow for all of them
DEADLINE_S = 60.0  # ends a hang; says nothing about speed
TICK_S = 0.02
LOOK_S = 0.5  # whether a connection that is waited for is still there
BUSY_WAIT_S = 2.0  # as a page waits before it asks to be let in again
CODECS = frozenset({"opus", "VP8", "VP9", "AV1", "H264"})

W = TypeVar("W", bound=Wire)


class RefusedError(Exception):
    """The server refused a request or the connection."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(f"{code}: {message}")
        self.code = code


class ScriptedClient:
    """
    One connection, and the room as its events tell it.

    Every message of the server is checked against the protocol's own models.
    """

    def __init__(
        self,
        url: str,
        trust: ssl.SSLContext,
        *,
        cookie: str = "",
        space: Namespace | None = None,
    ) -> None:
        self.url = url
        self.space = space
        """The network namespace that it connects from; None: this one."""
        self.tcp = False
        """Whether media goes over TCP."""
        self.trust = trust
        self.cookie = cookie
        self.codecs = CODECS
        self.deaf = False
        """Take no notice of events: one of hundreds, in the load tool."""
        self.seat: m.SeatTaken | None = None
        self.participants: dict[str, m.ParticipantInfo] = {}
        self.room: m.RoomInfo | None = None
        self.slots: dict[str, m.SlotState] = {}
        self.plan: dict[str, m.SlotPlan] = {}
        self.chat: list[m.ChatMessage] = []
        self.speakers: list[str] = []
        self.capabilities: set[str] = set()
        self.events: list[tuple[str, Wire]] = []
        """Everything the server sent unasked, in order."""
        self.closed: m.SeatClosed | None = None
        self.watcher: Watcher | None = None
        self.publisher: Publisher | None = None
        self.subscribed: Leg | None = None
        self.published: Leg | None = None
        self.on_publish_needed: Callable[[], None] | None = None
        self._http: aiohttp.ClientSession | None = None
        self._socket: Any = None
        self._transport: asyncio.Transport | None = None
        self._tasks: set[asyncio.Task[Any]] = set()

    # Connecting

    async def connect(self, **auth: str) -> None:
        """
        Open the socket with this ``auth`` object.

        Raises:
            RefusedError: The server refused the connection.
        """
        self._http = aiohttp.ClientSession(connector=connector(self.space, self.trust))
        self._socket = socketio.AsyncClient(
            reconnection=False, http_session=self._http, logger=False
        )
        refusal: list[Any] = []
        self._socket.on("connect_error", refusal.append)
        self._socket.on("*", self._on_event)
        headers = {"Origin": self.url}
        if self.cookie:
            headers["Cookie"] = self.cookie
        try:
            await self._socket.connect(
                self.url,
                auth=auth,
                headers=headers,
                transports=["websocket"],
                wait_timeout=ANSWER_S,
            )
        except socketio.exceptions.ConnectionError as error:
            await self._http.close()
            content = refusal[-1] if refusal else None
            if isinstance(content, dict):
                content = content.get("data", content)
            if isinstance(content, dict) and "code" in content:
                raise RefusedError(
                    content["code"], content.get("message", "")
                ) from None
            raise ConnectionError(f"{error} {refusal}") from error
        self._transport = self._socket.eio.ws._response.connection.transport

    @property
    def connected(self) -> bool:
        """Whether the socket is open."""
        return self._socket is not None and bool(self._socket.connected)

    @property
    def _writes(self) -> bool:
        """
        Whether what is asked now is still sent.

        Engine.IO's client gives up writing when this process stood still for 10 s,
        and goes on as if it were connected.
        """
        return self.connected and not self._socket.eio.write_loop_task.done()

    @property
    def id(self) -> str:
        """One's own participant id."""
        assert self.seat is not None
        return self.seat.participant

    async def ask(self, event: str, **payload: Any) -> Any:
        """
        Send a request; give its result as the protocol's model.

        Raises:
            RefusedError: The server refused it.
            ConnectionError: The connection ended before the answer. Its library would
                wait for the answer as long as ever.
        """
        call = asyncio.ensure_future(
            self._socket.call(event, payload, timeout=ANSWER_S)
        )
        while not call.done():
            await asyncio.wait([call], timeout=LOOK_S)
            if not call.done() and not self._writes:
                call.cancel()
                raise ConnectionError(f"cut while it waited for {event}")
        ack = call.result()
        if not ack["ok"]:
            raise RefusedError(ack["error"]["code"], ack["error"]["message"])
        return CLIENT_EVENTS[event].result.model_validate(ack["result"])

    async def until(
        self, condition: Callable[[], Any], what: str, deadline_s: float = DEADLINE_S
    ) -> Any:
        """Wait until the result of ``condition`` is truthy, and return that."""
        end = time.monotonic() + deadline_s
        while not (value := condition()):
            if time.monotonic() > end:
                raise AssertionError(
                    f"not within {deadline_s:g} s: {what}; last events:"
                    f" {[name for name, _ in self.events[-8:]]}"
                )
            await asyncio.sleep(0.01)
        return value

    def seen(self, kind: type[W]) -> list[W]:
        """Return the events of one type so far."""
        return [event for _, event in self.events if isinstance(event, kind)]

    # Being in a room

    async def join(
        self,
        name: str,
        organisation: str = "Institute",
        *,
        subscribe: bool = True,
        decode: bool = False,
    ) -> m.SeatTaken:
        """Take a seat with media; like a page, try again while too many people enter."""
        while True:
            try:
                taken = await self.ask(
                    "seat.join",
                    name=name,
                    organisation=organisation,
                    subscribe=subscribe,
                )
                break
            except RefusedError as refusal:
                if refusal.code != "too-many-joins":
                    raise
                await asyncio.sleep(BUSY_WAIT_S)
        await self._settle(taken, decode=decode)
        return self.seat  # type: ignore[return-value]

    async def resume(self, *, subscribe: bool, decode: bool = False) -> m.SeatTaken:
        """Come back to the seat that ``auth`` named."""
        last = self.chat[-1].seq if self.chat else 0
        taken = await self.ask("seat.resume", last_chat=last, subscribe=subscribe)
        await self._settle(taken, decode=decode)
        return self.seat  # type: ignore[return-value]

    async def _settle(self, taken: m.SeatTaken, *, decode: bool) -> None:
        self.seat = taken
        self.room = taken.room
        self.capabilities = set(taken.capabilities)
        self.participants = {p.id: p for p in taken.participants}
        self.chat += taken.messages
        self.slots |= {state.mid: state for state in taken.slots}
        if taken.offer is not None:
            await self.accept(taken.offer, decode=decode)

    async def accept(self, offer: m.SlotOffer, *, decode: bool = False) -> None:
        """Answer a slot offer and bring the subscribe leg up."""
        if self.subscribed is not None:
            await self.subscribed.close(silently=True)
        self.plan = {plan.mid: plan for plan in offer.slots}
        remote = sdp.parse(offer.sdp)
        leg = self.subscribed = Leg(self.space, tcp=self.tcp)
        self.watcher = Watcher(leg, remote, decode=decode)
        answer = sdp.write_answer(remote, leg.local, self.codecs)
        for section in remote.sections:
            slot = self.watcher.slots[section.mid]
            slot.codecs = {n: c for n, c in slot.codecs.items() if c in self.codecs}
        await self.ask("media.answer", generation=offer.generation, sdp=answer)
        await leg.connect(remote)
        self._spawn(self._tick(self.watcher))

    async def publish(
        self, *tracks: Outgoing, active: Collection[str] | None = None
    ) -> Publisher:
        """
        Offer tracks, bring the publish leg up and start to play.

        Args:
            tracks: What is offered; those that are active are played.
            active: Sources that are declared to be on; None: those that play.
        """
        if active is None:
            active = {track.source for track in tracks if track.active}
        if self.published is not None:
            await self.published.close(silently=True)
        leg = self.published = Leg(self.space, tcp=self.tcp)
        self.publisher = Publisher(leg, list(tracks))
        answer = await self.ask(
            "media.publish",
            sdp=sdp.write_offer(
                list({t.section.mid: t.section for t in tracks}.values()), leg.local
            ),
            tracks=[
                {"mid": mid, "source": source, "active": source in active}
                for mid, source in {t.section.mid: t.source for t in tracks}.items()
            ],
        )
        remote = sdp.parse(answer.sdp)
        self.publisher.agree(remote)
        await leg.connect(remote)
        self._spawn(self.publisher.play())
        return self.publisher

    def mids(self, group: str, kind: str) -> list[str]:
        """Return the slots of a group, in order."""
        return [
            plan.mid
            for plan in self.plan.values()
            if plan.group == group and plan.kind == kind
        ]

    def watch(self, mid: str) -> SlotWatch:
        """Return what was received on a slot."""
        assert self.watcher is not None
        return self.watcher.slots[mid]

    def carrying(self, participant: str, source: str) -> list[str]:
        """Return the slots that carry a participant's track, as the server says."""
        return [
            state.mid
            for state in self.slots.values()
            if state.participant == participant and state.source == source
        ]

    # Leaving

    async def drop(self) -> None:
        """Lose the socket without a close frame; the legs go on."""
        assert self._transport is not None
        self._transport.abort()
        await self.until(lambda: not self.connected, "the socket to be gone")
        assert self._http is not None
        await self._http.close()

    async def close(self, *, silently: bool = False) -> None:
        """End everything; ``silently`` as a crashed browser would."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        for leg in (self.subscribed, self.published):
            if leg is not None:
                await leg.close(silently=silently)
        if self._socket is not None:
            with contextlib.suppress(Exception):  # it may be closed already
                await self._socket.disconnect()
        if self._transport is not None:
            # Else the end of TLS would wait for the server, and outlive the test.
            self._transport.abort()
        if self._http is not None:
            await self._http.close()

    # Inside

    def _spawn(self, work: Any) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _tick(self, watcher: Watcher) -> None:
        while watcher is self.watcher:
            watcher.tick(now=time.monotonic())
            await asyncio.sleep(TICK_S)

    async def _on_event(self, name: str, content: Any) -> None:
        if self.deaf:
            return
        event = SERVER_EVENTS[name].payload.model_validate(content)
        self._apply(event)
        self.events.append((name, event))

    def _apply(self, event: Wire) -> None:
        match event:
            case m.PublishLayers():
                if self.publisher is not None:
                    self.publisher.want(event.source, event.layers)
            case m.ParticipantChanged():
                self.participants[event.participant.id] = event.participant
            case m.ParticipantLeft():
                self.participants.pop(event.participant, None)
            case m.RoomChanged():
                self.room = event.room
            case m.ChatMessage():
                self.chat.append(event)
            case m.SlotsChanged():
                self.slots |= {state.mid: state for state in event.slots}
            case m.SpeakersChanged():
                self.speakers = event.speakers
            case m.SeatChanged():
                self.capabilities = set(event.capabilities)
            case m.SeatClosed():
                self.closed = event
            case m.PublishNeeded() if self.on_publish_needed is not None:
                self.on_publish_needed()
