"""A reverse proxy before a server, as small as one can be: TLS, one host, one line more."""

import asyncio
import contextlib
import ssl
from collections.abc import AsyncIterator
from pathlib import Path

from tests.support.server import Server


@contextlib.asynccontextmanager
async def proxy(
    server: Server, port: int, *, host: str, more: tuple[str, ...] = ()
) -> AsyncIterator[str]:
    """
    Stand before a server for the length of the block; yield the address to open.

    Args:
        server: Where requests go; its certificate is shown to browsers too.
        port: Where it listens, on loopback.
        host: The Host header that it passes on.
        more: Header lines that it adds.
    """
    outside = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    outside.load_cert_chain(Path(server.data) / "trust" / "server.pem")

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(OSError, asyncio.IncompleteReadError):
            head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
            first, *lines = head.rstrip("\r\n").split("\r\n")
            lines = [line for line in lines if not line.lower().startswith("host:")]
            if "upgrade: websocket" not in head.lower():
                lines = [n for n in lines if not n.lower().startswith("connection:")]
                lines.append("Connection: close")  # one request is read, no more
            passed = "\r\n".join([first, f"Host: {host}", *lines, *more, "", ""])
            upstream = await asyncio.open_connection(
                "127.0.0.1",
                server.ports.https,
                ssl=server.trust,
                server_hostname="localhost",
            )
            upstream[1].write(passed.encode("latin-1"))
            await asyncio.gather(_copy(reader, upstream[1]), _copy(upstream[0], writer))

    listening = await asyncio.start_server(serve, "127.0.0.1", port, ssl=outside)
    try:
        yield f"https://localhost:{port}"
    finally:
        listening.close()


async def _copy(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with contextlib.suppress(OSError):
        while data := await reader.read(65536):
            writer.write(data)
            await writer.drain()
    with contextlib.suppress(OSError):
        writer.close()
