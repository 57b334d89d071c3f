"""
The HTTPS site: pages, files, signing in and out, and the socket's handshake.

Three middlewares come first: ``deadlines`` informs the connection's
guard about the progress of the request, ``answer_faults`` answers failures, and
``own_pages_only`` refuses requests of other sites' pages.
"""

import logging
from collections import deque
from collections.abc import Callable

from aiohttp import web
from cryptography.hazmat.primitives.serialization import Encoding
from pydantic import ValidationError

from conference.errors import TooMuch, UserError
from conference.ids import ConnectionId
from conference.service.conference import Conference
from conference.service.sign_in import SIGN_IN_LIVES_S
from signaling.auth.cookies import COOKIE, sign_in_of
from signaling.auth.origin import origin_of, same_origin
from signaling.auth.proxies import Proxies
from signaling.auth.rates import Failures
from signaling.http.body import UnreadableBody, read_json
from signaling.http.client import ClientFiles
from signaling.http.faults import Handler, answer_faults, refused
from signaling.http.guard import BODY_S, HEADERS_S, Guards
from signaling.http.headers import add_headers
from signaling.protocol.base import Identifier, Token, Wire
from signaling.trust.store import Trust

log = logging.getLogger(__name__)

SOCKET_PATH = "/socket.io/"
FOREIGN_KEPT = 16  # pairs of addresses that are not written to the log again
ADDRESS_LENGTH = 200  # characters of an address in the log; a host name has 253 at most
BODY_BYTES = 16 * 1024  # of the plain requests; the longest honest one has 100


class SignInBody(Wire):
    """The body of ``POST /api/sign-in``."""

    token: Token


class PageClosedBody(Wire):
    """The body of ``POST /api/page-closed``."""

    seat: Token
    """The seat token of the page."""
    connection: Identifier
    """Its Socket.IO id: a seat that has another connection meanwhile is not changed."""


