"""Assertions about media: whose picture is where, and that no stream broke."""

import asyncio
import time
from collections.abc import Callable
from typing import ParamSpec

from tests.support.wire.client import DEADLINE_S, ScriptedClient
from tests.support.wire.receiving import SlotWatch
from tests.support.wire.recording import Recording, picture, tone
from tests.support.wire.sending import Outgoing, Publisher, outgoing

P = ParamSpec("P")

CHROMA_TOLERANCE = 12.0  # of 255; the encoder is lossy
COLOURS = {"red": (90, 220), "blue": (220, 90), "green": (60, 60), "pink": (180, 220)}
"""Name → blue and red chroma."""


def camera(
    colour: str, *, width: int = 640, height: int = 360, rate: int = 25
) -> Recording:
    """Return a moving picture of a colour."""
    blue, red = COLOURS[colour]
    return picture(blue=blue, red=red, width=width, height=height, rate=rate)


async def encoded(
    make: Callable[P, Recording], *arguments: P.args, **named: P.kwargs
) -> Recording:
    """
    Encode something beside the loop.

    Encoding takes seconds on a busy machine, and a client that answers no ping for five
    is cut.
    """
    return await asyncio.to_thread(make, *arguments, **named)


async def publish_camera(
    client: ScriptedClient,
    colour: str,
    *,
    microphone: bool = True,
    width: int = 640,
    height: int = 360,
    sequence: int | None = None,
) -> Publisher:
    """Publish a coloured camera, and a microphone with it."""
    video = await encoded(camera, colour, width=width, height=height)
    tracks: list[Outgoing] = [outgoing("0", "camera", video, sequence=sequence)]
    if microphone:
        sound = await encoded(tone)
        tracks.append(outgoing("1", "microphone", sound, sequence=sequence))
    return await client.publish(*tracks)


def colour_of(watch: SlotWatch) -> str | None:
    """Name the colour of the newest decoded picture."""
    if not watch.pictures:
        return None
    seen = watch.pictures[-1]
    for name, (blue, red) in COLOURS.items():
        if (
            abs(seen.blue - blue) < CHROMA_TOLERANCE
            and abs(seen.red - red) < CHROMA_TOLERANCE
        ):
            return name
    return None


async def sees(
    client: ScriptedClient, mid: str, colour: str, *, deadline_s: float = DEADLINE_S
) -> float:
    """Wait until a slot shows a colour; return how long it took, in seconds."""
    start = time.monotonic()
    watch = client.watch(mid)
    await client.until(
        lambda: colour_of(watch) == colour,
        f"{colour} in slot {mid}; it shows {colour_of(watch)} after"
        f" {watch.packets} packets, {watch.violations[:3]}",
        deadline_s,
    )
    return time.monotonic() - start


async def flows(
    client: ScriptedClient,
    mid: str,
    *,
    frames: int = 10,
    deadline_s: float = DEADLINE_S,
) -> None:
    """Wait until a slot has brought some more frames."""
    watch = client.watch(mid)
    goal = watch.frames + frames
    await client.until(
        lambda: watch.frames >= goal,
        f"{frames} more frames in slot {mid}: {watch.frames} of {goal}",
        deadline_s,
    )


async def is_still(
    client: ScriptedClient,
    mid: str,
    *,
    for_s: float = 0.6,
    deadline_s: float = DEADLINE_S,
) -> None:
    """Wait until nothing has come on a slot for a while."""
    watch = client.watch(mid)
    await client.until(
        lambda: time.monotonic() - watch.last_packet > for_s,
        f"slot {mid} to fall silent",
        deadline_s,
    )


def assert_unbroken(client: ScriptedClient) -> None:
    """Check that every slot was one continuous stream that a browser accepts."""
    assert client.watcher is not None
    assert client.watcher.strangers == 0
    for watch in client.watcher.slots.values():
        assert watch.violations == [], f"slot {watch.mid}"
        assert watch.lost == 0, f"slot {watch.mid}"
        if watch.kind == "audio":
            assert watch.holes == {}, f"slot {watch.mid}"
