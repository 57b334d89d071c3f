"""Publishing, muting, the floor and the stage, and their media commands."""

from typing import Any

import pytest

from conference.contract import media
from conference.contract.words import LegKind, Negotiation, Source
from conference.ids import Mid, ParticipantId, RoomId
from tests.signaling.support import Client, Refusal, RoomWithLinks, until

CAMERA = {"mid": "0", "source": "camera", "active": True}
MICROPHONE = {"mid": "1", "source": "microphone", "active": True}


async def publish(client: Client, *tracks: dict[str, Any]) -> None:
    await client.ask("media.publish", sdp="v=0", tracks=list(tracks))


def who(client: Client) -> ParticipantId:
    return ParticipantId(client.id)


def newest(room: RoomWithLinks) -> Negotiation:
    return room.site.plane.newest


def packets_come(room: RoomWithLinks, client: Client, source: Source) -> None:
    """Let the media plane see the first packet of a track."""
    room.site.plane.on_event(
        media.TrackStarted(RoomId(room.id), who(client), newest(room), source, "VP8")
    )


async def test_a_published_track_is_shown_and_takes_the_stage(
    room: RoomWithLinks,
) -> None:
    presenter, viewer = await room.join("presenter"), await room.join("researcher")
    await publish(presenter, CAMERA)
    plane = room.site.plane
    assert plane.published[0].tracks == (
        media.TrackDeclaration(Mid("0"), Source.CAMERA),
    )
    assert plane.commands[-1] == media.SetTrack(who(presenter), Source.CAMERA, True)
    packets_come(room, presenter, Source.CAMERA)
    track = {"source": "camera", "codec": "VP8", "muted": False}
    await viewer.sees(presenter.id, tracks=[track])
    changed = await viewer.hears("room.changed")
    assert changed["room"]["stage"] == presenter.id
    assert media.SetStage(RoomId(room.id), who(presenter)) in plane.commands
    plane.on_event(
        media.TrackStopped(RoomId(room.id), who(presenter), newest(room), Source.CAMERA)
    )
    await viewer.sees(presenter.id, tracks=[])


async def test_a_declared_track_without_packets_is_not_shown(
    room: RoomWithLinks,
) -> None:
    presenter, viewer = await room.join("presenter"), await room.join("researcher")
    await publish(presenter, CAMERA, {"mid": "2", "source": "screen"})
    plane = room.site.plane
    assert plane.commands[-2:] == [
        media.SetTrack(who(presenter), Source.CAMERA, active=True),
        media.SetTrack(who(presenter), Source.SCREEN, active=False),
    ]
    packets_come(room, presenter, Source.CAMERA)
    shown = {"source": "camera", "codec": "VP8", "muted": False}
    await viewer.sees(presenter.id, tracks=[shown])
    later = await room.join("researcher")
    seats = {p["id"]: p["tracks"] for p in later.seat["participants"]}
    assert seats[presenter.id] == [shown]


@pytest.mark.parametrize(
    "tracks",
    [
        [CAMERA, {"mid": "1", "source": "camera"}],
        [CAMERA, {"mid": "0", "source": "microphone"}],
    ],
)
async def test_a_section_or_source_named_twice_is_refused(
    room: RoomWithLinks, tracks: list[dict[str, str]]
) -> None:
    presenter = await room.join("presenter")
    with pytest.raises(Refusal) as caught:
        await publish(presenter, *tracks)
    assert caught.value.code == "duplicate-track"
    assert not room.site.plane.published


async def test_a_muted_participant_gets_the_moderators_name_and_may_unmute(
    room: RoomWithLinks,
) -> None:
    moderator, presenter = (
        await room.join("moderator", "Mod"),
        await room.join("presenter"),
    )
    await publish(presenter, MICROPHONE)
    await moderator.ask(
        "participant.mute", participant=presenter.id, source="microphone"
    )
    assert await presenter.hears("seat.muted") == {"source": "microphone", "by": "Mod"}
    commands = room.site.plane.commands
    assert commands[-1] == media.SetTrack(
        who(presenter), Source.MICROPHONE, active=False
    )
    await presenter.ask("media.track", source="microphone", active=True)
    assert commands[-1] == media.SetTrack(
        who(presenter), Source.MICROPHONE, active=True
    )


