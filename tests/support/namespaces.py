"""Network namespaces: hosts with no network, or with one that a test counts."""

import contextlib
import ctypes
import json
import os
import secrets
import socket
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

CLONE_NEWNET = 0x40000000  # linux/sched.h; Python has no name for it before 3.12
_LIBC = ctypes.CDLL(None, use_errno=True)


def run(*command: str) -> str:
    """Run a command; give its output; fail with it."""
    done = subprocess.run(
        command,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    assert done.returncode == 0, f"{' '.join(command)}:\n{done.stdout}"
    return done.stdout


@dataclass(frozen=True, slots=True)
class Namespace:
    """A host of its own, as far as the network goes."""

    name: str

    @property
    def prefix(self) -> tuple[str, ...]:
        """Put before a command to run it there."""
        return ("ip", "netns", "exec", self.name)

    def run(self, *command: str) -> str:
        """Run a command there; give its output."""
        return run(*self.prefix, *command)

    @contextlib.contextmanager
    def inside(self) -> Iterator[None]:
        """
        Have this thread make its sockets there; they stay there afterwards.

        Nothing may be awaited in the block: the thread is all that has moved.
        """
        home = os.open("/proc/thread-self/ns/net", os.O_RDONLY)
        there = os.open(f"/run/netns/{self.name}", os.O_RDONLY)
        try:
            _enter(there)
            yield
        finally:
            _enter(home)
            os.close(there)
            os.close(home)

    def open_socket(self, *arguments: int) -> socket.socket:
        """Make a socket there: family, kind, protocol."""
        with self.inside():
            return socket.socket(*arguments)

    def connect_from(self, address: Any) -> socket.socket:
        """Make a socket there for an address, as aiohttp's ``socket_factory``."""
        family, kind, protocol, *_ = address
        return self.open_socket(family, kind, protocol)

    def count_departures(self) -> None:
        """Count and drop every packet to another interface than loopback."""
        self.run(
            "nft",
            "add table inet watch;"
            "add chain inet watch out { type filter hook output priority 0; };"
            'add rule inet watch out oifname != "lo" counter drop',
        )

    def departures(self) -> int:
        """Return how many packets wanted to leave since ``count_departures``."""
        listing = json.loads(self.run("nft", "-j", "list", "ruleset"))
        return sum(
            part["counter"]["packets"]
            for entry in listing["nftables"]
            for part in entry.get("rule", {}).get("expr", [])
            if "counter" in part
        )


def _enter(handle: int) -> None:
    if _LIBC.setns(handle, CLONE_NEWNET) != 0:
        raise OSError(ctypes.get_errno(), "setns")


@contextlib.contextmanager
def namespace() -> Iterator[Namespace]:
    """Make a namespace with loopback and nothing else."""
    name = f"pv{secrets.token_hex(3)}"
    run("ip", "netns", "add", name)
    try:
        run("ip", "-n", name, "link", "set", "lo", "up")
        yield Namespace(name)
    finally:
        run("ip", "netns", "delete", name)


@contextlib.contextmanager
def unrouted(space: Namespace, address: str = "192.0.2.10/24") -> Iterator[None]:
    """
    Give a namespace a network card on an empty segment, without a route out.

    Whatever it sends there is counted by ``count_departures``.
    """
    # Its other end lies in the namespace too, without an address: an empty segment.
    ends = ("lan0", "lan1")
    run(
        *("ip", "-n", space.name, "link", "add", ends[0]),
        *("type", "veth", "peer", "name", ends[1]),
    )
    run("ip", "-n", space.name, "address", "add", address, "dev", ends[0])
    for end in ends:
        # No duplicate-address detection or solicitation: those are the kernel's own.
        space.run("sysctl", "-qw", f"net.ipv6.conf.{end}.disable_ipv6=1")
        run("ip", "-n", space.name, "link", "set", end, "up")
    yield
