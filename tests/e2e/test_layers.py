"""Layers over the public protocol: requested and forwarded by the size of pictures."""

import asyncio
import random
import time

from conference.sfu.inbound.keyframes import TRACK_BURST, TRACK_PER_S
from signaling.protocol import messages as m
from tests.support.wire import rtcp
from tests.support.wire.client import ScriptedClient
from tests.support.wire.recording import Recording, picture
from tests.support.wire.room import TestRoom
from tests.support.wire.scenes import encoded
from tests.support.wire.sending import Publisher, layers

HEIGHTS = (90, 180, 360)
"""Of the layers: small, so that twenty-five cameras are no load."""
FLOOD_S = 3.0
ARRIVED = 0.7
"""Of the frames that were published during a flood, when it ends: a change of layer
leaves some out, and the newest are on their way."""


async def recordings(rate: int = 10) -> list[Recording]:
    return [
        await encoded(
            picture,
            width=h * 16 // 9,
            height=h,
            rate=rate,
            seconds=1,
            bitrate_bps=h * 700,
        )
        for h in HEIGHTS
    ]


async def publish(client: ScriptedClient, cameras: list[Recording]) -> Publisher:
    """Publish a camera in layers; the client sends those that are asked for."""
    return await client.publish(*layers("0", "camera", cameras))


def requested(client: ScriptedClient) -> list[int] | None:
    """Return the layers that were last requested from a publisher."""
    wanted = client.seen(m.PublishLayers)
    return wanted[-1].layers if wanted else None


def on_stage(client: ScriptedClient) -> str | None:
    return None if client.room is None else client.room.stage


async def look(viewer: ScriptedClient, heights: dict[str, int]) -> None:
    """Show participants on the stage and in tiles, each with its height."""
    stage = on_stage(viewer) or ""
    tiles = [
        {"participant": who, "max_height": height}
        for who, height in heights.items()
        if who != stage
    ]
    await viewer.ask(
        "view.set", stage=None, tiles=tiles, stage_height=heights.get(stage, 0)
    )


async def sees(viewer: ScriptedClient, presenter: ScriptedClient) -> str:
    """Show a presenter's camera in full size; return its slot."""
    await viewer.until(lambda: on_stage(viewer), "the stage")
    await look(viewer, {presenter.id: 360})
    await viewer.until(lambda: viewer.carrying(presenter.id, "camera"), "the camera")
    return viewer.carrying(presenter.id, "camera")[0]


async def shows(viewer: ScriptedClient, presenter: ScriptedClient, height: int) -> None:
    """Wait until a presenter's newest picture has this height."""

    def there() -> bool:
        return any(
            viewer.watch(mid).pictures
            and viewer.watch(mid).pictures[-1].height == height
            for mid in viewer.carrying(presenter.id, "camera")
        )

    await viewer.until(there, f"the layer of {height} pixels")


async def test_growing_tile_gets_a_larger_layer(room: TestRoom) -> None:
    presenter = await room.guest("presenter", "Paul")
    viewer = await room.guest("researcher", "Rita", decode=True)
    publisher = await publish(presenter, await recordings(rate=20))
    await viewer.until(lambda: on_stage(viewer) == presenter.id, "the stage")
    for height in (360, 90, 180, 360):
        await look(viewer, {presenter.id: height})
        await shows(viewer, presenter, height)
    (mid,) = viewer.carrying(presenter.id, "camera")
    assert viewer.watch(mid).violations == []
    assert all(track.packets for track in publisher.tracks)


async def test_only_nine_visible_of_25_cameras_are_sent(room: TestRoom) -> None:
    cameras = await recordings(rate=5)
    presenters = [await room.guest("presenter", f"P{i}") for i in range(25)]
    viewer = await room.guest("researcher", "Rita", decode=True)
    publishers = [await publish(presenter, cameras) for presenter in presenters]
    for presenter in presenters:
        await look(presenter, {})  # they look away: only Rita watches
    await viewer.until(lambda: on_stage(viewer), "the stage")
    shown = {p.id: HEIGHTS[i % 3] for i, p in enumerate(presenters[:9])}
    await look(viewer, shown)

    def each_at_its_size() -> bool:
        sizes = {}
        for who in shown:
            mids = viewer.carrying(who, "camera")
            if len(mids) != 1 or not viewer.watch(mids[0]).pictures:
                return False
            sizes[who] = viewer.watch(mids[0]).pictures[-1].height
        return sizes == shown

    await viewer.until(each_at_its_size, "nine pictures, each at its size")
    carrying = {s.participant for s in viewer.slots.values() if s.source == "camera"}
    assert carrying - {None} == set(shown)
    await viewer.until(
        lambda: all(
            requested(p) == [i % 3] if p.id in shown else requested(p) == []
            for i, p in enumerate(presenters)
        ),
        "unwatched layers to be stopped",
    )
    idle = [sum(t.packets for t in p.tracks) for p in publishers[9:]]
    await asyncio.sleep(1.0)
    assert idle == [sum(t.packets for t in p.tracks) for p in publishers[9:]]


