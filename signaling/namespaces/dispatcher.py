"""
Every event of every client goes through here, in one order.

::

    size → rate → shape → fair start → capability → handler → acknowledgement

A refused request changes nothing and is answered with a code and a sentence. A
request that ends its own connection is answered first.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any

from conference.errors import NotAllowed, Refused, TooMuch
from conference.rooms.roles import Capability
from conference.service.conference import Conference
from conference.service.notices import Closing, SeatClosed
from signaling.auth.arrivals import Arrivals
from signaling.auth.rates import Bucket
from signaling.namespaces.connection import (
    EVENTS_BURST,
    EVENTS_PER_SECOND,
    Connection,
)
from signaling.namespaces.errors import refusal
from signaling.namespaces.fair_start import HEAVY, FairStart
from signaling.namespaces.hub import Hub
from signaling.protocol.base import Wire
from signaling.protocol.events import ClientEvent
from signaling.protocol.registry import CLIENT_EVENTS

ENVELOPE_BYTES = 128
# What Socket.IO and the event's name add to the JSON text of a request.

HOLDING = frozenset({"seat.join", "seat.resume"})
# Events whose answer later notices depend on: notices that arise
# meanwhile are sent after the answer.


@dataclass(frozen=True, slots=True)
class Context:
    """What handlers work with."""

    conference: Conference
    hub: Hub
    arrivals: Arrivals


Handler = Callable[[Context, Connection, Any], Awaitable[Wire]]


class Dispatcher:
    """Takes events, calls their handlers, answers."""

    def __init__(
        self,
        context: Context,
        handlers: Mapping[str, Handler],
        *,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """
        Check that each event has its handler, and each handler its event.

        Raises:
            ValueError: The two do not match; the server must not start.
        """
        if odd := set(handlers) ^ set(CLIENT_EVENTS):
            raise ValueError(f"events and handlers do not match: {sorted(odd)}")
        self._context = context
        self._handlers = handlers
        self._clock = clock
        self._fair_start = FairStart()

    async def on_event(
        self,
        engine_sid: str,
        name: str,
        arguments: list[Any],
        ack: int | None,
        size: int,
    ) -> None:
        """Take one event of one client."""
        connection = self._context.hub.by_engine(engine_sid)
        if connection is None or connection.closing:
            return
        if name in HOLDING:
            connection.held = []
        answer = "result"
        connection.answering = asyncio.Event()
        try:
            result = await self._answer(connection, name, arguments, size)
        except Exception as error:
            answer, result = "error", refusal(error)
        if not connection.gone:
            self._context.hub.acknowledge(connection, ack, answer, result)
        connection.answering.set()
        connection.answering = None

    async def _answer(
        self, connection: Connection, name: str, arguments: list[Any], size: int
    ) -> Wire:
        event = CLIENT_EVENTS.get(name)
        if event is not None and size > event.max_bytes + ENVELOPE_BYTES:
            raise TooMuch("too-large", "This is longer than the server accepts.")
        self._pay(connection, event)
        if event is None:
            raise Refused("unknown-event", "The server does not know this event.")
        if len(arguments) > 1:
            raise Refused("malformed", "The request is malformed: one object, please.")
        request = event.request.model_validate(arguments[0] if arguments else {})
        if name in HEAVY:
            await self._fair_start.take()
        # After the wait, because the capability may have been lost meanwhile.
        allowed = connection.capabilities(self._context.conference)
        if connection.closing or Capability(event.capability) not in allowed:
            raise NotAllowed("not-allowed", "Your role does not allow this.")
        result = await self._handlers[name](self._context, connection, request)
        assert isinstance(result, event.result)
        return result

    def _pay(self, connection: Connection, event: ClientEvent | None) -> None:
        """Take a token of the connection's bucket and one of the event's."""
        now = self._clock()
        prices = [("", EVENTS_PER_SECOND, EVENTS_BURST)]
        if event is not None:
            prices.append((event.name, event.rate.per_second, event.rate.burst))
        for key, per_second, burst in prices:
            bucket = connection.buckets.get(key)
            if bucket is None:
                bucket = connection.buckets[key] = Bucket(per_second, burst, now=now)
            if not bucket.take(now=now):
                if connection.flooding(now=now):
                    self._context.hub.close(connection.id, SeatClosed(Closing.FLOODING))
                raise TooMuch("too-fast", "Too many requests. Wait a moment.")
