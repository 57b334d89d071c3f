"""
What happens to a viewer on a good, slow, failing or lossy line.

Each function runs one scenario with real browsers and returns its figures; the tests
compare them with bounds, ``tests.figures.links`` prints them.
"""

import asyncio
import contextlib
import re
import statistics
import tempfile
import time
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from playwright.async_api import ViewportSize

from tests.support.browsers import BrowserName, Options
from tests.support.browsers.chromium import ChromiumPage
from tests.support.browsers.page import Page, by_id
from tests.support.browsers.person import Person
from tests.support.lab import Lab, Shape, lab
from tests.support.lab.scene import Scene, scene
from tests.support.lab.watch import DEADLINE_S, Moment, Seen, Watch
from tests.support.voice import write_voice

WALL = Options(width=1600, height=1000)
"""A screen on which the stage wants the top layer."""
WALL_SIZE: ViewportSize = {"width": 1600, "height": 1000}
TOP = 720
FREE = Shape(delay_ms=10, rate_kbps=8_000, queue_ms=400)
GOOD = Shape(delay_ms=10, rate_kbps=3_000, queue_ms=600)
THIN = Shape(delay_ms=10, rate_kbps=200, queue_ms=600)
SHARED = Shape(delay_ms=20, rate_kbps=1_000, queue_ms=300)
STEADY_S = 2.0
"""A picture that kept its size for this long has reached its layer."""
PREFER = "(codec) => localStorage.setItem('pavilion.codec', codec)"
WATCH_SIZES = """() => {
  window.sizes = [];
  const video = document.querySelector('[data-testid=tile][data-place=stage] video');
  const look = () => {
    const last = window.sizes.at(-1);
    if (video.videoHeight !== last?.[1]) {
      window.sizes.push([Date.now() / 1000, video.videoHeight]);
    }
    video.requestVideoFrameCallback(look);
  };
  video.requestVideoFrameCallback(look);
}"""
SIZES = "() => window.sizes"
WAIT = """() => Math.max(0, ...window.peerConnections.flatMap(
  (connection) => connection.getReceivers().map((r) => r.jitterBufferTarget ?? 0)))"""
ROUTE = re.compile(r"route: (\S+)  rtt: (\d+) ms")
"""The route and its round trip, in the connection panel's text for administrators."""
TRIP_MS = 380
"""A round trip of the lossy line, on a busy machine. One that needed a check twice
takes longer, until the next check."""
TEXT = "(selector) => document.querySelector(selector)?.innerText ?? ''"
EVERY_S = 0.1


@dataclass(slots=True)
class Stage:
    """A presenter on a good line, and a viewer whose page is watched."""

    net: Lab
    room: Scene
    presenter: Person
    viewer: Person
    watch: Watch
    joined_at: float

    async def since(self, start: float) -> Seen:
        """Return what the viewer received since a time."""
        return await self.watch.seen(start)

    async def settles(self, watch: Watch | None = None) -> None:
        """Wait until a watched picture has kept its size for ``STEADY_S``."""
        height, since = 0, 0.0

        def steady(moment: Moment) -> bool:
            nonlocal height, since
            if moment.height != height or not height:
                height, since = moment.height, moment.at
            return moment.at - since >= STEADY_S

        await (watch or self.watch).until(
            steady, since=time.monotonic(), what="a steady picture"
        )

    async def wait(self, seconds: float) -> None:
        """Let the conference continue for some seconds."""
        end = time.monotonic() + seconds
        await self.watch.until(
            lambda moment: moment.at >= end,
            deadline_s=seconds + DEADLINE_S,
            what="time",
        )


@contextlib.asynccontextmanager
async def stage(
    line: Shape,
    *,
    publisher: BrowserName = "chromium",
    viewer: BrowserName = "chromium",
    options: Options = WALL,
    others: tuple[str, ...] = (),
    codec: str = "auto",
) -> AsyncIterator[Stage]:
    """Let Paul present, and Rita watch on a line of this shape."""
    with (
        tempfile.TemporaryDirectory(prefix="pavilion-voice-") as home,
        lab(["paul", "rita", *others]) as net,
    ):
        talking = Options(
            width=640, height=480, voice=write_voice(Path(home) / "voice.wav")
        )
        async with scene(net) as room:
            paul = await room.visit("Paul", publisher, talking)
            await paul.page.goto(room.server.url)
            await paul.page.evaluate(PREFER, codec)
            await paul.enter(room.invitation("presenter"))
            net.link("rita").both(line)
            rita = await room.viewer("Rita", viewer, options)
            joined_at = time.monotonic()
            watch = await Watch.begin(rita.page, every_s=EVERY_S)
            yield Stage(net, room, paul, rita, watch, joined_at)


