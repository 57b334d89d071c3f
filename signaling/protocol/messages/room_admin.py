"""Making rooms, and managing their invitations."""

from typing import Annotated

from pydantic import Field

from signaling.protocol.base import (
    Count,
    Identifier,
    Moment,
    Name,
    Note,
    RoleName,
    Title,
    Wire,
)
from signaling.protocol.events import SELDOM, USUAL, ClientEvent
from signaling.protocol.messages.connection import Nothing

MOST_PEOPLE = 100_000
# In one room by one invitation: above whatever an operator allows for a room.


class RoomSummary(Wire):
    """A room in its owner's list."""

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


class RoomCreate(Wire):
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


CLIENT_EVENTS = (
    ClientEvent("room.create", RoomCreate, RoomCreated, "room.create", SELDOM),
    ClientEvent("room.list", Nothing, RoomList, "room.create", USUAL),
    ClientEvent("room.close", RoomAddress, Nothing, "room.manage", SELDOM),
    ClientEvent(
        "invitation.create",
        InvitationCreate,
        InvitationInfo,
        "room.manage",
        SELDOM,
    ),
    ClientEvent("invitation.list", RoomAddress, InvitationList, "room.manage", USUAL),
    ClientEvent(
        "invitation.revoke",
        InvitationAddress,
        InvitationInfo,
        "room.manage",
        SELDOM,
    ),
)
