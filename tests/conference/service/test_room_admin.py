"""Making rooms and invitations, and who may."""

import pytest

from conference.contract.words import Role
from conference.errors import NotFound, TooMuch
from conference.ids import AccountId, ConnectionId, InvitationId, RoomId
from conference.service.room_admin import INVITATIONS_PER_ROOM, Actor
from tests.conference.service.support import World


async def test_a_new_room_has_links_for_presenters_and_researchers(
    world: World,
) -> None:
    room, invitations = await world.conference.room_admin.create(
        world.account, "Optics", "Institute"
    )
    assert (room.title, room.organisation, room.present) == ("Optics", "Institute", 0)
    assert [i.role for i in invitations] == [Role.PRESENTER, Role.RESEARCHER]
    assert len({i.token for i in invitations}) == 2
    assert world.conference.room_admin.rooms_of(world.account)[0].id == room.id


async def test_the_server_holds_only_so_many_rooms(world: World) -> None:
    admin = world.conference.room_admin
    room, _ = await admin.create(world.account, "T", "O")
    with pytest.raises(TooMuch) as caught:
        await admin.create(world.account, "T", "O")
    assert caught.value.code == "too-many-rooms"
    await admin.close(world.actor, room.id)
    await admin.create(world.account, "T", "O")


async def test_an_invitation_keeps_its_note_and_its_limit(world: World) -> None:
    admin = world.conference.room_admin
    (room,) = admin.rooms_of(world.account)
    world.now += 1
    made = await admin.invite(
        world.actor, room.id, Role.MODERATOR, note="For the board", most_people=3
    )
    assert (await admin.invitations(world.actor, room.id))[-1] == made
    admitted = await world.conference.seats.admission_by_invitation(made.token)
    assert (admitted.role, admitted.most_people) == (Role.MODERATOR, 3)


async def test_a_room_has_only_so_many_invitations(world: World) -> None:
    admin = world.conference.room_admin
    (room,) = admin.rooms_of(world.account)
    for _ in range(INVITATIONS_PER_ROOM - len(world.tokens)):
        await admin.invite(world.actor, room.id, Role.RESEARCHER)
    with pytest.raises(TooMuch) as caught:
        await admin.invite(world.actor, room.id, Role.RESEARCHER)
    assert caught.value.code == "too-many-invitations"


async def test_for_everybody_else_the_room_does_not_exist(world: World) -> None:
    admin = world.conference.room_admin
    (room,) = admin.rooms_of(world.account)
    researcher = await world.join("researcher", "c1")
    for actor in (
        Actor(),
        Actor(account=AccountId("other")),
        Actor(room=researcher.room, participant=researcher.participant),
        Actor(room=RoomId("other"), participant=researcher.participant),
    ):
        with pytest.raises(NotFound) as caught:
            await admin.invitations(actor, room.id)
        assert caught.value.code == "room-not-found"
    assert admin.rooms_of(AccountId("other")) == []


async def test_a_moderator_in_the_room_has_the_rights_of_its_owner(
    world: World,
) -> None:
    admin, seats = world.conference.room_admin, world.conference.seats
    (room,) = admin.rooms_of(world.account)
    made = await admin.invite(world.actor, room.id, Role.MODERATOR)
    joined = await seats.join(
        await seats.admission_by_invitation(made.token),
        ConnectionId("m"),
        name="Maria",
        organisation="O",
        subscribe=False,
    )
    inside = Actor(room=room.id, participant=joined.seat_ref.participant)
    assert len(await admin.invitations(inside, room.id)) == len(world.tokens) + 1
    await admin.close(inside, room.id)
    assert world.letters.closed == ["m"]
    assert admin.rooms_of(world.account) == []


async def test_an_unknown_invitation_cannot_be_withdrawn(world: World) -> None:
    (room,) = world.conference.room_admin.rooms_of(world.account)
    with pytest.raises(NotFound) as caught:
        await world.conference.room_admin.revoke(
            world.actor, room.id, InvitationId("unknown")
        )
    assert caught.value.code == "invitation-unknown"
