"""Handlers of room administration: rooms and invitations."""

from conference.contract.words import Role
from conference.errors import NotFound
from conference.ids import InvitationId, RoomId
from signaling.namespaces import wire
from signaling.namespaces.connection import Connection
from signaling.namespaces.dispatcher import Context, Handler
from signaling.protocol import messages as m


async def create_room(
    context: Context, connection: Connection, request: m.RoomCreate
) -> m.RoomCreated:
    """Make a room with its first two invitations."""
    assert connection.account is not None
    room, invitations = await context.conference.room_admin.create(
        connection.account, request.title, request.organisation
    )
    return m.RoomCreated(
        room=wire.summary(room),
        invitations=[wire.invitation(i, connection.base_url) for i in invitations],
    )


async def list_rooms(
    context: Context, connection: Connection, _: m.Nothing
) -> m.RoomList:
    """List the account's rooms."""
    assert connection.account is not None
    rooms = context.conference.room_admin.rooms_of(connection.account)
    return m.RoomList(rooms=[wire.summary(room) for room in rooms])


async def close_room(
    context: Context, connection: Connection, request: m.RoomAddress
) -> m.Nothing:
    """End a room."""
    await context.conference.room_admin.close(connection.actor, RoomId(request.room))
    return m.Nothing()


async def create_invitation(
    context: Context, connection: Connection, request: m.InvitationCreate
) -> m.InvitationInfo:
    """Make one more invitation."""
    made = await context.conference.room_admin.invite(
        connection.actor,
        RoomId(request.room),
        Role(request.role),
        note=request.note,
        most_people=request.most_people,
    )
    return wire.invitation(made, connection.base_url)


async def list_invitations(
    context: Context, connection: Connection, request: m.RoomAddress
) -> m.InvitationList:
    """List a room's invitations."""
    found = await context.conference.room_admin.invitations(
        connection.actor, RoomId(request.room)
    )
    return m.InvitationList(
        invitations=[wire.invitation(i, connection.base_url) for i in found]
    )


async def revoke_invitation(
    context: Context, connection: Connection, request: m.InvitationAddress
) -> m.InvitationInfo:
    """Withdraw an invitation."""
    revoked = await context.conference.room_admin.revoke(
        connection.actor, RoomId(request.room), InvitationId(request.invitation)
    )
    return wire.invitation(revoked, connection.base_url)


async def preview_room(
    context: Context, connection: Connection, request: m.PreviewAsk
) -> m.RoomPreview:
    """Show a room to a guest before joining."""
    if connection.admission is None:
        raise NotFound("room-not-found", "This room does not exist any more.")
    return wire.preview(
        context.conference.seats.preview(connection.admission, own_token=request.seat)
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
