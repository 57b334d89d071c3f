"""Publishing and subscribing of participants, and the media plane's events."""

import pytest

from conference.contract import media
from conference.contract.words import Generation, LegKind, Reduced, Source
from conference.errors import NotAllowed, Refused
from conference.ids import ConnectionId, Mid
from conference.rooms import commands as c
from conference.service import notices as n
from conference.service.open_rooms import SeatRef
from tests.conference.service.support import World

CAMERA = media.TrackDeclaration(Mid("0"), Source.CAMERA)


def slots_changed(
    seat: SeatRef, leg: Generation, state: media.SlotState
) -> media.SlotsChanged:
    return media.SlotsChanged(seat.room, seat.participant, leg, (state,))


async def test_a_new_slot_offer_clears_the_slot_states(world: World) -> None:
    seat = await world.join("researcher", "c1")
    await world.conference.media.subscribe(seat)
    first = world.plane.legs[seat.participant, LegKind.SUBSCRIBE]
    carries = media.SlotState(Mid("0"), seat.participant, Source.CAMERA, "VP8")
    world.conference.on_media(slots_changed(seat, first, carries))
    assert (ConnectionId("c1"), n.SlotsChanged((carries,))) in world.letters.sent
    joined = await world.conference.seats.resume(
        seat, world.token, ConnectionId("c2"), last_chat=0, subscribe=False
    )
    assert joined.slots == (carries,)
    await world.conference.media.subscribe(seat)
    # It was on its way when its leg was replaced.
    world.conference.on_media(slots_changed(seat, first, carries))
    joined = await world.conference.seats.resume(
        seat, world.token, ConnectionId("c3"), last_chat=0, subscribe=False
    )
    assert joined.slots == ()


async def test_publishing_needs_the_capability(world: World) -> None:
    seat = await world.join("researcher", "c1")
    with pytest.raises(NotAllowed):
        await world.conference.media.publish(seat, "v=0", [CAMERA])
    assert world.plane.published == []


@pytest.mark.parametrize(
    "second",
    [
        media.TrackDeclaration(Mid("0"), Source.SCREEN),
        media.TrackDeclaration(Mid("1"), Source.CAMERA),
    ],
)
async def test_each_section_and_source_is_named_once(
    world: World, second: media.TrackDeclaration
) -> None:
    seat = await world.join("presenter", "c1")
    with pytest.raises(Refused) as caught:
        await world.conference.media.publish(seat, "v=0", [CAMERA, second])
    assert caught.value.code == "duplicate-track"


