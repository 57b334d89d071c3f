"""
Files in the data directory that the server and the command-line tool share.

A lock that one server holds, and the address that its links begin with: the
command ``moderator-link`` knows neither the flags nor the names of the server.
"""

import fcntl
import os
from pathlib import Path
from urllib.parse import urlsplit

from conference.errors import InfrastructureError
from signaling.files import private_directory, reason, write_private

LOCK_FILE = "server.lock"
ADDRESS_FILE = "server.url"
INVITATION_KEY = "invitation.key"


class DataDirLock:
    """An exclusive lock on the data directory, held until ``close``."""

    def __init__(self, data_dir: Path) -> None:
        """
        Take the lock; create the directory if it does not exist.

        Raises:
            InfrastructureError: Another server holds it, or it cannot be used.
        """
        path = private_directory(data_dir) / LOCK_FILE
        try:
            self._file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        except OSError as error:
            raise _unusable(data_dir, error) from error
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            os.close(self._file)
            if isinstance(error, BlockingIOError):
                raise InfrastructureError(
                    "data-dir-in-use",
                    "This data directory is in use by another Pavilion.",
                ) from error
            raise _unusable(data_dir, error) from error

    def close(self) -> None:
        """Release the lock. The file stays: removing it could let two servers in."""
        if self._file >= 0:
            os.close(self._file)
            self._file = -1


def _unusable(data_dir: Path, error: OSError) -> InfrastructureError:
    return InfrastructureError(
        "data-dir-unusable",
        f"The data directory {data_dir} cannot be used: {reason(error)}.",
    )


def holds_data(data_dir: Path) -> bool:
    """Return whether a server has started here before."""
    try:
        return (data_dir / INVITATION_KEY).exists()
    except OSError as error:
        raise _unusable(data_dir, error) from error


def remember_address(data_dir: Path, url: str) -> None:
    """Store the address that links begin with."""
    write_private(data_dir / ADDRESS_FILE, f"{url}\n".encode())


def remembered_address(data_dir: Path) -> str | None:
    """Return the address that the server had last; None: unknown."""
    try:
        url = (data_dir / ADDRESS_FILE).read_text(encoding="utf-8").strip()
        parts = urlsplit(url)
        known = parts.scheme == "https" and parts.hostname and parts.port != 0
    except (OSError, ValueError):
        return None
    return url if known else None


def address_with(url: str, *, name: str | None, port: int | None) -> str:
    """Return an address with another name or port, where one is given."""
    parts = urlsplit(url)
    host = name or parts.hostname or "localhost"
    at = port if port is not None else parts.port or 443
    bracketed = f"[{host}]" if ":" in host else host
    return f"https://{bracketed}" + ("" if at == 443 else f":{at}")
