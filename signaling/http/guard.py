"""
Deadlines for every HTTP connection, below aiohttp.

aiohttp waits forever for the end of headers or of a body, and for a client that
does not read. A ``Guard`` sits between the transport and aiohttp's protocol,
forwards everything, and aborts the connection when what is expected has not
arrived in time. It parses nothing: a middleware reports the progress.
It also bounds how many connections one address may hold without having been
admitted.
"""

import asyncio
import socket
from collections import Counter
from collections.abc import Callable
from typing import cast

from conference.address_key import address_key
from signaling.http.tls import Pieces

HEADERS_S = 10.0
# From the first byte (or the connection) to the end of the headers. A browser
# takes one round trip; a longer wait lets 300 idle sockets pin 300 parsers.

BODY_S = 10.0
# For a whole body: ours are JSON of 16 KiB at most, so 1.6 KiB/s will do.

RESPONSE_S = 300.0
# For a response to be read: the largest file is about 1 MiB, at 32 kbit/s.

IDLE_PER_ADDRESS = 300
# Connections of one address that nothing has admitted yet. A whole institute
# may come from one address at once; each of them is admitted within a second.

USER_TIMEOUT_MS = 10_000
# Unacknowledged bytes for so long end a connection (RFC 5482): a half-open one
# is noticed within 10 s although its other side sends nothing.


class Guard(asyncio.Protocol):
    """Deadlines of one connection, in front of its protocol."""

    def __init__(self, guards: "Guards", inner: asyncio.Protocol) -> None:
        self._guards = guards
        self._inner = inner
        self._loop = asyncio.get_running_loop()
        self._transport: asyncio.Transport | None = None
        self._timer: asyncio.TimerHandle | None = None
        self._idle = False
        self._admitted = False
        self._address = ""

    def expect(self, within_s: float) -> None:
        """Abort the connection unless ``relax`` or another call comes in time."""
        self.relax()
        self._timer = self._loop.call_later(within_s, self.abort)

    def relax(self) -> None:
        """Remove the deadline."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def rest(self) -> None:
        """Note that the request is answered; the next byte begins a new one."""
        self._idle = True
        self.expect(RESPONSE_S)

    def admit(self) -> None:
        """Admit the connection: no deadline, and no longer counted as idle."""
        self.relax()
        if not self._admitted and self._transport is not None:
            self._admitted = True
            self._guards.count(self._address, -1)

    def abort(self) -> None:
        """Cut the connection now, sent or not."""
        if self._transport is not None:
            self._transport.abort()

    def close(self) -> None:
        """Close the connection when what is queued in it is sent."""
        if self._transport is not None:
            self._transport.close()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Count, arm the first deadline, forward."""
        self._transport = cast(asyncio.Transport, transport)
        peer = transport.get_extra_info("peername")
        self._address = peer[0] if isinstance(peer, tuple) else ""
        raw = transport.get_extra_info("socket")
        if raw is not None and hasattr(socket, "TCP_USER_TIMEOUT"):
            raw.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, USER_TIMEOUT_MS)
        self._guards.add(self._transport, self)
        self._inner.connection_made(transport)
        waiting = self._guards.count(self._address, +1)
        if waiting > IDLE_PER_ADDRESS and not self._guards.exempt(self._address):
            self.abort()
        else:
            self.expect(HEADERS_S)

    def connection_lost(self, exc: Exception | None) -> None:
        """Stop counting, forward."""
        self.relax()
        if self._transport is not None:
            self._guards.remove(self._transport)
            if not self._admitted:
                self._guards.count(self._address, -1)
            self._transport = None
        self._inner.connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Forward; the first byte after an answer starts a new deadline."""
        if self._idle:
            self._idle = False
            self.expect(HEADERS_S)
        self._inner.data_received(data)

    def eof_received(self) -> bool | None:
        """Delegate."""
        return self._inner.eof_received()

    def pause_writing(self) -> None:
        """Delegate."""
        self._inner.pause_writing()

    def resume_writing(self) -> None:
        """Delegate."""
        self._inner.resume_writing()


class Guards:
    """
    All guarded connections of one listener.

    Args:
        exempt: Whether an address may hold any number of connections, as a proxy does.
    """

    def __init__(self, exempt: Callable[[str], bool] = lambda _: False) -> None:
        self.exempt = exempt
        self._by_transport: dict[asyncio.BaseTransport, Guard] = {}
        self._idle: Counter[str] = Counter()

    def factory(
        self, inner: Callable[[], asyncio.Protocol]
    ) -> Callable[[], asyncio.Protocol]:
        """Return a protocol factory whose protocols are guarded."""
        return lambda: Guard(self, inner())

    def of(self, transport: asyncio.BaseTransport | None) -> Guard | None:
        """Return the guard of a connection; None when it is gone."""
        if isinstance(transport, Pieces):
            transport = transport.inner
        return None if transport is None else self._by_transport.get(transport)

    def __len__(self) -> int:
        """Return how many connections there are."""
        return len(self._by_transport)

    def close_all(self) -> None:
        """Close all connections."""
        for guard in list(self._by_transport.values()):
            guard.close()

    def add(self, transport: asyncio.BaseTransport, guard: Guard) -> None:
        """Remember a connection."""
        self._by_transport[transport] = guard

    def remove(self, transport: asyncio.BaseTransport) -> None:
        """Forget a connection."""
        self._by_transport.pop(transport, None)

    def count(self, address: str, change: int) -> int:
        """Change and return the number of idle connections of an address."""
        address = address_key(address)
        self._idle[address] += change
        if self._idle[address] <= 0:
            del self._idle[address]
            return 0
        return self._idle[address]
