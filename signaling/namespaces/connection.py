"""One client's connection: who it is, what it may do, what it has asked for."""

import asyncio
from dataclasses import dataclass, field
from typing import Any

from engineio.packet import Packet as EnginePacket

from conference.errors import Refused
from conference.ids import AccountId, ConnectionId, InvitationId
from conference.rooms.roles import AT_THE_DESK, AT_THE_DOOR, COMING_BACK, Capabilities
from conference.service.conference import Conference
from conference.service.desk import Actor
from conference.service.seats import Door, Occupied
from signaling.auth.doors import Doors
from signaling.auth.rates import Bucket

EVENTS_PER_SECOND = 30.0
EVENTS_BURST = 100
# All events of one connection together. The busiest honest client sends a few a
# second (view changes while scrolling); each event has a bound of its own too.

FLOOD_REFUSALS = 100
FLOOD_WINDOW_S = 10.0
# So many refusals by rate within so long are no accident: the client is cut.


@dataclass(slots=True)
class Connection:
    """State of one connection; changed by the handlers alone."""

    id: ConnectionId
    engine_sid: str
    base_url: str
    """Where links handed out over this connection point to."""
    address: str = ""
    """The network address that it comes from."""
    account: AccountId | None = None
    session: str | None = None
    """The account's session secret, to cut the connection when it ends."""
    door: Door | None = None
    waits_by: InvitationId | None = None
    """The invitation at whose door this connection is counted as waiting."""
    returning: Occupied | None = None
    """The seat that a shown token opens, until it is resumed."""
    token: str | None = None
    """The seat token, as the client showed it."""
    occupied: Occupied | None = None
    """The seat this connection sits on."""
    closing: bool = False
    why: str | None = None
    """Why the server ends it; None: it does not."""
    environ: dict[str, Any] = field(default_factory=dict)
    """Of its handshake; the close code of its WebSocket comes into it."""
    answering: asyncio.Event | None = None
    """Set when the request in work is answered; None: none is in work."""
    gone: bool = False
    held: list[EnginePacket] | None = None
    """Notices that wait until the answer they build upon is on its way."""
    buckets: dict[str, Bucket] = field(default_factory=dict)
    refusals: list[float] = field(default_factory=list)

    def capabilities(self, conference: Conference) -> Capabilities:
        """Return what this connection may do at this moment."""
        if self.occupied is not None:
            return conference.seats.capabilities(self.occupied)
        if self.returning is not None:
            return COMING_BACK
        if self.door is not None:
            return AT_THE_DOOR
        if self.account is not None:
            return AT_THE_DESK
        return frozenset()

    @property
    def seat(self) -> Occupied:
        """
        The seat this connection sits on.

        Raises:
            Refused: It sits on none (yet).
        """
        if self.occupied is None:
            raise Refused("not-seated", "Come back to your place first.")
        return self.occupied

    @property
    def actor(self) -> Actor:
        """Who asks, for what is done with rooms from outside them."""
        if self.occupied is None:
            return Actor(account=self.account)
        return Actor(
            account=self.account,
            room=self.occupied.room,
            participant=self.occupied.participant,
        )

    def leave_door(self, doors: Doors) -> None:
        """Count it no more among those who wait at a door."""
        if self.waits_by is not None:
            doors.go(self.waits_by, self.address, self.id)
            self.waits_by = None

    def flooding(self, *, now: float) -> bool:
        """Note a refusal by rate; return whether there were too many."""
        self.refusals.append(now)
        if len(self.refusals) > FLOOD_REFUSALS:
            del self.refusals[0]
        full = len(self.refusals) == FLOOD_REFUSALS
        return full and now - self.refusals[0] <= FLOOD_WINDOW_S
