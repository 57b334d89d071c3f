"""
How much one viewer's link carries.

Skeleton of the contract; see the class.
"""

from conference.rtp.transport_cc_reader import Feedback
from conference.sfu.bandwidth.history import SentPackets
from conference.sfu.bandwidth.probe import Prober


class BandwidthEstimator:
    """
    The estimate of one viewer.

    Inputs: ``on_feedback``, ``on_remb``, ``on_report``, ``on_rtt``. Outputs: the
    attributes below, read at any time. ``prober`` is polled by the caller.
    """

    __slots__ = (
        "acknowledged_bps",
        "bitrate_bps",
        "loss",
        "max_bps",
        "min_bps",
        "overusing",
        "prober",
        "queue_delay_s",
        "rtt_s",
    )

    def __init__(self, start_bps: float, min_bps: float, max_bps: float) -> None:
        self.min_bps = min_bps
        self.max_bps = max_bps
        self.bitrate_bps = float(start_bps)
        """What may be sent in all: audio, video, repairs, headers."""
        self.loss = 0.0
        """Share of packets lost, 0…1, smoothed over 2 s."""
        self.rtt_s = 0.0
        """Round-trip time in seconds; 0.0 until measured."""
        self.overusing = False
        """More is being sent than the link carries."""
        self.acknowledged_bps = 0.0
        """What arrives at the viewer, over the last half second."""
        self.queue_delay_s = 0.0
        """Delay over the least seen lately."""
        self.prober = Prober()

    def on_feedback(self, feedback: Feedback, sent: SentPackets, *, now: float) -> None:
        """Learn from transport-wide feedback."""

    def on_remb(self, bitrate_bps: float, *, now: float) -> None:
        """Learn a receiver's own estimate; used while there is no other feedback."""

    def on_report(self, fraction_lost: float, *, now: float) -> None:
        """Learn loss (0…1) from a report block; used like ``on_remb``."""

    def on_rtt(self, seconds: float, *, now: float) -> None:
        """Learn the round-trip time from a report block."""
