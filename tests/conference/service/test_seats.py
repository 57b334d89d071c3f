"""Joining, returning to a seat, being removed, and losing it."""

import pytest

from conference.contract import media
from conference.contract.words import Role, Source
from conference.errors import NotFound, Refused, TooMuch
from conference.ids import AccountId, ConnectionId, ParticipantId, RoomId
from conference.rooms import commands as c
from conference.rooms.seat import PAGE_KEPT_S
from conference.service import notices as n
from conference.service.seats import Admission
from tests.conference.service.support import World


async def admission(world: World, role: str = "researcher") -> Admission:
    return await world.conference.seats.admission_by_invitation(world.tokens[role])


def owners_room(world: World) -> RoomId:
    (room,) = world.conference.room_admin.rooms_of(world.account)
    return room.id


async def test_an_invitation_admits_with_its_role_until_it_is_withdrawn(
    world: World,
) -> None:
    found = await admission(world, "presenter")
    assert (found.role, found.account) == (Role.PRESENTER, None)
    assert found.invitation is not None
    with pytest.raises(NotFound) as unknown:
        await world.conference.seats.admission_by_invitation("x" * 43)
    assert unknown.value.code == "invitation-unknown"
    await world.conference.room_admin.revoke(
        world.actor, owners_room(world), found.invitation
    )
    with pytest.raises(NotFound) as revoked:
        await admission(world, "presenter")
    assert revoked.value.code == "invitation-revoked"
    with pytest.raises(NotFound):  # an admission from before helps nobody
        await world.conference.seats.join(
            found, ConnectionId("c"), name="N", organisation="O", subscribe=False
        )


async def test_only_its_owner_is_admitted_to_a_room_without_an_invitation(
    world: World,
) -> None:
    room = owners_room(world)
    own = world.conference.seats.admission_of_owner(world.account, room)
    assert (own.role, own.account) == (Role.MODERATOR, world.account)
    for account, where in (
        (AccountId("other"), room),
        (world.account, RoomId("none")),
    ):
        with pytest.raises(NotFound) as caught:
            world.conference.seats.admission_of_owner(account, where)
        assert caught.value.code == "room-not-found"


async def test_a_new_participant_gets_the_room_and_the_others_a_notice(
    world: World,
) -> None:
    first = await world.join("researcher", "c1")
    world.letters.sent.clear()
    joined = await world.conference.seats.join(
        await admission(world, "presenter"),
        ConnectionId("c2"),
        name="Paul",
        organisation="O",
        subscribe=True,
    )
    assert [view.seat.id for view in joined.seats] == [
        first.participant,
        joined.seat_ref.participant,
    ]
    assert joined.offer is not None
    assert joined.role is Role.PRESENTER
    notified = [
        to for to, one in world.letters.sent if isinstance(one, n.ParticipantChanged)
    ]
    assert notified == ["c1"]  # the answer tells the one who joins


async def test_a_seat_without_an_offer_is_taken_all_the_same(world: World) -> None:
    world.plane.fault = RuntimeError("no slots")
    joined = await world.conference.seats.join(
        await admission(world),
        ConnectionId("c"),
        name="N",
        organisation="O",
        subscribe=True,
    )
    assert joined.offer is None
    assert world.conference.seats.capabilities(joined.seat_ref)


async def test_an_account_has_one_seat_and_chooses_which_page_keeps_it(
    world: World,
) -> None:
    seats = world.conference.seats
    own = seats.admission_of_owner(world.account, owners_room(world))
    await seats.join(
        own, ConnectionId("c1"), name="M", organisation="O", subscribe=False
    )
    assert seats.preview(own).seated_elsewhere
    with pytest.raises(Refused) as caught:
        await seats.join(
            own, ConnectionId("c2"), name="M", organisation="O", subscribe=False
        )
    assert caught.value.code == "seated-elsewhere"
    await seats.join(
        own,
        ConnectionId("c2"),
        name="M",
        organisation="O",
        subscribe=False,
        take_over=True,
    )
    assert world.letters.closed == ["c1"]


