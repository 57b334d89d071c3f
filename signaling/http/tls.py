"""
Smaller TLS buffers, to save memory for each connection.

asyncio allocates a receive buffer for each connection and fills it, so that it is
resident; and it enciphers a whole write into a buffer of OpenSSL's that grows to
the longest write ever and never shrinks. Both stay until the connection ends,
which for a participant is the length of the meeting.
"""

import asyncio
from asyncio import sslproto
from collections.abc import Iterable
from typing import Any

from aiohttp import web

RECEIVE_BYTES = 4 * 1024
"""Joined from the socket at once; a TLS record (16 KiB, RFC 8446 §5.1) may come in
parts. asyncio's own 256 KiB were half of all the memory of a viewer. Less costs
more reads for an upload; the longest that anybody may send has 100 kB."""

WRITE_BYTES = 4 * 1024
"""Enciphered at once, as one record. A slot offer of 32 kB, in one piece, left
44 KiB behind in each connection; less costs a system call for each piece."""


def bound_receive_buffers() -> None:
    """Use small receive buffers for all TLS connections made after this call."""
    sslproto.SSLProtocol.max_size = RECEIVE_BYTES


def write_in_pieces(request: web.Request) -> None:
    """Encrypt the response to this request in pieces."""
    transport = request.transport
    if transport is not None and transport.get_extra_info("sslcontext") is not None:
        request.protocol.transport = Pieces(transport)


class Pieces(asyncio.Transport):
    """Splits long writes into small TLS records; delegates everything else."""

    def __init__(self, transport: asyncio.Transport) -> None:
        super().__init__()
        self.inner = transport

    def write(self, data: bytes | bytearray | memoryview) -> None:
        """Write in pieces."""
        if len(data) <= WRITE_BYTES:
            self.inner.write(data)
            return
        # A copy: what cannot be sent at once waits below, and the caller may
        # use its buffer again.
        whole = bytes(data)
        for start in range(0, len(whole), WRITE_BYTES):
            self.inner.write(whole[start : start + WRITE_BYTES])

    def writelines(self, list_of_data: Iterable[Any]) -> None:
        """Write all of it in pieces."""
        self.write(b"".join(list_of_data))

    def get_extra_info(self, name: str, default: object = None) -> Any:  # noqa: ANN401
        """Delegate."""
        return self.inner.get_extra_info(name, default)

    def is_closing(self) -> bool:
        """Delegate."""
        return self.inner.is_closing()

    def close(self) -> None:
        """Delegate."""
        self.inner.close()

    def abort(self) -> None:
        """Delegate."""
        self.inner.abort()

    def set_protocol(self, protocol: asyncio.BaseProtocol) -> None:
        """Delegate."""
        self.inner.set_protocol(protocol)

    def get_protocol(self) -> asyncio.BaseProtocol:
        """Delegate."""
        return self.inner.get_protocol()

    def is_reading(self) -> bool:
        """Delegate."""
        return self.inner.is_reading()

    def pause_reading(self) -> None:
        """Delegate."""
        self.inner.pause_reading()

    def resume_reading(self) -> None:
        """Delegate."""
        self.inner.resume_reading()

    def set_write_buffer_limits(
        self, high: int | None = None, low: int | None = None
    ) -> None:
        """Delegate."""
        self.inner.set_write_buffer_limits(high, low)

    def get_write_buffer_size(self) -> int:
        """Delegate."""
        return self.inner.get_write_buffer_size()

    def get_write_buffer_limits(self) -> tuple[int, int]:
        """Delegate."""
        return self.inner.get_write_buffer_limits()

    def can_write_eof(self) -> bool:
        """Delegate."""
        return self.inner.can_write_eof()

    def write_eof(self) -> None:
        """Delegate."""
        self.inner.write_eof()
