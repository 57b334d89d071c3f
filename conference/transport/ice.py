"""
ICE-lite (RFC 8445 §2.5): answering connectivity checks, and nothing more.

A check is authentic when its user fragment is known and its MESSAGE-INTEGRITY is
right; everything else is dropped without a response and without a log line. DTLS and
SRTP are accepted only from addresses of authentic checks, and media is sent to the
nominated one. A new address needs a new check: one whose transaction id was seen
before may be a copy, sent by an attacker to redirect media.
"""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass

from aioice import stun

from conference.fanout.contract import Destination
from conference.fanout.sockets import Address, SocketId
from conference.transport.seen import SeenTransactions

MAGIC_COOKIE = b"\x21\x12\xa4\x42"
BINDING_REQUEST = b"\x00\x01"
USERNAME = 0x0006
STUN_HEADER_BYTES = 20
MAX_QUEUED = 32
"""DTLS datagrams that wait for the handshake: four flights. More is a flood."""
MAX_ROUTES = 16
"""Addresses one browser may check from: its interfaces, both IP versions."""
ALIVE_S = 10.0
"""Two of Firefox's check intervals. Until then an address stays with its transport.
Longer: a browser that reuses the port of one that crashed is kept out."""
CONSENT_S = 45.0
"""Without a check for this long the browser is taken to be gone. RFC 7675 §5.1 asks
for 30 s, of agents that send checks; a lite agent sends none. The time is half as long
again, so that a browser finds its leg, keys and tracks after an outage of 30 s. Longer:
packets are sent for longer to an unused address."""
NOMINATION_S = 1.0
"""How long the nomination of a better route outweighs one of a worse. Firefox
nominates UDP and TCP one after the other and uses the better (RFC 5245 §8.1.1.2).
Longer: a browser that leaves UDP for TCP waits longer."""
RESTART_MARK = "/"
"""Separates the server's user fragment from a number that our client appends to it.
The client restarts ICE with it when signaling is down. It is an ice-char that our own
fragments do not contain."""
RESTART_HOLDS_S = 3.0
"""How long the route of a restart outweighs nominations of earlier routes: Chromium
keeps nominating a route on which nothing returns for 2.5 s."""


UDP_RANK, TCP_RANK = 1, 0


class IceSocket:
    """A UDP socket or one TCP connection, with the addresses that are known on it."""

    __slots__ = ("by_address", "number", "rank", "send")

    def __init__(
        self,
        number: SocketId,
        send: Callable[[bytes, Address], object],
        *,
        rank: int,
    ) -> None:
        self.number = number
        """Of its socket in the ``SocketTable``."""
        self.send = send
        self.rank = rank
        """UDP over TCP: where media goes when both are nominated."""
        self.by_address: dict[Address, tuple[IceLite, Route]] = {}
        """By source address: the transport that has authenticated it, and the route."""


@dataclass(frozen=True, slots=True)
class Route:
    """A way to one browser: a socket of ours and the browser's address."""

    ice_socket: IceSocket
    address: Address

    @property
    def destination(self) -> Destination:
        """The route as a plain value for the fan-out."""
        return Destination(self.ice_socket.number, self.address)


def username(datagram: bytes) -> str | None:
    """
    Return the user fragment of ours that a binding request names.

    Checks a few octets before the full parser runs, so that a flood of junk costs
    little. None for anything but a well-formed request.
    """
    size = len(datagram)
    if (
        size < STUN_HEADER_BYTES
        or datagram[:2] != BINDING_REQUEST
        or datagram[4:8] != MAGIC_COOKIE
        or int.from_bytes(datagram[2:4], "big") != size - STUN_HEADER_BYTES
    ):
        return None
    offset = STUN_HEADER_BYTES
    while offset + 4 <= size:
        kind = int.from_bytes(datagram[offset : offset + 2], "big")
        length = int.from_bytes(datagram[offset + 2 : offset + 4], "big")
        offset += 4
        if kind == USERNAME:
            try:
                text = datagram[offset : offset + length].decode("ascii")
            except UnicodeDecodeError:
                return None
            return text.partition(":")[0].partition(RESTART_MARK)[0]
        offset += length + (-length % 4)
    return None


