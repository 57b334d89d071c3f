"""
The layers of a track that are requested from its publisher, and since when.

Layers are numbers here. Driven by ``Track``, ten times a second.
"""

from collections.abc import Collection

WAKE_S = 4.0
"""For a layer that a viewer waits for until its first packet: the request's travel time,
the encoder's start, and the browser's own probes that its uplink has room. Afterwards the
publisher is assumed to be unable to send it."""
KEEP_S = 4.0
"""How long an unwatched layer is still requested, so that a viewer that turns a page back
finds it running. Lower: more key frames at its publisher; higher: more unused upstream."""


class LayerDemand:
    """
    The requested layers of one track.

    Inputs: ``request``, ``repeat``. Outputs: ``requested``, ``overdue``, ``to_request``.
    """

    __slots__ = ("_requested_at", "_watched_at", "_watched_since", "requested")

    def __init__(self) -> None:
        self.requested: frozenset[int] | None = None
        """The last request; None: there was none, and the publisher sends all layers."""
        self._requested_at: dict[int, float] = {}
        """When each layer of ``requested`` was requested."""
        self._watched_since: dict[int, float] = {}
        """Since when each layer is watched without a break."""
        self._watched_at: dict[int, float] = {}
        """When each layer was last watched."""

    def stopped(self, spatial: int) -> bool:
        """Return whether the publisher was requested to leave a layer out."""
        return self.requested is not None and spatial not in self.requested

    def request(self, layers: frozenset[int], *, now: float) -> None:
        """Record a request; new layers count as watched now."""
        before = self._requested_at
        self._requested_at = {spatial: before.get(spatial, now) for spatial in layers}
        self._watched_at = dict.fromkeys(layers, now) | self._watched_at
        self.requested = layers

    def repeat(self, *, now: float) -> None:
        """Record that the publisher may receive its last request only now."""
        self._requested_at = dict.fromkeys(self._requested_at, now)

    def to_request(
        self, watched: set[int], resting: Collection[int], *, now: float
    ) -> frozenset[int]:
        """
        Return the layers to request.

        A layer that is no longer watched stays for ``KEEP_S``. A resting one stays as
        long as any layer of the track is watched: its publisher sends it as soon as it
        can, and an encoder that is stopped meanwhile starts from the beginning.

        Args:
            watched: Layers that are watched now.
            resting: Layers that were requested and did not come.
            now: Monotonic seconds.
        """
        since, at = self._watched_since, self._watched_at
        self._watched_since = {spatial: since.get(spatial, now) for spatial in watched}
        if watched:
            at.update({spatial: now for spatial in resting if spatial in at})
        at.update(dict.fromkeys(watched, now))
        for spatial, when in list(at.items()):
            if now - when > KEEP_S:
                del at[spatial]
        return frozenset(at)

    def overdue(self, spatial: int, *, now: float) -> bool:
        """Return whether a layer was requested and watched for ``WAKE_S``."""
        since = self._watched_since.get(spatial)
        requested_at = self._requested_at.get(spatial, float("-inf"))
        return since is not None and now - max(since, requested_at) >= WAKE_S
