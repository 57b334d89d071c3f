"""
Deadlines of many keys, of which the earliest is found without a search through all.

Pure: the time is an argument. A heap; an entry whose key has meanwhile another deadline
is dropped when it reaches the top.
"""

import heapq
from typing import Generic, TypeVar

Key = TypeVar("Key", bound=str)

SPARE = 64
# Outdated entries, besides one entry for each key, before the heap is rebuilt. More
# takes memory, fewer rebuilds it often.


class Timeouts(Generic[Key]):
    """The deadline of each key."""

    def __init__(self) -> None:
        self._due: dict[Key, float] = {}
        self._heap: list[tuple[float, Key]] = []

    def set(self, key: Key, at: float | None) -> bool:
        """
        Set the deadline of a key, in place of the one before; None: remove it.

        Returns:
            Whether this is now the earliest deadline, so that a timer that waits for
            the next one must be restarted.
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
        """Return the earliest deadline; None: no key has one."""
        while self._heap and self._due.get(self._heap[0][1]) != self._heap[0][0]:
            heapq.heappop(self._heap)
        return self._heap[0][0] if self._heap else None

    def take_due(self, now: float) -> list[Key]:
        """Remove and return the keys whose deadline has passed, the earliest first."""
        due: list[Key] = []
        while (at := self.next()) is not None and at <= now:
            key = heapq.heappop(self._heap)[1]
            del self._due[key]
            due.append(key)
        return due
