"""
The legs of this media plane: one peer connection each, from its offer to its end.

::

    OFFERED ─ DESCRIBED ─► HANDSHAKE ─ KEYED ─► CONNECTED
       └─────────┴─ ENDED ─► CLOSED ◄─ ENDED ─────┘
"""

import asyncio
import secrets
from collections.abc import Callable, Iterator
from enum import Enum, auto
from typing import ClassVar

from conference.contract.words import Generation, LegKind
from conference.fanout.contract import ViewerKey, ViewerKeys
from conference.fanout.formats import SlotFormat, ViewerFormat
from conference.ids import ParticipantId, RoomId
from conference.sdp.reader import Description
from conference.transport.dtls import DtlsLeg
from conference.transport.ice import CONSENT_S, IceLite

ANSWER_S = 60.0
"""How long an offer waits for its answer before its leg is closed. Shorter: a slow
browser must ask again; longer: abandoned offers hold memory."""
CREDENTIAL_BYTES = 4, 16
"""Random octets of a user fragment and a password. RFC 8839 §5.4 asks for 24 and 128
bits at least."""


class LegState(Enum):
    """How far a leg has come."""

    OFFERED = auto()
    """One side has described it; there is nothing to shake hands with yet."""
    HANDSHAKE = auto()
    """Both descriptions are known: checks and the DTLS handshake may come."""
    CONNECTED = auto()
    """The handshake is over, packets flow."""
    CLOSED = auto()
    """It has ended, and nothing begins it again."""


class LegStep(Enum):
    """What moves a leg on."""

    DESCRIBED = auto()
    """The browser's description has been accepted."""
    KEYED = auto()
    """The DTLS handshake has given keys."""
    ENDED = auto()
    """Closed by a command, by the browser, by silence, or by a failure."""


def next_state(state: LegState, step: LegStep) -> LegState:
    """
    Return the state after a step; defined for every pair.

    Steps that come late change nothing: a description of a leg that shakes hands
    already renegotiates its tracks only, and keys of a closed leg are of no use.
    """
    match state, step:
        case LegState.CLOSED, _:
            return LegState.CLOSED
        case _, LegStep.ENDED:
            return LegState.CLOSED
        case LegState.OFFERED, LegStep.DESCRIBED:
            return LegState.HANDSHAKE
        case LegState.HANDSHAKE, LegStep.KEYED:
            return LegState.CONNECTED
        case _:
            return state


class Leg:
    """
    One peer connection of one participant.

    Args:
        room: The room that it belongs to.
        participant: Its owner.
        generation: Its number; a leg that replaces another one has a higher one.
        ice: Its transport.
        now: When it was opened, by the driver's clock.
    """

    kind: ClassVar[LegKind]

    def __init__(
        self,
        room: RoomId,
        participant: ParticipantId,
        generation: Generation,
        ice: IceLite,
        *,
        now: float,
    ) -> None:
        self.room = room
        self.participant = participant
        self.generation = generation
        self.ice = ice
        self.opened_at = now
        self.budget_bytes: int | None = None
        """What it may still send; None: there is no limit."""
        self.state = LegState.OFFERED
        self.session = secrets.randbits(48)
        """The session id of our descriptions (RFC 8866 §5.2)."""
        self.version = 1
        """The session version; one higher in each further description."""
        self.dtls: DtlsLeg | None = None
        self.task: asyncio.Task[None] | None = None
        """Runs the handshake, and then waits for the end."""

    @property
    def connected(self) -> bool:
        """Whether packets flow."""
        return self.state is LegState.CONNECTED

    @property
    def dropped(self) -> int:
        """Packets that were not authentic, replayed, or could not be sent."""
        return 0 if self.dtls is None else self.dtls.dropped

    def advance(self, step: LegStep) -> bool:
        """Take a step; return whether it changed the state."""
        before, self.state = self.state, next_state(self.state, step)
        return self.state is not before

    def overdue(self, *, now: float) -> bool:
        """Whether its browser has been silent for too long."""
        checked = self.ice.checked_at
        if checked is not None and now - checked > CONSENT_S:
            return True
        return self.state is LegState.OFFERED and now - self.opened_at > ANSWER_S


class PublishLeg(Leg):
    """What a participant sends over; described by the browser's offers."""

    kind = LegKind.PUBLISH
    remote_ufrag = ""
    """The browser's user fragment in its last offer."""
    remote_session = ""
    fingerprints: tuple[tuple[str, str], ...] = ()

    def continues(self, offer: Description) -> bool:
        """Whether an offer is of the peer connection that this leg belongs to."""
        return (
            self.remote_session == offer.session
            and self.fingerprints == offer.fingerprints
        )

    def remember(self, offer: Description) -> None:
        """Note what recognises further offers of the same peer connection."""
        self.remote_ufrag = offer.ice_ufrag
        self.remote_session = offer.session
        self.fingerprints = offer.fingerprints


class SubscribeLeg(Leg):
    """What a participant receives over; described by our one offer."""

    kind = LegKind.SUBSCRIBE
    fmt = ViewerFormat(frozenset())
    """What the browser's answer allows."""
    viewer: ViewerKey | None = None
    """The fan-out's name for it; None before the answer."""
    keys: ViewerKeys | None = None
    """Of its handshake, until the fan-out has them."""

    def __init__(
        self,
        room: RoomId,
        participant: ParticipantId,
        generation: Generation,
        ice: IceLite,
        slots: list[SlotFormat],
        *,
        now: float,
    ) -> None:
        super().__init__(room, participant, generation, ice, now=now)
        self.slots = slots


class Legs:
    """The legs that are open now: at most one of each kind for a participant."""

    def __init__(self) -> None:
        self._publishing: dict[ParticipantId, PublishLeg] = {}
        self._subscribing: dict[ParticipantId, SubscribeLeg] = {}

    def __iter__(self) -> Iterator[Leg]:
        yield from [*self._publishing.values(), *self._subscribing.values()]

    def __len__(self) -> int:
        return len(self._publishing) + len(self._subscribing)

    def publishing(self, participant: ParticipantId) -> PublishLeg | None:
        """Return the publish leg of a participant, if one is open."""
        return self._publishing.get(participant)

    def subscribing(self, participant: ParticipantId) -> SubscribeLeg | None:
        """Return the subscribe leg of a participant, if one is open."""
        return self._subscribing.get(participant)

    def find(self, participant: ParticipantId, kind: LegKind) -> Leg | None:
        """Return the leg of one kind of a participant, if one is open."""
        if kind is LegKind.PUBLISH:
            return self._publishing.get(participant)
        return self._subscribing.get(participant)

    def add(self, leg: PublishLeg | SubscribeLeg) -> None:
        """Take in a leg; its owner has no other one of its kind."""
        assert self.find(leg.participant, leg.kind) is None, "the old one is open"
        if isinstance(leg, PublishLeg):
            self._publishing[leg.participant] = leg
        else:
            self._subscribing[leg.participant] = leg

    def remove(self, leg: Leg) -> None:
        """Forget a leg that has ended."""
        if leg.kind is LegKind.PUBLISH:
            del self._publishing[leg.participant]
        else:
            del self._subscribing[leg.participant]

    def matching(self, which: Callable[[Leg], bool]) -> list[Leg]:
        """Return the legs that meet a condition."""
        return [leg for leg in self if which(leg)]


def credentials() -> tuple[str, str]:
    """Return a new user fragment and password (RFC 8839 §5.4)."""
    fragment, password = CREDENTIAL_BYTES
    return secrets.token_hex(fragment), secrets.token_hex(password)
