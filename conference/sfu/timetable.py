"""What is due when: a heap of actions, driven by one timer outside."""

import heapq
from collections.abc import Callable
from itertools import count

Action = Callable[[float], None]
"""Called with the time; may schedule itself again."""


class Timetable:
    """
    Actions in the order of their time.

    Inputs: ``at``. The owner asks ``next_due`` and calls ``run`` then.
    """

    __slots__ = ("_entries", "_order")

    def __init__(self) -> None:
        self._entries: list[tuple[float, int, Action]] = []
        self._order = count()

    def at(self, when: float, action: Action) -> None:
        """Let ``action`` be called once at ``when`` (seconds, monotonic)."""
        heapq.heappush(self._entries, (when, next(self._order), action))

    @property
    def next_due(self) -> float | None:
        """Time of the first action; None when nothing is planned."""
        return self._entries[0][0] if self._entries else None

    def run(self, *, now: float) -> None:
        """Call every action that is due."""
        entries = self._entries
        while entries and entries[0][0] <= now:
            heapq.heappop(entries)[2](now)
