"""Every message of the protocol: requests with their results, and events of the server."""

from typing import Annotated, Literal

from pydantic import Field

from signaling.protocol.base import (
    CapabilityName,
    ChatText,
    CodecName,
    Count,
    GroupName,
    Identifier,
    MediaKind,
    Mid,
    Moment,
    Name,
    Note,
    Place,
    RoleName,
    Sdp,
    Share,
    SourceName,
    Title,
    Token,
    Wire,
)

MOST_PEOPLE = 100_000
# In one room by one invitation: above whatever an operator allows for a room.

# Connecting


class ConnectAuth(Wire):
    """
    The ``auth`` object of the Socket.IO CONNECT packet.

    One of: ``invitation`` (a guest at the door), ``seat`` (somebody coming
    back), ``room`` (an account, known by its cookie, entering its own room), or
    nothing (an account at its desk). Anything else is refused.
    """

    invitation: Token | None = None
    seat: Token | None = None
    room: Identifier | None = None


# Parts


class TrackInfo(Wire):
    """
    A published track of which packets came.

    ``muted`` means that nothing of it is forwarded. What was declared in an offer
    and has sent nothing yet is not listed.
    """

    source: SourceName
    codec: CodecName
    muted: bool = False


class ParticipantInfo(Wire):
    """A seat as everybody in the room sees it."""

    id: Identifier
    name: str
    organisation: str
    role: RoleName
    connected: bool
    """False while the seat is kept for somebody whose connection was lost."""
    has_floor: bool
    """A researcher who may publish until the floor is taken back."""
    hand: Place | None
    """Place in the order of raised hands, counted from 1; None: not raised, or lost."""
    tracks: list[TrackInfo]
    quality: Annotated[int, Field(ge=0, le=4)] | None
    """The participant's own report of its connection; None: not known."""


class RoomInfo(Wire):
    """What everybody in the room knows about it."""

    id: Identifier
    title: str
    organisation: str
    stage: Identifier | None
    """The participant on the stage, by a moderator's choice or by default."""
    chosen_stage: Identifier | None
    """Whom a moderator keeps on the stage; None: the room chooses. While that
    participant's connection is lost, another one is on the stage."""


class RoomSummary(Wire):
    """A room on its owner's desk."""

    id: Identifier
    title: str
    organisation: str
    created_at: Moment
    """Seconds since the epoch."""
    present: Count
    """Participants connected now."""


class InvitationInfo(Wire):
    """An invitation as its room's moderators see it."""

    id: Identifier
    role: RoleName
    url: str
    """The link to hand out; opens the pre-join page."""
    created_at: Moment
    revoked: bool
    note: str
    """What the moderators wrote to tell it from others; may be empty."""
    most_people: Annotated[int, Field(ge=1, le=MOST_PEOPLE)] | None
    """How many may be in the room by it at the same time; None: no limit."""


class ChatMessage(Wire):
    """One line of the chat. ``seq`` counts from 1 in each room, without a gap."""

    seq: Place
    participant: Identifier
    name: str
    organisation: str
    text: str
    sent_at: Moment
    """Seconds since the epoch, by the server's clock."""


class SlotPlan(Wire):
    """A slot of the subscribe offer; fixed for the life of that peer connection."""

    mid: Mid
    kind: MediaKind
    group: GroupName


class SlotState(Wire):
    """What a slot carries now."""

    mid: Mid
    participant: Identifier | None
    source: SourceName | None
    codec: CodecName | None
    gap: Literal["codec", "link"] | None
    """Why the slot stays empty: this browser cannot decode that codec (``codec``),
    or this link has no room for the picture now (``link``)."""


class SlotOffer(Wire):
    """The server's only offer: answer it with ``media.answer``."""

    sdp: Sdp
    slots: list[SlotPlan]


# Requests and results


class Nothing(Wire):
    """No content."""


class DeskRoomCreate(Wire):
    title: Title
    organisation: Name


class RoomAddress(Wire):
    room: Identifier


