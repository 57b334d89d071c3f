"""
When to find out by padding whether a link carries more than is being sent.

Skeleton of the contract; see the classes.
"""

from typing import NamedTuple

CLUSTER_S = 0.015
"""Length of a cluster at its own rate."""
MAX_CLUSTER_BYTES = 12_000
"""Bytes of the longest cluster."""
MIN_PACKETS = 5
"""Packets of the shortest cluster."""


class Cluster(NamedTuple):
    """A burst of padding, to be sent at once."""

    rate_bps: float
    """The rate it tries to prove."""
    size_bytes: int
    """Bytes on the wire, in all."""
    packets: int
    """At least so many packets, of about equal size."""


class Prober:
    """Inputs: ``began``, and the estimator's evaluations. Output: ``poll``."""

    __slots__ = ()

    def poll(self, *, now: float, estimate: float, wanted_bps: float) -> Cluster | None:
        """
        Return a cluster to send now, or None.

        Args:
            now: Monotonic seconds.
            estimate: The present estimate in bit/s.
            wanted_bps: What all slots would take at their preferred layers, with
                audio and overhead.
        """
        return None

    def began(
        self, cluster: Cluster, first_number: int, last_number: int, *, now: float
    ) -> None:
        """Note the transport-wide numbers (unbounded) that carry a cluster."""
