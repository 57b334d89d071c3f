"""
Which layer each video slot of one viewer gets within a bitrate budget.

Every slot first gets its cheapest layer, in order of priority; then each is
raised as far as the remaining budget allows, in the same order. A slot is lowered at
once. Raising needs headroom and a calm time, and a raise that failed is not repeated
soon, so that quality does not oscillate. It neither estimates the budget nor switches
slots: ``adaptation`` calls it when the estimate, the wants or the measured rates have
changed, and some times a second.
"""

from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

K = TypeVar("K", bound=Hashable)

Layer = tuple[int, int]
"""Spatial and temporal index, lowest 0."""

UP_SHARE = 0.93
"""Share of the budget that may be in use after a raise. Lower: the top layer is reached
late on a link that just carries it; higher: the next key frame causes the next lowering."""
UP_AFTER_DOWN_S = 2.0
"""Time after a lowering until the same slot may be raised; each failed raise doubles it.
Shorter: more switches while a link recovers in steps."""
MAX_WAIT_S = 30.0
"""Longest such wait. Longer: a link that has recovered stays unused."""
FAILED_UP_S = 10.0
"""A raise that is followed by a lowering within this time has failed."""
NARROW_S = 60.0
NARROW_SHARE = 0.5
"""A lowering within this longer time also counts as failure of the raise if the link still
carries that share of the layer: it was too thin all along. If less is left, the link got
worse later, and the layer may come back when it recovers."""
FORGIVEN_S = 60.0
"""Time without a lowering after which failures are forgotten. Shorter: more than two
switches a minute on a link whose rate lies at a layer's boundary."""
PAUSE_AFTER_S = 1.5
"""The first want keeps its cheapest layer through a shortage of this length: a queue
has drained by then, and a pause would cost one more key frame. Longer: on a link that
cannot carry the layer at all, audio is delayed."""
KEPT_SHARE = 0.5
"""Share of its cheapest layer's price that must be available for the first want to continue
longer: a stage with a queue of some frames is better than none. Lower: audio waits behind
a picture that does not fit."""
FRAGILE_SHARE = 0.06
"""Share of a layer's frames that repairs do not complete in time; a layer with more is
lowered, because a smaller picture that moves is better than a larger one that stands
still. Not applied to sharp pictures, which change rarely."""
STURDY_SHARE = 0.04
"""A raise needs this lower share, so that the two do not alternate."""
FRAME_PACKET_BITS = 9_600
FRAMES_PER_S = 30
"""For the packets of a frame: 1,200 bytes each, at a camera's usual rate."""
RETRY_SHARE = 0.25
RETRY_BUDGET_SHARE = 0.15
"""A failed raise is repeated before it is forgotten only if what is available for the slot
has grown by this share, and by that share of the whole budget: then the link has changed,
and it is not noise. What is left for the last of many tiles varies with the whole budget."""
ANOTHER_RATIO = 2.5
"""If this many times more is available than when the raise failed, the link is a different
one, and earlier failures are no reason to wait. Lower: quality follows every oscillation of
the link."""
CHANGED_RATIO = 1.5
"""The same holds if this many times more is available than at the lowering, and the layer
fits with headroom: the estimate was low for another reason."""


@dataclass(frozen=True, slots=True)
class LayerRate:
    """The price of a layer of a track."""

    spatial: int
    temporal: int
    bps: float
    """With all temporal layers below it. Spatial layers are sources of their
    own (simulcast): their rates do not add up."""


@dataclass(frozen=True, slots=True)
class Want(Generic[K]):
    """A video slot with a track."""

    key: K
    preferred: Layer
    """The best layer worth sending, by the size of its tile."""
    layers: tuple[LayerRate, ...]
    """The layers that the track offers now."""
    sharp: bool = False
    """Text or slides: few frames are better than few pixels."""