async def test_the_preview_lists_the_other_connected_participants(
    world: World,
) -> None:
    seats = world.conference.seats
    first = await world.join("researcher", "c1")
    token = world.token
    second = await world.join("presenter", "c2")
    await seats.lose(second, ConnectionId("c2"))
    admitted = await admission(world)
    assert [s.id for s in seats.preview(admitted).seats] == [first.participant]
    mine = seats.preview(admitted, own_token=token)
    assert (mine.seats, mine.seated_elsewhere) == ((), True)


async def test_returning_takes_over_the_seat_and_repeats_wanted_layers(
    world: World,
) -> None:
    seat = await world.join("presenter", "c1")
    world.story.clear()
    assert await world.come_back(seat, "c2") == seat
    assert media.RepeatLayers(seat.participant) in world.story
    assert world.letters.closed == ["c1"]
    with pytest.raises(NotFound):
        world.conference.seats.seat_by_token("x" * 43)


async def test_a_mute_while_disconnected_is_sent_on_returning(world: World) -> None:
    own = world.conference.seats.admission_of_owner(world.account, owners_room(world))
    moderator = await world.conference.seats.join(
        own, ConnectionId("m"), name="M", organisation="O", subscribe=False
    )
    seat = await world.join("presenter", "c1")
    await world.publish(seat, Source.MICROPHONE)
    await world.conference.seats.lose(seat, ConnectionId("c1"))
    by = moderator.seat_ref
    await world.conference.run(
        by, c.Mute(by.participant, seat.participant, Source.MICROPHONE)
    )
    await world.come_back(seat, "c2")
    assert (ConnectionId("c2"), n.SeatMuted(Source.MICROPHONE, "M")) in (
        world.letters.sent
    )


async def test_a_removed_browser_stays_out_until_the_removal_is_lifted(
    world: World,
) -> None:
    seats, conference = world.conference.seats, world.conference
    own = seats.admission_of_owner(world.account, owners_room(world))
    by = (
        await seats.join(
            own, ConnectionId("m"), name="M", organisation="O", subscribe=False
        )
    ).seat_ref

    async def join(browser: str) -> ParticipantId:
        joined = await seats.join(
            await admission(world),
            ConnectionId("c"),
            name="R",
            organisation="O",
            subscribe=False,
            browser_key=browser,
        )
        return joined.seat_ref.participant

    removed = await join("key")
    await seats.remove(by, removed)
    assert [one.participant for one in seats.removals(by)] == [removed]
    with pytest.raises(Refused) as caught:
        await join("key")
    assert caught.value.code == "removed-from-room"
    await join("another")
    await conference.run(by, c.LiftRemoval(by.participant, removed))
    assert seats.removals(by) == ()
    await join("key")


async def test_a_closing_page_keeps_its_seat_for_a_reload_only(world: World) -> None:
    seats = world.conference.seats
    seat = await world.join("researcher", "c1")
    await seats.close_page("x" * 43, ConnectionId("c1"))  # of no seat
    await seats.close_page(world.token, ConnectionId("another"))
    assert seats.capabilities(seat)
    await seats.close_page(world.token, ConnectionId("c1"))
    world.now += PAGE_KEPT_S
    await world.conference.tick()
    assert not seats.capabilities(seat)


async def test_a_full_room_leaves_no_trace_of_the_refused(world: World) -> None:
    admitted = await admission(world)
    for number in range(world.max_seats):
        await world.join("researcher", f"c{number}")
    with pytest.raises(TooMuch):
        await world.conference.seats.join(
            admitted, ConnectionId("late"), name="N", organisation="O", subscribe=False
        )
    (stored,) = await world.rooms.load()
    assert len(stored.seats) == world.max_seats
