"""
An operator's limits on what is sent: to a participant, to a room, by the server.

Once a second they are split among the viewers by what each of them would take. Each
one's part becomes the ceiling of its pictures (``adaptation``); voices are always sent.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from conference.ids import ParticipantId, RoomId
from conference.sfu.bandwidth.share import nested_shares

SPLIT_INTERVAL_S = 1.0
"""Between two splits. Longer: a new viewer waits for its share; shorter: CPU for the
same result."""
LEAST_DEMAND_BPS = 300_000.0
"""Minimum demand of a viewer without pictures, so that its first one need not wait for
the next split."""
HEADROOM = 1.1
"""Of the measured rates, so that a scene that begins to move is not cut at once."""

Demands = Mapping[RoomId, Mapping[ParticipantId, float]]
"""Bits a second that each viewer would take, by room."""


@dataclass(frozen=True, slots=True)
class BitrateLimits:
    """Bits a second; None: no limit."""

    participant_bps: float | None = None
    room_bps: float | None = None
    server_bps: float | None = None

    def ceilings(
        self, demands: Demands
    ) -> dict[RoomId, dict[ParticipantId, float | None]]:
        """Return the ceiling of each viewer in bits a second; None: it has none."""
        shares = self._shares(demands)
        return {
            room: {
                participant: self._ceiling(shares, room, participant)
                for participant in viewers
            }
            for room, viewers in demands.items()
        }

    def _shares(
        self, demands: Demands
    ) -> dict[RoomId, dict[ParticipantId, float]] | None:
        if self.room_bps is None and self.server_bps is None:
            return None
        return nested_shares(
            self.server_bps,
            {
                room: (
                    self.room_bps,
                    {
                        participant: max(LEAST_DEMAND_BPS, HEADROOM * demand)
                        for participant, demand in viewers.items()
                    },
                )
                for room, viewers in demands.items()
            },
        )

    def _ceiling(
        self,
        shares: dict[RoomId, dict[ParticipantId, float]] | None,
        room: RoomId,
        participant: ParticipantId,
    ) -> float | None:
        own = self.participant_bps
        if shares is None:
            return own
        share = shares[room][participant]
        return share if own is None else min(own, share)


NO_LIMITS = BitrateLimits()