async def join(viewer: BrowserName = "chromium") -> dict[str, float]:
    """Measure how soon the top layer is received after joining on an unshaped line."""
    async with stage(FREE, viewer=viewer) as s:
        top = await s.watch.until(lambda m: m.height >= TOP, what="the top layer")
        first = next(m for m in s.watch.moments if m.height)
        return {
            "first_picture_s": round(first.at - s.joined_at, 2),
            "top_layer_s": round(top.at - s.joined_at, 2),
        }


async def fall(
    low_s: float = 12.0, *, queue_ms: float = 600, top: int = TOP
) -> dict[str, float]:
    """
    3 Mbit/s become 200 kbit/s, and 3 Mbit/s again.

    Args:
        low_s: How long the line is thin.
        queue_ms: Length of its queue then. Whatever the server does, sound that
            stands in a full one comes so much later than before.
        top: Lines of the layer that is waited for on the good line. The encoder of a
            busy machine leaves out the largest one.
    """
    async with stage(GOOD, others=("sam",)) as s:
        sam = await s.room.viewer("Sam")
        other = await Watch.begin(sam.page, every_s=EVERY_S)
        await s.watch.until(lambda m: m.height >= top, what="the top layer")
        await s.settles()
        link = s.net.link("rita")
        fell = time.monotonic()
        link.shape(down=replace(THIN, queue_ms=queue_ms))
        lower = await s.watch.until(
            lambda m: 0 < m.height < top, since=fell, what="a lower layer"
        )
        await s.wait(low_s)
        low = await s.since(fell)
        # The other one has the top layer all the same.
        await other.until(lambda m: m.height >= top, since=lower.at, what="Sam's top")
        queue = [b.queue_ms for b in link.history("down", fell + 3)]
        rose = time.monotonic()
        link.shape(down=GOOD)
        again = await s.watch.until(
            lambda m: m.height >= top, since=rose, what="the top again"
        )
        untouched = await other.seen(fell)
        return {
            "lower_layer_s": round(lower.at - fell, 2),
            "queue_ms_from_3_s": round(max(queue, default=0.0)),
            "audio_hole_s": round(low.longest_audio_hole_s, 2),
            "audio_concealed": round(low.concealed_share, 3),
            "picture_still_s": round(low.longest_still_s, 2),
            "fps_low": round(low.fps, 1),
            "top_again_s": round(again.at - rose, 2),
            "others_freezes": untouched.freezes,
            "others_audio_hole_s": round(untouched.longest_audio_hole_s, 2),
            "others_heights": len(untouched.heights),
        }


async def lossy(
    loss: float, seconds: float, *, viewers: Sequence[BrowserName] = ("chromium",)
) -> list[dict[str, float]]:
    """
    Loss in both directions with 100 ± 20 ms of delay, and each viewer's connection panel.

    Figures that begin with ``calm_`` are of the same line before it lost anything.
    """
    line = Shape(delay_ms=100, jitter_ms=20, rate_kbps=10_000)
    first, *others = zip(("rita", "sam"), viewers, strict=False)
    async with stage(
        line, viewer=first[1], others=tuple(name for name, _ in others)
    ) as s:
        watched = {first[0]: (s.viewer, s.watch)}
        for name, browser in others:
            s.net.link(name).both(line)
            person = await s.room.viewer(name.title(), browser, WALL)
            watched[name] = person, await Watch.begin(person.page, every_s=EVERY_S)
        for person, watch in watched.values():
            await person.sees("Paul")
            await s.settles(watch)
        calm_from = time.monotonic()
        await s.wait(seconds / 2)
        calm_till = time.monotonic()
        for name in watched:
            s.net.link(name).both(replace(line, loss=loss))
        for _, watch in watched.values():
            await s.settles(watch)  # the estimate tells loss from a full link
        start = time.monotonic()
        await s.wait(seconds)
        return [
            {
                "loss": loss,
                **await seen_of(watch, start),
                **{
                    f"calm_{figure}": value
                    for figure, value in (
                        await seen_of(watch, calm_from, calm_till)
                    ).items()
                },
                **await panel_of(person.page),
            }
            for person, watch in watched.values()
        ]


