"""
What a page saw and heard, over time.

``Watch`` has the page collect its own receiving statistics (W3C webrtc-stats) at a
steady pace, so that a busy test does not stretch the samples. Then it answers as
a person would: how long was the picture still, how much sound was missing::

    watch = await Watch.begin(rita.page)
    ...
    since = time.monotonic()
    line.shape(down=Shape(rate_kbps=200))
    await watch.until(lambda m: 0 < m.height < 360, since=since, deadline_s=2)
    seen = await watch.seen(since)
    assert seen.freezes_share <= 0.01
    assert seen.concealed_share <= 0.02

Times are ``time.monotonic`` of this machine, as in the lab's own histories.
"""

import asyncio
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from tests.support.browsers.page import Page

EVERY_S = 0.25
"""Between two samples. Less costs the page processor time: below 0.05 s Chromium
answers from its memory anyway."""
DEADLINE_S = 60.0  # ends a hang; says nothing about speed
HOLE_SHARE = 0.9
"""Of the samples played in an interval: made up, not silence, not received."""

COLLECT = """(everyMs) => {
  const watch = (window.labWatch ??= { samples: [], timer: 0 });
  clearInterval(watch.timer);
  let busy = false;
  watch.timer = setInterval(async () => {
    if (busy) return;
    busy = true;
    const at = Date.now(), found = [];
    const made = window.peerConnections ?? [];
    for (let index = 0; index < made.length; index++) {
      if (made[index].connectionState === "closed") continue;
      for (const e of (await made[index].getStats()).values()) {
        if (e.type !== "inbound-rtp" || !e.packetsReceived) continue;
        found.push([index, e.kind, e.mid ?? "", e.packetsReceived, e.packetsLost ?? 0,
          e.framesDecoded ?? 0, e.frameHeight ?? 0, e.freezeCount ?? 0,
          e.totalFreezesDuration ?? 0, e.totalSamplesReceived ?? 0,
          e.concealedSamples ?? 0, e.silentConcealedSamples ?? 0,
          e.jitterBufferDelay ?? 0, e.jitterBufferEmittedCount ?? 0,
          e.framesDropped ?? 0, e.bytesReceived ?? 0]);
      }
    }
    watch.samples.push([at, found]);
    busy = false;
  }, everyMs);
}"""
FETCH = "() => window.labWatch.samples.splice(0)"
STOP = "() => clearInterval(window.labWatch?.timer)"


@dataclass(frozen=True, slots=True)
class Received:
    """One slot's counters, from the beginning of its peer connection."""

    connection: int
    """Which of the page's peer connections, counted from 0."""
    kind: str
    mid: str
    packets: int
    lost: int
    frames: int
    """Decoded."""
    height: int
    """Of the newest picture, in pixels."""
    freezes: int
    freezes_s: float
    samples: int
    """Of sound, received and made up."""
    concealed: int
    silent_concealed: int
    """Of the concealed ones: silence that was due (DTX), or comfort noise."""
    buffer_delay_s: float
    buffer_count: int
    frames_dropped: int
    bytes: int


@dataclass(frozen=True, slots=True)
class Moment:
    """All slots at one time."""

    at: float
    slots: tuple[Received, ...]

    def of(self, kind: str, mid: str | None = None) -> list[Received]:
        """Return the slots of a kind, or the one with this mid."""
        return [s for s in self.slots if s.kind == kind and mid in (None, s.mid)]

    @property
    def frames(self) -> int:
        """Number of pictures decoded so far, over all slots."""
        return sum(slot.frames for slot in self.of("video"))

    @property
    def height(self) -> int:
        """Height of the largest picture, shown at any time before too."""
        return max((slot.height for slot in self.of("video")), default=0)


