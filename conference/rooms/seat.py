"""
A seat: one participant's place in a room, and its states.

Pure values. ``Room`` replaces a seat by a changed copy and never mutates one.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import Enum, auto
from types import MappingProxyType
from typing import TypeVar

from conference.contract.words import Generation, Negotiation, Role, Source
from conference.ids import AccountId, InvitationId, ParticipantId
from conference.rooms.roles import Capabilities, Capability, capabilities

_V = TypeVar("_V")

SEAT_KEPT_S = 120.0
# How long a seat is kept for a participant whose connection broke. Long enough for a
# rebooted PC, a moved cable or an upgraded server. Longer: people who just closed the
# lid stay in the list and in the order of hands.

PAGE_KEPT_S = 10.0
# How long a seat waits after its page said that it is being closed: enough for a
# reload on an old PC. Longer would show people who closed the tab as expected back.


class Presence(Enum):
    """Whether the participant of a seat is connected."""

    PRESENT = auto()
    LOST = auto()
    """The connection was lost; the seat is kept for a while."""
    GONE = auto()
    """Left, removed, or lost for too long: the end."""


class Signal(Enum):
    """Events of the state machine of a seat."""

    CONNECTION_LOST = auto()
    PAGE_CLOSED = auto()
    RETURNED = auto()
    GRACE_OVER = auto()
    LEFT = auto()


def transition(presence: Presence, signal: Signal) -> Presence:
    """Return the presence that follows; a signal without meaning changes nothing."""
    match presence, signal:
        case Presence.GONE, _:
            return Presence.GONE
        case _, Signal.LEFT:
            return Presence.GONE
        case Presence.PRESENT, Signal.CONNECTION_LOST | Signal.PAGE_CLOSED:
            return Presence.LOST
        case Presence.LOST, Signal.RETURNED:
            return Presence.PRESENT
        case Presence.LOST, Signal.GRACE_OVER:
            return Presence.GONE
        case _:
            return presence


BEFORE_ALL = Negotiation(0)
"""Lower than the number of any negotiation."""


@dataclass(frozen=True, slots=True)
class Track:
    """A published track as the room knows it."""

    codec: str | None = None
    """None until its first packet arrived: declared, and nothing to show yet."""
    muted: bool = False
    """True: nothing of it is forwarded."""
    since: Negotiation = BEFORE_ALL
    """The negotiation that declared it; earlier messages are of another track."""


@dataclass(frozen=True, slots=True)
class Seat:
    """One Participant's place in a Room."""

    id: ParticipantId
    name: str
    organisation: str
    role: Role
    joined_at: float
    """Seconds since the epoch."""
    number: int = 0
    """Its place in the order of joining; ``Seats`` counts. Not stored."""
    account: AccountId | None = None
    invitation: InvitationId | None = None
    browser: bytes | None = None
    """SHA-256 of the key that this browser made for the invitation."""
    presence: Presence = Presence.PRESENT
    kept_until: float | None = None
    """When a lost seat is given up, in monotonic seconds; None while present."""
    has_floor: bool = False
    hand: int | None = None
    """Ticket of the raised hand: smaller raised earlier. Not the place shown."""
    quality: int | None = None
    """0 no media … 4 good, by the client's own report, as last sent to others."""
    quality_waiting: int | None = None
    """A newer report that is not sent yet; None: there is none."""
    quality_shown_at: float | None = None
    """When it was last sent, in monotonic seconds; None: never."""
    publish_leg: Generation | None = None
    """The leg that its tracks belong to; None before its first publish offer."""
    tracks: Mapping[Source, Track] = field(default_factory=lambda: MappingProxyType({}))
    """What was declared in its publish offer. Others see ``started`` only."""
    stopped: Mapping[Source, str] = field(default_factory=lambda: MappingProxyType({}))
    """
    Sources that a moderator muted, with the moderator's name, until the participant
    says itself that they are off or on. Until then no offer opens them again: it may
    have been written before the participant learned of it.
    """

    @property
    def started(self) -> dict[Source, Track]:
        """The tracks of which packets came: what others may see, muted or not."""
        return {
            source: track
            for source, track in self.tracks.items()
            if track.codec is not None
        }

    @property
    def connected(self) -> bool:
        """Whether the participant is connected."""
        return self.presence is Presence.PRESENT

    @property
    def capabilities(self) -> Capabilities:
        """What this seat may do now."""
        return capabilities(self.role, has_floor=self.has_floor)

    def may(self, capability: Capability) -> bool:
        """Return whether this seat has a capability."""
        return capability in self.capabilities

    def looks_like(self, other: "Seat") -> bool:
        """Return whether the others in the room see no difference to ``other``."""
        if self.tracks is not other.tracks and self.started != other.started:
            return False
        unseen = replace(
            self,
            tracks=other.tracks,
            stopped=other.stopped,
            publish_leg=other.publish_leg,
        )
        return unseen == other

    @property
    def durable(self) -> tuple[object, ...]:
        """The part that survives a restart, to see whether it changed."""
        return (self.name, self.organisation, self.role, self.has_floor, self.hand)


def without(of: Mapping[Source, _V], sources: set[Source]) -> Mapping[Source, _V]:
    """Return a mapping by source without some of them."""
    kept = {source: value for source, value in of.items() if source not in sources}
    return MappingProxyType(kept)


def signalled(seat: Seat, signal: Signal, *, now: float) -> Seat:
    """
    Return a seat after a signal.

    A seat that becomes lost is kept for a while. A second loss does not prolong
    that, but the closing of its page shortens it.
    """
    presence = transition(seat.presence, signal)
    kept_until = None
    if presence is Presence.LOST:
        kept_s = PAGE_KEPT_S if signal is Signal.PAGE_CLOSED else SEAT_KEPT_S
        kept_until = now + kept_s
        if seat.kept_until is not None:
            kept_until = min(seat.kept_until, kept_until)
    elif presence is seat.presence:
        return seat
    return replace(
        seat,
        presence=presence,
        kept_until=kept_until,
        quality=None,
        quality_waiting=None,
    )
