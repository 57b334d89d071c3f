"""The watch of a page distinguishes good lines from bad ones."""

import asyncio
import time

import pytest

from tests.support.lab import Shape, lab
from tests.support.lab.scene import scene
from tests.support.lab.watch import Watch

pytestmark = [pytest.mark.lab, pytest.mark.timeout(400)]
LOOK_S = 3.0


async def test_watch_distinguishes_a_good_line_from_a_dead_one() -> None:
    with lab(["paul", "rita"]) as net:
        async with scene(net) as room:
            await room.presenter("Paul")
            rita = await room.viewer("Rita")
            await rita.sees("Paul")
            watch = await Watch.begin(rita.page, every_s=0.1)
            net.link("rita").both(Shape(delay_ms=20, jitter_ms=5))
            since = time.monotonic()
            await asyncio.sleep(LOOK_S)
            good = await watch.seen(since)
            with net.link("rita").blackout():
                since = time.monotonic()
                await asyncio.sleep(LOOK_S)
                dead = await watch.seen(since)
            # Beside each other: the machine is as busy for both.
            assert good.fps > 2 * dead.fps
            assert dead.longest_still_s > LOOK_S / 2 > good.longest_still_s
            assert dead.longest_audio_silence_s > LOOK_S / 2
            assert good.longest_audio_silence_s < LOOK_S / 2
            await watch.until_moving(since=time.monotonic())
