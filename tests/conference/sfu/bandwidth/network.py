"""
A simulated path to a viewer, reproducible by a seed.

A bottleneck with a drop-tail queue, then delay, jitter and loss. Time is an argument;
what it returns is when things arrive.
"""

from dataclasses import dataclass, replace
from random import Random
from typing import Any

DATAGRAM_BYTES = 28
"""IPv4 and UDP headers, which use the link too."""


@dataclass(frozen=True)
class Shape:
    """The properties of one direction of a link from some time on."""

    rate_bps: float = 100e6
    queue_s: float = 0.3
    """Longest wait in the queue; packets that would wait longer are dropped."""
    delay_s: float = 0.02
    jitter_s: float = 0.0
    """Uniform, plus or minus; packets may overtake each other."""
    loss: float = 0.0
    """Random loss after the bottleneck."""
    down: bool = False
    """A blackout: everything is lost."""


class Link:
    """One direction. The plan, made with ``at`` beforehand, changes its shape."""

    def __init__(self, shape: Shape, seed: int) -> None:
        self._random = Random(seed)
        self._free_at = 0.0
        self._plan: list[tuple[float, Shape]] = [(0.0, shape)]

    def at(self, when: float, **changes: Any) -> None:
        """Change some of the shape from a time on; times ascend."""
        self._plan.append((when, replace(self._plan[-1][1], **changes)))

    def shape(self, now: float) -> Shape:
        """Return the shape at a time."""
        return next(shape for when, shape in reversed(self._plan) if when <= now)

    def queue_s(self, now: float) -> float:
        """Return how long a packet sent now waits."""
        return max(0.0, self._free_at - now)

    def send(self, size: int, now: float) -> float | None:
        """Return when a packet arrives; None if it does not."""
        shape = self.shape(now)
        if shape.down:
            return None
        if self.queue_s(now) > shape.queue_s:
            return None
        leaves = self._serve(max(now, self._free_at), (size + DATAGRAM_BYTES) * 8)
        self._free_at = leaves
        if self._random.random() < shape.loss:
            return None
        jitter = self._random.uniform(-shape.jitter_s, shape.jitter_s)
        return leaves + max(0.0, shape.delay_s + jitter)

    def _serve(self, start: float, bits: float) -> float:
        """Return when so many bits have left, begun at ``start``."""
        for when, _ in self._plan:
            if when > start:
                done = self.shape(start).rate_bps * (when - start)
                if done >= bits:
                    break
                bits -= done
                start = when
        return start + bits / self.shape(start).rate_bps
