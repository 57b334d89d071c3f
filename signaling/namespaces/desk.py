"""Handlers of the desk: rooms and invitations."""

from conference.contract.words import Role
from conference.errors import NotFound
from conference.ids import InvitationId, RoomId
from signaling.namespaces import wire
from signaling.namespaces.connection import Connection
from signaling.namespaces.dispatcher import Edge, Handler
from signaling.protocol import messages as m


async def create_room(
    edge: Edge, connection: Connection, request: m.DeskRoomCreate
) -> m.RoomCreated:
    """Make a room with its first two invitations."""
    assert connection.account is not None
    room, invitations = await edge.conference.desk.create(
        connection.account, request.title, request.organisation
    )
    return m.RoomCreated(
        room=wire.summary(room),
        invitations=[wire.invitation(i, connection.base_url) for i in invitations],
    )


async def list_rooms(edge: Edge, connection: Connection, _: m.Nothing) -> m.RoomList:
    """List the account's rooms."""
    assert connection.account is not None
    rooms = edge.conference.desk.rooms_of(connection.account)
    return m.RoomList(rooms=[wire.summary(room) for room in rooms])


async def close_room(
    edge: Edge, connection: Connection, request: m.RoomAddress
) -> m.Nothing:
    """End a room."""
    await edge.conference.desk.close(connection.actor, RoomId(request.room))
    return m.Nothing()


async def create_invitation(
    edge: Edge, connection: Connection, request: m.InvitationCreate
) -> m.InvitationInfo:
    """Make one more invitation."""
    made = await edge.conference.desk.invite(
        connection.actor,
        RoomId(request.room),
        Role(request.role),
        note=request.note,
        most_people=request.most_people,
    )
    return wire.invitation(made, connection.base_url)


async def list_invitations(
    edge: Edge, connection: Connection, request: m.RoomAddress
) -> m.InvitationList:
    """List a room's invitations."""
    found = await edge.conference.desk.invitations(
        connection.actor, RoomId(request.room)
    )
    return m.InvitationList(
        invitations=[wire.invitation(i, connection.base_url) for i in found]
    )


async def revoke_invitation(
    edge: Edge, connection: Connection, request: m.InvitationAddress
) -> m.InvitationInfo:
    """Withdraw an invitation."""
    revoked = await edge.conference.desk.revoke(
        connection.actor, RoomId(request.room), InvitationId(request.invitation)
    )
    return wire.invitation(revoked, connection.base_url)


async def preview_room(
    edge: Edge, connection: Connection, request: m.PreviewAsk
) -> m.RoomPreview:
    """Look at the door of a room."""
    if connection.door is None:
        raise NotFound("room-not-found", "This room does not exist any more.")
    return wire.preview(
        edge.conference.seats.preview(connection.door, own_token=request.seat)
    )


HANDLERS: dict[str, Handler] = {
    "room.create": create_room,
    "room.list": list_rooms,
    "room.close": close_room,
    "invitation.create": create_invitation,
    "invitation.list": list_invitations,
    "invitation.revoke": revoke_invitation,
    "room.preview": preview_room,
}
