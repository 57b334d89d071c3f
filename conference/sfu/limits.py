"""
An operator's limits on what is sent: to a participant, to a room, by the server.

Each second they are split among the viewers by what each would take, and become
the ceiling of each one's pictures (``adaptation``). Voices always come.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from conference.ids import ParticipantId, RoomId
from conference.sfu.bandwidth.share import nested_shares
from conference.sfu.room_plane import RoomPlane

SPLIT_INTERVAL_S = 1.0
"""Between two divisions. Longer: somebody who joins waits for a share; shorter: CPU
for the same result."""
LEAST_DEMAND_BPS = 300_000.0
"""Asked for somebody who shows nothing yet: a first picture needs no new division."""
HEADROOM = 1.1
"""Over the measured rates, so that a scene that moves more is not cut at once."""


@dataclass(frozen=True, slots=True)
class BitrateLimits:
    """Bits a second; None: no limit."""

    participant_bps: float | None = None
    room_bps: float | None = None
    server_bps: float | None = None

    @property
    def shared(self) -> bool:
        """Whether there is anything to divide."""
        return self.room_bps is not None or self.server_bps is not None

    def split(self, rooms: Iterable[RoomPlane]) -> None:
        """Give each viewer its ceiling."""
        demands: dict[RoomId, tuple[float | None, dict[ParticipantId, float]]] = {}
        listed = list(rooms)
        for room in listed:
            demands[room.room] = (
                self.room_bps,
                {
                    participant: max(
                        LEAST_DEMAND_BPS, HEADROOM * viewer.adaptation.demand_bps
                    )
                    for participant, viewer in room.viewers.items()
                },
            )
        shares = nested_shares(self.server_bps, demands)
        for room in listed:
            for participant, viewer in room.viewers.items():
                cap = shares[room.room][participant] if self.shared else None
                if self.participant_bps is not None:
                    own = self.participant_bps
                    cap = own if cap is None else min(own, cap)
                viewer.adaptation.limit(cap)


NO_LIMITS = BitrateLimits()
