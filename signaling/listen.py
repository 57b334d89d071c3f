"""Listening sockets of the site, and who answers on them."""

import asyncio
import contextlib
import errno
import socket
import ssl
from collections.abc import Callable
from dataclasses import dataclass

from aiohttp import web

from signaling.http.first_byte import Entrance
from signaling.http.guard import Guards
from signaling.http.tls import bound_receive_buffers
from signaling.refusals import port_refused

KEEPALIVE_S = 15.0
HANDLERS_S = 0.5
# For requests to end, twice: aiohttp first waits for them, then cancels them and
# waits again. With ``signaling.server``'s waits these stay below 3 s.
BACKLOG = 1024  # two hundred joins at once, and as many pages
ACCEPTED_AT_ONCE = 8
# Connections taken before media gets its turn on the loop: a TLS handshake costs
# it about 1 ms. Fewer only delay a rush, which waits in the kernel meanwhile.


@dataclass(frozen=True, slots=True)
class Endpoint:
    """Where to listen."""

    section: str
    """Of the settings, for a refusal: https or trust."""
    bind: str
    port: int
    """0: any free port."""


async def listen(
    application: web.Application,
    endpoint: Endpoint,
    guards: Guards,
    tls: ssl.SSLContext,
    *,
    redirect: Callable[[str], str] | None,
    closing: contextlib.AsyncExitStack,
) -> int:
    """
    Serve an application until ``closing`` is closed.

    Args:
        application: Who answers.
        endpoint: Where to listen.
        guards: The deadlines and limits of its connections.
        tls: The context for those that begin with a TLS handshake.
        redirect: Returns the HTTPS address that plain HTTP is sent to, from its Host;
            None: plain HTTP is answered.
        closing: Takes what must be closed at the end.

    Returns:
        The port.

    Raises:
        InfrastructureError: The port cannot be used; the message says why.
    """
    runner = web.AppRunner(
        application,
        access_log=None,
        keepalive_timeout=KEEPALIVE_S,
        lingering_time=2.0,
        shutdown_timeout=HANDLERS_S,
        auto_decompress=False,  # no body of ours is compressed (``read_json``)
    )
    await runner.setup()
    closing.push_async_callback(runner.cleanup)
    assert runner.server is not None
    bound_receive_buffers()
    try:
        listening = _listening_socket(endpoint.bind, endpoint.port)
    except OSError as error:
        raise port_refused(
            endpoint.section, endpoint.bind, endpoint.port, error
        ) from error
    entrance = Entrance(guards, guards.factory(runner.server), tls, redirect=redirect)
    server = await asyncio.get_running_loop().create_server(
        entrance.factory, sock=listening, backlog=ACCEPTED_AT_ONCE
    )
    # asyncio takes one number for both; the kernel's queue must be long.
    listening.listen(BACKLOG)
    closing.callback(guards.close_all)
    closing.callback(entrance.close_all)
    closing.callback(server.close)
    bound: int = listening.getsockname()[1]
    return bound


def _listening_socket(bind: str, port: int) -> socket.socket:
    if bind == "::":
        if socket.has_dualstack_ipv6():
            try:
                return socket.create_server(
                    (bind, port),
                    family=socket.AF_INET6,
                    dualstack_ipv6=True,
                    backlog=BACKLOG,
                )
            except OSError as error:
                if error.errno not in (errno.EAFNOSUPPORT, errno.EADDRNOTAVAIL):
                    raise  # else: a kernel booted without IPv6
        bind = "0.0.0.0"  # noqa: S104 - every address is what :: means
    family = socket.AF_INET6 if ":" in bind else socket.AF_INET
    return socket.create_server((bind, port), family=family, backlog=BACKLOG)
