"""
A PostgreSQL server for the length of one command.

``python -m tests.support.postgres COMMAND …`` starts Debian's server on a fresh
cluster in a temporary directory, reached by a Unix socket only, runs the
command with its URL in ``PAVILION_TEST_POSTGRES``, and stops it. The server
refuses to run as root, so root runs it as ``postgres``.
"""

import contextlib
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

VARIABLE = "PAVILION_TEST_POSTGRES"
ACCOUNT = "postgres"
START_S = 60  # a cluster on a slow disk; lower: false alarms, higher: slow failures


def binaries() -> Path:
    """Return the directory of the newest installed server's programs."""
    found = sorted(
        Path("/usr/lib/postgresql").glob("*/bin/initdb"),
        key=lambda path: int(path.parts[4]),
    )
    if not found:
        raise SystemExit("PostgreSQL is missing: apt-get install -y postgresql")
    return found[-1].parent


def run_as_account(*command: str) -> None:
    """Run a program of the server under an account it accepts; show output if it fails."""
    prefix = ["runuser", "-u", ACCOUNT, "--"] if os.geteuid() == 0 else []
    done = subprocess.run(
        [*prefix, *command],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
        cwd="/",
    )
    if done.returncode:
        raise SystemExit(f"{' '.join(command)} failed:\n{done.stdout}")


@contextlib.contextmanager
def server() -> Iterator[str]:
    """Run a server; give its SQLAlchemy URL (asyncpg)."""
    programs = binaries()
    home = Path(tempfile.mkdtemp(prefix="pavilion-pg-"))
    cluster = home / "cluster"
    if os.geteuid() == 0:
        shutil.chown(home, ACCOUNT)
    try:
        run_as_account(
            str(programs / "initdb"),
            *("--pgdata", str(cluster), "--username", ACCOUNT),
            *("--auth", "trust", "--encoding", "UTF8", "--locale", "C", "--no-sync"),
        )
        control = [str(programs / "pg_ctl"), "--pgdata", str(cluster), "--wait"]
        run_as_account(
            *control,
            *("--timeout", str(START_S), "--log", str(home / "log")),
            *("-o", f"-c listen_addresses= -c fsync=off -k {home}", "start"),
        )
        try:
            yield f"postgresql+asyncpg://{ACCOUNT}@/postgres?host={home}"
        finally:
            run_as_account(*control, "--mode", "immediate", "stop")
    finally:
        shutil.rmtree(home, ignore_errors=True)


def main() -> int:
    """Run ``sys.argv[1:]`` beside a server; return its exit status."""
    with server() as url:
        return subprocess.run(
            sys.argv[1:], env={**os.environ, VARIABLE: url}, check=False
        ).returncode


if __name__ == "__main__":
    raise SystemExit(main())
