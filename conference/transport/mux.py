"""
One UDP port for everybody.

A socket on each address of the host, so that answers leave from the address
that was asked (a multi-homed host would otherwise choose by its routes, and
browsers drop such answers). The first byte tells protocols apart (RFC 7983);
checks are given to the transport whose user fragment they name, everything
else to the one that has authenticated its source address, or to nobody.
"""

import asyncio
import errno
import socket
from collections.abc import Callable

import structlog

from conference.errors import InfrastructureError
from conference.rtp.packet import MAX_BYTES
from conference.transport import addresses
from conference.transport.addresses import Address
from conference.transport.ice import IceLite, Path, username

log = structlog.get_logger(__name__)

RECEIVE_BYTES = 2048
"""Larger than any datagram that is taken, so that longer ones are told apart."""
BATCH = 64
"""Datagrams read before others get their turn on the loop."""
SOCKET_BUFFER_BYTES = 4 << 20
"""Asked of the kernel, for bursts of key frames; it may grant less."""
RESCAN_S = 10.0
"""How soon a new address of the host is served."""
PORT_ATTEMPTS = 8
ALL_IPV4 = "0.0.0.0"  # noqa: S104  # a media server is reached on every address
ALL = "::"


class _Port:
    """One bound socket and the source addresses it knows."""

    __slots__ = ("by_address", "socket")

    def __init__(self, sock: socket.socket) -> None:
        self.socket = sock
        self.by_address: dict[Address, tuple[IceLite, Path]] = {}


class UdpMux:
    """
    The media port.

    Args:
        port: UDP port; 0 lets the system choose (tests).
        bind: ``::`` for all addresses, ``0.0.0.0`` for all of IPv4, or one address.
        on_batch: Called after each batch of datagrams.
    """

    def __init__(self, port: int, bind: str, on_batch: Callable[[], None]) -> None:
        self.port = port
        self.counts = {"received": 0, "unknown": 0, "bad_size": 0, "bad_check": 0}
        self._bind = bind
        self._on_batch = on_batch
        self._ports: dict[str, _Port] = {}
        self._by_ufrag: dict[str, IceLite] = {}
        self._rescan: asyncio.TimerHandle | None = None

    def open(self) -> None:
        """
        Bind the port on every address.

        Raises:
            InfrastructureError: another program has it.
        """
        chosen = self.port
        for attempt in range(PORT_ATTEMPTS):
            self.port = chosen
            failure = self._bind_all()
            if self._ports and failure is None:
                break
            self._close_sockets()
            # A port that the system chose on one address may be taken on the
            # next one.
            if chosen == 0 and attempt + 1 < PORT_ATTEMPTS:
                continue
            reason = failure.strerror if failure else "this host has no such address"
            raise InfrastructureError(
                "port-taken",
                f"The media port {self.port}/udp cannot be opened: {reason}. "
                "Choose another with --media-port.",
            ) from failure
        self._plan_rescan()

    @property
    def bound(self) -> list[str]:
        """The addresses that are served now."""
        return list(self._ports)

    def _bind_all(self) -> OSError | None:
        """Serve every wanted address; return why the port is not ours, if so."""
        wanted = [str(address) for address in addresses.local()]
        if self._bind not in (ALL, ALL_IPV4):
            wanted = [self._bind]
        elif self._bind == ALL_IPV4:
            wanted = [text for text in wanted if ":" not in text]
        for text in [text for text in self._ports if text not in wanted]:
            self._close_one(text)
        for text in wanted:
            if text in self._ports:
                continue
            try:
                self._bind_one(text)
            except OSError as error:
                if error.errno == errno.EADDRINUSE or self._bind == text:
                    return error
                # A new IPv6 address is tentative for a second; the next scan
                # has it.
                log.debug("address not yet usable", reason=error.strerror)
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
        port = self._ports[text] = _Port(sock)
        asyncio.get_running_loop().add_reader(sock, self._on_readable, port)

    def _plan_rescan(self) -> None:
        loop = asyncio.get_running_loop()
        self._rescan = loop.call_later(RESCAN_S, self._on_rescan)

    def _on_rescan(self) -> None:
        self._plan_rescan()
        if (failure := self._bind_all()) is not None:
            log.warning("media port taken on an address", reason=failure.strerror)

    def close(self) -> None:
        """Close every socket and transport."""
        if self._rescan is not None:
            self._rescan.cancel()
        for ice in list(self._by_ufrag.values()):
            self.remove(ice)
        self._close_sockets()

    def _close_sockets(self) -> None:
        for text in list(self._ports):
            self._close_one(text)

    def _close_one(self, text: str) -> None:
        sock = self._ports.pop(text).socket
        asyncio.get_running_loop().remove_reader(sock)
        sock.close()

    def add(self, ice: IceLite) -> None:
        """Let checks for this transport in."""
        self._by_ufrag[ice.ufrag] = ice

    def remove(self, ice: IceLite) -> None:
        """Close a transport and forget the addresses it learned."""
        if self._by_ufrag.pop(ice.ufrag, None) is None:
            return
        ice.close()
        for port in self._ports.values():
            stale = [a for a, (owner, _) in port.by_address.items() if owner is ice]
            for address in stale:
                del port.by_address[address]

    def _forget(self, paths: list[Path]) -> None:
        for path in paths:
            for port in self._ports.values():
                known = port.by_address.get(path.address)
                if known is not None and known[1] == path:
                    del port.by_address[path.address]

    def _on_readable(self, port: _Port) -> None:
        receive = port.socket.recvfrom
        for _ in range(BATCH):
            try:
                datagram, address = receive(RECEIVE_BYTES)
            except BlockingIOError:
                break
            except OSError:
                continue  # an ICMP error of an earlier datagram; nobody's fault
            self._on_datagram(port, datagram, address)
        self._on_batch()

    def _on_datagram(self, port: _Port, datagram: bytes, address: Address) -> None:
        counts = self.counts
        counts["received"] += 1
        # The SRTP binding fails on longer datagrams, DTLS on empty ones.
        if not 1 <= len(datagram) <= MAX_BYTES:
            counts["bad_size"] += 1
            return
        first = datagram[0]
        if first < 4:
            self._on_check(port, datagram, address)
            return
        known = port.by_address.get(address)
        if known is None:
            counts["unknown"] += 1
            return
        ice = known[0]
        if first >= 128:
            if first < 192 and ice.on_srtp is not None:
                ice.on_srtp(datagram)
        elif 20 <= first < 64:
            ice.on_dtls(datagram)

    def _on_check(self, port: _Port, datagram: bytes, address: Address) -> None:
        ufrag = username(datagram)
        ice = self._by_ufrag.get(ufrag) if ufrag is not None else None
        if ice is None:
            self.counts["bad_check"] += 1
            return
        known = port.by_address.get(address)
        now = asyncio.get_running_loop().time()
        if known is not None and known[0] is not ice and known[0].alive(now=now):
            # Somebody's live address: a check that says otherwise is spoofed.
            self.counts["bad_check"] += 1
            return
        path = known[1] if known is not None else Path(port.socket.sendto, address)
        response = ice.on_check(datagram, path, now=now)
        if response is None:
            self.counts["bad_check"] += 1
            return
        self._forget(ice.take_evicted())
        if ice.knows(path):
            port.by_address[address] = (ice, path)
        try:
            port.socket.sendto(response, address)
        except OSError:
            self.counts["unknown"] += 1
