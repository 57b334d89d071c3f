"""
When each of many things is due, without looking at all of them.

Pure: the time is an argument. A heap whose entries are dropped when they come up and
their key has another time by then.
"""

import heapq
from typing import Generic, TypeVar

Key = TypeVar("Key", bound=str)

SPARE = 64
# Entries of times that do not hold any more, beside one for each key, before the heap
# is made anew. More takes memory, fewer makes it anew often.


class Timeouts(Generic[Key]):
    """The time at which each key is due."""

    def __init__(self) -> None:
        self._due: dict[Key, float] = {}
        self._heap: list[tuple[float, Key]] = []

    def set(self, key: Key, at: float | None) -> bool:
        """
        Let a key be due at this time, and at no other; None: never.

        Returns:
            Whether this is earlier than all that was due before: a timer that waits
            for the next must be set anew.
        """
        if at is None:
            self._due.pop(key, None)
            return False
        if self._due.get(key) == at:
            return False
        before = self.next()
        self._due[key] = at
        heapq.heappush(self._heap, (at, key))
        if len(self._heap) > 2 * len(self._due) + SPARE:
            self._heap = [(due, key) for key, due in self._due.items()]
            heapq.heapify(self._heap)
        return before is None or at < before

    def next(self) -> float | None:
        """Return the earliest time at which a key is due; None: none is."""
        while self._heap and self._due.get(self._heap[0][1]) != self._heap[0][0]:
            heapq.heappop(self._heap)
        return self._heap[0][0] if self._heap else None

    def take_due(self, now: float) -> list[Key]:
        """Return the keys that are due by now, the earliest first, and forget them."""
        due: list[Key] = []
        while (at := self.next()) is not None and at <= now:
            key = heapq.heappop(self._heap)[1]
            del self._due[key]
            due.append(key)
        return due
