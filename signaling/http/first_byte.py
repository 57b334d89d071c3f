"""
Chooses TLS or plain HTTP by the first byte of a connection.

A TLS ClientHello begins with 22 (RFC 8446 §5.1), and no HTTP request does. A browser
that asks for the site with ``http://`` is redirected to ``https://`` instead of being
disconnected without an answer. The trust page answers both, because a browser may have
been instructed earlier to use only HTTPS for this name, at every port (RFC 6797 §8.3).

asyncio can begin TLS on a connection only before anything was read from it, or on a
transport of its own making. What is done here instead is what its server does for a new
connection, with the bytes that were read handed on.
"""

import asyncio
import ssl
from asyncio import sslproto
from collections.abc import Callable
from typing import cast

from signaling.http.guard import IDLE_PER_ADDRESS, Guards

CLIENT_HELLO = 22
HANDSHAKE_S = 10.0
# From the connection to its first byte, and for a plain request; then once more for
# the handshake. A browser takes a round trip or two.

SHUTDOWN_S = 1.0  # for the other side's close of TLS
HEAD_BYTES = 8192  # of a plain request; a browser's has about 500

Factory = Callable[[], asyncio.Protocol]
Redirect = Callable[[str], str]
"""Returns the HTTPS address for a Host header."""


class _Tls(sslproto.SSLProtocol):
    """TLS on a connection that is counted until its handshake is done."""

    ended: Callable[[], object] | None = None

    def connection_lost(self, exc: BaseException | None) -> None:
        """Count a connection no more that ended within its handshake."""
        if self.ended is not None:
            self.ended()
        super().connection_lost(exc)


class _Announced(asyncio.Protocol):
    """Signals the end of the handshake and hands the connection to the inner protocol."""

    def __init__(self, inner: asyncio.Protocol, done: Callable[[], object]) -> None:
        self._inner = inner
        self._done = done

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Hand the connection on; the guard behind counts it from here."""
        self._done()
        transport.set_protocol(self._inner)
        self._inner.connection_made(transport)


class FirstByte(asyncio.Protocol):
    """Waits for the first byte, then hands the connection on."""

    def __init__(self, entrance: "Entrance") -> None:
        self._entrance = entrance
        self._loop = asyncio.get_running_loop()
        self._transport: asyncio.Transport | None = None
        self._timer: asyncio.TimerHandle | None = None
        self._head = b""
        self._address = ""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Count, and wait for the first byte."""
        self._transport = cast(asyncio.Transport, transport)
        peer = transport.get_extra_info("peername")
        self._address = peer[0] if isinstance(peer, tuple) else ""
        guards = self._entrance.guards
        self._timer = self._loop.call_later(HANDSHAKE_S, self.abort)
        self._entrance.open.add(self)
        waiting = guards.count(self._address, +1)
        if waiting > IDLE_PER_ADDRESS and not guards.exempt(self._address):
            self.abort()

    def connection_lost(self, exc: Exception | None) -> None:
        """Forget everything."""
        self._done()

    def data_received(self, data: bytes) -> None:
        """Begin TLS, or take a plain request."""
        if not self._head and data[0] == CLIENT_HELLO:
            self._begin_tls(data)
        elif self._entrance.redirect is None:
            self._hand_on(data)
        else:
            self._head += data
            if b"\r\n\r\n" in self._head or len(self._head) > HEAD_BYTES:
                self._answer(self._entrance.redirect)

    def abort(self) -> None:
        """Cut the connection now."""
        if self._transport is not None:
            self._transport.abort()

    def _done(self) -> asyncio.Transport | None:
        """Detach from the connection; return its transport, once."""
        transport, self._transport = self._transport, None
        if self._timer is not None:
            self._timer.cancel()
        if transport is not None:
            self._entrance.open.discard(self)
            self._entrance.guards.count(self._address, -1)
        return transport

    def _hand_on(self, data: bytes) -> None:
        transport = self._done()
        assert transport is not None
        inner = self._entrance.inner()
        transport.set_protocol(inner)
        inner.connection_made(transport)
        inner.data_received(data)

    def _begin_tls(self, data: bytes) -> None:
        transport = self._transport
        assert transport is not None
        if self._timer is not None:
            self._timer.cancel()  # the handshake has a time of its own
        tls = _Tls(
            self._loop,
            _Announced(self._entrance.inner(), self._done),
            self._entrance.context,
            None,  # type: ignore[arg-type] # nobody waits for the handshake
            server_side=True,
            ssl_handshake_timeout=HANDSHAKE_S,  # type: ignore[arg-type] # or a float
            ssl_shutdown_timeout=SHUTDOWN_S,
        )
        tls.ended = self._done
        transport.set_protocol(tls)
        tls.connection_made(transport)
        while data:
            room = tls.get_buffer(len(data))
            taken = min(len(room), len(data))
            room[:taken] = data[:taken]
            tls.buffer_updated(taken)
            data = data[taken:]

    def _answer(self, redirect: Redirect) -> None:
        transport = self._done()
        assert transport is not None
        transport.write(answer(self._head, redirect))
        transport.close()


class Entrance:
    """The connections of one listener that have sent nothing yet."""

    def __init__(
        self,
        guards: Guards,
        inner: Factory,
        context: ssl.SSLContext,
        *,
        redirect: Redirect | None,
    ) -> None:
        """
        Build the entrance of a listener.

        Args:
            guards: Count the connections of an address.
            inner: Makes the protocol of a connection that has begun.
            context: Of TLS.
            redirect: Where plain requests are sent; None: they are served too.
        """
        self.guards = guards
        self.inner = inner
        self.context = context
        self.redirect = redirect
        self.open: set[FirstByte] = set()

    def factory(self) -> asyncio.Protocol:
        """Return the protocol of a new connection."""
        return FirstByte(self)

    def close_all(self) -> None:
        """Abort all connections that wait for their first byte."""
        for waiting in list(self.open):
            waiting.abort()


def answer(head: bytes, redirect: Redirect) -> bytes:
    """Return the answer to a plain request: a redirect, or a refusal."""
    lines = head.partition(b"\r\n\r\n")[0].split(b"\r\n")
    method, _, rest = lines[0].partition(b" ")
    path, _, version = rest.partition(b" ")
    if not version.startswith(b"HTTP/1.") or not path.startswith(b"/"):
        return _response("400 Bad Request", "This port speaks HTTPS.")
    if method not in (b"GET", b"HEAD"):
        # Its content has crossed the network unencrypted: it must not be sent again.
        return _response("426 Upgrade Required", "This port speaks HTTPS.")
    if any(byte <= 32 or byte >= 127 for byte in path):
        return _response("400 Bad Request", "The address is malformed.")
    hosts = [line for line in lines if line.lower().startswith(b"host:")]
    host = hosts[0][5:].strip().decode("latin-1") if hosts else ""
    to = redirect(host) + path.decode("ascii")
    return _response("301 Moved Permanently", f"Ask {to}", f"Location: {to}\r\n")


def _response(status: str, text: str, more: str = "") -> bytes:
    return (
        f"HTTP/1.1 {status}\r\n{more}Content-Type: text/plain; charset=utf-8\r\n"
        f"Content-Length: {len(text.encode())}\r\nX-Content-Type-Options: nosniff\r\n"
        "Cache-Control: no-store\r\nServer: Pavilion\r\nConnection: close\r\n\r\n"
        f"{text}"
    ).encode()
