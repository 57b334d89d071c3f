"""
Figures of the media plane for the operator.

Counts and means only, which name no participant. Plain values, as all that the media
plane sends.
"""

from dataclasses import dataclass

from conference.contract.words import Reduced
from conference.ids import RoomId


@dataclass(frozen=True, slots=True)
class RoomCounts:
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


@dataclass(frozen=True, slots=True)
class RoomFigures:
    """The momentary state of a room."""

    room: RoomId
    counts: RoomCounts
    publishers: int
    viewers: int
    layers: dict[int, int]
    """Picture slots by the spatial layer that they carry."""
    paused: int
    """Picture slots for which a viewer's link has no room."""
    reduced: dict[Reduced, int]
    """Viewers by the reason for getting less than their screen could show."""
    loss: float
    """Mean share of packets lost between the server and viewers, 0…1."""
    rtt_s: float
    """Mean round trip to viewers; 0.0: none is known."""
    estimate_bps: float
    """Mean estimate of viewers' links; 0.0: none is known."""
    upstream_loss: float
    """Mean share of packets lost between publishers and the server, 0…1."""
    upstream_nacked: int
    """Packets that the present publishers were asked to retransmit."""


@dataclass(frozen=True, slots=True)
class PlaneFigures:
    """The media plane as a whole."""

    counters: dict[str, float]
    """Since its start, by name."""
    rooms: tuple[RoomFigures, ...]
