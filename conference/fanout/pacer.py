"""
Spreads packets to one viewer over time, so that a key frame is no burst.

A leaky bucket with classes. It decides when, not whether: what is sent is chosen
by the allocator, and only what waited too long is thrown away. Driven by the
viewer's sender: ``push`` for each packet, ``pop_due`` when ``next_due`` is
reached. Sits after rewriting and before protection, so items keep the order of
their class only; a viewer without a bottleneck does without it altogether.
"""

from collections import deque
from enum import IntEnum
from typing import Generic, TypeVar

FACTOR = 2.5
"""Pace over the estimate, as in the WebRTC code base (its default pace
multiplier). Lower: a key frame of ten ordinary frames takes long to leave;
higher: it is a burst again, and its own queue at the bottleneck delays audio."""
BURST_S = 0.005
"""Time's worth sent at once: one group of the delay controller. Shorter means
more wake-ups, longer means bursts."""
MAX_WAIT_S = 1.0
"""A queue older than this is dropped whole: the picture is beyond its playout
delay anyway, and one key frame is cheaper than a second of stale packets."""

T = TypeVar("T")


class Priority(IntEnum):
    """What goes first; lower is more urgent."""

    AUDIO = 0
    """Never waits: it is small, and a hole in it is heard."""
    REPAIR = 1
    """Retransmissions: the receiver's picture stands until they are there. They take
    half of the pace at most while video waits: what repairs an old layer must not keep
    the key frame of a smaller one from a link that has shrunk."""
    VIDEO = 2
    PADDING = 3
    """Only taken while nothing waits."""


class Pacer(Generic[T]):
    """
    The queue of one viewer.

    Inputs: ``push``, ``rate_bps``. Outputs: ``pop_due``, ``next_due``. The caller
    sends what ``pop_due`` returns, asks for key frames when ``dropped`` grew, and
    comes back at ``next_due``.
    """

    __slots__ = (
        "_ahead_bytes",
        "_budget_bytes",
        "_queues",
        "_updated",
        "dropped",
        "rate_bps",
    )

    def __init__(self, rate_bps: float) -> None:
        self.rate_bps = rate_bps
        """Estimate of the link; the pace is ``FACTOR`` times as high."""
        self.dropped = 0
        """Packets thrown away because the queue grew too old."""
        self._budget_bytes = 0.0
        self._ahead_bytes = 0
        """What repairs took before waiting video since."""
        self._updated: float | None = None
        self._queues: tuple[deque[tuple[T, int, float]], ...] = (deque(), deque())

    def __bool__(self) -> bool:
        return any(self._queues)

    def push(self, item: T, size: int, priority: Priority, *, now: float) -> bool:
        """
        Offer a packet.

        Args:
            item: What the caller sends later.
            size: Bytes on the wire.
            priority: Its class.
            now: Monotonic seconds.

        Returns:
            True if it is to be sent at once. False if it waits and comes from
            ``pop_due``, or, for padding, if it is not to be sent at all.
        """
        self._fill(now)
        if priority is Priority.AUDIO:
            self._budget_bytes -= size
            return True
        waiting = bool(self)
        if not waiting and self._budget_bytes >= 0:
            self._budget_bytes -= size
            return True
        if priority is Priority.PADDING:
            return False
        self._queues[priority - Priority.REPAIR].append((item, size, now))
        return False

    def pop_due(self, *, now: float) -> list[T]:
        """Return what may leave now, most urgent first; drop what is too old."""
        self._fill(now)
        if any(queue and now - queue[0][2] > MAX_WAIT_S for queue in self._queues):
            self.dropped += sum(map(len, self._queues))
            for queue in self._queues:
                queue.clear()
        due: list[T] = []
        repairs, video = self._queues
        while self._budget_bytes >= 0 and (repairs or video):
            if repairs and (self._ahead_bytes <= 0 or not video):
                item, size, _ = repairs.popleft()
                self._ahead_bytes += size if video else 0
            else:
                item, size, _ = video.popleft()
                self._ahead_bytes = max(0, self._ahead_bytes - size)
            self._budget_bytes -= size
            due.append(item)
        return due

    @property
    def next_due(self) -> float | None:
        """When the next packet may leave, monotonic seconds; None: nothing waits."""
        if not self or self._updated is None:
            return None
        return self._updated + max(0.0, -self._budget_bytes) / self._bytes_per_s

    @property
    def _bytes_per_s(self) -> float:
        return max(1.0, self.rate_bps * FACTOR / 8)

    def _fill(self, now: float) -> None:
        if self._updated is None:
            self._budget_bytes = self._bytes_per_s * BURST_S
        else:
            elapsed = max(0.0, now - self._updated)
            self._budget_bytes = min(
                self._bytes_per_s * BURST_S,
                self._budget_bytes + elapsed * self._bytes_per_s,
            )
        self._updated = now if self._updated is None else max(now, self._updated)
