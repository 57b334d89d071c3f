"""
When something happens to each of many participants by itself.

Pure and frozen, like all parts of a room's state. A leftist heap beside a map: an entry
of the heap holds only while the map has the same time, so a changed time is one more
entry, and no other is looked at. ``conference.service.timeouts`` is the same for rooms,
changed in place.
"""

from dataclasses import dataclass, field
from typing import NamedTuple, Optional

from immutables import Map

from conference.ids import ParticipantId

SPARE = 64
"""Entries that do not hold any more, beside one for each participant, before the heap
is made anew. More takes memory, fewer makes it anew often."""


class _Entry(NamedTuple):
    """The root of a heap; a leftist one, so that its right spine is short."""

    rank: int
    at: float
    participant: ParticipantId
    left: Optional["_Entry"] = None
    right: Optional["_Entry"] = None


@dataclass(frozen=True, slots=True)
class DueTimes:
    """The time at which each participant is due, in monotonic seconds."""

    _times: Map[ParticipantId, float] = field(default_factory=Map)
    _heap: _Entry | None = None
    """Its root holds always, if there is any."""
    _entries: int = 0

    @property
    def earliest(self) -> float | None:
        """When the first is due; None: none is."""
        return None if self._heap is None else self._heap.at

    def having(self, participant: ParticipantId, at: float | None) -> "DueTimes":
        """Return them with another time of a participant; None: it is not due."""
        if self._times.get(participant) == at:
            return self
        if at is None:
            times = self._times.delete(participant)
            return _holding(times, self._heap, self._entries)
        times = self._times.set(participant, at)
        heap = _merged(self._heap, _Entry(1, at, participant))
        return _holding(times, heap, self._entries + 1)

    def by(self, now: float) -> set[ParticipantId]:
        """Return those that are due by now; it costs as much as they are."""
        due: set[ParticipantId] = set()
        stack = [self._heap]
        while stack:
            entry = stack.pop()
            if entry is None or entry.at > now:
                continue
            if self._times.get(entry.participant) == entry.at:
                due.add(entry.participant)
            stack += (entry.left, entry.right)
        return due


def _holding(
    times: Map[ParticipantId, float], heap: _Entry | None, entries: int
) -> DueTimes:
    """Return these times, without entries at the root that do not hold any more."""
    if entries > 2 * len(times) + SPARE:
        heap, entries = None, len(times)
        for participant, at in times.items():
            heap = _merged(heap, _Entry(1, at, participant))
    while heap is not None and times.get(heap.participant) != heap.at:
        heap, entries = _merged(heap.left, heap.right), entries - 1
    return DueTimes(times, heap, entries)


def _merged(one: _Entry | None, other: _Entry | None) -> _Entry | None:
    if one is None or other is None:
        return one or other
    if other.at < one.at:
        one, other = other, one
    left, right = one.left, _merged(one.right, other)
    if left is None or (right is not None and right.rank > left.rank):
        left, right = right, left
    rank = 1 if right is None else right.rank + 1
    return _Entry(rank, one.at, one.participant, left, right)
