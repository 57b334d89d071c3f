"""
The hosts and lines of a lab.

A server's namespace and one for each participant, every one with a line of its
own to the middle, where ``shaper`` carries the frames::

    paul  lan0 ──── line "paul" ──┐
          wlan0 ─────┘            ├── shaper ──── lan0  server
    rita  lan0 ──── line "rita" ──┘

No packet leaves: the middle has no way out, and the hosts' default route leads
to an address that nobody has.
"""

import contextlib
import fcntl
import json
import select
import socket
import struct
import subprocess
import sys
from array import array
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Literal

from tests.support.lab.line import SERVER, Bucket, Counts, Shape
from tests.support.namespaces import Namespace, namespace, run

ROOT = Path(__file__).resolve().parents[3]
NETWORKS = {4: "10.77.0.{}", 6: "fd77::{}"}
PREFIXES = {4: 24, 6: 64}
ANSWER_S = 60.0
SIOCETHTOOL = 0x8946  # linux/sockios.h
OFFLOADS = (0x17, 0x1F, 0x24, 0x2C)  # linux/ethtool.h: set TX checksum, TSO, GSO, GRO

Direction = Literal["down", "up"]
Version = Literal[4, 6]


@dataclass(frozen=True, slots=True)
class Card:
    """An interface of a host, and its names."""

    space: Namespace
    interface: str
    middle: str
    """Name of its other end."""
    mac: str
    addresses: dict[Version, str]


class Control:
    """The shaper's process and its command socket."""

    def __init__(
        self, middle: Namespace, interfaces: list[tuple[str, str, str]], seed: int
    ) -> None:
        wanted = json.dumps({"interfaces": interfaces, "seed": seed})
        self._process = subprocess.Popen(
            [*middle.prefix, sys.executable, "-m", "tests.support.lab.shaper", wanted],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            cwd=ROOT,
        )
        self._read()

    def ask(self, **command: Any) -> dict[str, Any]:
        """Send a command and give its answer."""
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps(command) + "\n")
        self._process.stdin.flush()
        return self._read()

    def _read(self) -> dict[str, Any]:
        assert self._process.stdout is not None
        ready, _, _ = select.select([self._process.stdout], [], [], ANSWER_S)
        line = self._process.stdout.readline() if ready else ""
        assert line, "the shaper does not answer"
        answer: dict[str, Any] = json.loads(line)
        return answer

    def close(self) -> None:
        """End the process."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.close()
        self._process.stdout.close()
        self._process.wait(ANSWER_S)


class Link:
    """A participant's host, and its line."""

    def __init__(
        self, name: str, cable: Card, wireless: Card, server: Card, control: Control
    ) -> None:
        self.name = name
        self.space = cable.space
        self._cards = [cable, wireless]
        self._server = server
        self._control = control
        self._shapes = {"down": Shape(), "up": Shape()}

    def address(self, version: Version = 4) -> str:
        """Return the address that the host has now."""
        return self._cards[0].addresses[version]

    def shape(self, down: Shape | None = None, up: Shape | None = None) -> None:
        """Change properties of the line from now on; those not given are kept."""
        if down is not None:
            self._shapes["down"] = down
        if up is not None:
            self._shapes["up"] = up
        self._tell(**self._shapes)

    def both(self, shape: Shape) -> None:
        """Make both directions alike."""
        self.shape(down=shape, up=shape)

    def clear(self) -> None:
        """Let everything through at once."""
        self.both(Shape())

    @contextlib.contextmanager
    def blackout(self) -> Iterator[None]:
        """Let nothing through within the block; afterwards restore the line."""
        self._tell(down=Shape(blackout=True), up=Shape(blackout=True))
        try:
            yield
        finally:
            self._tell(**self._shapes)

    def counts(self, direction: Direction) -> Counts:
        """Return what the direction carried and dropped since the start."""
        answer = self._control.ask(line=self.name, report=direction, since=1e18)
        return Counts(**answer["counts"])

    def history(self, direction: Direction, since: float = 0.0) -> list[Bucket]:
        """
        Return what the direction did over time, and how long its queue was.

        Args:
            direction: ``down`` is towards the participant.
            since: ``time.monotonic`` at which to begin.
        """
        answer = self._control.ask(line=self.name, report=direction, since=since)
        return [Bucket(**bucket) for bucket in answer["history"]]

    def refuse_udp(self) -> None:
        """Put a firewall on the host that silently drops all UDP in both directions."""
        self.space.run(
            "nft",
            "add table inet firewall;"
            "add chain inet firewall in { type filter hook input priority 0; };"
            "add chain inet firewall out { type filter hook output priority 0; };"
            'add rule inet firewall in iifname != "lo" meta l4proto udp drop;'
            'add rule inet firewall out oifname != "lo" meta l4proto udp drop',
        )

    def move(self) -> None:
        """Change between cable and wireless network, and so to another address."""
        old, new = self._cards
        plug(new, self._server)
        run("ip", "-n", self.space.name, "link", "set", old.interface, "down")
        run("ip", "-n", self.space.name, "address", "flush", "dev", old.interface)
        self._cards.reverse()

    def _tell(self, **shapes: Shape) -> None:
        self._control.ask(
            line=self.name, **{name: asdict(shape) for name, shape in shapes.items()}
        )


