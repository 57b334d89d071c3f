"""
The order of raised hands.

Pure and frozen. A seat keeps a ticket, the number of its raising. The place that people
see is counted among those who are connected: a lost participant keeps the ticket and is
at the same place again after returning.

The tickets of connected participants are kept in a binary tree of which each node knows
how many it holds. A change replaces the nodes on one path, and a place is a sum along
one path, so neither depends on how many hands are raised.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import NamedTuple, Optional

from conference.ids import ParticipantId
from conference.rooms.seat import Seat


class _Node(NamedTuple):
    """Hands of a range of tickets: a leaf has a participant, a branch two halves."""

    held: int
    low: Optional["_Node"] = None
    high: Optional["_Node"] = None
    participant: ParticipantId | None = None


@dataclass(frozen=True, slots=True)
class Hands:
    """Those who raised a hand and are connected, the earliest first."""

    next_ticket: int = 1
    """Ticket of the next hand: after all that are in use, lost ones included."""
    _root: _Node | None = None
    _height: int = 0
    """Branches above each leaf: the tree holds tickets below 2 to this power."""

    @classmethod
    def of(cls, seats: Iterable[Seat]) -> "Hands":
        """Return the order in which these seats raised their hands."""
        own = cls()
        for seat in seats:
            own = own.having(seat)
        return own

    def __len__(self) -> int:
        """Return how many are shown."""
        return 0 if self._root is None else self._root.held

    def having(self, seat: Seat) -> "Hands":
        """Return the order with a seat as it is now, at the place of its ticket."""
        if seat.hand is None:
            return self
        own = replace(self, next_ticket=max(self.next_ticket, seat.hand + 1))
        if not seat.connected:
            return own.without(seat.hand)
        root, height = self._root, self._height
        while seat.hand >> height:
            root = None if root is None else _Node(root.held, low=root)
            height += 1
        leaf = _Node(1, participant=seat.id)
        return Hands(own.next_ticket, _with(root, height, seat.hand, leaf), height)

    def without(self, ticket: int) -> "Hands":
        """Return the order after a hand went; an unknown one is ignored."""
        if ticket >> self._height:
            return self
        return replace(self, _root=_with(self._root, self._height, ticket, None))

    def place(self, seat: Seat) -> int | None:
        """Return the place of a seat's hand, counted from 1; None: it is not shown."""
        if seat.hand is None or not seat.connected:
            return None
        return len(self) - self.count_behind(seat.hand)

    def count_behind(self, ticket: int) -> int:
        """Return how many hands are behind a ticket."""
        if ticket >> self._height:
            return 0  # beyond all that are in the tree
        node, behind = self._root, 0
        for bit in range(self._height - 1, -1, -1):
            if node is None:
                break
            if ticket >> bit & 1:
                node = node.high
            else:
                behind += 0 if node.high is None else node.high.held
                node = node.low
        return behind

    def behind(self, ticket: int) -> list[ParticipantId]:
        """Return those behind a ticket, whose place changes when it goes or comes."""
        found = list(_last(self._root, self.count_behind(ticket)))
        return found[::-1]


def _with(
    node: _Node | None, height: int, ticket: int, leaf: _Node | None
) -> _Node | None:
    """Return a tree with this leaf for a ticket; None: without it."""
    if height == 0:
        return leaf
    low, high = (None, None) if node is None else (node.low, node.high)
    if ticket >> (height - 1) & 1:
        high = _with(high, height - 1, ticket, leaf)
    else:
        low = _with(low, height - 1, ticket, leaf)
    count = (0 if low is None else low.held) + (0 if high is None else high.held)
    return _Node(count, low, high) if count else None


def _last(root: _Node | None, count: int) -> Iterator[ParticipantId]:
    """Iterate over the last hands of a tree, from the end."""
    stack = [root]
    while stack and count:
        node = stack.pop()
        if node is None:
            continue
        if node.participant is not None:
            count -= 1
            yield node.participant
        else:
            stack += (node.low, node.high)
