"""How long media is away when a line goes dark, moves, or loses UDP."""

import asyncio
import time
from dataclasses import dataclass
from typing import Literal

from tests.support.browsers import BrowserName
from tests.support.lab.line import Shape
from tests.support.lab.network import lab
from tests.support.lab.scene import scene
from tests.support.lab.watch import Watch

Victim = Literal["paul", "rita"]
Fault = Literal["move", "udp"] | float
"""A change of address, a firewall that begins to drop UDP, or seconds of darkness."""

LINE = Shape(delay_ms=20, jitter_ms=3)
SETTLE_S = 4.0
"""Media flows before the fault: estimates have grown, the seat is known."""
GRAIN_S = 0.1
AFTER_S = 4.0
CONNECTIONS = "() => window.peerConnections.length"
PROTOCOLS = """async () => {
  const found = [];
  for (const connection of window.peerConnections) {
    if (connection.connectionState !== "connected") continue;
    const report = await connection.getStats();
    for (const e of report.values()) {
      if (e.type !== "candidate-pair" || !e.nominated || e.state !== "succeeded") continue;
      found.push(report.get(e.localCandidateId).protocol);
    }
  }
  return found;
}"""


@dataclass(frozen=True, slots=True)
class Healed:
    """What the viewer saw of a fault."""

    picture_s: float
    """From the line's return (or the fault, when it does not end) to a new picture."""
    sound_s: float
    """The same for packets of sound."""
    same_connections: bool
    """Whether the page went on with the peer connections that it had."""
    raised: bool
    """Whether the hand of the viewer is still up."""


async def heal(victim: Victim, browser: BrowserName, fault: Fault) -> Healed:
    """Break the line of the presenter (Paul) or of the viewer (Rita); measure."""
    with lab(["paul", "rita"]) as net:
        for link in net.links.values():
            link.both(LINE)
        async with scene(net) as room:
            other: BrowserName = "chromium"
            paul = await room.presenter("Paul", browser if victim == "paul" else other)
            rita = await room.viewer("Rita", browser if victim == "rita" else other)
            await rita.sees("Paul")
            await rita.page.press("r")
            await rita.pressed("hand", True)
            broken = paul if victim == "paul" else rita
            watch = await Watch.begin(rita.page, GRAIN_S)
            await asyncio.sleep(SETTLE_S)
            before = await broken.page.evaluate(CONNECTIONS)
            link = net.link(victim)
            if fault == "move":
                since = time.monotonic()
                link.move()
            elif fault == "udp":
                since = time.monotonic()
                link.refuse_udp()
            else:
                with link.dark():
                    await asyncio.sleep(fault)
                since = time.monotonic()
            back = time.monotonic() + (0.5 if isinstance(fault, str) else 0.0)
            await watch.until_moving(since=back, frames=1, deadline_s=40)
            await asyncio.sleep(AFTER_S)
            seen = await watch.seen(since)
            await rita.pressed("hand", True)
            return Healed(
                # Up to one sample lies before the first that is judged.
                seen.longest_still_s + GRAIN_S,
                seen.longest_audio_silence_s + GRAIN_S,
                before == await broken.page.evaluate(CONNECTIONS),
                raised=True,
            )
