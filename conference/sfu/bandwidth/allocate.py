"""
Which layer each video slot of one viewer gets from what the link carries.

Every slot first gets its cheapest layer, in order of priority; then each is
raised as far as the rest allows, in the same order. Down goes at once. Up needs
headroom and calm, and an up that did not hold is not tried again soon, so that
quality does not flap. Decides nothing about the estimate, and switches nothing
itself: the router follows what it returns. Driven each time the estimate, the
wants or the measured rates changed, and some times a second.
"""

from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

K = TypeVar("K", bound=Hashable)

Layer = tuple[int, int]
"""Spatial and temporal index, lowest 0."""

UP_SHARE = 0.93
"""What everything together may take of the budget after an up. Lower: the top
layer is reached late on a link that just carries it; higher: the next key frame
brings it down again."""
UP_AFTER_DOWN_S = 2.0
"""Calm after a down until the same slot may go up; each up that fails doubles it.
Shorter: a link that recovers in steps is climbed in more switches."""
MAX_WAIT_S = 30.0
"""Longest such wait. Longer: a link that is good again stays unused."""
FAILED_UP_S = 10.0
"""An up followed by a down within this time has failed."""
FORGIVEN_S = 60.0
"""Calm after which failures are forgotten. Shorter: more than two switches a
minute on a link whose rate lies at a layer's boundary."""
RETRY_SHARE = 1.25
"""An up that failed is tried again before it is forgiven only if the budget holds
so much more than the layer: then the link has changed, and it is not noise."""


@dataclass(frozen=True, slots=True)
class LayerRate:
    """What a layer of a track costs."""

    spatial: int
    temporal: int
    bps: float
    """With all temporal layers below it. Spatial layers are sources of their
    own (simulcast): their rates do not add up."""


@dataclass(frozen=True, slots=True)
class Want(Generic[K]):
    """A video slot that shows something."""

    key: K
    preferred: Layer
    """The best layer worth sending, by the size of its tile."""
    layers: tuple[LayerRate, ...]
    """What the track offers now."""
    sharp: bool = False
    """Text or slides: few frames are better than few pixels."""


class _History:
    """What one slot got, and how that went."""

    __slots__ = ("_down_at", "_failed", "_up_at", "_wait_s", "current")

    def __init__(self) -> None:
        self.current: Layer | None = None
        self._up_at: float | None = None
        self._down_at: float | None = None
        self._wait_s = UP_AFTER_DOWN_S
        self._failed: Layer | None = None

    def holds(self, layer: Layer) -> bool:
        """Whether ``layer`` is no up."""
        return self.current is not None and layer <= self.current

    def may_rise(self, step: LayerRate, available_bps: float, now: float) -> bool:
        """Whether an up to ``step`` is due, if its price fits."""
        if self._down_at is None:
            return True
        if now - self._down_at >= FORGIVEN_S:
            self._failed, self._wait_s = None, UP_AFTER_DOWN_S
        if (
            self._failed is not None
            and (step.spatial, step.temporal) >= self._failed
            and available_bps < RETRY_SHARE * step.bps
        ):
            return False
        return now - self._down_at >= self._wait_s

    def follow(self, layer: Layer | None, *, blamed: bool, now: float) -> None:
        """
        Note what the slot gets now.

        Args:
            layer: The new target.
            blamed: The link is the reason if it is a down: the present layer is
                still offered and asked for.
            now: Monotonic seconds.
        """
        before, self.current = self.current, layer
        if layer == before:
            return
        if before is None or (layer is not None and layer > before):
            self._up_at = now
        elif blamed:
            self._down_at = now
            if self._up_at is not None and now - self._up_at <= FAILED_UP_S:
                self._failed = before
                self._wait_s = min(MAX_WAIT_S, 2 * self._wait_s)


class Allocator(Generic[K]):
    """
    The layers of one viewer.

    Input and output: ``allocate``. ``wanted_bps`` tells what everything preferred
    would take, after the latest ``allocate``.
    """

    __slots__ = ("_slots", "wanted_bps")

    def __init__(self) -> None:
        self._slots: dict[K, _History] = {}
        self.wanted_bps = 0.0

    def allocate(
        self, budget_bps: float, wants: Sequence[Want[K]], *, now: float
    ) -> dict[K, Layer | None]:
        """
        Return the target layer of each want; None: the slot is paused.

        Args:
            budget_bps: For video, with audio, repairs and overhead taken off.
            wants: In order of priority: stage and content first, then by size.
            now: Monotonic seconds.
        """
        places = [
            _Place(self._slots.get(want.key) or _History(), ladder(want))
            for want in wants
        ]
        self._slots = {
            want.key: place.slot for want, place in zip(wants, places, strict=True)
        }
        self.wanted_bps = sum(place.steps[-1].bps for place in places if place.steps)
        reserve = (1 - UP_SHARE) * budget_bps
        left = budget_bps
        for place in places:
            if place.steps and place.fits(0, left, reserve, now):
                place.pick = 0
                left -= place.steps[0].bps
        result: dict[K, Layer | None] = {}
        for want, place in zip(wants, places, strict=True):
            if place.pick >= 0:
                left += place.steps[0].bps
                for index in range(len(place.steps) - 1, 0, -1):
                    if place.fits(index, left, reserve, now):
                        place.pick = index
                        break
                left -= place.steps[place.pick].bps
            result[want.key] = place.settle(now)
        return result


class _Place:
    """One want while the budget is being shared out."""

    __slots__ = ("pick", "slot", "steps")

    def __init__(self, slot: _History, steps: list[LayerRate]) -> None:
        self.slot = slot
        self.steps = steps
        self.pick = -1

    def fits(self, index: int, left: float, reserve: float, now: float) -> bool:
        step = self.steps[index]
        if self.slot.holds((step.spatial, step.temporal)):
            return step.bps <= left
        left -= reserve
        return step.bps <= left and self.slot.may_rise(step, left, now)

    def settle(self, now: float) -> Layer | None:
        before = self.slot.current
        layer: Layer | None = None
        if self.pick >= 0:
            step = self.steps[self.pick]
            layer = (step.spatial, step.temporal)
        blamed = any((step.spatial, step.temporal) == before for step in self.steps)
        self.slot.follow(layer, blamed=blamed, now=now)
        return layer


def ladder(want: Want[K]) -> list[LayerRate]:
    """
    Return the layers worth giving to a want, worst first.

    A track that offers nothing small enough is taken at its lowest. Dropping
    temporal layers goes before dropping a spatial one, but only down to half the
    frames: below that a smaller picture moves better. Sharp pictures keep their
    pixels down to the last temporal layer.
    """
    if not want.layers:
        return []
    lowest = min(layer.spatial for layer in want.layers)
    spatial = max(lowest, want.preferred[0])
    offered = [layer for layer in want.layers if layer.spatial <= spatial]
    steps: list[LayerRate] = []
    for index in sorted({layer.spatial for layer in offered}):
        own = sorted(
            (layer for layer in offered if layer.spatial == index),
            key=lambda layer: layer.temporal,
        )
        capped = [layer for layer in own if layer.temporal <= want.preferred[1]]
        own = capped or own[:1]
        steps += own if want.sharp or index == lowest else own[-2:]
    return steps
