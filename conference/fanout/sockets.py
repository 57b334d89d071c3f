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


class SocketTable:
    """The open sockets of one media plane. An id is never used twice."""

    def __init__(self) -> None:
        self._numbers = count(1)
        self._sockets: dict[SocketId, DatagramSocket] = {}

    def __getitem__(self, number: SocketId) -> DatagramSocket:
        """Return an open socket; an unknown id is a programming error."""
        return self._sockets[number]

    def add(self, socket: DatagramSocket) -> SocketId:
        """Add a socket; return its id."""
        number = SocketId(next(self._numbers))
        self._sockets[number] = socket
        return number

    def remove(self, number: SocketId) -> None:
        """Remove a closed socket, if it is there."""
        self._sockets.pop(number, None)