class RoomList(Wire):
    rooms: list[RoomSummary]


class RoomCreated(Wire):
    room: RoomSummary
    invitations: list[InvitationInfo]


class InvitationCreate(Wire):
    room: Identifier
    role: RoleName
    note: Note = ""
    """Tells this invitation from others; only moderators see it."""
    most_people: Annotated[int, Field(ge=1, le=MOST_PEOPLE)] | None = None
    """How many may be in the room by it at the same time; None: no limit."""


class InvitationAddress(Wire):
    room: Identifier
    invitation: Identifier


class InvitationList(Wire):
    invitations: list[InvitationInfo]


class PreviewAsk(Wire):
    seat: Token | None = None
    """The seat that another tab of this browser holds: it is left out of the list."""


class PreviewParticipant(Wire):
    """Somebody already there, as seen from the door."""

    name: str
    organisation: str
    role: RoleName


class RoomPreview(Wire):
    """The room as seen from the door."""

    title: str
    organisation: str
    role: RoleName
    """The role that the one at the door would enter with."""
    participants: list[PreviewParticipant]
    """Those who are connected; the one who asks is not among them."""
    seated_elsewhere: bool
    """The one who asks is in the room already: the account, or the seat of ``seat``."""


class SeatJoin(Wire):
    name: Name
    organisation: Name
    subscribe: bool = True
    """Ask for the slot offer in the same answer: saves a round trip."""
    browser: Token | None = None
    """A random key that this browser made for this invitation and shows to no other.
    It has one use: a removal holds for the browser that shows it."""
    take_over: bool = False
    """For an account that is in the room already: end its other connection."""


class SeatResume(Wire):
    """Come back to a seat; the connection's ``auth`` named it."""

    last_chat: Count = 0
    """The highest chat ``seq`` this client has; newer ones are in the answer."""
    subscribe: bool = False
    """Ask for a new slot offer (the old peer connection is lost)."""


class SeatTaken(Wire):
    """You are in the room: everything needed to show it."""

    participant: Identifier
    seat: Token
    """Present this when connecting again. Known to nobody else."""
    role: RoleName
    capabilities: list[CapabilityName]
    room: RoomInfo
    participants: list[ParticipantInfo]
    messages: list[ChatMessage]
    """The newest, in order: 200 at most on joining, all missed ones (1000 at most) on coming back."""
    slots: list[SlotState]
    """Slots that carry something now (of a subscription that is still up)."""
    publish_connected: bool
    subscribe_connected: bool
    offer: SlotOffer | None


class MediaSubscribe(Wire):
    """Ask for a fresh slot offer; the old subscribe peer connection is closed."""


class MediaAnswer(Wire):
    sdp: Sdp


class PublishedSection(Wire):
    """One section of a publish offer and what it carries."""

    mid: Mid
    source: SourceName
    active: bool = False
    """It is sent from now on. Off, it may be started later with ``media.track``."""


class MediaPublish(Wire):
    """
    A publish offer.

    All sections are ``sendonly``; each video section names the codecs the
    browser can send, its favourite first. The server's answer keeps one.
    """

    sdp: Sdp
    tracks: Annotated[list[PublishedSection], Field(min_length=1, max_length=4)]


class MediaPublished(Wire):
    sdp: Sdp


class MediaPreflight(Wire):
    """
    Try the way of media from the door, before entering.

    Two sections, ``sendonly``: audio with mid 0 and video with mid 1. Nobody sees or
    hears them.
    """

    sdp: Sdp


class MediaTrack(Wire):
    """Say that a track of one's own starts or stops (microphone or camera on/off)."""

    source: SourceName
    active: bool


class ViewTile(Wire):
    participant: Identifier
    max_height: Annotated[int, Field(ge=0, le=4320)]
    """Height of the tile in device pixels; 0: not on the screen."""


