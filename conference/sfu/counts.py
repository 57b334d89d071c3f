"""Counters of one room, from its opening on."""

from dataclasses import dataclass


@dataclass(slots=True)
class Counts:
    """What happened in a room since it was opened."""

    received_packets: int = 0
    received_octets: int = 0
    forwarded_packets: int = 0
    forwarded_octets: int = 0
    """Payload, without headers."""
    nacked_packets: int = 0
    """Packets that viewers requested again."""
    repaired_packets: int = 0
    """Of these, sent again."""
    key_frame_requests: int = 0
    """Sent to publishers."""
    probe_octets: int = 0
