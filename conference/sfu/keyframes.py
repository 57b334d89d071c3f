"""
When to ask a publisher for a key frame.

Viewers ask often and all at once; an encoder pays for each key frame with
bitrate. The request at hand is sent at once if the last one is old enough, and
otherwise kept and sent as soon as it is: none is ever lost.
"""

MIN_INTERVAL_S = 0.5
"""Between requests to one source. Lower: faster first pictures, more bitrate
spikes; with 0.5 a flood of requests costs the publisher two a second. A request
without a key frame after as long is taken for lost and repeated."""


class KeyFrameRequests:
    """
    Throttle of one source.

    Inputs: ``want``, ``on_key_frame``. Output: ``poll``, at once and on a timer.
    """

    __slots__ = ("_last", "_wanted")

    def __init__(self) -> None:
        self._last: float | None = None
        self._wanted = False

    def want(self) -> None:
        """Somebody needs a key frame."""
        self._wanted = True

    def on_key_frame(self) -> None:
        """A key frame begins: whoever waited has it."""
        self._wanted = False

    def poll(self, *, now: float) -> bool:
        """Tell whether to send a request now; it counts as sent then."""
        if not self._wanted:
            return False
        if self._last is not None and now - self._last < MIN_INTERVAL_S:
            return False
        self._last = now
        return True
