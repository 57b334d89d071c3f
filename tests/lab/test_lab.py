"""The lab shapes real packets as configured."""

import contextlib
import socket
import statistics
import threading
import time
from collections.abc import Iterator

import pytest

from tests.support.lab import Lab, Link, Shape, lab
from tests.support.lab.line import BUCKET_S, Counts
from tests.support.lab.network import Version

pytestmark = pytest.mark.lab
PORT = 7000
DEADLINE_S = 60.0  # ends a hang; says nothing about speed
DARK_S = 0.3
"""How long an answer is waited for where none is to come."""


@contextlib.contextmanager
def echo(net: Lab, version: Version = 4) -> Iterator[tuple[str, int]]:
    """Echo datagrams on the server's host."""
    family = socket.AF_INET6 if version == 6 else socket.AF_INET
    with net.server.open_socket(family, socket.SOCK_DGRAM) as sock:
        sock.bind((net.addresses[version], PORT))

        def answer() -> None:
            while True:
                data, address = sock.recvfrom(2000)
                if not address[1] or data == b"end":
                    return
                sock.sendto(data, address)

        thread = threading.Thread(target=answer)
        thread.start()
        try:
            yield net.addresses[version], PORT
        finally:
            with net.server.open_socket(family, socket.SOCK_DGRAM) as last:
                last.sendto(b"end", (net.addresses[version], PORT))
            thread.join()


def ask(
    link: Link, address: tuple[str, int], count: int, wait_s: float = DEADLINE_S
) -> list[float]:
    """Send datagrams; return the round trips of the answered ones, in seconds."""
    family = socket.AF_INET6 if ":" in address[0] else socket.AF_INET
    trips = []
    with link.space.open_socket(family, socket.SOCK_DGRAM) as sock:
        sock.settimeout(wait_s)
        sock.connect(address)
        for number in range(count):
            sent = time.monotonic()
            sock.send(number.to_bytes(4, "big"))
            with contextlib.suppress(TimeoutError):
                while int.from_bytes(sock.recv(100), "big") != number:
                    pass
                trips.append(time.monotonic() - sent)
            time.sleep(0.01)
    return trips


@pytest.fixture(scope="module")
def net() -> Iterator[Lab]:
    with lab(["paul", "rita"], versions=(4, 6)) as net:
        yield net


@pytest.mark.parametrize("version", [4, 6])
def test_delay_and_jitter(net: Lab, version: Version) -> None:
    link = net.link("rita")
    link.both(Shape(delay_ms=25, jitter_ms=10))
    with echo(net, version) as address:
        slow = ask(link, address, 30)
        link.clear()
        quick = ask(link, address, 30)
    # A busy machine adds to every trip, and to none less than it takes anyway.
    assert min(slow) >= 0.030
    assert statistics.median(slow) - statistics.median(quick) == pytest.approx(
        0.050, abs=0.02
    )
    assert min(quick) < 0.010


def test_each_host_has_its_own_line(net: Lab) -> None:
    net.link("rita").both(Shape(delay_ms=50))
    with echo(net) as address:
        assert min(ask(net.link("paul"), address, 10)) < 0.010
        assert min(ask(net.link("rita"), address, 10)) >= 0.100
    net.link("rita").clear()


def test_slow_line_limits_the_rate_and_reports_its_queue(net: Lab) -> None:
    link = net.link("rita")
    link.shape(down=Shape(rate_kbps=400, queue_ms=300))
    begun = time.monotonic()
    sender = net.server.open_socket(socket.AF_INET, socket.SOCK_DGRAM)
    taker = link.space.open_socket(socket.AF_INET, socket.SOCK_DGRAM)
    with sender, taker:
        taker.bind((link.address(), PORT))
        taker.settimeout(2.0)
        for _ in range(200):
            sender.sendto(bytes(958), (link.address(), PORT))  # 1000 on the line
            time.sleep(0.005)
        got = 0
        with contextlib.suppress(TimeoutError):
            while True:
                got += len(taker.recv(2000)) + 42
    link.clear()
    history = link.history("down", begun - BUCKET_S)
    assert sum(b.bytes for b in history) == pytest.approx(got, rel=0.02)
    assert got * 8 / (history[-1].at - begun) == pytest.approx(400_000, rel=0.15)
    assert 300 < max(bucket.queue_ms for bucket in history) < 330
    assert sum(bucket.dropped for bucket in history) == link.counts("down").overflowed


def passed(link: Link, frames: int) -> Counts:
    """Wait until this many frames were delivered or lost upstream since the start."""
    end = time.monotonic() + DEADLINE_S
    while (counts := link.counts("up")).frames + counts.lost < frames:
        assert time.monotonic() < end, counts
    return counts


def test_loss(net: Lab) -> None:
    link = net.link("paul")
    link.shape(up=Shape(loss=0.3))
    before = link.counts("up")
    sender = link.space.open_socket(socket.AF_INET, socket.SOCK_DGRAM)
    with sender:
        for sent in range(1, 1001):
            sender.sendto(b"x", (net.addresses[4], PORT))
            if sent % 100 == 0:  # more at once would not fit the shaper's buffer
                after = passed(link, sent + before.frames + before.lost)
    link.clear()
    assert after.lost - before.lost == pytest.approx(300, abs=50)


def test_blackout_drops_everything_until_it_ends(net: Lab) -> None:
    link = net.link("rita")
    link.both(Shape(delay_ms=10))
    with echo(net) as address:
        with link.blackout():
            assert ask(link, address, 2, DARK_S) == []
        assert statistics.median(ask(link, address, 5)) > 0.020
    link.clear()


def test_host_has_another_address_after_a_move(net: Lab) -> None:
    link = net.link("paul")
    with echo(net) as address:
        before = link.address()
        link.move()
        assert link.address() != before
        assert len(ask(link, address, 3)) == 3
        link.move()
        assert link.address() == before
        assert len(ask(link, address, 3)) == 3


def test_firewall_drops_udp(net: Lab) -> None:
    link = net.link("rita")
    with echo(net) as address:
        link.refuse_udp()
        with contextlib.suppress(PermissionError):
            assert ask(link, address, 1, DARK_S) == []
    server = net.server.open_socket(socket.AF_INET, socket.SOCK_STREAM)
    client = link.space.open_socket(socket.AF_INET, socket.SOCK_STREAM)
    with server, client:
        server.bind((net.addresses[4], PORT))
        server.listen()
        client.connect((net.addresses[4], PORT))