async def seen_of(
    watch: Watch, since: float, till: float = float("inf")
) -> dict[str, float]:
    """Return the figures of the time between two moments."""
    seen = await watch.seen(since, till)
    connections = {slot.connection for m in seen.moments for slot in m.slots}
    return {
        "audio_concealed": round(seen.concealed_share, 4),
        "freezes_share": round(seen.freezes_share, 4),
        "fps": round(seen.fps, 1),
        "longest_still_s": round(seen.longest_still_s, 2),
        "connections": len(connections),
        "height": seen.heights[-1][1] if seen.heights else 0,
    }


async def panel_of(page: Page) -> dict[str, float]:
    """Return the text of the connection panel, and the playout delay of pictures."""
    wait_ms = await page.evaluate(WAIT)
    transport, rtt_ms = await shown_transport(page, TRIP_MS)
    return {"udp": float(transport == "udp"), "rtt_ms": rtt_ms, "wait_ms": wait_ms}


async def shown_transport(page: Page, trip_ms: int) -> tuple[str, int]:
    """Return the transport and its round trip, once the panel shows one this short."""
    await page.click(by_id("connection"))
    await page.click(by_id("details"))

    def near(text: str) -> bool:
        found = ROUTE.search(text)
        return found is not None and int(found[2]) <= trip_ms

    found = ROUTE.search(await page.poll(near, TEXT, by_id("report")))
    assert found is not None
    return found[1], int(found[2])


async def steady(seconds: float) -> dict[str, float]:
    """Stage and voice over 1 Mbit/s: counts changes of the quality."""
    async with stage(SHARED) as s:
        await s.viewer.sees("Paul")
        await s.settles()
        start = time.monotonic()
        await s.wait(seconds)
        seen = await s.since(start)
        queue = [b.queue_ms for b in s.net.link("rita").history("down", start)]
        return {
            "switches_per_minute": round((len(seen.heights) - 1) * 60 / seconds, 2),
            "height": max((h for _, h in seen.heights), default=0),
            "kbps": round(seen.bitrate_bps / 1000),
            "fps": round(seen.fps, 1),
            "audio_concealed": round(seen.concealed_share, 4),
            "freezes": seen.freezes,
            "queue_ms_max": round(max(queue, default=0.0)),
        }


async def switch(codec: str, times: int = 8) -> dict[str, float | str]:
    """
    Make the stage smaller and larger; time each change of layer.

    From the moment the page asks (``view.set`` leaves) to the first frame of the new
    size on the screen.
    """
    async with stage(FREE, codec=codec) as s:
        page = s.viewer.page
        assert isinstance(page, ChromiumPage)
        asked: list[float] = []

        def sent(frame: str | bytes) -> None:
            if "view.set" in str(frame):
                asked.append(time.time())

        # The page's socket is open already: the browser's own protocol tells of it.
        await page.devtools.send("Network.enable")
        page.devtools.on(
            "Network.webSocketFrameSent",
            lambda event: sent(event["response"]["payloadData"]),
        )
        await s.watch.until(lambda m: m.height >= TOP, what="the top layer")
        await s.settles()
        await page.evaluate(WATCH_SIZES)
        start = time.monotonic()
        waits: list[float] = []
        for turn in range(times):
            asked.clear()
            known = len(await page.evaluate(SIZES) or [])
            small = turn % 2 == 0
            await page.page.set_viewport_size(
                {"width": 620, "height": 420} if small else WALL_SIZE
            )
            end = time.monotonic() + 10
            while len(sizes := await page.evaluate(SIZES)) <= known:
                assert time.monotonic() < end, f"no other layer: {sizes}, {asked}"
                await asyncio.sleep(0.1)
            if asked:
                waits.append(sizes[known][0] - asked[0])
            await s.wait(2.0)
        seen = await s.since(start)
        return {
            "codec": codec,
            "switches": len(waits),
            "median_ms": round(1000 * statistics.median(waits)),
            "worst_ms": round(1000 * max(waits)),
            "freezes": seen.freezes,
        }
