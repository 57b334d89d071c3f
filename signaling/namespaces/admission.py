"""
Admission: who may connect, and what becomes of a connection that ends.

Only the ``auth`` object of the CONNECT packet and the sign-in cookie decide what a
connection may do first.
"""

import time
from collections.abc import Callable
from typing import Any

from aiohttp import web
from pydantic import ValidationError
from socketio.exceptions import ConnectionRefusedError as Refusal

from conference.errors import NotAllowed, Refused, TooMuch, UserError
from conference.ids import ConnectionId, RoomId
from signaling.auth.cookies import sign_in_of
from signaling.auth.proxies import Proxies
from signaling.auth.rates import Failures
from signaling.http.guard import Guards
from signaling.namespaces import chat, media, moderation, room_admin, seat
from signaling.namespaces.connection import Connection
from signaling.namespaces.dispatcher import Context, Dispatcher
from signaling.namespaces.errors import refusal
from signaling.namespaces.socket_server import SocketServer
from signaling.protocol.messages import ConnectAuth

HANDLERS = {
    **room_admin.HANDLERS,
    **seat.HANDLERS,
    **media.HANDLERS,
    **chat.HANDLERS,
    **moderation.HANDLERS,
}


class Admissions:
    """Admits connections and handles their end."""

    def __init__(
        self,
        context: Context,
        guards: Guards,
        failures: Failures,
        proxies: Proxies,
        base_url: Callable[[web.Request], str],
        *,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._context = context
        self._guards = guards
        self._failures = failures
        self._proxies = proxies
        self._base_url = base_url
        self._clock = clock

    async def connect(
        self, sid: str, environ: dict[str, Any], auth: object = None
    ) -> None:
        """Admit a connection, or refuse it with a code and a sentence."""
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
        self._context.hub.add(connection, self._guards.of(request.transport))

    def _judged(self, address: str, error: Exception) -> Exception:
        """
        Count an attempt that was wrong; return what to answer.

        Only wrong attempts are limited, after the lookup: a whole institute may
        share one address, and its valid links must keep working.
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
        conference = self._context.conference
        secret = sign_in_of(request.cookies)
        account = None
        if secret is not None and asked.seat is None and asked.invitation is None:
            account = await conference.sign_in.account_of(secret)
        connection = Connection(
            id=ConnectionId(sid),
            engine_sid=self._context.hub.engine_sid(sid),
            base_url=self._base_url(request),
            address=address,
            account=account,
            sign_in=secret if account is not None else None,
        )
        if asked.seat is not None:
            connection.returning = conference.seats.seat_by_token(asked.seat)
            connection.token = asked.seat
        elif asked.invitation is not None:
            admission = await conference.seats.admission_by_invitation(asked.invitation)
            connection.admission = admission
            assert admission.invitation is not None
            connection.waits_by = admission.invitation
            oldest = self._context.arrivals.come(
                admission.invitation, connection.address, connection.id
            )
            if oldest is not None:
                self._context.hub.hang_up(ConnectionId(oldest))
        elif account is None:
            raise NotAllowed("not-signed-in", "Sign in first, or use an invitation.")
        elif asked.room is not None:
            connection.admission = conference.seats.admission_of_owner(
                account, RoomId(asked.room)
            )
        return connection

    async def disconnect(self, sid: str, reason: str = "") -> None:
        """Handle the end of a connection."""
        connection = self._context.hub.get(ConnectionId(sid))
        if connection is None:
            return
        self._context.hub.remove(connection, reason)
        connection.stop_waiting(self._context.arrivals)
        self._context.conference.preflight.close(connection.id)
        if connection.seat_ref is not None:
            await self._context.conference.seats.lose(
                connection.seat_ref, connection.id
            )


def build_server(
    context: Context,
    guards: Guards,
    failures: Failures,
    proxies: Proxies,
    base_url: Callable[[web.Request], str],
) -> SocketServer:
    """Return the Socket.IO server with everything attached."""
    dispatcher = Dispatcher(context, HANDLERS)
    admissions = Admissions(context, guards, failures, proxies, base_url)
    server = SocketServer(
        on_event=dispatcher.on_event,
        on_garbage=context.hub.garbage,
        on_overflow=context.hub.overflow,
    )
    server.on("connect", admissions.connect)
    server.on("disconnect", admissions.disconnect)
    context.hub.attach(server)
    return server
