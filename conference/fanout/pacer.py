"""
A pacer: spreads the packets to one viewer over time, so that a key frame is no burst.

A leaky bucket with priorities. It decides when packets are sent; the allocator decides
which layers are. Packets are dropped only if they waited too long. The caller calls
``push`` for each packet and ``pop_due`` at ``next_due``. Packets keep their order only
within a priority. Pure: time is an argument.
"""

from collections import deque
from enum import IntEnum
from typing import Generic, TypeVar

FACTOR = 2.5
"""Pacing rate over estimated bitrate; libwebrtc's default pacing factor. Lower: a key
frame of ten times the usual size takes long to send. Higher: it becomes a burst, and
the queue that it builds at the bottleneck delays audio."""
BURST_S = 0.005
"""What is sent at once, as time at the pacing rate: one packet group of the delay
controller. Shorter: more wake-ups; longer: bursts."""
MAX_WAIT_S = 1.0
"""A queue whose oldest packet waits longer is dropped as a whole: its frames are later
than the playout delay, and a key frame costs less than a second of stale packets."""

T = TypeVar("T")


class Priority(IntEnum):
    """Priority of a packet; lower numbers are sent first."""

    AUDIO = 0
    """Never waits: it is small, and gaps are audible."""
    REPAIR = 1
    """Retransmissions: the receiver's picture is frozen until they arrive. They get at
    most half of the rate while video waits; otherwise, after a drop of the bitrate,
    retransmissions of the larger layer would delay the smaller layer's key frame."""
    VIDEO = 2
    PADDING = 3
    """Accepted only while nothing waits."""


class Pacer(Generic[T]):
    """
    The queue of one viewer.

    Inputs: ``push``, ``rate_bps``. Outputs: ``pop_due``, ``next_due``, ``dropped``. The
    caller sends what ``pop_due`` returns, requests key frames when ``dropped`` grew, and
    calls again at ``next_due``.
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
        """Estimated bitrate of the link; the pacing rate is ``FACTOR`` times as high."""
        self.dropped = 0
        """Packets dropped because the queue was too old."""
        self._budget_bytes = 0.0
        self._ahead_bytes = 0
        """By how many bytes repairs are ahead of waiting video."""
        self._updated: float | None = None
        self._queues: tuple[deque[tuple[T, int, float]], ...] = (deque(), deque())

    def __bool__(self) -> bool:
        return any(self._queues)

    def push(self, item: T, size: int, priority: Priority, *, now: float) -> bool:
        """
        Add a packet.

        Args:
            item: The packet; ``pop_due`` returns it if it waits.
            size: Bytes on the wire.
            priority: Of the packet.
            now: Monotonic seconds.

        Returns:
            True if the caller is to send it now. False if it waits, or, for padding,
            if it is not to be sent at all.
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
        """Return the packets that are due, in the order to send; drop a queue too old."""
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
        """Time at which the next packet is due, monotonic seconds; None: none waits."""
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
