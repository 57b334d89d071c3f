"""
The media port over TCP, for networks that drop UDP (RFC 6544, passive side).

Each connection carries the same datagrams as UDP, framed (RFC 4571), and is a route
of the transport that its first check belongs to. The first frame must be an authentic
check and arrive within a few seconds. The number of connections from one address that
have not sent such a check is limited.
"""

import asyncio
import logging
import socket
from collections import Counter
from collections.abc import Callable
from contextlib import suppress

from conference.address_key import address_key
from conference.fanout.sockets import Address
from conference.rtp.errors import MalformedPacket
from conference.transport.ice import TCP_RANK
from conference.transport.sockets.addresses import ALL, ALL_IPV4
from conference.transport.sockets.demux import Demux
from conference.transport.sockets.framing import Frames, SendQueue, frame

log = logging.getLogger(__name__)

FIRST_CHECK_S = 5.0
"""From the connection to its first authentic check. Shorter: links with seconds of
delay never connect; longer: strangers hold more connections open."""
SWEEP_S = 1.0
SWEEP_BATCH = 32
"""Connections closed before control returns to the event loop, 0.1 ms each: a stranger
may have opened thousands. More: media waits for longer."""
SWEEP_GRAIN_S = 0.005
"""Between two batches of a sweep."""
MAX_CONNECTIONS = 4096
"""In total, of 65536 files that the service may open; 1000 viewers use 2000."""
MAX_STRANGERS = 64
"""Connections without an authentic check from one IPv4 address or one IPv6 /64: an
institute behind one address, whose browsers all try both protocols at once."""
BACKLOG = 256
ACCEPT_BATCH = 32
"""Connections accepted before control returns to the event loop."""
READ_BYTES = 16 << 10
"""Read at a time; a connection keeps less than one frame of it."""
STRANGER_READ_BYTES = 2 << 10
SEND_BUFFER_BYTES = 128 << 10
"""Data in flight and unsent: 3 Mbit/s at a round-trip time of 300 ms. Less: fast links
with long delay are throttled."""
UNSENT_BYTES = 4 << 10
"""Unsent data that the kernel may hold (tcp(7), TCP_NOTSENT_LOWAT). Further packets
wait in the ``SendQueue``, where sound overtakes pictures. More: sound waits behind pictures
for longer; it is 80 ms at 400 kbit/s now."""
UNANSWERED_MS = 30_000
"""A connection whose data is unacknowledged for this long is closed (RFC 5482), as a
silent leg is with UDP."""
KEEPALIVE_S = 10


class TcpConnection:
    """One accepted connection."""

    __slots__ = (
        "_demux",
        "_frames",
        "_listener",
        "_loop",
        "_partial",
        "_queue",
        "_socket",
        "accepted_at",
        "address",
        "address_key",
        "ice_socket",
        "proven",
    )

    def __init__(
        self,
        sock: socket.socket,
        address: Address,
        listener: "TcpListener",
        demux: Demux,
        *,
        now: float,
    ) -> None:
        self.address = address
        self.address_key = address_key(address[0])
        self.accepted_at = now
        self.ice_socket = demux.open_socket(self, rank=TCP_RANK)
        self.proven = False
        """Whether an authentic check has come."""
        self._socket: socket.socket | None = sock
        self._listener = listener
        self._demux = demux
        self._frames = Frames()
        self._queue = SendQueue()
        self._partial = b""
        self._loop = asyncio.get_running_loop()
        self._loop.add_reader(sock, self._on_readable)

    def sendto(self, datagram: bytes, _address: Address) -> None:
        """
        Send a datagram, or queue it until the connection takes it.

        Raises:
            BlockingIOError: The queue is full; the datagram is dropped.
            OSError: The connection has ended.
        """
        sock = self._socket
        if sock is None:
            raise ConnectionResetError
        if self._partial:
            if not self._queue.push(datagram, now=self._loop.time()):
                raise BlockingIOError
            return
        framed = frame(datagram)
        try:
            sent = sock.send(framed)
        except BlockingIOError:
            # Nothing of it has been sent, so a more urgent one may overtake it.
            if not self._queue.push(datagram, now=self._loop.time()):
                raise
            self._loop.add_writer(sock, self._on_writable)
            return
        except OSError:
            self.close()
            raise
        if sent < len(framed):
            self._partial = framed[sent:]
            self._loop.add_writer(sock, self._on_writable)

    def close(self) -> None:
        """Close the connection, and remove its route."""
        sock, self._socket = self._socket, None
        if sock is None:
            return
        self._loop.remove_reader(sock)
        self._loop.remove_writer(sock)
        sock.close()
        try:
            self._demux.close_socket(self.ice_socket)
        finally:
            self._listener.ended(self)

    def _on_writable(self) -> None:
        sock = self._socket
        while sock is not None:
            if not self._partial:
                datagram = self._queue.pull(now=self._loop.time())
                if datagram is None:
                    self._loop.remove_writer(sock)
                    return
                self._partial = frame(datagram)
            try:
                sent = sock.send(self._partial)
            except BlockingIOError:
                return
            except OSError:
                self.close()
                return
            self._partial = self._partial[sent:]

    def _on_readable(self) -> None:
        sock = self._socket
        if sock is None:
            return
        try:
            data = sock.recv(READ_BYTES if self.proven else STRANGER_READ_BYTES)
            frames = self._frames.feed(data)
        except BlockingIOError:
            return
        except (OSError, MalformedPacket):
            self.close()
            return
        if not data:
            self.close()
            return
        for datagram in frames:
            self._demux.on_datagram(self.ice_socket, datagram, self.address)
            if self._socket is None:
                break
            if not self.ice_socket.by_address:
                # The first frame was not an authentic check, or the transport of
                # this connection has ended.
                self.close()
                break
            if not self.proven:
                self.proven = True
                self._listener.proven(self)
        self._listener.on_batch()