class _History:
    """Raises and lowerings of one slot."""

    __slots__ = (
        "_down_at",
        "_failed",
        "_fallen_bps",
        "_risen",
        "_risen_at",
        "_risen_bps",
        "_short_since",
        "_wait_s",
        "current",
    )

    def __init__(self) -> None:
        self.current: Layer | None = None
        self._risen_at = 0.0
        self._down_at: float | None = None
        self._wait_s = UP_AFTER_DOWN_S
        self._risen_bps = 0.0
        """What was available for the slot at its last raise."""
        self._risen: Layer | None = None
        self._failed: tuple[Layer, float] | None = None
        """The layer of a failed raise, and what was available for the slot then."""
        self._fallen_bps = 0.0
        """What was available for the slot at its last lowering."""
        self._short_since: float | None = None

    def holds(self, layer: Layer) -> bool:
        """Return whether ``layer`` is no raise."""
        return self.current is not None and layer <= self.current

    def may_rise(
        self, step: LayerRate, available_bps: float, budget_bps: float, now: float
    ) -> bool:
        """Return whether a raise is due, given that its price fits."""
        if self._down_at is None:
            return True
        if now - self._down_at >= FORGIVEN_S:
            self._failed, self._wait_s = None, UP_AFTER_DOWN_S
        wait_s = self._wait_s
        if self._failed is not None:
            failed, then_bps = self._failed
            layer = (step.spatial, step.temporal)
            change = max(RETRY_SHARE * then_bps, RETRY_BUDGET_SHARE * budget_bps)
            changed = available_bps >= then_bps + change or (
                available_bps >= CHANGED_RATIO * self._fallen_bps
                and available_bps >= (1 + RETRY_SHARE) * step.bps
            )
            if layer >= failed and not changed:
                return False
            if available_bps >= ANOTHER_RATIO * then_bps:
                wait_s = UP_AFTER_DOWN_S
        return now - self._down_at >= wait_s

    def endures(self, now: float) -> bool:
        """Return whether a slot keeps its cheapest layer in a shortage for now."""
        if self.current is None:
            return False
        if self._short_since is None:
            self._short_since = now
        return now - self._short_since < PAUSE_AFTER_S

    def enough(self) -> None:
        """Note that there is no shortage."""
        self._short_since = None

    def rise(self, layer: Layer | None, available_bps: float, now: float) -> None:
        """Note a raise, and what was available for the slot."""
        if layer is not None:
            self.current = self._risen = layer
            self._risen_at, self._risen_bps = now, available_bps

    def fall(
        self,
        layer: Layer | None,
        available_bps: float,
        price_bps: float | None,
        now: float,
    ) -> None:
        """
        Note a lowering.

        Args:
            layer: The new target.
            available_bps: What is available for the slot.
            price_bps: Price of the layer before; None if the track no longer offers
                it or it is no longer preferred, so that the link is not the cause.
            now: Monotonic seconds.
        """
        self.current = layer
        if price_bps is None:
            return
        self._down_at, self._fallen_bps = now, available_bps
        if self._risen is None:
            return
        lasted = now - self._risen_at
        narrow = available_bps >= NARROW_SHARE * price_bps
        if lasted <= FAILED_UP_S or (narrow and lasted <= NARROW_S):
            self._failed = self._risen, self._risen_bps
            self._wait_s = min(MAX_WAIT_S, 2 * self._wait_s)
        self._risen = None  # further lowerings are not counted as failures


