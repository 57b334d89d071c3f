"""The Python engine beyond the contract."""

import pytest

from conference.fanout.contract import ViewerKey
from conference.fanout.python.engine import PythonFanout
from conference.fanout.python.pacing import PacedOutlet
from tests.conference.fanout.test_contract import ADA, VIEWER, Wire, vp8
from tests.support.bench import KEYS


def test_flush_visits_only_viewers_with_waiting_packets(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    visited: list[PacedOutlet] = []
    real = PacedOutlet.flush

    def flush(self: PacedOutlet, *, now: float) -> None:
        visited.append(self)
        real(self, now=now)

    monkeypatch.setattr(PacedOutlet, "flush", flush)
    wire = Wire(PythonFanout)
    for other in range(50, 60):
        wire.fanout.open_viewer(ViewerKey(other), KEYS, wire.destination)
        wire.fanout.pace(ViewerKey(other), 30_000, now=1.0)
    wire.fanout.pace(VIEWER, 30_000, now=1.0)
    frames = [vp8(10 + i, i * 3_000, 1 + i) for i in range(4)]
    wire.attach(ADA, frames[0], timestamp=0)
    wire.forward(ADA, *frames)
    assert len(wire.got) == 1
    for tick in range(10):
        wire.fanout.flush(now=1.1 + tick / 10)
    assert len(wire.got) == 4
    assert len(visited) == 3  # once for each packet of the one viewer
