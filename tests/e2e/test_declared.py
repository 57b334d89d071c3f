"""Tracks that are declared but not sent are not shown to anybody."""

import pytest

from signaling.protocol import messages as m
from tests.support.wire.client import ScriptedClient
from tests.support.wire.recording import tone
from tests.support.wire.room import TestRoom
from tests.support.wire.scenes import camera, encoded, flows, sees
from tests.support.wire.sending import Outgoing, outgoing

CAMERA = m.TrackInfo(source="camera", codec="VP8", muted=False)


async def screen() -> Outgoing:
    """Return a screen that is declared and sends nothing."""
    track = outgoing("2", "screen", await encoded(camera, "green"))
    track.active = False
    return track


def shown(viewer: ScriptedClient, of: str) -> list[list[m.TrackInfo]]:
    """Return the tracks of a participant in all events to a viewer, in order."""
    reported = [e.participant for e in viewer.seen(m.ParticipantChanged)]
    return [p.tracks for p in reported if p.id == of]


@pytest.mark.parametrize("active", [("camera",), ("camera", "screen")])
async def test_declared_screen_without_packets_does_not_take_the_stage(
    room: TestRoom, active: tuple[str, ...]
) -> None:
    viewer = await room.guest("researcher", "Vera", decode=True)
    presenter = await room.guest("presenter", "Paul")
    pink = outgoing("0", "camera", await encoded(camera, "pink"))
    await presenter.publish(pink, await screen(), active=active)
    await sees(viewer, viewer.mids("stage", "video")[0], "pink")
    await presenter.close(silently=True)
    await viewer.until(
        lambda: not viewer.participants[presenter.id].connected, "the loss of Paul"
    )
    late = await room.guest("researcher", "Lena")
    assert late.participants[presenter.id].tracks == [CAMERA]
    assert all(tracks in ([], [CAMERA]) for tracks in shown(viewer, presenter.id))
    assert not any(
        state.source == "screen"
        for event in viewer.seen(m.SlotsChanged)
        for state in event.slots
    )


async def test_screen_is_shown_with_its_first_packets(room: TestRoom) -> None:
    viewer = await room.guest("researcher", "Vera")
    presenter = await room.guest("presenter", "Paul")
    content = await screen()
    pink = outgoing("0", "camera", await encoded(camera, "pink"))
    await presenter.publish(pink, content)
    await flows(viewer, viewer.mids("stage", "video")[0])
    await presenter.ask("media.track", source="screen", active=True)
    await viewer.ask("chat.send", text="Do you see it?", nonce="1")
    await viewer.until(lambda: viewer.chat, "the line of chat")
    assert shown(viewer, presenter.id)[-1] == [CAMERA]
    content.position, content.active = 0, True
    await flows(viewer, viewer.mids("content", "video")[0])
    both = [CAMERA, m.TrackInfo(source="screen", codec="VP8", muted=False)]
    assert shown(viewer, presenter.id)[-1] == both


async def test_muted_tracks_do_not_take_the_stage(room: TestRoom) -> None:
    viewer = await room.guest("researcher", "Vera")
    presenter = await room.guest("presenter", "Paul")
    silent = [
        outgoing("0", "camera", await encoded(camera, "pink")),
        outgoing("1", "microphone", await encoded(tone)),
    ]
    for track in silent:
        track.active = False
    await presenter.publish(*silent, active=("camera", "microphone"))
    await viewer.ask("chat.send", text="Anybody?", nonce="1")
    await viewer.until(lambda: viewer.chat, "the line of chat")
    assert viewer.room is not None
    assert viewer.room.stage is None
    assert presenter.participants[presenter.id].tracks == []
