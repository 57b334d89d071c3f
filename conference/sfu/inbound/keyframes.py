"""
When to request a key frame from a publisher.

Viewers send many requests, often at the same time, and each key frame costs the encoder
bitrate. A request is sent at once if the last one for its layer is old enough and the
track's budget allows it; otherwise it is kept until both are so: none is lost. A viewer
that exceeds its share cannot use the last requests of the track's budget, so that a flood
of requests does not delay the layer changes of others.
"""

from collections.abc import Iterable
from typing import TypeAlias

from conference.fanout.contract import ViewerKey
from conference.rtp.outage import OUTAGE_S

MIN_INTERVAL_S = 0.5
"""Between requests for one layer. Lower: faster first pictures, more bitrate
spikes; with 0.5 a flood of requests costs the publisher two a second. A request
that brings no key frame within this time is assumed to be lost and repeated."""
TRACK_PER_S = 2.0
"""Requests for all layers of a track together, on average. Higher: its pictures get
coarser for everybody during a flood of requests; lower: switches wait for each other."""
TRACK_BURST = 3
"""Burst after a quiet time: one for each layer that a track can have. Fewer: the first
viewers of a track wait for each other; more: a larger bitrate spike."""
SHARE_PER_S = 1.0
"""Requests that one viewer may send to a track before others have priority; half of the
track's budget, so that the other half refills. Lower: a viewer that loses many packets
waits behind others."""
SHARE_BURST = 2
"""Burst of a viewer without recent requests: a change of layer, and one more. More: a
flood begins by using up the track's budget."""
RESERVED = TRACK_BURST - 1
"""Requests of the track's budget that a viewer beyond its share, or a repetition, must
leave. A flood by one viewer still gets two a second, as the budget refills as fast; fewer:
another viewer's switch may find none left."""
OVERDUE_S = 1.0
"""After this time a repetition may use the whole budget. Longer: one lost request delays
a switch for as long; shorter: layers that never come use what other switches need."""
ROUNDING_S = 1e-6
"""Tolerance for sums of floating-point times; far below a timer's resolution."""

Requester: TypeAlias = ViewerKey | None
"""A watcher, or None for the server, on behalf of all viewers of a layer that restarts."""


class KeyFrameRequests:
    """
    The throttle for one track's key-frame requests, over all its layers.

    Inputs: ``want``, ``on_key_frame``, ``forget``. Output: ``poll``, at once and on a timer.
    """

    __slots__ = ("_forgot_at", "_full_at", "_last", "_shares", "_wanted")

    def __init__(self) -> None:
        self._wanted: dict[int, set[Requester]] = {}
        """By layer, the requesters since the last request that was sent; an empty set: a
        request was sent, and its key frame has not come."""
        self._last: dict[int, float] = {}
        # A bucket is kept as the time at which it will be full again.
        self._full_at = float("-inf")
        self._forgot_at = float("-inf")
        self._shares: dict[Requester, float] = {}

    def want(self, spatial: int, requester: Requester) -> None:
        """Note that a watcher needs a key frame of a layer."""
        self._wanted.setdefault(spatial, set()).add(requester)

    def on_key_frame(self, spatial: int) -> None:
        """Note that a key frame of a layer begins: its requests are met."""
        self._wanted.pop(spatial, None)

    def forget(self, spatial: int, *, now: float) -> None:
        """
        Note that the last requests were lost in an outage: the next one need not wait.

        The track's budget is restored at most once in ``OUTAGE_S``, in which as many
        requests refill: repeated outages do not raise the rate of requests.
        """
        self._last.pop(spatial, None)
        if now - self._forgot_at >= OUTAGE_S:
            self._forgot_at, self._full_at = now, float("-inf")

    def poll(self, spatials: Iterable[int], *, now: float) -> list[int]:
        """
        Return the layers to send a request for now; these count as sent.

        Args:
            spatials: Layers that can be requested.
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
        # If few are left, the layer with the oldest last request has priority.
        due.sort(key=lambda spatial: self._last.get(spatial, float("-inf")))
        return [spatial for spatial in due if self._take(spatial, now)]

    def _take(self, spatial: int, now: float) -> bool:
        requesters = self._wanted[spatial]
        last = self._last.get(spatial, float("-inf"))
        shares = {
            requester: full_at
            for requester, full_at in self._shares.items()
            if full_at > now
        }
        self._shares = shares
        within_share = (
            None in requesters
            or any(
                shares.get(requester, now) - now
                <= (SHARE_BURST - 1) / SHARE_PER_S + ROUNDING_S
                for requester in requesters
            )
            if requesters
            else now - last >= OVERDUE_S
        )
        left = TRACK_BURST - 1 - (0 if within_share else RESERVED)
        if self._full_at - now > left / TRACK_PER_S + ROUNDING_S:
            return False
        self._full_at = max(self._full_at, now) + 1 / TRACK_PER_S
        self._last[spatial] = now
        for requester in requesters:
            shares[requester] = min(
                shares.get(requester, now) + 1 / SHARE_PER_S,
                now + SHARE_BURST / SHARE_PER_S,
            )
        # Their shares are charged once: repetitions are caused by the publisher.
        self._wanted[spatial] = set()
        return True
