"""The server works on a host without routes, and sends nothing to other networks."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.namespaces import Namespace, namespace, unrouted

pytestmark = [
    pytest.mark.namespace,
    pytest.mark.skipif(os.geteuid() != 0, reason="namespaces need root"),
]


def conference(space: Namespace, home: Path) -> str:
    """Hold a small conference inside the namespace; return its output."""
    return space.run(sys.executable, "-m", "tests.support.conference", str(home))


def test_server_works_with_loopback_only(tmp_path: Path) -> None:
    with namespace() as space:
        space.count_departures()
        assert "seen: red" in conference(space, tmp_path)
        assert space.departures() == 0


def test_server_sends_no_packet_to_a_reachable_network(tmp_path: Path) -> None:
    with namespace() as space, unrouted(space):
        space.count_departures()
        assert "seen: red" in conference(space, tmp_path)
        assert space.departures() == 0


def test_packet_counter_counts(tmp_path: Path) -> None:
    with namespace() as space, unrouted(space):
        space.count_departures()
        subprocess.run(
            [
                *space.prefix,
                *(sys.executable, "-c"),
                "import socket; s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM);"
                "s.sendto(b'x', ('192.0.2.99', 9))",
            ],
            check=False,
            capture_output=True,
        )
        assert space.departures() > 0
