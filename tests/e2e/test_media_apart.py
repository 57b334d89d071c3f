"""The media plane in another process, with late events: people notice nothing."""

import sys
import tempfile
from collections.abc import AsyncIterator, Sequence
from pathlib import Path

import pytest
import pytest_asyncio

from signaling.protocol import messages as m
from tests.support.server import Server
from tests.support.wire import sdp
from tests.support.wire.client import RefusedError, ScriptedClient
from tests.support.wire.recording import tone
from tests.support.wire.room import TestRoom, opened
from tests.support.wire.scenes import (
    camera,
    encoded,
    flows,
    is_still,
    publish_camera,
    sees,
)
from tests.support.wire.sending import Outgoing, outgoing


@pytest_asyncio.fixture
async def room() -> AsyncIterator[TestRoom]:
    with tempfile.TemporaryDirectory(prefix="pavilion-apart-") as home:
        server = Server(Path(home))
        server.command = (sys.executable, "-m", "tests.support.apart")
        await server.begin()
        try:
            async with opened(server) as room:
                yield room
        finally:
            await server.stop()


def shown(viewer: ScriptedClient, publisher: str) -> set[str]:
    """Return which tracks of a participant a viewer knows of."""
    found = viewer.participants.get(publisher)
    return {track.source for track in found.tracks} if found else set()


async def offer_again(presenter: ScriptedClient, tracks: Sequence[Outgoing]) -> None:
    """Negotiate the present publish leg once more, with these tracks."""
    assert presenter.published is not None
    offer = sdp.write_offer([t.section for t in tracks], presenter.published.local)
    named = [{"mid": t.section.mid, "source": t.source, "active": True} for t in tracks]
    await presenter.ask("media.publish", sdp=offer, tracks=named)


async def test_a_meeting_works_with_its_media_plane_in_another_process(
    room: TestRoom,
) -> None:
    moderator = await room.moderator()
    presenter = await room.guest("presenter", "Paul")
    viewer = await room.guest("researcher", "Rita", decode=True)
    video = viewer.mids("stage", "video")[0]

    await publish_camera(presenter, "red")
    await sees(viewer, video, "red")
    both = {"camera", "microphone"}
    await viewer.until(lambda: shown(viewer, presenter.id) == both, "both tracks")

    # Another peer connection in its place, before the end of the first is known.
    await publish_camera(presenter, "blue")
    await sees(viewer, video, "blue")
    await viewer.until(lambda: shown(viewer, presenter.id) == both, "both tracks")
    await flows(viewer, video)
    assert shown(viewer, presenter.id) == both

    # The screen is left out of an offer and declared again before its end is known.
    tracks = [
        outgoing("0", "camera", await encoded(camera, "blue")),
        outgoing("1", "microphone", await encoded(tone)),
        outgoing("2", "screen", await encoded(camera, "pink")),
    ]
    await presenter.publish(*tracks)
    screen = viewer.mids("content", "video")[0]
    await sees(viewer, screen, "pink")
    await offer_again(presenter, tracks[:2])
    await offer_again(presenter, tracks)
    all_three = {*both, "screen"}
    pictures = viewer.watch(screen).key_frames
    await viewer.until(
        lambda: viewer.watch(screen).key_frames > pictures, "the new screen"
    )
    await viewer.until(lambda: shown(viewer, presenter.id) == all_three, "all tracks")
    await flows(viewer, screen, frames=20)  # longer than any event is delayed
    assert shown(viewer, presenter.id) == all_three

    # A second subscription: the slots of the first do not show in it.
    await viewer.accept(await viewer.ask("media.subscribe"), decode=True)
    await sees(viewer, video, "blue")
    await flows(viewer, video, frames=20)  # longer than any event is delayed

    # A line that was lost and found: the legs go on, and the page learns it.
    again = room.stranger()
    await viewer.drop()
    assert viewer.seat is not None
    await again.connect(seat=viewer.seat.seat)
    taken = await again.resume(subscribe=False)
    assert taken.subscribe_connected
    assert not taken.publish_connected
    await flows(viewer, video)

    # Bad descriptions are refused in the same words as ever.
    track = {"mid": "0", "source": "camera", "active": True}
    with pytest.raises(RefusedError) as refused:
        await presenter.ask("media.publish", sdp="v=0", tracks=[track])
    assert refused.value.code == "bad-description"

    await moderator.ask("participant.remove", participant=presenter.id)
    await again.until(lambda: presenter.id not in again.participants, "the removal")
    await is_still(viewer, video)
    await again.until(
        lambda: any(isinstance(e, m.RoomChanged) for _, e in again.events),
        "the stage to be given up",
    )
    assert again.room is not None
    assert again.room.stage != presenter.id
