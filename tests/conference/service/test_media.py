"""Publishing and subscribing of participants, and the media plane's events."""

import pytest

from conference.contract import media
from conference.contract.words import Reduced, Source
from conference.errors import NotAllowed, Refused
from conference.ids import ConnectionId, Mid
from conference.rooms import commands as c
from conference.service import notices as n
from tests.conference.service.support import World

CAMERA = media.TrackDeclaration(Mid("0"), Source.CAMERA)


async def test_a_new_offer_empties_what_is_known_of_the_slots(world: World) -> None:
    seat = await world.join("researcher", "c1")
    carries = media.SlotState(Mid("0"), seat.participant, Source.CAMERA, "VP8")
    world.conference.on_media(media.SlotsChanged(seat.participant, (carries,)))
    assert (ConnectionId("c1"), n.SlotsChanged((carries,))) in world.letters.sent
    joined = await world.conference.seats.resume(
        seat, world.token, ConnectionId("c2"), last_chat=0, subscribe=False
    )
    assert joined.slots == (carries,)
    await world.conference.media.subscribe(seat)
    joined = await world.conference.seats.resume(
        seat, world.token, ConnectionId("c3"), last_chat=0, subscribe=False
    )
    assert joined.slots == ()


async def test_nobody_publishes_without_the_right(world: World) -> None:
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


async def test_what_concerns_one_participant_reaches_only_that_one(
    world: World,
) -> None:
    seat = await world.join("presenter", "c1")
    await world.join("researcher", "c2")
    world.letters.sent.clear()
    who, room = seat.participant, seat.room
    world.conference.on_media(media.PublishNeeded(room, who))
    world.conference.on_media(media.LayersWanted(room, who, Source.CAMERA, (0, 1)))
    world.conference.on_media(media.LinkChanged(who, 1_000, 0.1, 0.05, Reduced.LINK))
    assert world.letters.sent == [
        ("c1", n.PublishNeeded()),
        ("c1", n.LayersWanted(Source.CAMERA, (0, 1))),
        ("c1", n.LinkChanged(1_000, 0.1, 0.05, Reduced.LINK)),
    ]
    await world.conference.seats.lose(seat, ConnectionId("c1"))
    world.letters.sent.clear()
    world.conference.on_media(media.PublishNeeded(room, who))
    assert world.letters.sent == []


async def test_a_track_is_shown_with_its_first_packet_and_gone_with_its_leg(
    world: World,
) -> None:
    seat = await world.join("presenter", "c1")
    await world.publish(seat, Source.CAMERA)
    shown = [x for x in world.story if isinstance(x, n.ParticipantChanged)][-1]
    assert set(shown.view.seat.started) == {Source.CAMERA}
    world.conference.on_media(
        media.TrackStopped(seat.room, seat.participant, Source.CAMERA)
    )
    shown = [x for x in world.story if isinstance(x, n.ParticipantChanged)][-1]
    assert shown.view.seat.started == {}
