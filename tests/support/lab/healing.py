"""Measures how long media is missing in an outage, a change of address, or without UDP."""

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Literal

from tests.support.browsers import BrowserName
from tests.support.browsers.person import Person
from tests.support.lab.line import Shape
from tests.support.lab.network import Lab, lab
from tests.support.lab.scene import scene
from tests.support.lab.watch import Watch

Victim = Literal["paul", "rita", "sam"]
"""The participant with the bad line: the presenter (Paul) or a viewer."""
Fault = Literal["move", "udp"] | float
"""A change of address, a firewall that begins to drop UDP, or the seconds of an outage."""

LINE = Shape(delay_ms=20, jitter_ms=3)
SETTLE_S = 2.0
"""Media flows before each fault: estimates have grown, the seat is known."""
GRAIN_S = 0.1
AFTER_S = 2.0
"""How long recovered media has to keep flowing."""
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
    """The effects of a fault on the viewer."""

    picture_s: float
    """From the line's return (or the fault, when it does not end) to a new picture."""
    sound_s: float
    """The same for packets of sound."""
    same_connections: bool
    """Whether the page kept its peer connections."""
    raised: bool
    """Whether the hand of the viewer is still up."""


@dataclass(frozen=True, slots=True)
class Call:
    """Paul, who presents, and viewers with a raised hand, whose pages are watched."""

    net: Lab
    people: dict[str, Person]
    watches: dict[str, Watch]


@contextlib.asynccontextmanager
async def call(paul: BrowserName, **viewers: BrowserName) -> AsyncIterator[Call]:
    """Let Paul and viewers (``rita``, ``sam``) join, each on a line of their own."""
    with lab(["paul", *viewers]) as net:
        for link in net.links.values():
            link.both(LINE)
        async with scene(net) as room:
            people = {"paul": await room.presenter("Paul", paul)}
            watches = {}
            for name, browser in viewers.items():
                person = people[name] = await room.viewer(name.title(), browser)
                await person.sees("Paul")
                await person.page.press("r")
                await person.pressed("hand", True)
                watches[name] = await Watch.begin(person.page, GRAIN_S)
            yield Call(net, people, watches)


async def heal(call: Call, victim: Victim, fault: Fault) -> Healed:
    """Break a line and measure: at the victim, or at Rita when Paul is the victim."""
    viewer = "rita" if victim == "paul" else victim
    watch, broken = call.watches[viewer], call.people[victim]
    await watch.until_moving(since=time.monotonic(), frames=10)
    await asyncio.sleep(SETTLE_S)
    before = await broken.page.evaluate(CONNECTIONS)
    link = call.net.link(victim)
    since = time.monotonic()
    if fault == "move":
        link.move()
    elif fault == "udp":
        link.refuse_udp()
    else:
        with link.blackout():
            await asyncio.sleep(fault)
        since = time.monotonic()
    back = time.monotonic() + (0.5 if isinstance(fault, str) else 0.0)
    await watch.until_moving(since=back, frames=1)
    await asyncio.sleep(AFTER_S)
    seen = await watch.seen(since)
    await call.people[viewer].pressed("hand", True)
    return Healed(
        # Up to one sample lies before the first that is judged.
        seen.longest_still_s + GRAIN_S,
        seen.longest_audio_silence_s + GRAIN_S,
        before == await broken.page.evaluate(CONNECTIONS),
        raised=True,
    )
