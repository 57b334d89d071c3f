"""Actions in the order of their time: a heap, driven by one timer outside."""

import heapq
from collections.abc import Callable, Hashable
from itertools import count

Action = Callable[[float], None]
"""Called with the time; may schedule itself again."""


class Timetable:
    """
    What is due at which time.

    Inputs: ``at``, ``every``. The owner asks ``next_due`` and calls ``run`` then.
    """

    __slots__ = ("_entries", "_order", "_repeating")

    def __init__(self) -> None:
        self._entries: list[tuple[float, int, Action]] = []
        self._order = count()
        self._repeating: set[Hashable] = set()

    def at(self, when: float, action: Action) -> None:
        """Schedule one call of ``action`` at ``when`` (seconds, monotonic)."""
        heapq.heappush(self._entries, (when, next(self._order), action))

    def every(
        self,
        interval_s: float,
        action: Action,
        *,
        key: Hashable,
        while_: Callable[[], bool],
        now: float,
    ) -> bool:
        """
        Schedule calls of ``action`` at an interval, the first one interval from now.

        Args:
            interval_s: Seconds from the start of one call to the next.
            action: What to do.
            key: Identifies the repetition; while it runs, no second one starts.
            while_: Asked before each call; False ends the repetition without the call.
            now: Monotonic seconds.

        Returns:
            Whether a repetition started: False if one with this key runs already.
        """
        if key in self._repeating:
            return False
        self._repeating.add(key)

        def repeat(now: float) -> None:
            if not while_():
                self._repeating.discard(key)
                return
            self.at(now + interval_s, repeat)
            action(now)

        self.at(now + interval_s, repeat)
        return True

    @property
    def next_due(self) -> float | None:
        """Time of the first action; None if none is scheduled."""
        return self._entries[0][0] if self._entries else None

    def run(self, *, now: float) -> None:
        """Call every action that is due."""
        entries = self._entries
        while entries and entries[0][0] <= now:
            heapq.heappop(entries)[2](now)
