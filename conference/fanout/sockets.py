"""
The sockets that copies are sent from, each under a number.

The transport adds a socket when it opens one and removes it when it has closed it;
a destination names the number. An engine of this process takes ``sendto`` of what it
finds here; one that sends by system calls of its own takes the descriptor of those
that have one (``fileno``).
"""

from itertools import count
from typing import NewType, Protocol

Address = tuple[str, int] | tuple[str, int, int, int]
"""As sockets give it: IPv4, or IPv6 with flow label and scope."""
SocketId = NewType("SocketId", int)


class DatagramSocket(Protocol):
    """A UDP socket, or a connection that frames datagrams."""

    def sendto(self, data: bytes, address: Address, /) -> object:
        """
        Send a datagram.

        Raises:
            OSError: It is closed, or its buffer is full.
        """
        ...


class SocketTable:
    """The open sockets of one media plane. A number is never used a second time."""

    def __init__(self) -> None:
        self._numbers = count(1)
        self._sockets: dict[SocketId, DatagramSocket] = {}

    def __getitem__(self, number: SocketId) -> DatagramSocket:
        """Return an open socket; others are programming errors."""
        return self._sockets[number]

    def add(self, socket: DatagramSocket) -> SocketId:
        """Give a socket its number."""
        number = SocketId(next(self._numbers))
        self._sockets[number] = socket
        return number

    def remove(self, number: SocketId) -> None:
        """Forget a socket that has closed. Viewers reached through it get nothing."""
        self._sockets.pop(number, None)
