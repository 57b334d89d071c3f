"""
What a line swallowed while it was dead: lost, but nothing to repair.

Decides by numbers and times alone; whoever asks for repairs, or tells of losses,
leaves out what is said here. Driven by each packet that arrives.
"""

from conference.rtp.sequence import HALF

DEAD_S = 1.5
"""Silence after which a line counts as dead, and time after which a packet is given up:
viewers wait no longer for one frame. Lower: bursts of loss go unrepaired; higher: whoever
was away is back later."""
BACK_S = 0.5
"""For so long after a silence the gap may come: a buffer on the way (Wi-Fi) delivers some
of the first packets of the dark before it. Lower: such a buffer brings all repairs back;
higher: a burst of loss soon after a pause, on a still screen, costs a key frame."""
DEAD_GAP = 32
"""A longer gap than this is of the dark: a picture would wait behind all repairs, which
a browser sends before anything new. Lower: a still screen that loses a part of a frame is
sent whole; higher: thin layers wait for what nobody shows any more."""


class OutageDetector:
    """
    Silences of what sends numbered packets, and what got lost in them.

    Input and output: ``swallowed``, for each packet that arrives.
    """

    __slots__ = ("_back_until", "_heard_at")

    def __init__(self) -> None:
        self._heard_at: float | None = None
        self._back_until = float("-inf")

    def swallowed(self, gap: int, *, now: float) -> bool:
        """
        Note an arrival; say whether what is missing before it got lost in a silence.

        Args:
            gap: Its number less the highest before it, modulo 65,536.
            now: Monotonic seconds.
        """
        if self._heard_at is not None and now - self._heard_at >= DEAD_S:
            self._back_until = now + BACK_S
        self._heard_at = now
        return DEAD_GAP < gap < HALF and now <= self._back_until