class ViewSet(Wire):
    """What this client shows. Grid cameras that are not listed are not sent."""

    stage: Identifier | None = None
    """An own choice for the stage (pin); None: the room's."""
    tiles: Annotated[list[ViewTile], Field(max_length=48)]
    stage_height: Annotated[int, Field(ge=0, le=4320)] = 4320
    """Height of the stage in device pixels; 0: not on the screen."""
    content_height: Annotated[int, Field(ge=0, le=4320)] = 4320
    """The same of a shared screen."""
    receive: Literal["auto", "saver", "audio"] = "auto"
    """A person's choice: what the link allows, small pictures, or none."""


class ChatSend(Wire):
    text: ChatText
    nonce: Identifier
    """Chosen by the client; sent again with the same nonce, a message is stored once."""


class ChatHistory(Wire):
    before: Place
    limit: Annotated[int, Field(ge=1, le=200)] = 100


class ChatPage(Wire):
    messages: list[ChatMessage]


class HandRaise(Wire):
    raised: bool


class FloorGive(Wire):
    participant: Identifier
    given: bool
    """True gives the floor, False takes it back."""


class StageSet(Wire):
    participant: Identifier | None
    """None: back to the room's own choice."""


class ParticipantMute(Wire):
    participant: Identifier
    source: SourceName


class ParticipantRemove(Wire):
    participant: Identifier


class HandLower(Wire):
    participant: Identifier


class RemovalInfo(Wire):
    """Somebody who was removed and may not come in by the same link and browser."""

    participant: Identifier
    """The seat that was taken away; names the removal."""
    name: str
    organisation: str
    removed_at: Moment
    """Seconds since the epoch."""
    by: str
    """Name of the moderator."""


class RemovalList(Wire):
    removals: list[RemovalInfo]


class RemovalAddress(Wire):
    participant: Identifier


class QualityReport(Wire):
    level: Annotated[int, Field(ge=0, le=4)]
    """0 no media … 4 good."""


# Acknowledgements


class ErrorInfo(Wire):
    """A refusal: ``code`` is stable and translated by clients, ``message`` is for people."""

    code: str
    message: str


# Events of the server


class ParticipantChanged(Wire):
    """Somebody came, or something about somebody changed: the whole new state."""

    participant: ParticipantInfo


class ParticipantLeft(Wire):
    participant: Identifier
    reason: Literal["left", "removed", "lost"]


class RoomChanged(Wire):
    room: RoomInfo


class SeatChanged(Wire):
    """Your own role or capabilities changed (for one: the floor was given)."""

    role: RoleName
    capabilities: list[CapabilityName]


class SeatMuted(Wire):
    """A moderator stopped a track of yours; you may start it again."""

    source: SourceName
    by: str
    """Name of the moderator."""


class SeatClosed(Wire):
    """You are out of the room; the server closes the connection after this."""

    reason: Literal["removed", "taken-over", "room-closed", "too-slow", "flooding"]
    by: str | None


class SlotsChanged(Wire):
    slots: list[SlotState]


class SpeakersChanged(Wire):
    """Participants heard speaking now; sent when somebody begins or ends."""

    speakers: list[Identifier]
    dominant: Identifier | None
    """Who holds the word, also through pauses and others' coughs."""


class PublishNeeded(Wire):
    """Offer again: another codec is wanted from you."""


class PublishLayers(Wire):
    """Which layers of a video track of yours are watched: send these, stop the others."""

    source: SourceName
    layers: list[Annotated[int, Field(ge=0, le=2)]]
    """In the order of ``a=simulcast``, 0 the smallest; empty: nobody watches."""


class LinkChanged(Wire):
    """How the server sees the way to you; sent when it changes noticeably."""

    down_kbps: Count | None
    """Estimated capacity towards you; None: not known yet."""
    loss: Share
    """Share of packets lost on the way to you, 0…1."""
    rtt_ms: Count | None
    reduced: Literal["link", "operator", "choice"] | None
    """Why you are sent less than your screen could show; None: you are not."""


class ServerStopping(Wire):
    """The server goes down on purpose; keep trying, it comes back."""
