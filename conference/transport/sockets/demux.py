"""
Finds the transport that a datagram belongs to, over UDP and TCP alike.

The first byte distinguishes the protocols (RFC 7983). Checks are given to the
transport whose user fragment they name, everything else to the one that has
authenticated its source address; the rest is dropped and counted. The sockets are
in ``udp`` and ``tcp``.
"""

import asyncio
from contextlib import suppress

from conference.fanout.sockets import Address, DatagramSocket, SocketTable
from conference.rtp.packet import MAX_BYTES
from conference.transport.ice import IceLite, IceSocket, Route, username


class Demux:
    """The transports on the media port, by user fragment and by source address."""

    def __init__(self) -> None:
        self.sockets = SocketTable()
        """The sockets that datagrams are sent from."""
        self.counts = {"received": 0, "unknown": 0, "bad_size": 0, "bad_check": 0}
        self._by_ufrag: dict[str, IceLite] = {}

    def add(self, ice: IceLite) -> None:
        """Accept checks for a transport, under each of its user fragments."""
        for ufrag in ice.ufrags:
            self._by_ufrag[ufrag] = ice

    def restart(self, ice: IceLite, ufrag: str, pwd: str) -> None:
        """Give a transport new credentials; see ``IceLite.restart`` for the old ones."""
        self._forget_fragments(ice)
        ice.restart(ufrag, pwd)
        self.add(ice)

    def remove(self, ice: IceLite) -> None:
        """Close a transport and forget the addresses it learned."""
        self._forget_fragments(ice)
        if not ice.closed:
            ice.close()
            self._forget(ice, ice.take_routes())

    def _forget_fragments(self, ice: IceLite) -> None:
        """Accept no further checks for a transport."""
        for ufrag in ice.ufrags:
            if self._by_ufrag.get(ufrag) is ice:
                del self._by_ufrag[ufrag]

    def close(self) -> None:
        """Close every transport."""
        for ice in set(self._by_ufrag.values()):
            self.remove(ice)

    def open_socket(self, socket: DatagramSocket, *, rank: int) -> IceSocket:
        """Register a socket that has opened."""
        return IceSocket(self.sockets.add(socket), socket.sendto, rank=rank)

    def close_socket(self, ice_socket: IceSocket) -> None:
        """Remove a closed socket, and its routes from their transports."""
        for ice, route in ice_socket.by_address.values():
            ice.lose(route)
        ice_socket.by_address.clear()
        self.sockets.remove(ice_socket.number)

    def on_datagram(
        self, ice_socket: IceSocket, datagram: bytes, address: Address
    ) -> None:
        """Take a datagram that arrived on a socket; never raises for its content."""
        counts = self.counts
        counts["received"] += 1
        # The SRTP binding fails on longer datagrams, DTLS on empty ones.
        if not 1 <= len(datagram) <= MAX_BYTES:
            counts["bad_size"] += 1
            return
        first = datagram[0]
        if first < 4:
            self._on_check(ice_socket, datagram, address)
            return
        known = ice_socket.by_address.get(address)
        if known is None:
            counts["unknown"] += 1
            return
        ice = known[0]
        if first >= 128:
            if first < 192 and ice.on_srtp is not None:
                ice.on_srtp(datagram)
        elif 20 <= first < 64:
            ice.on_dtls(datagram)

    def _on_check(
        self, ice_socket: IceSocket, datagram: bytes, address: Address
    ) -> None:
        ufrag = username(datagram)
        ice = self._by_ufrag.get(ufrag) if ufrag is not None else None
        if ufrag is None or ice is None:
            self.counts["bad_check"] += 1
            return
        known = ice_socket.by_address.get(address)
        now = asyncio.get_running_loop().time()
        if known is not None and known[0] is not ice and known[0].alive(now=now):
            # The address is in use by another transport, so this check is spoofed.
            self.counts["bad_check"] += 1
            return
        route = known[1] if known is not None else Route(ice_socket, address)
        response = ice.on_check(datagram, ufrag, route, now=now)
        if response is None:
            self.counts["bad_check"] += 1
            return
        self._forget(ice, ice.take_evicted())
        if ice.knows(route):
            ice_socket.by_address[address] = (ice, route)
            if known is not None and known[0] is not ice:
                # Otherwise the other one would return to this route, even after the
                # socket has closed.
                known[0].lose(route)
        with suppress(OSError):
            ice_socket.send(response, address)

    def _forget(self, ice: IceLite, routes: list[Route]) -> None:
        for route in routes:
            known = route.ice_socket.by_address.get(route.address)
            if known is not None and known[0] is ice:
                del route.ice_socket.by_address[route.address]
