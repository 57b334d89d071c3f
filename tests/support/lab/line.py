"""
One direction of a line: what happens to each frame that enters it.

Pure: the time is an argument, chance comes from a seed. ``shaper`` moves the
frames; this file decides when each of them arrives, or that it never does::

    frame ──► blackout? UDP dropped? ──► queue (drop-tail) at the rate ──► lost? ──► delay ± jitter
"""

import random
from collections import deque
from dataclasses import dataclass, replace

SERVER = ""
"""Name of the line that the server is on; nobody shapes it."""
HISTORY_S = 900.0
"""How far back the history goes. Longer: more memory in the shaper."""
BUCKET_S = 0.05
"""Grain of the history, in seconds. Finer: more to read for no better answer."""


@dataclass(frozen=True, slots=True)
class Shape:
    """The properties of one direction of a line."""

    delay_ms: float = 0.0
    """In this direction."""
    jitter_ms: float = 0.0
    """Uniform, on both sides of the delay."""
    loss: float = 0.0
    """Share of frames lost at random, after they have used the capacity of the line."""
    rate_kbps: float = 0.0
    """0: as fast as frames come."""
    queue_ms: float = 200.0
    """Capacity of the queue before the rate limit; frames that do not fit are dropped."""
    reorders: bool = True
    """Whether jitter lets frames overtake each other, as it does in netem."""
    blackout: bool = False
    """Nothing passes, not even frames under way."""
    drops_udp: bool = False
    """A firewall that lets only TCP through."""


@dataclass(slots=True)
class Counts:
    """Frames and bytes of a direction since the start."""

    frames: int = 0
    """Delivered."""
    bytes: int = 0
    """Delivered."""
    lost: int = 0
    """By chance."""
    overflowed: int = 0
    """The queue was full."""
    blacked_out: int = 0
    refused: int = 0
    """UDP, where it is dropped."""


@dataclass(frozen=True, slots=True)
class Bucket:
    """The traffic of a direction in one interval of ``BUCKET_S`` seconds, if there was any."""

    at: float
    """Its beginning: ``time.monotonic`` of this machine."""
    bytes: int
    """Delivered."""
    queue_ms: float
    """The longest wait in the queue that a frame met."""
    dropped: int
    """Frames that found the queue full."""


class Line:
    """
    One direction.

    ``enter`` gives the time at which a frame arrives, or None; the caller calls
    ``left`` at that time and drops the frame when it says so.
    """

    def __init__(self, seed: int) -> None:
        self.shape = Shape()
        self.counts = Counts()
        self.history: deque[Bucket] = deque(maxlen=int(HISTORY_S / BUCKET_S))
        self._chance = random.Random(seed)
        self._free_at = 0.0
        self._last_at = 0.0

    def enter(self, size: int, *, udp: bool, now: float) -> float | None:
        """Return when a frame of ``size`` bytes arrives; None: never."""
        shape, counts = self.shape, self.counts
        if shape.blackout:
            counts.blacked_out += 1
            return None
        if udp and shape.drops_udp:
            counts.refused += 1
            return None
        at = now
        if shape.rate_kbps:
            wait_ms = max(0.0, self._free_at - now) * 1000
            if wait_ms > shape.queue_ms:
                counts.overflowed += 1
                self._note(now, queue_ms=wait_ms, dropped=1)
                return None
            self._note(now, queue_ms=wait_ms)
            at = max(now, self._free_at) + size * 8 / (shape.rate_kbps * 1000)
            self._free_at = at
        if shape.loss and self._chance.random() < shape.loss:
            counts.lost += 1
            return None
        if shape.delay_ms or shape.jitter_ms:
            swing = self._chance.uniform(-shape.jitter_ms, shape.jitter_ms)
            at += max(0.0, shape.delay_ms + swing) / 1000
            if not shape.reorders:
                at = self._last_at = max(at, self._last_at)
        return at

    def left(self, size: int, *, now: float) -> bool:
        """Tell whether a frame that is due may be delivered; it counts then."""
        if self.shape.blackout:
            self.counts.blacked_out += 1
            return False
        self.counts.frames += 1
        self.counts.bytes += size
        self._note(now, delivered=size)
        return True

    def _note(
        self, now: float, *, delivered: int = 0, queue_ms: float = 0.0, dropped: int = 0
    ) -> None:
        history = self.history
        if history and now - history[-1].at < BUCKET_S:
            last = history[-1]
            history[-1] = replace(
                last,
                bytes=last.bytes + delivered,
                queue_ms=max(last.queue_ms, queue_ms),
                dropped=last.dropped + dropped,
            )
        else:
            history.append(Bucket(now, delivered, queue_ms, dropped))
