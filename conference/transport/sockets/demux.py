"""
Whose datagram is it: what all paths to the media port share.

The first byte tells protocols apart (RFC 7983). Checks are given to the
transport whose user fragment they name, everything else to the one that has
authenticated its source address, or to nobody. Whether a datagram came over UDP
or in a frame of a TCP connection makes no difference here; the sockets are in
``udp`` and ``tcp``.
"""

import asyncio
from contextlib import suppress

from conference.fanout.sockets import Address, DatagramSocket, SocketTable
from conference.rtp.packet import MAX_BYTES
from conference.transport.ice import Gate, IceLite, Path, username


class Demux:
    """All transports, and the way from a datagram to its own."""

    def __init__(self) -> None:
        self.sockets = SocketTable()
        """Where datagrams go out."""
        self.counts = {"received": 0, "unknown": 0, "bad_size": 0, "bad_check": 0}
        self._by_ufrag: dict[str, IceLite] = {}

    def add(self, ice: IceLite) -> None:
        """Let checks for this transport in, under every user fragment it has."""
        for ufrag in ice.ufrags:
            self._by_ufrag[ufrag] = ice

    def restart(self, ice: IceLite, ufrag: str, pwd: str) -> None:
        """Give a transport new credentials; those before stay good for now."""
        self._forget_fragments(ice)
        ice.restart(ufrag, pwd)
        self.add(ice)

    def remove(self, ice: IceLite) -> None:
        """Close a transport and forget the addresses it learned."""
        self._forget_fragments(ice)
        if not ice.closed:
            ice.close()
            self._forget(ice.take_paths())

    def _forget_fragments(self, ice: IceLite) -> None:
        """Let no further checks in for a transport."""
        for ufrag in ice.ufrags:
            if self._by_ufrag.get(ufrag) is ice:
                del self._by_ufrag[ufrag]

    def close(self) -> None:
        """Close every transport."""
        for ice in set(self._by_ufrag.values()):
            self.remove(ice)

    def open_gate(self, socket: DatagramSocket, *, rank: int) -> Gate:
        """Take a socket in."""
        return Gate(self.sockets.add(socket), socket.sendto, rank=rank)

    def close_gate(self, gate: Gate) -> None:
        """Take the paths over a closed socket away from their transports."""
        for ice, path in gate.by_address.values():
            ice.lose(path)
        gate.by_address.clear()
        self.sockets.remove(gate.number)

    def on_datagram(self, gate: Gate, datagram: bytes, address: Address) -> None:
        """Take what came through a gate; nothing that it holds raises."""
        counts = self.counts
        counts["received"] += 1
        # The SRTP binding fails on longer datagrams, DTLS on empty ones.
        if not 1 <= len(datagram) <= MAX_BYTES:
            counts["bad_size"] += 1
            return
        first = datagram[0]
        if first < 4:
            self._on_check(gate, datagram, address)
            return
        known = gate.by_address.get(address)
        if known is None:
            counts["unknown"] += 1
            return
        ice = known[0]
        if first >= 128:
            if first < 192 and ice.on_srtp is not None:
                ice.on_srtp(datagram)
        elif 20 <= first < 64:
            ice.on_dtls(datagram)

    def _on_check(self, gate: Gate, datagram: bytes, address: Address) -> None:
        ufrag = username(datagram)
        ice = self._by_ufrag.get(ufrag) if ufrag is not None else None
        if ufrag is None or ice is None:
            self.counts["bad_check"] += 1
            return
        known = gate.by_address.get(address)
        now = asyncio.get_running_loop().time()
        if known is not None and known[0] is not ice and known[0].alive(now=now):
            # Somebody's live address: a check that says otherwise is spoofed.
            self.counts["bad_check"] += 1
            return
        path = known[1] if known is not None else Path(gate, address)
        response = ice.on_check(datagram, ufrag, path, now=now)
        if response is None:
            self.counts["bad_check"] += 1
            return
        self._forget(ice.take_evicted())
        if ice.knows(path):
            gate.by_address[address] = (ice, path)
        with suppress(OSError):
            gate.send(response, address)

    def _forget(self, paths: list[Path]) -> None:
        for path in paths:
            known = path.gate.by_address.get(path.address)
            if known is not None and known[1] == path:
                del path.gate.by_address[path.address]
