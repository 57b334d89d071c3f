"""Converts domain values to wire messages. The only module that knows both."""

from conference.contract import media
from conference.contract.words import ChatLine, LegKind, Removal
from conference.rooms.roles import Capabilities
from conference.service import notices, room_admin, seats
from signaling.protocol import messages as m
from signaling.protocol.base import MAX_COUNT, CapabilityName, Wire


def capabilities(of: Capabilities) -> list[CapabilityName]:
    """Return capabilities in a stable order."""
    return sorted(capability.value for capability in of)


def participant(view: notices.SeatView) -> m.ParticipantInfo:
    """Return a seat as everybody sees it."""
    seat = view.seat
    return m.ParticipantInfo(
        id=seat.id,
        name=seat.name,
        organisation=seat.organisation,
        role=seat.role.value,
        connected=seat.connected,
        has_floor=seat.has_floor,
        hand=view.hand,
        tracks=[
            m.TrackInfo.model_validate(
                {"source": source.value, "codec": track.codec, "muted": track.muted}
            )
            for source, track in seat.started.items()
        ],
        quality=seat.quality,
    )


def room(view: notices.RoomView) -> m.RoomInfo:
    """Return a room as everybody in it knows it."""
    return m.RoomInfo(
        id=view.id,
        title=view.title,
        organisation=view.organisation,
        stage=view.stage,
        chosen_stage=view.chosen_stage,
    )


def chat(line: ChatLine) -> m.ChatMessage:
    """Return a line of chat."""
    return m.ChatMessage(
        seq=line.seq,
        participant=line.participant,
        name=line.name,
        organisation=line.organisation,
        text=line.text,
        sent_at=line.sent_at,
    )


def slot(state: media.SlotState) -> m.SlotState:
    """Return what a slot carries."""
    return m.SlotState.model_validate(
        {
            "mid": state.mid,
            "participant": state.participant,
            "source": state.source and state.source.value,
            "codec": state.codec,
            "gap": state.gap and state.gap.value,
        }
    )


def offer(of: media.SlotOffer) -> m.SlotOffer:
    """Return a slot offer."""
    return m.SlotOffer.model_validate(
        {
            "generation": of.generation,
            "sdp": of.sdp,
            "slots": [
                {"mid": plan.mid, "kind": plan.kind, "group": plan.group.value}
                for plan in of.slots
            ],
        }
    )


def summary(of: room_admin.RoomSummary) -> m.RoomSummary:
    """Return a room for its owner's list."""
    return m.RoomSummary(
        id=of.id,
        title=of.title,
        organisation=of.organisation,
        created_at=of.created_at,
        present=of.present,
    )


def invitation(of: room_admin.Invitation, base_url: str) -> m.InvitationInfo:
    """Return an invitation; its token is in the fragment, so in no log."""
    return m.InvitationInfo(
        id=of.id,
        role=of.role.value,
        url=f"{base_url}/join#{of.token}",
        created_at=of.created_at,
        revoked=of.revoked,
        note=of.note,
        most_people=of.most_people,
    )


def preview(of: seats.Preview) -> m.RoomPreview:
    """Return a room as shown before joining."""
    return m.RoomPreview(
        title=of.title,
        organisation=of.organisation,
        role=of.role.value,
        participants=[
            m.PreviewParticipant(
                name=seat.name, organisation=seat.organisation, role=seat.role.value
            )
            for seat in of.seats
        ],
        seated_elsewhere=of.seated_elsewhere,
    )


def removal(of: Removal) -> m.RemovalInfo:
    """Return a removal as moderators see it."""
    return m.RemovalInfo(
        participant=of.participant,
        name=of.name,
        organisation=of.organisation,
        removed_at=of.at,
        by=of.by,
    )


def joined(of: seats.Joined) -> m.SeatTaken:
    """Return everything that a new or returning participant needs."""
    return m.SeatTaken(
        participant=of.seat_ref.participant,
        seat=of.token,
        role=of.role.value,
        capabilities=capabilities(of.capabilities),
        room=room(of.room),
        participants=[participant(view) for view in of.seats],
        messages=[chat(line) for line in of.lines],
        slots=[slot(state) for state in of.slots],
        publish_connected=LegKind.PUBLISH in of.legs,
        subscribe_connected=LegKind.SUBSCRIBE in of.legs,
        offer=None if of.offer is None else offer(of.offer),
    )


def notice(of: notices.Notice) -> tuple[str, Wire]:
    """Return the name and payload of an event of the server."""
    match of:
        case notices.ParticipantChanged(view):
            return "participant.changed", m.ParticipantChanged(
                participant=participant(view)
            )
        case notices.ParticipantLeft(who, reason):
            return "participant.left", m.ParticipantLeft(
                participant=who, reason=reason.value
            )
        case notices.RoomChanged(view):
            return "room.changed", m.RoomChanged(room=room(view))
        case notices.ChatSaid(line):
            return "chat.message", chat(line)
        case notices.SeatChanged(role, can):
            return "seat.changed", m.SeatChanged(
                role=role.value, capabilities=capabilities(can)
            )
        case notices.SeatMuted(source, by):
            return "seat.muted", m.SeatMuted(source=source.value, by=by)
        case notices.SeatClosed(reason, by):
            return "seat.closed", m.SeatClosed(reason=reason.value, by=by)
        case notices.SlotsChanged(slots):
            return "slots.changed", m.SlotsChanged(slots=[slot(s) for s in slots])
        case notices.SpeakersChanged(speakers, dominant):
            return "speakers.changed", m.SpeakersChanged(
                speakers=list(speakers), dominant=dominant
            )
        case notices.PublishNeeded():
            return "publish.needed", m.PublishNeeded()
        case notices.LayersWanted(source, layers):
            return "publish.layers", m.PublishLayers(
                source=source.value, layers=list(layers)
            )
        case notices.LinkChanged(down_bps, loss, rtt_s, reduced):
            return "link.changed", m.LinkChanged(
                down_kbps=None
                if down_bps is None
                else min(MAX_COUNT, down_bps // 1000),
                loss=min(1.0, max(0.0, round(loss, 3))),
                rtt_ms=None if rtt_s is None else min(MAX_COUNT, round(rtt_s * 1000)),
                reduced=None if reduced is None else reduced.value,
            )
        case notices.ServerStopping():
            return "server.stopping", m.ServerStopping()
