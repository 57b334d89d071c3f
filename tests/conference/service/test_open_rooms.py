"""Persist, then media, then people: and nothing when it could not be stored."""

import asyncio
from collections.abc import Sequence

import pytest

from conference.contract import media
from conference.contract.records import Change, DropSeat
from conference.contract.words import Generation, LegKind, Negotiation, Source
from conference.errors import InfrastructureError, NotFound
from conference.ids import (
    ConnectionId,
    Mid,
    ParticipantId,
    RoomId,
)
from conference.rooms import commands as c
from conference.rooms.seat import SEAT_KEPT_S
from conference.rooms.stage import STAGE_HOLD_S
from conference.service import notices as n
from conference.service.conference import RETRY_S
from conference.storage.chat import Chat
from tests.conference.service.support import World, failing
from tests.signaling.support import until


async def test_a_message_that_could_not_be_stored_is_not_sent(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    seat = await world.join("researcher", "c1")
    with monkeypatch.context() as patch:
        patch.setattr(world.rooms, "apply", failing)
        with pytest.raises(InfrastructureError):
            await world.conference.chat.say(seat, "lost", "n1")
    assert not [x for x in world.story if isinstance(x, n.ChatSaid)]
    line = await world.conference.chat.say(seat, "kept", "n2")
    assert line.seq == 1
    assert await world.conference.chat.history(seat, 100, 10) == [line]


async def test_a_track_that_starts_while_a_command_fails_is_shown(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    seat = await world.join("presenter", "c1")
    track = media.TrackDeclaration(Mid("0"), Source.CAMERA)
    await world.conference.media.publish(
        seat, "v=0", [track], frozenset({Source.CAMERA})
    )

    def fail(_: object) -> None:
        world.story.clear()
        world.packets_come(seat, Source.CAMERA)
        raise InfrastructureError("storage-failed", "The disk is full.")

    with monkeypatch.context() as patch:
        patch.setattr(world.rooms, "apply", fail)
        with pytest.raises(InfrastructureError):
            await world.conference.run(seat, c.RaiseHand(seat.participant, raised=True))
    (changed,) = [x for x in world.story if isinstance(x, n.ParticipantChanged)]
    # What is not stored yet is seen by nobody, and nothing of the track is undone.
    assert changed.view.hand is None
    assert set(changed.view.seat.started) == {Source.CAMERA}
    taken = await world.conference.seats.resume(
        seat, world.token, ConnectionId("c2"), last_chat=0, subscribe=False
    )
    assert set(taken.seats[0].seat.started) == {Source.CAMERA}


async def test_joining_fails_when_the_chat_cannot_be_read(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(Chat, "after", failing)
        with pytest.raises(InfrastructureError):
            await world.join("researcher", "c1")
    (stored,) = await world.rooms.load()
    assert stored.seats == ()
    assert not [x for x in world.story if isinstance(x, n.ParticipantChanged)]
    seat = await world.join("researcher", "c2")
    await world.conference.seats.lose(seat, ConnectionId("c2"))
    world.story.clear()
    with monkeypatch.context() as patch:
        patch.setattr(Chat, "after", failing)
        with pytest.raises(InfrastructureError):
            await world.come_back(seat, "c3")
    # It is lost as before, and can still be taken again.
    assert not [x for x in world.story if isinstance(x, n.ParticipantChanged)]
    assert (await world.come_back(seat, "c4")) == seat


async def test_media_is_closed_before_participants_are_notified(world: World) -> None:
    seat, _ = await world.join("presenter", "c1"), await world.join("presenter", "c2")
    world.story.clear()
    await world.conference.run(seat, c.Leave(seat.participant))
    kinds = [type(x) for x in world.story]
    assert kinds.index(media.CloseLegs) < kinds.index(n.ParticipantLeft)


async def test_a_seat_is_freed_after_its_grace(world: World) -> None:
    seat = await world.join("researcher", "c1")
    await world.conference.seats.lose(seat, ConnectionId("another"))
    assert world.conference.seats.capabilities(seat)
    await world.conference.seats.lose(seat, ConnectionId("c1"))
    world.now += SEAT_KEPT_S - 1
    await world.conference.tick()
    assert world.conference.seats.capabilities(seat)
    world.now += 1
    await world.conference.tick()
    assert world.conference.seats.capabilities(seat) == frozenset()
    assert media.CloseLegs(seat.participant) in world.story
    with pytest.raises(NotFound):
        await world.conference.media.subscribe(seat)


async def test_a_room_that_cannot_be_stored_holds_up_no_other(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    stuck = await world.join("researcher", "c1")
    _, invitations = await world.conference.room_admin.create(world.account, "T2", "O")
    world.tokens = {i.role.value: i.token for i in invitations}
    other = await world.join("researcher", "c2")
    await world.conference.seats.lose(stuck, ConnectionId("c1"))
    await world.conference.seats.lose(other, ConnectionId("c2"))
    stored, release = world.rooms.apply, asyncio.Event()
    tries: list[float] = []

    async def slow(changes: Sequence[Change]) -> None:
        if any(x == DropSeat(stuck.participant) for x in changes):
            tries.append(world.now)
            await release.wait()
            raise InfrastructureError("storage-busy", "The disk is slow.")
        await stored(changes)

    monkeypatch.setattr(world.rooms, "apply", slow)
    world.now += SEAT_KEPT_S
    ticking = asyncio.create_task(world.conference.tick())
    await until(lambda: not world.conference.seats.capabilities(other))
    assert world.conference.seats.capabilities(stuck)
    release.set()
    await ticking
    # It is tried again, but not at once.
    await world.conference.tick()
    assert len(tries) == 1
    world.now += RETRY_S
    await world.conference.tick()
    assert len(tries) == 2
    monkeypatch.undo()
    world.now += RETRY_S
    await world.conference.tick()
    assert not world.conference.seats.capabilities(stuck)


async def test_events_of_the_media_plane_do_not_shorten_the_wait_of_a_failing_store(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    lost = await world.join("researcher", "c1")
    presenter = await world.join("presenter", "c2")
    track = media.TrackDeclaration(Mid("0"), Source.CAMERA)
    await world.conference.media.publish(
        presenter, "v=0", [track], frozenset({Source.CAMERA})
    )
    await world.conference.seats.lose(lost, ConnectionId("c1"))
    world.now += SEAT_KEPT_S
    tries: list[float] = []

    async def fail(_: Sequence[Change]) -> None:
        tries.append(world.now)
        raise InfrastructureError("storage-busy", "The disk is slow.")

    with monkeypatch.context() as patch:
        patch.setattr(world.rooms, "apply", fail)
        await world.conference.tick()
        world.packets_come(presenter, Source.CAMERA)
        await world.conference.tick()
        who = presenter.participant
        world.conference.on_media(media.SpeakersChanged(lost.room, (who,), who))
        await world.conference.tick()
        assert tries == [world.now]
        world.now += RETRY_S
        await world.conference.tick()
        assert len(tries) == 2
    world.now += RETRY_S
    await world.conference.tick()
    assert not world.conference.seats.capabilities(lost)
    # After a success nothing waits for longer than its own time.
    assert world.conference._rooms.room(lost.room).retry_at is None


async def test_the_stage_follows_the_dominant_speaker_after_its_hold(
    world: World,
) -> None:
    first, second = [await world.join("presenter", c) for c in ("c1", "c2")]
    for seat in (first, second):
        await world.publish(seat, Source.CAMERA)
    assert media.SetStage(first.room, first.participant) in world.story
    world.story.clear()
    who = second.participant
    world.conference.on_media(media.SpeakersChanged(first.room, (who,), who))
    assert world.story == [n.SpeakersChanged((who,), who)]
    world.now += STAGE_HOLD_S
    await world.conference.tick()
    assert media.SetStage(first.room, who) in world.story


async def test_publishing_after_the_seat_is_gone_closes_the_leg(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    seat = await world.join("presenter", "c1")
    published = world.plane.publish

    async def slow(command: media.Publish) -> media.PublishAnswer:
        await world.conference.run(seat, c.Leave(seat.participant))
        world.story.clear()
        return await published(command)

    monkeypatch.setattr(world.plane, "publish", slow)
    track = media.TrackDeclaration(Mid("0"), Source.CAMERA)
    with pytest.raises(NotFound):
        await world.conference.media.publish(seat, "v=0", [track])
    assert world.story == [media.CloseLegs(seat.participant)]


async def test_events_of_closed_rooms_are_ignored(world: World) -> None:
    room, who, leg = RoomId("gone"), ParticipantId("gone"), Generation(1)
    world.story.clear()
    for event in (
        media.TrackStarted(room, who, Negotiation(1), Source.CAMERA, "VP8"),
        media.TrackStopped(room, who, Negotiation(1), Source.CAMERA),
        media.SlotsChanged(room, who, leg, ()),
        media.SpeakersChanged(room, (who,)),
        media.PublishNeeded(room, who, leg),
        media.LegChanged(room, who, leg, LegKind.PUBLISH, connected=False),
    ):
        world.conference.on_media(event)
    assert world.story == []