def restarts_of(ufrag: str) -> int:
    """Return the number appended to our user fragment: how often ICE restarted."""
    mark = ufrag.partition(RESTART_MARK)[2]
    return int(mark) if mark.isascii() and mark.isdecimal() and len(mark) < 10 else 0


class IceLite:
    """
    One transport of one leg; what ``RTCDtlsTransport`` runs on.

    Inputs: ``on_check`` and ``on_dtls``, from the demultiplexer.
    Outputs: ``on_selected`` and ``on_srtp``.
    """

    role = "controlled"

    def __init__(
        self, ufrag: str, pwd: str, on_selected: Callable[[Route], None]
    ) -> None:
        self.ufrag = ufrag
        self.pwd = pwd
        self.selected: Route | None = None
        self.checked_at: float | None = None
        """When the last authentic check came; None before the first."""
        self.remote_ufrag = ""
        """The browser's user fragment in its last authentic check."""
        self.on_srtp: Callable[[bytes], None] | None = None
        """Called with each SRTP or SRTCP datagram; None before the handshake ends."""
        self.closed = False
        self._on_selected = on_selected
        self._passwords = {ufrag: pwd}
        self._routes: dict[Route, float] = {}
        """When the newest check came over each route."""
        self._brought_by: dict[Route, bytes] = {}
        """The transaction id of the check that made each route known."""
        self._transactions = SeenTransactions()
        self._evicted: list[Route] = []
        self._nominated_at = 0.0
        """When the selected route was last nominated."""
        self._restarts = 0
        """The highest number of restarts seen."""
        self._restarted_at = 0.0
        self._queue: asyncio.Queue[bytes | None] = asyncio.Queue()

    @property
    def ufrags(self) -> tuple[str, ...]:
        """The user fragments that checks may name: the newest, and the one before."""
        return tuple(self._passwords)

    def restart(self, ufrag: str, pwd: str) -> None:
        """
        Take new credentials (RFC 8445 §9).

        The previous ones stay valid until the next restart, because the browser goes
        on sending over the old route until it finds a new one. Older ones do not.
        """
        self._passwords = {self.ufrag: self.pwd, ufrag: pwd}
        self.ufrag, self.pwd = ufrag, pwd
        self._restarts = 0

    def on_check(
        self, datagram: bytes, ufrag: str, route: Route, *, now: float
    ) -> bytes | None:
        """Return the response to a check, or None if it is not authentic."""
        key = self._passwords[ufrag].encode()
        try:
            # A bad attribute raises anything from ValueError to struct.error.
            message = stun.parse_message(datagram)
            if not message.check_message_integrity(key):
                return None
        except Exception:
            return None
        if not self._is_original(message.transaction_id, route):
            return None
        response = stun.Message(
            stun.Method.BINDING, stun.Class.RESPONSE, message.transaction_id
        )
        if "ICE-CONTROLLED" in message.attributes:
            # Both sides claim to be controlled; a lite agent always is (§7.3.1.1).
            response.message_class = stun.Class.ERROR
            response.attributes["ERROR-CODE"] = (487, "Role Conflict")
        else:
            response.attributes["XOR-MAPPED-ADDRESS"] = route.address[:2]
            self.checked_at = now
            self._learn(route, message.transaction_id, now=now)
            ours, _, self.remote_ufrag = message.attributes["USERNAME"].partition(":")
            nominated = "USE-CANDIDATE" in message.attributes
            self._select(route, restarts_of(ours), nominated, now=now)
        response.add_message_integrity(key)
        return bytes(response)

    def _is_original(self, transaction: bytes, route: Route) -> bool:
        """
        Return whether a check is not a copy of another one.

        Over a known route, a check that was seen before is a retransmission
        (RFC 8489 §6.2.1). If the same check has made another route known meanwhile, a
        copy of it was faster: that route is forgotten, and media returns to this one.
        """
        seen = self._transactions.note(transaction)
        if route not in self._routes:
            return not seen
        if seen:
            for other, brought_by in list(self._brought_by.items()):
                if brought_by == transaction and other != route:
                    self._evict(other)
                    if other == self.selected:
                        self.selected = route
                        self._on_selected(route)
        return True

    def _learn(self, route: Route, transaction: bytes, *, now: float) -> None:
        if route not in self._routes:
            if len(self._routes) >= MAX_ROUTES:
                # A long session changes its addresses: the oldest unused one is evicted.
                self._evict(next(r for r in self._routes if r != self.selected))
            self._brought_by[route] = transaction
        self._routes[route] = now

    def _evict(self, route: Route) -> None:
        del self._routes[route], self._brought_by[route]
        self._evicted.append(route)

    def _select(
        self, route: Route, restarts: int, nominated: bool, *, now: float
    ) -> None:
        known = self.selected
        # A browser that restarts has lost its previous route. Media is sent over the
        # first new one, before the browser nominates one.
        restarted = restarts > self._restarts
        if restarted:
            self._restarts, self._restarted_at = restarts, now
        if route == known:
            if nominated:
                self._nominated_at = now
            return
        outweighed = (
            restarts < self._restarts and now - self._restarted_at < RESTART_HOLDS_S
        ) or (
            known is not None
            and known.ice_socket.rank > route.ice_socket.rank
            and now - self._nominated_at < NOMINATION_S
        )
        if known is None or restarted or (nominated and not outweighed):
            self.selected = route
            self._nominated_at = now if nominated else 0.0
            self._on_selected(route)

    def alive(self, *, now: float) -> bool:
        """Return whether a check came recently: its addresses are in use."""
        return (
            not self.closed
            and self.checked_at is not None
            and now - self.checked_at < ALIVE_S
        )

    def take_evicted(self) -> list[Route]:
        """Return the routes evicted since the last call."""
        evicted, self._evicted = self._evicted, []
        return evicted

    def take_routes(self) -> list[Route]:
        """Return and forget all routes; called when the transport has ended."""
        routes = list(self._routes)
        self._routes.clear()
        self._brought_by.clear()
        return routes

    def lose(self, route: Route) -> None:
        """
        Forget a route whose socket has closed.

        Media is sent to the address of the newest check until the browser nominates
        a route; without any other route nothing is sent.
        """
        self._routes.pop(route, None)
        self._brought_by.pop(route, None)
        if route != self.selected:
            return
        self.selected = max(self._routes, key=self._routes.__getitem__, default=None)
        if self.selected is not None:
            self._on_selected(self.selected)

    def knows(self, route: Route) -> bool:
        """Return whether an authentic check came over this route."""
        return route in self._routes

    def on_dtls(self, datagram: bytes) -> None:
        """Queue a DTLS datagram; those beyond ``MAX_QUEUED`` are dropped."""
        if self._queue.qsize() < MAX_QUEUED:
            self._queue.put_nowait(datagram)

    def close(self) -> None:
        """End the transport; a pending ``_recv`` raises ``ConnectionError``."""
        if not self.closed:
            self.closed = True
            self.on_srtp = None
            self._queue.put_nowait(None)

    async def _recv(self) -> bytes:
        if self.closed:
            raise ConnectionError("the transport is closed")
        datagram = await self._queue.get()
        if datagram is None:
            raise ConnectionError("the transport is closed")
        return datagram

    async def _send(self, datagram: bytes) -> None:
        self.send(datagram)

    def send(self, datagram: bytes) -> None:
        """Send to the selected address; a datagram that cannot be sent is dropped."""
        if self.selected is not None:
            with suppress(OSError):
                self.selected.ice_socket.send(datagram, self.selected.address)