class Site:
    """Builds the application and holds what its handlers need."""

    def __init__(
        self,
        conference: Conference,
        guards: Guards,
        failures: Failures,
        proxies: Proxies,
        trust: Trust,
        client: ClientFiles,
        *,
        version: str,
        trust_port: Callable[[], int],
        on_sign_out: Callable[[str], None],
        clock: Callable[[], float],
    ) -> None:
        self._conference = conference
        self._guards = guards
        self._failures = failures
        self._proxies = proxies
        self._foreign: deque[tuple[str, str]] = deque(maxlen=FOREIGN_KEPT)
        self._trust = trust
        self._client = client
        self._version = version
        self._trust_port = trust_port
        self._on_sign_out = on_sign_out
        self._clock = clock

    def application(self) -> web.Application:
        """Return the application; the socket is attached by its own server."""
        application = web.Application(
            middlewares=[self._deadlines, answer_faults, self._own_pages_only],
            client_max_size=BODY_BYTES,
        )
        application.on_response_prepare.append(add_headers)
        application.router.add_post("/api/sign-in", self._sign_in)
        application.router.add_post("/api/sign-out", self._sign_out)
        application.router.add_post("/api/page-closed", self._page_closed)
        application.router.add_get("/api/account", self._account)
        application.router.add_get("/healthz", self._health)
        application.router.add_get("/trust/ca.crt", self._authority)
        return application

    def add_pages(self, application: web.Application) -> None:
        """Add the client's pages last, because their pattern matches every path."""
        application.add_routes(self._client.routes())

    @web.middleware
    async def _deadlines(
        self, request: web.Request, handler: Handler
    ) -> web.StreamResponse:
        guard = self._guards.of(request.transport)
        if guard is None:
            return await handler(request)
        if request.path == SOCKET_PATH:
            guard.expect(HEADERS_S)  # until the connection is admitted
            return await handler(request)
        if request.can_read_body:
            guard.expect(BODY_S)
        else:
            guard.relax()
        try:
            return await handler(request)
        finally:
            guard.rest()

    @web.middleware
    async def _own_pages_only(
        self, request: web.Request, handler: Handler
    ) -> web.StreamResponse:
        risky = request.method not in ("GET", "HEAD") or request.path == SOCKET_PATH
        own = self._proxies.own(request.remote, request.headers)
        if risky and not same_origin(request.headers, own):
            self._log_foreign(request.headers.get("Origin", ""), own)
            return refused(
                403, "other-origin", "Only this server's own pages may do this."
            )
        return await handler(request)

    def _log_foreign(self, origin: str, own: set[str]) -> None:
        """Log once which origins differ, for an operator who sets up a proxy."""
        differ = (origin[:ADDRESS_LENGTH], ", ".join(sorted(own))[:ADDRESS_LENGTH])
        if differ in self._foreign:
            return
        self._foreign.append(differ)
        log.warning(
            "a page of %r may not use this server, which was asked as %r: if a proxy "
            "stands before it, set proxy.address or proxy.networks",
            *differ,
        )

    async def _sign_in(self, request: web.Request) -> web.StreamResponse:
        try:
            body = SignInBody.model_validate(await read_json(request))
            secret = await self._conference.sign_in.redeem(body.token)
        except (UserError, ValidationError) as error:
            address = self._proxies.client(request.remote, request.headers)
            found = self._failures.judge(address, error, now=self._clock())
            if isinstance(found, ValidationError):
                return refused(400, "malformed", "The link is not complete.")
            assert isinstance(found, UserError)
            status = 429 if isinstance(found, TooMuch) else 403
            if isinstance(found, UnreadableBody):
                status = found.status
            return refused(status, found.code, found.message)
        response = web.json_response({"signed_in": True})
        response.set_cookie(
            COOKIE,
            secret,
            max_age=int(SIGN_IN_LIVES_S),
            path="/",
            secure=True,
            httponly=True,
            samesite="Strict",
        )
        return response

    async def _sign_out(self, request: web.Request) -> web.StreamResponse:
        secret = sign_in_of(request.cookies)
        if secret is not None:
            await self._conference.sign_in.end(secret)
            self._on_sign_out(secret)
        response = web.json_response({"signed_in": False})
        response.del_cookie(
            COOKIE, path="/", secure=True, httponly=True, samesite="Strict"
        )
        return response

    async def _page_closed(self, request: web.Request) -> web.StreamResponse:
        try:
            body = PageClosedBody.model_validate(await read_json(request))
        except UnreadableBody as error:
            return refused(error.status, error.code, error.message)
        except ValidationError:
            return refused(400, "malformed", "The request is malformed.")
        await self._conference.seats.close_page(
            body.seat, ConnectionId(body.connection)
        )
        # The same answer whether or not there was such a seat.
        return web.Response(status=204)

    async def _account(self, request: web.Request) -> web.StreamResponse:
        secret = sign_in_of(request.cookies)
        account = secret and await self._conference.sign_in.account_of(secret)
        # A page cannot see why its socket was refused; it may ask here.
        page = origin_of(request.query.get("page", ""))
        own = self._proxies.own(request.remote, request.headers)
        return web.json_response(
            {
                "signed_in": bool(account),
                "trust_port": self._trust_port(),
                "own_page": page is None or page in own,
            }
        )

    async def _health(self, _: web.Request) -> web.StreamResponse:
        return web.json_response({"status": "ok", "version": self._version})

    async def _authority(self, _: web.Request) -> web.StreamResponse:
        return authority_response(self._trust)


def authority_response(trust: Trust) -> web.Response:
    """Return the certificate of the site's authority, for import."""
    if trust.authority is None:
        raise web.HTTPNotFound(text="This server uses a certificate of its operator.")
    return web.Response(
        body=trust.authority.public_bytes(Encoding.PEM),
        content_type="application/x-x509-ca-cert",
        headers={"Content-Disposition": 'attachment; filename="pavilion-ca.crt"'},
    )
