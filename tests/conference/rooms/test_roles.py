"""The table of roles: who may do what, and nothing that is not written down."""

import itertools
from typing import get_args

import pytest

from conference.contract.words import Role
from conference.rooms.roles import (
    OF_ACCOUNTS,
    OF_THE_ADMITTED,
    OF_THE_RETURNING,
    Capability,
    capabilities,
)
from signaling.protocol.base import CapabilityName, RoleName

EVERYBODY = {"room.watch", "chat.send", "hand.raise"}
MODERATION = {
    "room.manage",
    "floor.give",
    "stage.set",
    "participant.mute",
    "participant.remove",
}
TABLE = {
    (Role.RESEARCHER, False): EVERYBODY,
    (Role.RESEARCHER, True): EVERYBODY | {"media.publish"},
    (Role.PRESENTER, False): EVERYBODY | {"media.publish"},
    (Role.PRESENTER, True): EVERYBODY | {"media.publish"},
    (Role.MODERATOR, False): EVERYBODY | MODERATION | {"media.publish"},
    (Role.MODERATOR, True): EVERYBODY | MODERATION | {"media.publish"},
}


@pytest.mark.parametrize(
    ("role", "has_floor"), list(itertools.product(Role, (False, True)))
)
def test_each_role_has_the_capabilities_of_the_table(
    role: Role, has_floor: bool
) -> None:
    assert capabilities(role, has_floor=has_floor) == TABLE[role, has_floor]


def test_outside_a_room_nothing_of_the_inside_is_allowed() -> None:
    inside = capabilities(Role.MODERATOR, has_floor=True)
    assert {"room.preview"} == OF_THE_ADMITTED
    assert {"room.watch"} == OF_THE_RETURNING
    assert {"room.create", "room.manage"} == OF_ACCOUNTS
    assert not OF_THE_ADMITTED & inside


def test_the_wire_has_the_same_names() -> None:
    assert set(get_args(CapabilityName)) == {c.value for c in Capability}
    assert set(get_args(RoleName)) == {r.value for r in Role}