async def test_a_missed_mute_is_sent_again_and_holds(
    room: RoomWithLinks,
) -> None:
    moderator, presenter = (
        await room.join("moderator", "Mod"),
        await room.join("presenter"),
    )
    await publish(presenter, MICROPHONE)
    await presenter.cut_off()
    await moderator.ask(
        "participant.mute", participant=presenter.id, source="microphone"
    )
    again = await room.come_back(presenter)
    assert await again.hears("seat.muted") == {"source": "microphone", "by": "Mod"}
    await publish(again, MICROPHONE)  # written before it was read
    shut = media.SetTrack(who(presenter), Source.MICROPHONE, active=False)
    assert room.site.plane.commands[-1] == shut
    await again.ask("media.track", source="microphone", active=False)
    await publish(again, MICROPHONE)
    opened = media.SetTrack(who(presenter), Source.MICROPHONE, active=True)
    assert room.site.plane.commands[-1] == opened


async def test_the_floor_comes_and_goes(room: RoomWithLinks) -> None:
    moderator, guest = await room.join("moderator"), await room.join("researcher")
    await moderator.ask("floor.give", participant=guest.id, given=True)
    changed = await guest.hears("seat.changed")
    assert "media.publish" in changed["capabilities"]
    await publish(guest, CAMERA)
    await moderator.ask("floor.give", participant=guest.id, given=False)
    shut = media.SetTrack(who(guest), Source.CAMERA, active=False)
    assert shut in room.site.plane.commands
    with pytest.raises(Refusal) as caught:
        await guest.ask("media.track", source="camera", active=True)
    assert caught.value.code == "not-allowed"


async def test_slots_speakers_and_requests_reach_the_right_clients(
    room: RoomWithLinks,
) -> None:
    viewer, other = await room.join("researcher"), await room.join("presenter")
    plane, state = (
        room.site.plane,
        media.SlotState(Mid("0"), who(other), Source.CAMERA, "VP8"),
    )
    on_the_wire = {
        "mid": "0",
        "participant": other.id,
        "source": "camera",
        "codec": "VP8",
        "gap": None,
    }
    leg = plane.open_leg(who(viewer), LegKind.SUBSCRIBE)
    plane.on_event(media.SlotsChanged(RoomId(room.id), who(viewer), leg, (state,)))
    assert await viewer.hears("slots.changed") == {"slots": [on_the_wire]}
    plane.on_event(media.SpeakersChanged(RoomId(room.id), (who(other),)))
    speakers = {"speakers": [other.id], "dominant": None}
    assert await other.hears("speakers.changed") == speakers
    publishing = plane.open_leg(who(other), LegKind.PUBLISH)
    plane.on_event(media.PublishNeeded(RoomId(room.id), who(other), publishing))
    await other.hears("publish.needed")
    assert not viewer.all("publish.needed")
    assert not other.all("slots.changed")
    plane.on_event(
        media.LegChanged(
            RoomId(room.id), who(viewer), leg, LegKind.SUBSCRIBE, connected=True
        )
    )
    again = await room.come_back(viewer)
    assert again.seat["slots"] == [on_the_wire]
    assert again.seat["subscribe_connected"]
    assert not again.seat["publish_connected"]


async def test_a_new_participant_learns_who_is_speaking(room: RoomWithLinks) -> None:
    speaker = await room.join("presenter", "Paul")
    early = await room.join("researcher", "Early")
    assert not early.all("speakers.changed")
    room.site.plane.on_event(
        media.SpeakersChanged(RoomId(room.id), (who(speaker),), who(speaker))
    )
    speakers = {"speakers": [speaker.id], "dominant": speaker.id}
    assert await early.hears("speakers.changed") == speakers
    late = await room.join("researcher", "Late")
    assert await late.hears("speakers.changed") == speakers
    again = await room.come_back(early)
    assert await again.hears("speakers.changed") == speakers
    assert len(speaker.all("speakers.changed")) == 1


