"""Rooms, seats and invitations, on either database."""

from dataclasses import replace

import pytest

from conference.contract import records as r
from conference.contract.words import Role
from conference.errors import InfrastructureError
from conference.ids import InvitationId
from conference.storage.rooms import Rooms
from tests.conference.storage.support import INVITATION, RECORD, ROOM, SEAT, line


async def test_a_room_comes_back_with_its_seats_and_chat(rooms: Rooms) -> None:
    await rooms.apply([r.SaveSeat(SEAT), r.AddLine(ROOM, line(1))])
    moved = replace(SEAT, has_floor=False, hand=None)
    await rooms.apply(
        [r.SaveSeat(moved), r.AddLine(ROOM, line(2)), r.SaveStage(ROOM, SEAT.id)]
    )
    assert await rooms.load() == [
        r.StoredRoom(replace(RECORD, chosen_stage=SEAT.id), (moved,), 2)
    ]
    await rooms.apply([r.DropSeat(SEAT.id), r.SaveStage(ROOM, None)])
    assert await rooms.load() == [r.StoredRoom(RECORD, (), 2)]


async def test_an_ended_room_does_not_come_back(rooms: Rooms) -> None:
    await rooms.apply([r.SaveSeat(SEAT), r.EndRoom(ROOM, 20.0)])
    assert await rooms.load() == []


async def test_changes_are_stored_together_or_not_at_all(rooms: Rooms) -> None:
    await rooms.apply([r.AddLine(ROOM, line(1))])
    with pytest.raises(InfrastructureError):
        await rooms.apply([r.SaveSeat(SEAT), r.AddLine(ROOM, line(1))])
    assert await rooms.load() == [r.StoredRoom(RECORD, (), 1)]


async def test_invitations_are_stored_and_revoked(rooms: Rooms) -> None:
    second = r.InvitationRecord(InvitationId("j"), ROOM, Role.MODERATOR, 11.0)
    await rooms.add_invitation(second)
    assert await rooms.invitations(ROOM) == [INVITATION, second]
    await rooms.revoke(second.id)
    assert await rooms.invitation(second.id) == replace(second, revoked=True)
    assert await rooms.invitation(InvitationId("none")) is None
