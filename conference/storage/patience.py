"""
How long a request waits for the database. Pure: the time is an argument.

A database that another program holds, or that a network has cut off, keeps every
request waiting. Requests that have waited as long as a person should are refused; and
those queued behind them, because a room handles one command after another, are refused
at once instead of waiting as long again each.
"""

PATIENCE_S = 5.0
# How long a request waits for the database. Longer: people repeat their request; shorter:
# a slow disk looks like a fault.

PAUSE_S = 1.0
# After a request has timed out: how long others are refused at once, and how long the next
# one waits. Longer: the database is used later than it could be; shorter: a room with many
# waiting requests answers its last one later.


class Patience:
    """How long requests wait for one database."""

    def __init__(self) -> None:
        self._refused_until: float | None = None

    def end(self, *, now: float) -> float:
        """Return until when a request that comes now may wait; ``now``: not at all."""
        if self._refused_until is None:
            return now + PATIENCE_S
        return now if now < self._refused_until else now + PAUSE_S

    def lost(self, *, now: float) -> None:
        """Note that a request has timed out."""
        self._refused_until = now + PAUSE_S

    def kept(self) -> None:
        """Note that the database has served a request."""
        self._refused_until = None
