"""One client's connection: who it is, what it may do, what it has asked for."""

import asyncio
from dataclasses import dataclass, field
from typing import Any

from engineio.packet import Packet as EnginePacket

from conference.errors import Refused
from conference.ids import AccountId, ConnectionId, InvitationId
from conference.rooms.roles import (
    OF_ACCOUNTS,
    OF_THE_ADMITTED,
    OF_THE_RETURNING,
    Capabilities,
)
from conference.service.conference import Conference
from conference.service.open_rooms import SeatRef
from conference.service.room_admin import Actor
from conference.service.seats import Admission
from signaling.auth.arrivals import Arrivals
from signaling.auth.rates import Bucket

EVENTS_PER_SECOND = 30.0
EVENTS_BURST = 100
# All events of one connection together. The busiest honest client sends a few a
# second (view changes while scrolling); each event has a bound of its own too.

FLOOD_REFUSALS = 100
FLOOD_WINDOW_S = 10.0
# This many rate refusals within this time mean a flood: the connection is closed.


@dataclass(slots=True)
class Connection:
    """State of one connection; changed by the handlers alone."""

    id: ConnectionId
    engine_sid: str
    base_url: str
    """The address that links given to this client begin with."""
    address: str = ""
    """The network address that it comes from."""
    account: AccountId | None = None
    sign_in: str | None = None
    """The secret of the account's sign-in, to cut the connection when it ends."""
    admission: Admission | None = None
    waits_by: InvitationId | None = None
    """The invitation by which this connection is counted as waiting to enter."""
    returning: SeatRef | None = None
    """The seat of the presented token, until it is resumed."""
    token: str | None = None
    """The seat token, as the client showed it."""
    seat_ref: SeatRef | None = None
    """The seat of this connection."""
    closing: bool = False
    why: str | None = None
    """Why the server closes it; None: it does not."""
    environ: dict[str, Any] = field(default_factory=dict)
    """Of its handshake; receives the close code of its WebSocket."""
    answering: asyncio.Event | None = None
    """Set when the current request is answered; None: there is none."""
    gone: bool = False
    held: list[EnginePacket] | None = None
    """Notices held back until the answer that they depend on is sent."""
    buckets: dict[str, Bucket] = field(default_factory=dict)
    refusals: list[float] = field(default_factory=list)

    def capabilities(self, conference: Conference) -> Capabilities:
        """Return what this connection may do at this moment."""
        if self.seat_ref is not None:
            return conference.seats.capabilities(self.seat_ref)
        if self.returning is not None:
            return OF_THE_RETURNING
        if self.admission is not None:
            return OF_THE_ADMITTED
        if self.account is not None:
            return OF_ACCOUNTS
        return frozenset()

    @property
    def seat(self) -> SeatRef:
        """
        The seat of this connection.

        Raises:
            Refused: It has no seat (yet).
        """
        if self.seat_ref is None:
            raise Refused("not-seated", "You are not in the room. Join it first.")
        return self.seat_ref

    @property
    def actor(self) -> Actor:
        """The actor, for room administration."""
        if self.seat_ref is None:
            return Actor(account=self.account)
        return Actor(
            account=self.account,
            room=self.seat_ref.room,
            participant=self.seat_ref.participant,
        )

    def stop_waiting(self, arrivals: Arrivals) -> None:
        """Stop counting it as waiting to enter."""
        if self.waits_by is not None:
            arrivals.go(self.waits_by, self.address, self.id)
            self.waits_by = None

    def flooding(self, *, now: float) -> bool:
        """Note a refusal by rate; return whether there were too many."""
        self.refusals.append(now)
        if len(self.refusals) > FLOOD_REFUSALS:
            del self.refusals[0]
        full = len(self.refusals) == FLOOD_REFUSALS
        return full and now - self.refusals[0] <= FLOOD_WINDOW_S
