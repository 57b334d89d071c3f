"""
When to ask a publisher for a key frame.

Viewers ask often and all at once; an encoder pays for each key frame with
bitrate. A request goes out at once if its layer's last one is old enough and the
track has one left; otherwise it is kept and goes out as soon as that is so: none
is ever lost. Who asks for more than a share leaves the track's last requests to
the others, so that a flood delays nobody's change of layer.
"""

from collections.abc import Iterable
from typing import TypeAlias

from conference.fanout.contract import ViewerKey
from conference.rtp.outage import DEAD_S

MIN_INTERVAL_S = 0.5
"""Between requests for one layer. Lower: faster first pictures, more bitrate
spikes; with 0.5 a flood of requests costs the publisher two a second. A request
without a key frame after as long is taken for lost and repeated."""
TRACK_PER_S = 2.0
"""Requests for all layers of a track together, in the long run. Higher: its pictures
get coarser for everybody while somebody floods; lower: switches wait for each other."""
TRACK_BURST = 3
"""At once, after a quiet time: one for each layer that a track can have. Fewer: the
first viewers of a track wait for each other; more: a larger spike."""
SHARE_PER_S = 1.0
"""What one viewer may ask of a track before others go first; half of what the track
gives, so that the rest refills. Lower: whoever loses many packets waits behind others."""
SHARE_BURST = 2
"""Of a viewer that has asked for nothing lately: a change of layer, and one more.
More: a flood begins by taking all that the track has."""
RESERVED = TRACK_BURST - 1
"""Left by whoever has used up its share, and by repetitions. A flood by one viewer still
gets two a second, as the track refills as fast; fewer: another viewer's switch may find
none."""
OVERDUE_S = 1.0
"""Then a repetition need leave nothing. Longer: one lost request holds up a switch for
as long; shorter: layers that never come take what switches to others need."""
ROUNDING_S = 1e-6
"""Of times added up; far below a timer's step."""

Requester: TypeAlias = ViewerKey | None
"""A watcher, or None: the server, for all who follow a layer that begins anew."""


class KeyFrameRequests:
    """
    Throttle of one track, over all its layers.

    Inputs: ``want``, ``on_key_frame``, ``forget``. Output: ``poll``, at once and on a timer.
    """

    __slots__ = ("_forgot_at", "_full_at", "_last", "_shares", "_wanted")

    def __init__(self) -> None:
        self._wanted: dict[int, set[Requester]] = {}
        """Who asked for a layer since its last request; an empty set: it is awaited."""
        self._last: dict[int, float] = {}
        # A bucket is kept as the time at which it will be full again.
        self._full_at = float("-inf")
        self._forgot_at = float("-inf")
        self._shares: dict[Requester, float] = {}

    def want(self, spatial: int, asker: Requester) -> None:
        """Somebody needs a key frame of a layer."""
        self._wanted.setdefault(spatial, set()).add(asker)

    def on_key_frame(self, spatial: int) -> None:
        """A key frame of a layer begins: whoever waited has it."""
        self._wanted.pop(spatial, None)

    def forget(self, spatial: int, *, now: float) -> None:
        """
        The last requests went over a dead line: a layer's next need not wait.

        What all layers have used up is forgotten once in ``DEAD_S``, in which as many
        refill: who falls silent again and again is asked no more often for it.
        """
        self._last.pop(spatial, None)
        if now - self._forgot_at >= DEAD_S:
            self._forgot_at, self._full_at = now, float("-inf")

    def poll(self, spatials: Iterable[int], *, now: float) -> list[int]:
        """
        Return the layers to send a request for now; it counts as sent then.

        Args:
            spatials: Those that can be asked for.
            now: Monotonic seconds.
        """
        if not self._wanted:
            return []
        due = [
            spatial
            for spatial in spatials
            if spatial in self._wanted
            and now - self._last.get(spatial, float("-inf")) >= MIN_INTERVAL_S
        ]
        # With few left, the layer that has waited longest for its turn goes first.
        due.sort(key=lambda spatial: self._last.get(spatial, float("-inf")))
        return [spatial for spatial in due if self._take(spatial, now)]

    def _take(self, spatial: int, now: float) -> bool:
        askers = self._wanted[spatial]
        last = self._last.get(spatial, float("-inf"))
        shares = {
            who: full_at for who, full_at in self._shares.items() if full_at > now
        }
        self._shares = shares
        modest = (
            None in askers
            or any(
                shares.get(who, now) - now
                <= (SHARE_BURST - 1) / SHARE_PER_S + ROUNDING_S
                for who in askers
            )
            if askers
            else now - last >= OVERDUE_S
        )
        left = TRACK_BURST - 1 - (0 if modest else RESERVED)
        if self._full_at - now > left / TRACK_PER_S + ROUNDING_S:
            return False
        self._full_at = max(self._full_at, now) + 1 / TRACK_PER_S
        self._last[spatial] = now
        for who in askers:
            shares[who] = min(
                shares.get(who, now) + 1 / SHARE_PER_S, now + SHARE_BURST / SHARE_PER_S
            )
        # They have paid: a publisher that does not answer is not their doing.
        self._wanted[spatial] = set()
        return True
