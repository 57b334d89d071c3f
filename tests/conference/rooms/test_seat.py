"""The life of a seat, state by state."""

import itertools

import pytest

from conference.rooms.seat import Presence, Signal, transition

PRESENT, LOST, GONE = Presence.PRESENT, Presence.LOST, Presence.GONE
TABLE = {
    (PRESENT, Signal.CONNECTION_LOST): LOST,
    (PRESENT, Signal.PAGE_CLOSED): LOST,
    (PRESENT, Signal.RETURNED): PRESENT,
    (PRESENT, Signal.GRACE_OVER): PRESENT,
    (PRESENT, Signal.LEFT): GONE,
    (LOST, Signal.CONNECTION_LOST): LOST,
    (LOST, Signal.PAGE_CLOSED): LOST,
    (LOST, Signal.RETURNED): PRESENT,
    (LOST, Signal.GRACE_OVER): GONE,
    (LOST, Signal.LEFT): GONE,
    (GONE, Signal.CONNECTION_LOST): GONE,
    (GONE, Signal.PAGE_CLOSED): GONE,
    (GONE, Signal.RETURNED): GONE,
    (GONE, Signal.GRACE_OVER): GONE,
    (GONE, Signal.LEFT): GONE,
}


@pytest.mark.parametrize(
    ("presence", "signal"), list(itertools.product(Presence, Signal))
)
def test_transition(presence: Presence, signal: Signal) -> None:
    assert transition(presence, signal) is TABLE[presence, signal]
