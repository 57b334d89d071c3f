"""
The registry: every event a client may send, and every event of the server.

An event that is not here does not exist; one without a capability cannot be
written down. ``signaling.namespaces`` refuses to start when a handler is
missing or superfluous.
"""

from dataclasses import dataclass

from signaling.protocol import messages as m
from signaling.protocol.base import CapabilityName, Wire


@dataclass(frozen=True, slots=True)
class Rate:
    """A token bucket: ``burst`` at once, refilled at ``per_second``."""

    per_second: float
    burst: int


@dataclass(frozen=True, slots=True)
class ClientEvent:
    """What a client may send."""

    name: str
    request: type[Wire]
    result: type[Wire]
    capability: CapabilityName
    rate: Rate
    max_bytes: int = 4096
    """Size of the JSON text of the request."""


@dataclass(frozen=True, slots=True)
class ServerEvent:
    """What the server sends, unasked."""

    name: str
    payload: type[Wire]


SELDOM = Rate(per_second=0.5, burst=10)
USUAL = Rate(per_second=5, burst=20)
CHAT = Rate(per_second=2, burst=10)
NEGOTIATION = Rate(per_second=1, burst=6)
PREFLIGHT = Rate(per_second=0.2, burst=6)  # three runs over UDP and TCP, then slowly
CHAT_BYTES = 48 * 1024  # 4000 emoji, each escaped as JSON in 12 bytes, and the rest
SDP_BYTES = 96 * 1024  # 64 KiB of SDP, escaped as JSON

CLIENT_EVENTS = {
    event.name: event
    for event in (
        ClientEvent(
            "room.create", m.DeskRoomCreate, m.RoomCreated, "room.create", SELDOM
        ),
        ClientEvent("room.list", m.Nothing, m.RoomList, "room.create", USUAL),
        ClientEvent("room.close", m.RoomAddress, m.Nothing, "room.manage", SELDOM),
        ClientEvent(
            "invitation.create",
            m.InvitationCreate,
            m.InvitationInfo,
            "room.manage",
            SELDOM,
        ),
        ClientEvent(
            "invitation.list", m.RoomAddress, m.InvitationList, "room.manage", USUAL
        ),
        ClientEvent(
            "invitation.revoke",
            m.InvitationAddress,
            m.InvitationInfo,
            "room.manage",
            SELDOM,
        ),
        ClientEvent("room.preview", m.PreviewAsk, m.RoomPreview, "room.preview", USUAL),
        ClientEvent("seat.join", m.SeatJoin, m.SeatTaken, "room.preview", SELDOM),
        ClientEvent(
            "seat.resume", m.SeatResume, m.SeatTaken, "room.watch", NEGOTIATION
        ),
        ClientEvent("seat.leave", m.Nothing, m.Nothing, "room.watch", USUAL),
        ClientEvent(
            "media.subscribe", m.MediaSubscribe, m.SlotOffer, "room.watch", NEGOTIATION
        ),
        ClientEvent(
            "media.answer",
            m.MediaAnswer,
            m.Nothing,
            "room.watch",
            NEGOTIATION,
            SDP_BYTES,
        ),
        ClientEvent(
            "media.publish",
            m.MediaPublish,
            m.MediaPublished,
            "media.publish",
            NEGOTIATION,
            SDP_BYTES,
        ),
        ClientEvent(
            "media.preflight",
            m.MediaPreflight,
            m.MediaPublished,
            "room.preview",
            PREFLIGHT,
            SDP_BYTES,
        ),
        ClientEvent("media.track", m.MediaTrack, m.Nothing, "media.publish", USUAL),
        ClientEvent("view.set", m.ViewSet, m.Nothing, "room.watch", USUAL, 16_384),
        ClientEvent(
            "chat.send", m.ChatSend, m.ChatMessage, "chat.send", CHAT, CHAT_BYTES
        ),
        ClientEvent("chat.history", m.ChatHistory, m.ChatPage, "room.watch", USUAL),
        ClientEvent("hand.raise", m.HandRaise, m.Nothing, "hand.raise", CHAT),
        ClientEvent("hand.lower", m.HandLower, m.Nothing, "floor.give", USUAL),
        ClientEvent("floor.give", m.FloorGive, m.Nothing, "floor.give", USUAL),
        ClientEvent("stage.set", m.StageSet, m.Nothing, "stage.set", USUAL),
        ClientEvent(
            "participant.mute", m.ParticipantMute, m.Nothing, "participant.mute", USUAL
        ),
        ClientEvent(
            "participant.remove",
            m.ParticipantRemove,
            m.Nothing,
            "participant.remove",
            USUAL,
        ),
        ClientEvent(
            "removal.list", m.Nothing, m.RemovalList, "participant.remove", USUAL
        ),
        ClientEvent(
            "removal.lift", m.RemovalAddress, m.Nothing, "participant.remove", USUAL
        ),
        ClientEvent(
            "quality.report", m.QualityReport, m.Nothing, "room.watch", Rate(0.5, 5)
        ),
    )
}

SERVER_EVENTS = {
    event.name: event
    for event in (
        ServerEvent("participant.changed", m.ParticipantChanged),
        ServerEvent("participant.left", m.ParticipantLeft),
        ServerEvent("room.changed", m.RoomChanged),
        ServerEvent("chat.message", m.ChatMessage),
        ServerEvent("seat.changed", m.SeatChanged),
        ServerEvent("seat.muted", m.SeatMuted),
        ServerEvent("seat.closed", m.SeatClosed),
        ServerEvent("slots.changed", m.SlotsChanged),
        ServerEvent("speakers.changed", m.SpeakersChanged),
        ServerEvent("publish.needed", m.PublishNeeded),
        ServerEvent("publish.layers", m.PublishLayers),
        ServerEvent("link.changed", m.LinkChanged),
        ServerEvent("server.stopping", m.ServerStopping),
    )
}