async def test_losing_the_floor_while_offering_stops_forwarding(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    own = world.conference.seats.admission_of_owner(
        world.account, world.conference.room_admin.rooms_of(world.account)[0].id
    )
    by = (
        await world.conference.seats.join(
            own, ConnectionId("m"), name="M", organisation="O", subscribe=False
        )
    ).seat_ref
    seat = await world.join("researcher", "c1")
    who = seat.participant
    await world.conference.run(by, c.GiveFloor(by.participant, who, given=True))
    publish = world.plane.publish

    async def slow(command: media.Publish) -> media.PublishAnswer:
        await world.conference.run(by, c.GiveFloor(by.participant, who, given=False))
        return await publish(command)

    monkeypatch.setattr(world.plane, "publish", slow)
    with pytest.raises(NotAllowed):
        await world.conference.media.publish(seat, "v=0", [CAMERA])
    assert world.story[-1] == media.SetTrack(who, Source.CAMERA, active=False)


async def test_notices_about_a_leg_go_to_its_participant_only(
    world: World,
) -> None:
    seat = await world.join("presenter", "c1")
    await world.join("researcher", "c2")
    world.letters.sent.clear()
    who, room, leg = seat.participant, seat.room, Generation(1)
    world.conference.on_media(media.PublishNeeded(room, who, leg))
    world.conference.on_media(media.LayersWanted(room, who, leg, Source.CAMERA, (0, 1)))
    world.conference.on_media(
        media.LinkChanged(room, who, leg, 1_000, 0.1, 0.05, Reduced.LINK)
    )
    assert world.letters.sent == [
        ("c1", n.PublishNeeded()),
        ("c1", n.LayersWanted(Source.CAMERA, (0, 1))),
        ("c1", n.LinkChanged(1_000, 0.1, 0.05, Reduced.LINK)),
    ]
    await world.conference.seats.lose(seat, ConnectionId("c1"))
    world.letters.sent.clear()
    world.conference.on_media(media.PublishNeeded(room, who, leg))
    assert world.letters.sent == []


async def test_a_track_is_shown_with_its_first_packet_and_gone_with_its_leg(
    world: World,
) -> None:
    seat = await world.join("presenter", "c1")
    await world.publish(seat, Source.CAMERA)
    shown = [x for x in world.story if isinstance(x, n.ParticipantChanged)][-1]
    assert set(shown.view.seat.started) == {Source.CAMERA}
    newest = world.plane.newest
    stopped = media.TrackStopped(seat.room, seat.participant, newest, Source.CAMERA)
    world.conference.on_media(stopped)
    shown = [x for x in world.story if isinstance(x, n.ParticipantChanged)][-1]
    assert shown.view.seat.started == {}


async def test_the_late_end_of_a_replaced_leg_ends_no_track_of_its_successor(
    world: World,
) -> None:
    seat = await world.join("presenter", "c1")
    await world.publish(seat, Source.CAMERA)
    old, negotiation = world.publish_leg(seat), world.plane.newest
    world.plane.open_leg(seat.participant, LegKind.PUBLISH)
    await world.publish(seat, Source.CAMERA)
    who, room = seat.participant, seat.room
    world.story.clear()
    world.conference.on_media(media.TrackStopped(room, who, negotiation, Source.CAMERA))
    world.conference.on_media(media.LayersWanted(room, who, old, Source.CAMERA, ()))
    world.conference.on_media(media.PublishNeeded(room, who, old))
    assert world.story == []


async def test_returning_participants_get_their_connected_legs(world: World) -> None:
    seat = await world.join("presenter", "c1")
    await world.publish(seat, Source.CAMERA)
    who, room, first = seat.participant, seat.room, world.publish_leg(seat)

    def changed(leg: Generation, *, connected: bool) -> None:
        world.conference.on_media(
            media.LegChanged(room, who, leg, LegKind.PUBLISH, connected)
        )

    async def legs(connection: str) -> frozenset[LegKind]:
        joined = await world.conference.seats.resume(
            seat, world.token, ConnectionId(connection), last_chat=0, subscribe=False
        )
        return joined.legs

    changed(first, connected=True)
    assert await legs("c2") == {LegKind.PUBLISH}
    second = world.plane.open_leg(who, LegKind.PUBLISH)
    await world.publish(seat, Source.CAMERA)
    assert await legs("c3") == set()  # the new one is not connected yet
    changed(second, connected=True)
    changed(first, connected=False)
    assert await legs("c4") == {LegKind.PUBLISH}
    await world.conference.seats.close_page(world.token, ConnectionId("c4"))
    assert await legs("c5") == set()  # although its end is not known yet


async def test_the_late_end_of_a_track_does_not_end_its_renegotiated_successor(
    world: World,
) -> None:
    """The screen is left out of an offer and declared again on the same leg."""
    seat = await world.join("presenter", "c1")
    screen = media.TrackDeclaration(Mid("1"), Source.SCREEN)
    await world.conference.media.publish(seat, "v=0", [CAMERA, screen])
    await world.conference.media.publish(seat, "v=0", [CAMERA])
    stopped = media.TrackStopped(
        seat.room, seat.participant, world.plane.newest, Source.SCREEN
    )
    await world.conference.media.publish(
        seat, "v=0", [CAMERA, screen], frozenset({Source.SCREEN})
    )
    world.conference.on_media(stopped)
    world.packets_come(seat, Source.SCREEN)
    shown = [x for x in world.story if isinstance(x, n.ParticipantChanged)][-1]
    assert set(shown.view.seat.started) == {Source.SCREEN}
