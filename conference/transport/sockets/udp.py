"""
The media port over UDP.

There is a socket on each address of the host, so that a response is sent from the
address that the request came to. With one socket for all, a multi-homed host would
choose the source address by its routing table, and browsers drop such responses.
"""

import asyncio
import errno
import logging
import socket
from collections.abc import Callable

from conference.transport.ice import UDP_RANK, IceSocket
from conference.transport.sockets import addresses
from conference.transport.sockets.addresses import ALL, ALL_IPV4
from conference.transport.sockets.demux import Demux

log = logging.getLogger(__name__)

RECEIVE_BYTES = 2048
"""Larger than any accepted datagram, so that longer ones are recognised."""
BATCH = 64
"""Datagrams read before control returns to the event loop. More: other tasks wait."""
SOCKET_BUFFER_BYTES = 4 << 20
"""Requested from the kernel, for bursts of key frames; it may grant less."""
RESCAN_S = 10.0
"""How soon a new address of the host is bound. Shorter: CPU for nothing."""


class UdpSockets:
    """
    The sockets, one for each address.

    Args:
        bind: ``::`` for all addresses, ``0.0.0.0`` for all of IPv4, or one address.
        demux: Takes the received datagrams.
        on_batch: Called after each batch of datagrams.
    """

    def __init__(self, bind: str, demux: Demux, on_batch: Callable[[], None]) -> None:
        self.port = 0
        """The port in use; 0 before ``open``."""
        self._bind = bind
        self._demux = demux
        self._on_batch = on_batch
        self._sockets: dict[str, tuple[socket.socket, IceSocket]] = {}
        self._rescan: asyncio.TimerHandle | None = None

    def open(self, port: int) -> None:
        """
        Bind the port on every address, and from then on every new address.

        Args:
            port: 0 lets the system choose one.

        Raises:
            OSError: The port is taken on some address, or there is no address; all
                sockets are closed again then.
        """
        self.port = port
        failure = self._bind_all()
        if failure is None and not self._sockets:
            failure = OSError(errno.EADDRNOTAVAIL, "this host has no such address")
        if failure is not None:
            self.close()
            raise failure
        self._plan_rescan()

    @property
    def bound(self) -> list[str]:
        """The addresses that are bound now."""
        return list(self._sockets)

    def close(self) -> None:
        """Close every socket."""
        if self._rescan is not None:
            self._rescan.cancel()
        for text in list(self._sockets):
            self._close_one(text)

    def _bind_all(self) -> OSError | None:
        """Bind every wanted address; return the error if the port is taken on one."""
        wanted = [str(address) for address in addresses.local()]
        if self._bind not in (ALL, ALL_IPV4):
            wanted = [self._bind]
        elif self._bind == ALL_IPV4:
            wanted = [text for text in wanted if ":" not in text]
        for text in [text for text in self._sockets if text not in wanted]:
            self._close_one(text)
        for text in wanted:
            if text in self._sockets:
                continue
            try:
                self._bind_one(text)
            except OSError as error:
                if error.errno == errno.EADDRINUSE or self._bind == text:
                    return error
                # A new IPv6 address is tentative for a second; the next scan
                # binds it.
                log.debug("an address is not usable yet: %s", error.strerror)
        return None

    def _bind_one(self, text: str) -> None:
        family = socket.AF_INET6 if ":" in text else socket.AF_INET
        sock = socket.socket(family, socket.SOCK_DGRAM)
        try:
            if family == socket.AF_INET6:
                sock.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
            for option in (socket.SO_RCVBUF, socket.SO_SNDBUF):
                sock.setsockopt(socket.SOL_SOCKET, option, SOCKET_BUFFER_BYTES)
            sock.setblocking(False)
            sock.bind((text, self.port))
        except OSError:
            sock.close()
            raise
        self.port = sock.getsockname()[1]
        ice_socket = self._demux.open_socket(sock, rank=UDP_RANK)
        self._sockets[text] = sock, ice_socket
        asyncio.get_running_loop().add_reader(sock, self._on_readable, sock, ice_socket)

    def _plan_rescan(self) -> None:
        loop = asyncio.get_running_loop()
        self._rescan = loop.call_later(RESCAN_S, self._on_rescan)

    def _on_rescan(self) -> None:
        self._plan_rescan()
        if (failure := self._bind_all()) is not None:
            log.warning(
                "the media port is taken on a new address: %s", failure.strerror
            )

    def _close_one(self, text: str) -> None:
        sock, ice_socket = self._sockets.pop(text)
        asyncio.get_running_loop().remove_reader(sock)
        sock.close()
        self._demux.close_socket(ice_socket)

    def _on_readable(self, sock: socket.socket, ice_socket: IceSocket) -> None:
        receive, take = sock.recvfrom, self._demux.on_datagram
        for _ in range(BATCH):
            try:
                datagram, address = receive(RECEIVE_BYTES)
            except BlockingIOError:
                break
            except OSError:
                continue  # an ICMP error caused by an earlier datagram
            take(ice_socket, datagram, address)
        self._on_batch()
