"""What a Room can be told. Plain frozen values; ``by`` is who asks."""

from dataclasses import dataclass

from conference.contract.words import Role, Source
from conference.ids import AccountId, InvitationId, ParticipantId


@dataclass(frozen=True, slots=True)
class TakeSeat:
    """Come in. The service has checked the invitation or the account."""

    participant: ParticipantId
    name: str
    organisation: str
    role: Role
    at: float
    """Seconds since the epoch."""
    account: AccountId | None = None
    invitation: InvitationId | None = None
    most_by_invitation: int | None = None
    """How many seats this invitation may fill at the same time; None: no limit."""
    browser: bytes | None = None
    """SHA-256 of the key that this browser made for the invitation."""


@dataclass(frozen=True, slots=True)
class Return:
    """Come back to a seat, from a new connection."""

    participant: ParticipantId


@dataclass(frozen=True, slots=True)
class Lose:
    """The connection of a seat broke."""

    participant: ParticipantId


@dataclass(frozen=True, slots=True)
class ClosePage:
    """The page of a seat was closed or is being loaded again."""

    participant: ParticipantId


@dataclass(frozen=True, slots=True)
class Leave:
    """Go, of one's own will."""

    participant: ParticipantId


@dataclass(frozen=True, slots=True)
class Remove:
    """Put somebody out."""

    by: ParticipantId
    participant: ParticipantId
    at: float
    """Seconds since the epoch."""


@dataclass(frozen=True, slots=True)
class LiftRemoval:
    """Let a removed participant come in again."""

    by: ParticipantId
    participant: ParticipantId


@dataclass(frozen=True, slots=True)
class RaiseHand:
    """Raise or lower one's own hand."""

    by: ParticipantId
    raised: bool


@dataclass(frozen=True, slots=True)
class LowerHand:
    """Lower the hand of another participant."""

    by: ParticipantId
    participant: ParticipantId


@dataclass(frozen=True, slots=True)
class GiveFloor:
    """Give the floor, or take it back."""

    by: ParticipantId
    participant: ParticipantId
    given: bool


@dataclass(frozen=True, slots=True)
class ChooseStage:
    """Put a participant on the stage; None: back to the room's own choice."""

    by: ParticipantId
    participant: ParticipantId | None


@dataclass(frozen=True, slots=True)
class Mute:
    """Stop a track of somebody else."""

    by: ParticipantId
    participant: ParticipantId
    source: Source


@dataclass(frozen=True, slots=True)
class SwitchTrack:
    """Start or stop a track of one's own."""

    by: ParticipantId
    source: Source
    active: bool


@dataclass(frozen=True, slots=True)
class Publish:
    """A publish offer was accepted: these tracks, and no others."""

    by: ParticipantId
    sources: tuple[Source, ...]
    active: frozenset[Source] = frozenset()
    """Those of them that are to be sent; the others are declared and off."""


@dataclass(frozen=True, slots=True)
class TrackUp:
    """The media plane saw a track start, or change its codec."""

    participant: ParticipantId
    source: Source
    codec: str


@dataclass(frozen=True, slots=True)
class TrackDown:
    """The media plane saw a track end."""

    participant: ParticipantId
    source: Source


@dataclass(frozen=True, slots=True)
class Dominate:
    """The media plane heard who holds the word now; None: nobody any more."""

    participant: ParticipantId | None


@dataclass(frozen=True, slots=True)
class ReportQuality:
    """A participant reports how good its own connection is."""

    by: ParticipantId
    level: int


@dataclass(frozen=True, slots=True)
class Say:
    """Write one line of chat."""

    by: ParticipantId
    text: str
    nonce: str
    at: float
    """Seconds since the epoch."""


@dataclass(frozen=True, slots=True)
class CloseRoom:
    """End the room for everybody. The service has checked who asks."""

    by: str | None
    """Name shown to those inside; None for the owner at the desk."""


@dataclass(frozen=True, slots=True)
class Tick:
    """Time has passed: let go of seats kept for too long, move the stage if due."""


Command = (
    TakeSeat
    | Return
    | Lose
    | ClosePage
    | Leave
    | Remove
    | LiftRemoval
    | RaiseHand
    | LowerHand
    | GiveFloor
    | ChooseStage
    | Mute
    | SwitchTrack
    | Publish
    | TrackUp
    | TrackDown
    | Dominate
    | ReportQuality
    | Say
    | CloseRoom
    | Tick
)