@dataclass(frozen=True, slots=True)
class Lab:
    """A network of a server and participants."""

    server: Namespace
    addresses: dict[Version, str]
    """Of the server, by IP version."""
    control: Control
    links: dict[str, Link] = field(default_factory=dict)

    def link(self, name: str) -> Link:
        """Return the host and line of a participant."""
        return self.links[name]

    @property
    def host(self) -> str:
        """The server's address, as it is written in a URL."""
        return self.addresses.get(4) or f"[{self.addresses[6]}]"

    @property
    def cpu_s(self) -> float:
        """Processor time that carrying the frames took so far."""
        answer = self.control.ask(line=SERVER)
        return float(answer["cpu_s"])


def card(
    space: Namespace,
    middle: Namespace,
    interface: str,
    number: int,
    versions: Sequence[Version],
) -> Card:
    """Make an interface; it has no address and is down."""
    far, mac = f"p{number}", f"02:77:00:00:00:{number:02x}"
    run(
        *("ip", "-n", space.name, "link", "add", interface, "address", mac),
        *("type", "veth", "peer", "name", far, "netns", middle.name),
    )
    for owner, name in ((space, interface), (middle, far)):
        owner.run("sysctl", "-qw", f"net.ipv6.conf.{name}.accept_ra=0")
        owner.run("sysctl", "-qw", f"net.ipv6.conf.{name}.accept_dad=0")
        if owner is middle or 6 not in versions:
            owner.run("sysctl", "-qw", f"net.ipv6.conf.{name}.disable_ipv6=1")
        _without_offloads(owner, name)
    run("ip", "-n", middle.name, "link", "set", far, "up")
    addresses: dict[Version, str] = {v: NETWORKS[v].format(number) for v in versions}
    return Card(space, interface, far, mac, addresses)


def _without_offloads(space: Namespace, interface: str) -> None:
    """Disable offloading, so that packet sockets see complete frames with checksums."""
    with space.open_socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        for offload in OFFLOADS:
            value = array("I", (offload, 0))
            request = struct.pack("16sP16x", interface.encode(), value.buffer_info()[0])
            fcntl.ioctl(sock, SIOCETHTOOL, request)


def plug(new: Card, *others: Card) -> None:
    """Bring an interface up, with addresses, routes and the neighbour table."""
    name = new.space.name
    for version, address in new.addresses.items():
        extra = ("nodad",) if version == 6 else ()
        subprocess.run(
            [
                *("ip", "-n", name, "address", "replace"),
                f"{address}/{PREFIXES[version]}",
                *("dev", new.interface, *extra),
            ],
            check=True,
        )
    run("ip", "-n", name, "link", "set", new.interface, "up")
    for version in new.addresses:
        nowhere = NETWORKS[version].format(254)
        run(
            *("ip", "-n", name, f"-{version}", "route", "replace", "default"),
            *("via", nowhere, "dev", new.interface),
        )
    for other in others:
        # Known for good: a dead line is silent, as one behind a router is, where
        # unanswered questions for a neighbour would end connections at once.
        for here, there in ((new, other), (other, new)):
            for address in there.addresses.values():
                run(
                    *("ip", "-n", here.space.name, "neighbour", "replace", address),
                    *("lladdr", there.mac, "dev", here.interface),
                    *("nud", "permanent"),
                )


@contextlib.contextmanager
def lab(
    links: Sequence[str], *, versions: Sequence[Version] = (4,), seed: int = 1
) -> Iterator[Lab]:
    """
    Build a network for the length of the block (needs root).

    Args:
        links: Names of the participants' hosts.
        versions: Of IP that the hosts have.
        seed: Of the chances on the lines.
    """
    with contextlib.ExitStack() as stack:
        middle = stack.enter_context(namespace())
        home = stack.enter_context(namespace())
        server = card(home, middle, "lan0", 1, versions)
        plug(server)
        interfaces = [(server.middle, SERVER, server.mac)]
        cards: dict[str, tuple[Card, Card]] = {}
        for index, name in enumerate(links):
            space = stack.enter_context(namespace())
            number = 10 + 2 * index
            cable = card(space, middle, "lan0", number, versions)
            wireless = card(space, middle, "wlan0", number + 1, versions)
            plug(cable, server)
            cards[name] = cable, wireless
            interfaces += [(c.middle, name, c.mac) for c in (cable, wireless)]
        control = Control(middle, interfaces, seed)
        stack.callback(control.close)
        yield Lab(
            home,
            dict(server.addresses),
            control,
            {n: Link(n, *pair, server, control) for n, pair in cards.items()},
        )
