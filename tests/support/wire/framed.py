"""A TCP connection that carries datagrams in frames (RFC 4571), as a browser's does."""

import asyncio
import contextlib
import socket

LENGTH_BYTES = 2
READ_BYTES = 1 << 16


class Framed:
    """
    One connection, with the little of a datagram socket's interface that a leg needs.

    What the kernel does not take at once waits here, in order and without end:
    the test decides what is too much.
    """

    def __init__(self, sock: socket.socket) -> None:
        self.socket = sock
        self._read = b""
        self._unsent = b""

    def send(self, data: bytes) -> None:
        """Send a datagram."""
        waiting = bool(self._unsent)
        self._unsent += len(data).to_bytes(LENGTH_BYTES, "big") + data
        if not waiting:
            self._flush()

    def receive(self) -> list[bytes]:
        """
        Return the datagrams that have come since.

        Raises:
            BlockingIOError: Nothing has.
            ConnectionError: The other side closed.
        """
        read = self.socket.recv(READ_BYTES)
        if not read:
            raise ConnectionResetError
        self._read += read
        found = []
        while len(self._read) >= LENGTH_BYTES:
            end = LENGTH_BYTES + int.from_bytes(self._read[:LENGTH_BYTES], "big")
            if len(self._read) < end:
                break
            found.append(self._read[LENGTH_BYTES:end])
            self._read = self._read[end:]
        return found

    def close(self) -> None:
        """Close the connection."""
        loop = asyncio.get_running_loop()
        loop.remove_reader(self.socket)
        loop.remove_writer(self.socket)
        self.socket.close()

    def _flush(self) -> None:
        loop = asyncio.get_running_loop()
        with contextlib.suppress(BlockingIOError):
            self._unsent = self._unsent[self.socket.send(self._unsent) :]
        if self._unsent:
            loop.add_writer(self.socket, self._flush)
        else:
            loop.remove_writer(self.socket)
