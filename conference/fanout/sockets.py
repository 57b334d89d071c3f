"""
The sockets that copies are sent on, by id.

The transport adds a socket after opening it and removes it after closing it; a
destination contains the id. An engine in Python calls ``sendto``; an engine that makes
system calls itself takes the file descriptor of the sockets that have one (``fileno``).
"""

from itertools import count
from typing import NewType, Protocol

Address = tuple[str, int] | tuple[str, int, int, int]
"""As in the ``socket`` module: host and port, for IPv6 also flow label and scope id."""
SocketId = NewType("SocketId", int)


class DatagramSocket(Protocol):
    """A UDP socket, or a TCP connection with framed datagrams (RFC 4571)."""

    def sendto(self, data: bytes, address: Address, /) -> object:
        """
        Send a datagram.

        Raises:
            OSError: The socket is closed, or its buffer is full.
        """
        ...


class _ClosedSocket:
    """The socket that an id names after its socket was removed."""

    def sendto(self, _data: bytes, _address: Address, /) -> object:
        """Refuse a datagram."""
        raise ConnectionResetError("the socket has been closed")


_CLOSED = _ClosedSocket()


class SocketTable:
    """
    The open sockets of one media plane. An id is never used twice.

    A destination may outlive its socket: a TCP connection ends while packets are
    copied. Nothing reaches such a destination until the transport sets another one.
    """

    def __init__(self) -> None:
        self._numbers = count(1)
        self._sockets: dict[SocketId, DatagramSocket] = {}

    def __getitem__(self, number: SocketId) -> DatagramSocket:
        """Return a socket; for a removed one, a socket that refuses all datagrams."""
        return self._sockets.get(number, _CLOSED)

    def add(self, socket: DatagramSocket) -> SocketId:
        """Add a socket; return its id."""
        number = SocketId(next(self._numbers))
        self._sockets[number] = socket
        return number

    def remove(self, number: SocketId) -> None:
        """Remove a closed socket, if it is there."""
        self._sockets.pop(number, None)