async def test_flood_of_requests_does_not_affect_others(room: TestRoom) -> None:
    presenter = await room.guest("presenter", "Paul")
    flooder = await room.guest("researcher", "Mallory")
    viewer = await room.guest("researcher", "Rita")
    publisher = await publish(presenter, await recordings(rate=20))
    for one in (flooder, viewer):
        await sees(one, presenter)
    (mid,) = viewer.carrying(presenter.id, "camera")
    (flooded,) = flooder.carrying(presenter.id, "camera")
    leg, ssrc = flooder.subscribed, flooder.watch(flooded).ssrc
    assert leg is not None
    before, begun = sum(len(t.key_requests) for t in publisher.tracks), time.monotonic()
    received, published = viewer.watch(mid).frames, publisher.tracks[0].picture_id
    while time.monotonic() < begun + FLOOD_S:
        for _ in range(20):
            leg.send_rtcp(rtcp.pli(1, ssrc) + rtcp.nack(1, ssrc, list(range(100))))
        await asyncio.sleep(0.02)
    received = viewer.watch(mid).frames - received
    published = (publisher.tracks[0].picture_id - published) & 0x7FFF
    assert received >= ARRIVED * published
    asked = sum(len(t.key_requests) for t in publisher.tracks) - before
    assert asked <= TRACK_PER_S * (time.monotonic() - begun) + TRACK_BURST
    assert viewer.watch(mid).lost == 0


async def test_flood_over_all_layers_does_not_delay_others(room: TestRoom) -> None:
    presenter = await room.guest("presenter", "Paul")
    flooder = await room.guest("researcher", "Mallory")
    viewer = await room.guest("researcher", "Rita", decode=True)
    publisher = await publish(presenter, await recordings(rate=20))
    flooded = await sees(flooder, presenter)
    await sees(viewer, presenter)
    await shows(viewer, presenter, 360)

    async def flood() -> None:
        while True:
            for number in range(20):
                if number % 10 == 0:
                    await look(flooder, {presenter.id: random.choice(HEIGHTS)})
                assert flooder.watcher is not None
                flooder.watcher.request_key_frame(flooded)
                await asyncio.sleep(0.02)

    before, begun = sum(len(t.key_requests) for t in publisher.tracks), time.monotonic()
    task = asyncio.create_task(flood())
    for height in (90, 360, 180, 360, 90):
        await asyncio.sleep(FLOOD_S / 5)
        await look(viewer, {presenter.id: height})
        await shows(viewer, presenter, height)
    task.cancel()
    asked = sum(len(t.key_requests) for t in publisher.tracks) - before
    assert asked <= TRACK_PER_S * (time.monotonic() - begun) + TRACK_BURST


async def test_returning_publisher_gets_the_current_request_for_layers(
    room: TestRoom,
) -> None:
    presenter = await room.guest("presenter", "Paul")
    viewer = await room.guest("researcher", "Rita", decode=True)
    publisher = await publish(presenter, await recordings(rate=20))
    await look(presenter, {})
    await sees(viewer, presenter)
    await look(viewer, {presenter.id: 90})
    await viewer.until(
        lambda: requested(presenter) == [0], "the larger layers to be stopped"
    )
    await presenter.drop()
    await viewer.until(
        lambda: not viewer.participants[presenter.id].connected, "the loss to show"
    )
    await look(viewer, {presenter.id: 360})

    assert presenter.seat is not None
    back = room.stranger()
    back.publisher = publisher
    await back.connect(seat=presenter.seat.seat)
    await back.resume(subscribe=False)
    # It comes with the return, not WAKE_S later: before the answer to the next request.
    await back.ask("chat.history", before=1)
    assert requested(back)
    await shows(viewer, presenter, 360)
    (mid,) = viewer.carrying(presenter.id, "camera")
    assert viewer.watch(mid).violations == []
