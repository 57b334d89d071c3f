"""Why a server cannot start, each in one sentence that says what to do next."""

import asyncio
import errno
from urllib.parse import unquote, urlsplit

from conference.errors import InfrastructureError
from signaling.files import reason

EVERY_ADDRESS = ("::", "0.0.0.0")  # noqa: S104 - names them, listens nowhere
POSTGRES_PORT = 5432


def port_refused(
    section: str, bind: str, port: int, error: OSError, protocol: str = "TCP"
) -> InfrastructureError:
    """Say why a port cannot be listened on; ``section`` is https, media or trust."""
    where = "every address" if bind in EVERY_ADDRESS else f"address {bind}"
    flag = f"--{section}-port (setting {section}.port)"
    if error.errno == errno.EADDRINUSE:
        said = (
            f"{protocol} port {port} on {where} is taken: stop what uses it, or "
            f"choose another one with {flag}."
        )
    elif error.errno in (errno.EACCES, errno.EPERM):
        said = (
            f"Permission to listen on {protocol} port {port} on {where} is denied: "
            f"ports below 1024 are often kept for the administrator, so choose "
            f"another one with {flag}."
        )
    elif error.errno == errno.EADDRNOTAVAIL:
        said = (
            f"This host has no address {bind} to listen on: change the setting "
            f"{section}.bind."
        )
    else:
        said = (
            f"{protocol} port {port} on {where} cannot be used ({reason(error)}): "
            f"choose another one with {flag}."
        )
    return InfrastructureError("port-unusable", said)


def database_refused(url: str | None, error: BaseException) -> InfrastructureError:
    """
    Say why the database cannot be opened; never with its password.

    Args:
        url: Of PostgreSQL; None: SQLite in the data directory.
        error: What its driver raised.
    """
    found: BaseException = error
    if isinstance(error, InfrastructureError) and error.__cause__ is not None:
        found = error.__cause__
    found = getattr(found, "orig", None) or found
    if isinstance(found, TimeoutError | asyncio.CancelledError):
        said = "no answer in time"
    elif isinstance(found, OSError):
        said = reason(found)
    else:
        said = (str(found).strip() or type(found).__name__).splitlines()[0]
        # The adapter puts the driver's class before what the driver says.
        said = said.rpartition(">: ")[2].rstrip(".")
    if url is None:
        text = f"The database in the data directory cannot be used: {said}."
        return InfrastructureError("database-unusable", text)
    parts = urlsplit(url)
    for secret in (parts.password, unquote(parts.password or "")):
        said = said.replace(secret, "***") if secret else said
    text = (
        f"The database at {_server_of(url)} cannot be reached: {said} "
        "(setting database.url)."
    )
    return InfrastructureError("database-unreachable", text)


def _server_of(url: str) -> str:
    try:
        parts = urlsplit(url)
        host, port = parts.hostname or "localhost", parts.port or POSTGRES_PORT
    except ValueError:
        return "the configured address"
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
