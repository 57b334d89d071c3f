"""Private files and directories, and why one cannot be used."""

import errno
import os
import re
import tempfile
from pathlib import Path

from conference.errors import InfrastructureError


def write_private(path: Path, content: bytes) -> None:
    """Write a file atomically, readable by its owner alone."""
    handle, temporary = tempfile.mkstemp(dir=path.parent)  # mode 0600
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        Path(temporary).replace(path)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise


PRIVATE = 0o700  # of a directory: its owner alone may look into it


def private_directory(path: Path) -> Path:
    """
    Make a directory that only its owner can enter, and return it.

    Raises:
        InfrastructureError: It cannot be made or not be used; the message says why.
    """
    try:
        path.mkdir(mode=0o700, parents=True, exist_ok=True)
    except (FileExistsError, NotADirectoryError) as error:
        what = "is a file" if path.is_file() else "lies under a file"
        raise _no_directory(path, what) from error
    except OSError as error:
        raise _no_directory(path, f"cannot be made ({reason(error)})") from error
    try:
        if path.stat().st_mode & 0o7777 != PRIVATE:
            path.chmod(PRIVATE)
    except OSError as error:
        what = f"cannot be made private ({reason(error)})"
        if error.errno == errno.EPERM:  # only the owner may
            what = "belongs to another account"
        elif error.errno == errno.EROFS:
            what = "is read-only"
        raise _no_directory(path, what) from error
    if not os.access(path, os.W_OK | os.X_OK):
        raise _no_directory(path, "is read-only")
    return path


def _no_directory(path: Path, what: str) -> InfrastructureError:
    return InfrastructureError(
        "data-dir-unusable",
        f"The data directory {path} {what}: choose another one with --data-dir.",
    )


def reason(error: OSError) -> str:
    """Return what the system says is wrong, without its numbers."""
    numbers = [error.errno] if error.errno else []
    # asyncio puts several failed addresses into one error, as text alone.
    numbers += [int(found) for found in re.findall(r"\[Errno (\d+)\]", str(error))]
    said = [os.strerror(number) for number in numbers if number and number > 0]
    said += [error.strerror or ""]  # a resolver's, whose numbers are below 0
    text = next(filter(None, said), "") or str(error) or "no answer in time"
    return text[:1].lower() + text[1:]
