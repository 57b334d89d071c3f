"""
Detects outages: packets lost in one are neither requested again nor reported.

Decides by sequence numbers and times alone. Driven by each packet that arrives.
"""

from conference.rtp.sequence import HALF

OUTAGE_S = 1.5
"""Silence that may be an outage, and time after which a packet is given up: viewers wait no
longer for one frame. Lower: bursts of loss are not repaired; higher: the picture returns
later after an outage."""
RECOVERY_S = 0.5
"""Time after a silence within which a gap belongs to the outage: a buffer on the path (Wi-Fi)
may deliver some of the first packets of the outage before it. Lower: with such a buffer
everything is requested again; higher: a burst of loss soon after a pause, on a still screen,
costs a key frame."""
REPAIRED_GAP = 32
"""Longest gap that is repaired after a silence; with a longer one a picture would wait for
all repairs, which a browser sends before new packets. Lower: a still screen that loses part
of a frame needs a key frame; higher: thin layers wait for frames that are obsolete."""


class OutageDetector:
    """
    The outages of one stream of numbered packets.

    Input and output: ``on_packet``, for each packet that arrives.
    """

    __slots__ = ("_back_until", "_received_at")

    def __init__(self) -> None:
        self._received_at: float | None = None
        self._back_until = float("-inf")

    def on_packet(self, gap: int, *, now: float) -> bool:
        """
        Note an arrival; return whether the packets before it were lost in an outage.

        Args:
            gap: Its number minus the highest one before, modulo 65,536.
            now: Monotonic seconds.
        """
        if self._received_at is not None and now - self._received_at >= OUTAGE_S:
            self._back_until = now + RECOVERY_S
        self._received_at = now
        return REPAIRED_GAP < gap < HALF and now <= self._back_until