class TcpListener:
    """
    The listening sockets and their connections.

    Args:
        bind: ``::`` for all addresses, ``0.0.0.0`` for all of IPv4, or one address.
        demux: Takes the received datagrams.
        on_batch: Called after each batch of datagrams.
    """

    def __init__(self, bind: str, demux: Demux, on_batch: Callable[[], None]) -> None:
        self.on_batch = on_batch
        self.refused = 0
        """Connections closed at once, because there were too many."""
        self._bind = bind
        self._demux = demux
        self._listening: list[socket.socket] = []
        self._connections: set[TcpConnection] = set()
        self._strangers: Counter[str] = Counter()
        self._sweep: asyncio.TimerHandle | None = None
        self._paused = False

    @property
    def connections(self) -> int:
        """The number of open connections."""
        return len(self._connections)

    def open(self, port: int) -> None:
        """
        Listen.

        Raises:
            OSError: The port is taken; nothing is open then.
        """
        binds = [self._bind]
        if self._bind == ALL:
            binds = [ALL_IPV4, ALL] if socket.has_ipv6 else [ALL_IPV4]
        try:
            for bind in binds:
                self._listen(bind, port)
        except OSError:
            self.close()
            raise
        self._plan_sweep()

    def close(self) -> None:
        """Close everything."""
        if self._sweep is not None:
            self._sweep.cancel()
        for sock in self._listening:
            asyncio.get_running_loop().remove_reader(sock)
            sock.close()
        self._listening.clear()
        for connection in list(self._connections):
            connection.close()

    def proven(self, connection: TcpConnection) -> None:
        """Note that a connection has brought an authentic check."""
        self._count_out(connection)

    def ended(self, connection: TcpConnection) -> None:
        """Note that a connection has closed."""
        self._connections.discard(connection)
        if not connection.proven:
            self._count_out(connection)

    def _count_out(self, connection: TcpConnection) -> None:
        self._strangers[connection.address_key] -= 1
        if not self._strangers[connection.address_key]:
            del self._strangers[connection.address_key]

    def _listen(self, bind: str, port: int) -> None:
        family = socket.AF_INET6 if ":" in bind else socket.AF_INET
        try:
            sock = socket.socket(family, socket.SOCK_STREAM)
        except OSError:
            if family == socket.AF_INET6 and self._bind == ALL:
                return  # a kernel booted without IPv6
            raise
        self._listening.append(sock)
        sock.setblocking(False)
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if family == socket.AF_INET6:
            # Otherwise IPv4 clients would appear with IPv4-mapped addresses, and
            # their checks would be answered with these.
            sock.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
        for level, option, value in (
            (socket.SOL_SOCKET, socket.SO_SNDBUF, SEND_BUFFER_BYTES),
            (socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1),
            (socket.IPPROTO_TCP, socket.TCP_NODELAY, 1),
            (socket.IPPROTO_TCP, socket.TCP_NOTSENT_LOWAT, UNSENT_BYTES),
            (socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, UNANSWERED_MS),
            (socket.IPPROTO_TCP, socket.TCP_KEEPIDLE, KEEPALIVE_S),
            (socket.IPPROTO_TCP, socket.TCP_KEEPINTVL, KEEPALIVE_S),
        ):
            sock.setsockopt(level, option, value)  # accepted sockets inherit them
        sock.bind((bind, port))
        sock.listen(BACKLOG)
        asyncio.get_running_loop().add_reader(sock, self._on_connection, sock)

    def _on_connection(self, listening: socket.socket) -> None:
        for _ in range(ACCEPT_BATCH):
            try:
                sock, address = listening.accept()
            except BlockingIOError:
                return
            except OSError as error:
                # Out of file descriptors: try again at the next sweep, not in a loop.
                log.warning("a media connection was not accepted: %s", error.strerror)
                asyncio.get_running_loop().remove_reader(listening)
                self._paused = True
                return
            key = address_key(address[0])
            if (
                len(self._connections) >= MAX_CONNECTIONS
                or self._strangers[key] >= MAX_STRANGERS
            ):
                self.refused += 1
                sock.close()
                continue
            sock.setblocking(False)
            now = asyncio.get_running_loop().time()
            self._strangers[key] += 1
            self._connections.add(
                TcpConnection(sock, address, self, self._demux, now=now)
            )

    def _plan_sweep(self, after_s: float = SWEEP_S) -> None:
        self._sweep = asyncio.get_running_loop().call_later(after_s, self._on_sweep)

    def _on_sweep(self) -> None:
        loop = asyncio.get_running_loop()
        late = loop.time() - FIRST_CHECK_S
        over = [
            connection
            for connection in self._connections
            if not connection.ice_socket.by_address
            and (connection.proven or connection.accepted_at < late)
        ]
        for connection in over[:SWEEP_BATCH]:
            connection.close()
        self._plan_sweep(SWEEP_GRAIN_S if len(over) > SWEEP_BATCH else SWEEP_S)
        if self._paused:
            self._paused = False
            for sock in self._listening:
                with suppress(ValueError):
                    loop.add_reader(sock, self._on_connection, sock)