class Seen:
    """
    What happened between the first and the last of some moments.

    Args:
        moments: In order.
        mid: Judge this slot only; None: the sum of all.
    """

    def __init__(self, moments: Sequence[Moment], mid: str | None = None) -> None:
        assert len(moments) > 1, "too short to judge"
        self.moments = list(moments)
        self._mid = mid

    @property
    def duration_s(self) -> float:
        """From the first moment to the last."""
        return self.moments[-1].at - self.moments[0].at

    @property
    def fps(self) -> float:
        """Pictures decoded a second, on the average."""
        return self._grown("video", "frames") / self.duration_s

    @property
    def freezes_share(self) -> float:
        """
        Share of the time that the picture was frozen, as the browser counts it.

        A freeze counts when it ends; see ``longest_still_s`` for one that lasts.
        """
        return self._grown("video", "freezes_s") / self.duration_s

    @property
    def freezes(self) -> int:
        """Number of freezes."""
        return int(self._grown("video", "freezes"))

    @property
    def longest_still_s(self) -> float:
        """The longest time without a new picture, to the resolution of the samples."""
        return self._longest("video", lambda grown: grown("frames") == 0)

    @property
    def longest_audio_hole_s(self) -> float:
        """
        The longest time of made-up sound, to the grain of the samples.

        Silence that the sender meant (DTX) is none.
        """

        def hole(grown: Callable[[str], float]) -> bool:
            made_up = grown("concealed") - grown("silent_concealed")
            samples = grown("samples")
            return samples > 0 and made_up >= HOLE_SHARE * samples

        return self._longest("audio", hole)

    @property
    def longest_audio_silence_s(self) -> float:
        """The longest time without an audio packet, to the resolution of the samples."""
        return self._longest("audio", lambda grown: grown("packets") == 0)

    @property
    def concealed_share(self) -> float:
        """Share of the sound that was made up, silence left out (0…1)."""
        samples = self._grown("audio", "samples")
        made_up = self._grown("audio", "concealed") - self._grown(
            "audio", "silent_concealed"
        )
        return made_up / samples if samples else 0.0

    @property
    def loss(self) -> float:
        """Share of packets that never came, after repairs (0…1)."""
        lost = self._grown("audio", "lost") + self._grown("video", "lost")
        came = self._grown("audio", "packets") + self._grown("video", "packets")
        return max(0.0, lost) / (came + max(0.0, lost)) if came else 0.0

    @property
    def bitrate_bps(self) -> float:
        """Payload received a second, on the average."""
        grown = self._grown("audio", "bytes") + self._grown("video", "bytes")
        return grown * 8 / self.duration_s

    @property
    def heights(self) -> list[tuple[float, int]]:
        """Changes of the picture's height: (time, height), the first included."""
        changes: list[tuple[float, int]] = []
        for moment in self.moments:
            slots = moment.of("video", self._mid)
            height = max((slot.height for slot in slots), default=0)
            if height and (not changes or changes[-1][1] != height):
                changes.append((moment.at, height))
        return changes

    def _grown(self, kind: str, field: str) -> float:
        return sum(
            grown(before, after, kind, field, self._mid)
            for before, after in zip(self.moments, self.moments[1:], strict=False)
        )

    def _longest(
        self, kind: str, missing: Callable[[Callable[[str], float]], bool]
    ) -> float:
        longest, begun = 0.0, None
        for before, after in zip(self.moments, self.moments[1:], strict=False):

            def of(field: str, before: Moment = before, after: Moment = after) -> float:
                return grown(before, after, kind, field, self._mid)

            if missing(of):
                begun = before.at if begun is None else begun
                longest = max(longest, after.at - begun)
            else:
                begun = None
        return longest


def grown(
    before: Moment, after: Moment, kind: str, field: str, mid: str | None = None
) -> float:
    """Return by how much a counter grew; new peer connections begin at nothing."""
    old = {(s.connection, s.mid): s for s in before.of(kind, mid)}
    total = 0.0
    for slot in after.of(kind, mid):
        known = old.get((slot.connection, slot.mid))
        total += getattr(slot, field) - (getattr(known, field) if known else 0)
    return total


class Watch:
    """
    A page under watch.

    ``begin`` starts it, ``seen`` judges, ``until`` waits. A reload of the page ends
    it: begin again.
    """

    def __init__(self, page: Page, every_s: float) -> None:
        self.page = page
        self.every_s = every_s
        self.moments: list[Moment] = []
        self._offset = time.monotonic() - time.time()

    @classmethod
    async def begin(cls, page: Page, every_s: float = EVERY_S) -> "Watch":
        """Have a page collect its statistics from now on."""
        watch = cls(page, every_s)
        await page.evaluate(COLLECT, round(every_s * 1000))
        return watch

    async def end(self) -> None:
        """Stop collecting; the collected samples are kept."""
        await self._fetch()
        await self.page.evaluate(STOP)

    async def seen(
        self, since: float = 0.0, till: float = float("inf"), mid: str | None = None
    ) -> Seen:
        """Return the samples between two times (``time.monotonic``)."""
        await self._fetch()
        return Seen([m for m in self.moments if since <= m.at <= till], mid)

    async def until(
        self,
        condition: Callable[[Moment], bool],
        *,
        since: float = 0.0,
        deadline_s: float = DEADLINE_S,
        what: str = "",
    ) -> Moment:
        """Wait for a sample after ``since`` that meets the condition, and return it."""
        end = max(time.monotonic(), since) + deadline_s
        judged = 0
        while True:
            await self._fetch()
            for moment in self.moments[judged:]:
                if moment.at >= since and condition(moment):
                    return moment
            judged = len(self.moments)
            assert time.monotonic() < end, (
                f"not within {deadline_s:g} s: {what or condition}; "
                f"last seen: {self.moments[-1:]}"
            )
            await asyncio.sleep(self.every_s / 2)

    async def until_moving(
        self, *, since: float, frames: int = 3, deadline_s: float = DEADLINE_S
    ) -> Moment:
        """Wait until this many pictures were decoded after ``since``; return that sample."""
        await self._fetch()
        base = next((m for m in self.moments if m.at >= since), None)
        if base is None:
            base = await self.until(lambda _: True, since=since)
        return await self.until(
            lambda m: grown(base, m, "video", "frames") >= frames,
            since=since,
            deadline_s=deadline_s,
            what="moving pictures",
        )

    async def _fetch(self) -> None:
        samples: list[Any] = await self.page.evaluate(FETCH)
        self.moments += [
            Moment(at / 1000 + self._offset, tuple(Received(*s) for s in slots))
            for at, slots in samples
        ]
