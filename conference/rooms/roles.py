"""
The table of roles and their capabilities.

A role is a set of capabilities; the floor adds one. What
is not listed is denied. Later roles (lobby, interpreter, recorder) are further
rows here, not further conditions elsewhere.
"""

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType

from conference.contract.words import Role


class Capability(StrEnum):
    """One thing that may be done; every client event needs exactly one."""

    ROOM_CREATE = "room.create"
    ROOM_PREVIEW = "room.preview"
    ROOM_MANAGE = "room.manage"
    ROOM_WATCH = "room.watch"
    CHAT_SEND = "chat.send"
    HAND_RAISE = "hand.raise"
    MEDIA_PUBLISH = "media.publish"
    FLOOR_GIVE = "floor.give"
    STAGE_SET = "stage.set"
    PARTICIPANT_MUTE = "participant.mute"
    PARTICIPANT_REMOVE = "participant.remove"


Capabilities = frozenset[Capability]

OF_ACCOUNTS: Capabilities = frozenset({Capability.ROOM_CREATE, Capability.ROOM_MANAGE})
"""An account outside any room. Each room's owner is checked on top of it."""

OF_THE_ADMITTED: Capabilities = frozenset({Capability.ROOM_PREVIEW})
"""A guest with a valid invitation, or the owner, before joining."""

OF_THE_RETURNING: Capabilities = frozenset({Capability.ROOM_WATCH})
"""A client that presented a valid seat token and has not resumed the seat yet."""

_EVERYBODY = frozenset(
    {Capability.ROOM_WATCH, Capability.CHAT_SEND, Capability.HAND_RAISE}
)

ROLE_CAPABILITIES: Mapping[Role, Capabilities] = MappingProxyType(
    {
        Role.RESEARCHER: _EVERYBODY,
        Role.PRESENTER: _EVERYBODY | {Capability.MEDIA_PUBLISH},
        Role.MODERATOR: _EVERYBODY
        | {
            Capability.MEDIA_PUBLISH,
            Capability.ROOM_MANAGE,
            Capability.FLOOR_GIVE,
            Capability.STAGE_SET,
            Capability.PARTICIPANT_MUTE,
            Capability.PARTICIPANT_REMOVE,
        },
    }
)

THE_FLOOR: Capabilities = frozenset({Capability.MEDIA_PUBLISH})


def capabilities(role: Role, *, has_floor: bool) -> Capabilities:
    """Return what a seat may do: its role's capabilities, and the floor's."""
    own = ROLE_CAPABILITIES[role]
    return own | THE_FLOOR if has_floor else own