async def test_the_view_reaches_the_media_plane(room: RoomWithLinks) -> None:
    viewer, other = await room.join("researcher"), await room.join("presenter")
    await viewer.ask(
        "view.set",
        stage=other.id,
        tiles=[{"participant": other.id, "max_height": 360}],
    )
    assert room.site.plane.commands[-1] == media.SetView(
        who(viewer), who(other), (media.Tile(who(other), 360),)
    )
    replaced = await viewer.ask("media.subscribe")
    leg = (await viewer.ask("media.subscribe"))["generation"]
    with pytest.raises(Refusal) as caught:
        await viewer.ask("media.answer", generation=replaced["generation"], sdp="v=0")
    assert caught.value.code == "no-offer"
    await viewer.ask("media.answer", generation=leg, sdp="v=0")
    assert room.site.plane.answers == [media.AcceptAnswer(who(viewer), leg, "v=0")]


async def test_the_stage_is_chosen_and_given_back(room: RoomWithLinks) -> None:
    moderator, guest = await room.join("moderator"), await room.join("researcher")
    await moderator.ask("stage.set", participant=guest.id)
    await guest.hears("room.changed")
    assert guest.all("room.changed")[-1]["room"]["stage"] == guest.id
    await moderator.ask("stage.set", participant=None)
    commands = room.site.plane.commands
    assert commands[-1] == media.SetStage(RoomId(room.id), None)


async def test_quality_of_publishers_is_sent_to_everybody(room: RoomWithLinks) -> None:
    viewer, other = await room.join("researcher"), await room.join("presenter")
    await publish(other, CAMERA)
    packets_come(room, other, Source.CAMERA)
    await other.ask("quality.report", level=2)
    await viewer.sees(other.id, quality=2)


async def test_quality_of_viewers_is_for_moderators(room: RoomWithLinks) -> None:
    moderator = await room.join("moderator")
    viewer, other = await room.join("researcher"), await room.join("researcher")
    await viewer.ask("quality.report", level=2)
    await moderator.sees(viewer.id, quality=2)
    await viewer.sees(viewer.id, quality=2)
    await viewer.ask("hand.raise", raised=True)  # comes after, and to everybody
    await other.sees(viewer.id, hand=1)
    shown = [d["participant"] for d in other.all("participant.changed")]
    assert [p["hand"] for p in shown if p["id"] == viewer.id and p["quality"]] == [1]


async def test_a_returning_publisher_is_sent_the_wanted_layers_again(
    room: RoomWithLinks,
) -> None:
    presenter = await room.join("presenter")
    await publish(presenter, CAMERA)
    again = await room.come_back(presenter)
    assert room.site.plane.commands[-1] == media.RepeatLayers(who(again))


async def test_a_guest_tests_the_media_connection_before_joining(
    room: RoomWithLinks,
) -> None:
    seated = await room.join("researcher")
    guest = await room.admitted("presenter")
    plane = room.site.plane
    assert (await guest.ask("media.preflight", sdp="v=0"))["sdp"]
    trial = plane.published[-1]
    assert trial.room != RoomId(room.id)
    assert len(seated.all("participant.changed")) == 0
    await guest.join("Paul")
    assert media.CloseLegs(trial.publisher) in plane.commands
    with pytest.raises(Refusal) as caught:
        await guest.ask("media.preflight", sdp="v=0")
    assert caught.value.code == "not-allowed"


async def test_a_trial_goes_with_its_connection(room: RoomWithLinks) -> None:
    guest = await room.admitted("researcher")
    await guest.ask("media.preflight", sdp="v=0")
    plane = room.site.plane
    trial = plane.published[-1]
    await guest.close()
    await until(lambda: media.CloseLegs(trial.publisher) in plane.commands)
