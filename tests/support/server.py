"""
A real ``pavilion serve`` process on free ports with a data directory of its own.

Tests stop, kill and start it again on the same ports. What it writes goes to
``log`` beside the data directory and is shown when it does not come up.
"""

import asyncio
import contextlib
import os
import re
import signal
import socket
import ssl
import subprocess
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from pathlib import Path

import aiohttp

from tests.support.namespaces import Namespace

START_S = 120.0  # a cold import on a busy machine
STOP_S = 30.0
PLACES = 3  # tried one after another, as others may take a free port meanwhile
END_WITH_PARENT = ("setpriv", "--pdeathsig", "TERM")
TAKEN = re.compile(r"port \d+ on .* is taken")
LINK = re.compile(r"https://\S+/start#([A-Za-z0-9_-]+)")


def free_port(*kinds: socket.SocketKind) -> int:
    """Return a port that is free for all of ``kinds`` on all addresses."""
    while True:
        with contextlib.ExitStack() as stack:
            port = 0
            try:
                for kind in kinds:
                    held = stack.enter_context(socket.socket(socket.AF_INET6, kind))
                    held.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 0)
                    held.bind(("::", port))
                    port = held.getsockname()[1]
            except OSError:
                continue
            return port


@dataclass(frozen=True, slots=True)
class Ports:
    """Where a server listens."""

    https: int
    media: int
    """UDP and TCP."""
    trust: int


def free_ports() -> Ports:
    """Choose ports that nobody uses now."""
    return Ports(
        free_port(socket.SOCK_STREAM),
        free_port(socket.SOCK_DGRAM, socket.SOCK_STREAM),
        free_port(socket.SOCK_STREAM),
    )


class PortTaken(AssertionError):
    """Another program listens on a port of the server."""


def configuration(data: Path, ports: Ports, extra: str = "") -> str:
    """Return the settings file of a test server."""
    return (
        f'data_dir = "{data}"\n{extra}\n'
        f"[https]\nport = {ports.https}\n"
        f"[media]\nport = {ports.media}\n"
        f"[trust]\nport = {ports.trust}\n"
    )


