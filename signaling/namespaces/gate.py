"""
The gate: who may connect, and what becomes of a connection that ends.

The ``auth`` object of the CONNECT packet and the session cookie decide which
door stands open; nothing else does.
"""

import time
from collections.abc import Callable
from typing import Any

from aiohttp import web
from pydantic import ValidationError
from socketio.exceptions import ConnectionRefusedError as Refusal

from conference.errors import NotAllowed, Refused, TooMuch, UserError
from conference.ids import ConnectionId, RoomId
from signaling.auth.cookies import session_of
from signaling.auth.proxies import Proxies
from signaling.auth.rates import Failures
from signaling.http.guard import Guards
from signaling.namespaces import chat, desk, media, moderation, seat
from signaling.namespaces.connection import Connection
from signaling.namespaces.dispatcher import Dispatcher, Edge
from signaling.namespaces.errors import refusal
from signaling.namespaces.socket_server import SocketServer
from signaling.protocol.messages import ConnectAuth

HANDLERS = {
    **desk.HANDLERS,
    **seat.HANDLERS,
    **media.HANDLERS,
    **chat.HANDLERS,
    **moderation.HANDLERS,
}


class Gate:
    """Lets connections in and takes note of their end."""

    def __init__(
        self,
        edge: Edge,
        guards: Guards,
        failures: Failures,
        proxies: Proxies,
        base_url: Callable[[web.Request], str],
        *,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._edge = edge
        self._guards = guards
        self._failures = failures
        self._proxies = proxies
        self._base_url = base_url
        self._clock = clock

    async def connect(
        self, sid: str, environ: dict[str, Any], auth: object = None
    ) -> None:
        """Let a connection in, or refuse it with a code and a sentence."""
        request: web.Request = environ["aiohttp.request"]
        address = self._proxies.client(request.remote, request.headers)
        try:
            connection = await self._admit(sid, request, auth, address)
        except Exception as error:
            info = refusal(self._judged(address, error))
            raise Refusal(
                info.message, {"code": info.code, "message": info.message}
            ) from None
        connection.environ = environ
        self._edge.hub.add(connection, self._guards.of(request.transport))

    def _judged(self, address: str, error: Exception) -> Exception:
        """
        Count an attempt that was wrong; return what to answer.

        Only these are slowed down, after they were looked up: a whole institute may
        come from one address, and its links are good whatever one of it does.
        """
        wrong = isinstance(error, UserError | ValidationError)
        if not wrong or isinstance(error, TooMuch):
            return error
        return self._failures.judge(address, error, now=self._clock())

    async def _admit(
        self, sid: str, request: web.Request, auth: object, address: str
    ) -> Connection:
        asked = ConnectAuth.model_validate({} if auth is None else auth)
        if (asked.invitation, asked.seat, asked.room).count(None) < 2:
            raise Refused(
                "malformed", "Show one of invitation, seat and room, not several."
            )
        conference = self._edge.conference
        session = session_of(request.cookies)
        account = None
        if session is not None and asked.seat is None and asked.invitation is None:
            account = await conference.accounts.account(session)
        connection = Connection(
            id=ConnectionId(sid),
            engine_sid=self._edge.hub.engine_sid(sid),
            base_url=self._base_url(request),
            address=address,
            account=account,
            session=session if account is not None else None,
        )
        if asked.seat is not None:
            connection.returning = conference.seats.seat_by_token(asked.seat)
            connection.token = asked.seat
        elif asked.invitation is not None:
            door = await conference.seats.door_by_invitation(asked.invitation)
            connection.door = door
            assert door.invitation is not None
            connection.waits_by = door.invitation
            oldest = self._edge.doors.come(
                door.invitation, connection.address, connection.id
            )
            if oldest is not None:
                self._edge.hub.hang_up(ConnectionId(oldest))
        elif account is None:
            raise NotAllowed("not-signed-in", "Sign in first, or use an invitation.")
        elif asked.room is not None:
            connection.door = conference.seats.door_of_owner(
                account, RoomId(asked.room)
            )
        return connection

    async def disconnect(self, sid: str, reason: str = "") -> None:
        """Take note of the end of a connection."""
        connection = self._edge.hub.get(ConnectionId(sid))
        if connection is None:
            return
        self._edge.hub.remove(connection, reason)
        connection.leave_door(self._edge.doors)
        self._edge.conference.preflight.close(connection.id)
        if connection.occupied is not None:
            await self._edge.conference.seats.lose(connection.occupied, connection.id)


def build_server(
    edge: Edge,
    guards: Guards,
    failures: Failures,
    proxies: Proxies,
    base_url: Callable[[web.Request], str],
) -> SocketServer:
    """Return the Socket.IO server with everything attached."""
    dispatcher = Dispatcher(edge, HANDLERS)
    gate = Gate(edge, guards, failures, proxies, base_url)
    server = SocketServer(
        on_event=dispatcher.on_event,
        on_garbage=edge.hub.garbage,
        on_overflow=edge.hub.overflow,
    )
    server.on("connect", gate.connect)
    server.on("disconnect", gate.disconnect)
    edge.hub.attach(server)
    return server