class Allocator(Generic[K]):
    """
    The layers of one viewer.

    Input and output: ``allocate``. ``wanted_bps`` is the bitrate of all preferred layers
    at the latest ``allocate``.
    """

    __slots__ = ("_slots", "wanted_bps")

    def __init__(self) -> None:
        self._slots: dict[K, _History] = {}
        self.wanted_bps = 0.0

    def allocate(
        self,
        budget_bps: float,
        wants: Sequence[Want[K]],
        *,
        now: float,
        holes: float = 0.0,
    ) -> dict[K, Layer | None]:
        """
        Return the target layer of each want; None: the slot is paused.

        Args:
            budget_bps: For video, without audio, repairs and overhead.
            wants: In order of priority: stage and content first, then by size.
            now: Monotonic seconds.
            holes: Share of packets that are lost independently of the rate and not
                repaired in time.
        """
        places = [
            _Place(
                self._slots.get(want.key) or _History(),
                ladder(want),
                0.0 if want.sharp else holes,
            )
            for want in wants
        ]
        self._slots = {
            want.key: place.slot for want, place in zip(wants, places, strict=True)
        }
        self.wanted_bps = sum(place.wanted_bps for place in places)
        left = budget_bps
        for rank, place in enumerate(places):
            if not place.steps:
                continue
            if place.fits(0, left, budget_bps, now):
                place.slot.enough()
            elif rank > 0 or not (
                place.slot.endures(now) or left >= KEPT_SHARE * place.steps[0].bps
            ):
                # The others wait for a calm time; the first returns as soon as it can.
                continue
            place.pick = 0
            left -= place.steps[0].bps
        result: dict[K, Layer | None] = {}
        for want, place in zip(wants, places, strict=True):
            if place.pick < 0:
                result[want.key] = place.settle(left, budget_bps, now)
                continue
            available = left + place.steps[0].bps
            for index in range(len(place.steps) - 1, 0, -1):
                if place.fits(index, available, budget_bps, now):
                    place.pick = index
                    break
            left = available - place.steps[place.pick].bps
            result[want.key] = place.settle(available, budget_bps, now)
        return result


class _Place:
    """One want during an allocation."""

    __slots__ = ("_holes", "pick", "slot", "steps")

    def __init__(self, slot: _History, steps: list[LayerRate], holes: float) -> None:
        self.slot = slot
        self.steps = steps
        self.pick = -1
        """Index of the chosen step; -1: none."""
        self._holes = holes

    @property
    def wanted_bps(self) -> float:
        """Bitrate of the best step that unrepaired loss allows."""
        best = 0.0
        for step in self.steps:
            if self._fragile(step) <= STURDY_SHARE:
                best = step.bps
        return best

    def fits(self, index: int, available: float, budget: float, now: float) -> bool:
        """Return whether a step fits the available bitrate and may be taken now."""
        step = self.steps[index]
        layer = (step.spatial, step.temporal)
        held = self.slot.holds(layer)
        if self._fragile(step) > (FRAGILE_SHARE if held else STURDY_SHARE):
            return False
        if held:
            return step.bps <= available
        available -= (1 - UP_SHARE) * budget
        return step.bps <= available and self.slot.may_rise(
            step, available, budget, now
        )

    def _fragile(self, step: LayerRate) -> float:
        """Return the share of a layer's frames that stay incomplete."""
        if not self._holes or step.spatial == self.steps[0].spatial:
            return 0.0
        full = max(s.bps for s in self.steps if s.spatial == step.spatial)
        packets = max(1.0, full / FRAMES_PER_S / FRAME_PACKET_BITS)
        return packets * self._holes

    def settle(self, available: float, budget: float, now: float) -> Layer | None:
        """Record the chosen step in the slot's history and return it."""
        slot, layer = self.slot, None
        if self.pick >= 0:
            step = self.steps[self.pick]
            layer = (step.spatial, step.temporal)
        if slot.current is None or (layer is not None and layer > slot.current):
            slot.rise(layer, available - (1 - UP_SHARE) * budget, now)
        elif layer != slot.current:
            # The link is the cause only if the layer is still offered and preferred.
            price = next(
                (s.bps for s in self.steps if (s.spatial, s.temporal) == slot.current),
                None,
            )
            slot.fall(layer, available, price, now)
        return layer


def ladder(want: Want[K]) -> list[LayerRate]:
    """
    Return the useful layers for a want, in ascending quality.

    A track that offers nothing small enough is used at its lowest layer. Temporal layers
    are dropped before a spatial one, but only down to half the frames: below that a
    smaller picture is smoother. Sharp pictures keep their resolution down to the last
    temporal layer.
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