class Server:
    """
    A server process and how to reach it.

    ``prefix`` is put before the command, to pin it to a core. With ``space`` it
    runs in that network namespace, at the address ``host``.
    """

    def __init__(
        self,
        home: Path,
        *,
        prefix: tuple[str, ...] = (),
        extra: str = "",
        space: Namespace | None = None,
        host: str = "localhost",
    ) -> None:
        self.home = home
        self.space = space
        self.host = host
        self.data = home / "data"
        self.prefix = prefix if space is None else (*space.prefix, *prefix)
        self.command: tuple[str, ...] = (sys.executable, "-m", "signaling.cli")
        self.process: subprocess.Popen[bytes] | None = None
        self.cookie = ""
        """Of the account that used the one-time link."""
        self._config = home / "pavilion.toml"
        self._extra = extra
        self._log = home / "log"
        self._settle()

    def _settle(self) -> None:
        """Choose the ports that it listens on."""
        self.ports = free_ports()
        self._config.write_text(configuration(self.data, self.ports, self._extra))

    @property
    def url(self) -> str:
        """The HTTPS address, without a slash at its end."""
        return f"https://{self.host}:{self.ports.https}"

    @property
    def pid(self) -> int:
        """The process that serves."""
        assert self.process is not None
        return self.process.pid

    @property
    def log(self) -> str:
        """Everything it wrote so far, over all its starts."""
        return self._log.read_text(errors="replace")

    @property
    def link(self) -> str:
        """The one-time link that it printed, with a host name that works here."""
        found = LINK.findall(self.log)
        assert found, f"no one-time link was printed:\n{self.log}"
        return f"{self.url}/start#{found[-1]}"

    @property
    def trust(self) -> ssl.SSLContext:
        """A context that trusts this server's site CA and nothing else."""
        context = ssl.create_default_context(cafile=self._authority())
        context.verify_flags &= ~ssl.VERIFY_X509_STRICT
        return context

    def _authority(self) -> Path:
        return next(
            path
            for pattern in ("**/ca.crt", "**/ca*.pem", "**/ca*.crt")
            for path in sorted(self.data.glob(pattern))
        )

    async def begin(self) -> None:
        """
        Start it for the first time: on other ports, if these were taken meanwhile.

        Raises:
            AssertionError: As ``start``.
        """
        for _ in range(PLACES - 1):
            try:
                return await self.start()
            except PortTaken:
                self._settle()
        await self.start()

    async def start(self) -> None:
        """
        Start it, and wait until it answers and has printed its sign-in link.

        Raises:
            PortTaken: Another program listens on one of its ports.
            AssertionError: It ended, or did not answer in time; with its output.
        """
        assert self.process is None
        before = len(self.log) if self._log.exists() else 0
        with self._log.open("ab") as log:
            # Not asyncio's: a server may outlive the loop that started it.
            # It ends with this process, even when that one is killed.
            self.process = subprocess.Popen(
                [
                    *END_WITH_PARENT,
                    *self.prefix,
                    *self.command,
                    "serve",
                    "--config",
                    str(self._config),
                ],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                env={**os.environ, "COLUMNS": "300", "NO_COLOR": "1"},
                start_new_session=True,
            )
        end = time.monotonic() + START_S
        while not (await self.answers() and LINK.search(self.log)):
            if self.process.poll() is not None:
                self.process = None
                taken = TAKEN.search(self.log[before:])
                raise (PortTaken if taken else AssertionError)(f"it ended:\n{self.log}")
            assert time.monotonic() < end, f"no answer in {START_S} s:\n{self.log}"
            await asyncio.sleep(0.05)

    async def answers(self) -> bool:
        """Say whether it serves HTTPS now."""
        try:
            async with (
                aiohttp.ClientSession(
                    timeout=aiohttp.ClientTimeout(total=2),
                    connector=connector(self.space),
                ) as session,
                session.get(f"{self.url}/healthz", ssl=False) as response,
            ):
                return response.status == 200
        except (aiohttp.ClientError, TimeoutError, OSError):
            return False

    async def stop(self) -> int:
        """Ask it to stop; return its exit status."""
        return await self._end(signal.SIGTERM)

    async def kill(self) -> None:
        """End it as a power cut would."""
        await self._end(signal.SIGKILL)

    async def _end(self, how: signal.Signals) -> int:
        process, self.process = self.process, None
        assert process is not None
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, how)
        end = time.monotonic() + STOP_S
        while (status := process.poll()) is None:
            if time.monotonic() > end:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait()
                raise AssertionError(f"it did not stop:\n{self.log}")
            await asyncio.sleep(0.02)
        return status


def connector(
    space: Namespace | None, trust: ssl.SSLContext | bool = True
) -> aiohttp.TCPConnector:
    """Return what connects from a namespace, or from here."""
    return aiohttp.TCPConnector(
        ssl=trust,
        limit=0,
        socket_factory=None if space is None else space.connect_from,
    )


@contextlib.asynccontextmanager
async def running(
    *,
    prefix: tuple[str, ...] = (),
    extra: str = "",
    space: Namespace | None = None,
    host: str = "localhost",
) -> AsyncIterator[Server]:
    """Run a server for the length of the block."""
    with tempfile.TemporaryDirectory(prefix="pavilion-server-") as home:
        server = Server(Path(home), prefix=prefix, extra=extra, space=space, host=host)
        try:
            await server.begin()
            yield server
        finally:
            if server.process is not None:
                await server.stop()


@contextlib.contextmanager
def shared() -> Iterator[Server]:
    """Run a server for several tests, each with an event loop of its own."""
    with tempfile.TemporaryDirectory(prefix="pavilion-server-") as home:
        server = Server(Path(home))
        try:
            asyncio.run(server.begin())
            yield server
        finally:
            if server.process is not None:
                asyncio.run(server.stop())
