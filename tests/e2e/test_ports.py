"""A test server finds free ports, even if another program takes one meanwhile."""

import socket
from pathlib import Path

import pytest

from tests.support.server import PortTaken, Server


@pytest.mark.parametrize(
    ("section", "kind"),
    [
        ("https", socket.SOCK_STREAM),
        ("media", socket.SOCK_DGRAM),
    ],
)
async def test_server_takes_other_ports_if_one_is_in_use(
    tmp_path: Path, section: str, kind: socket.SocketKind
) -> None:
    server = Server(tmp_path)
    chosen = server.ports
    with socket.socket(socket.AF_INET6, kind) as other:
        other.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 0)
        other.bind(("::", getattr(chosen, section)))
        if kind is socket.SOCK_STREAM:
            other.listen()
        await server.begin()
    assert server.ports != chosen
    assert await server.answers()
    assert await server.stop() == 0


async def test_other_failures_to_start_are_reported_at_once(tmp_path: Path) -> None:
    server = Server(tmp_path, extra="nonsense = 1")
    chosen = server.ports
    with pytest.raises(AssertionError, match="nonsense") as raised:
        await server.begin()
    assert not isinstance(raised.value, PortTaken)
    assert server.ports == chosen
