"""
How far voice and picture of the stage are apart at a viewer.

``python -m tests.figures.lips [presents] [watches]`` with chromium or firefox.
Prints the difference of the estimated playout times of the stage pair, in
milliseconds: positive when the voice is late. People notice from about 80.
"""

import asyncio
import sys
from typing import Any, cast

from tests.figures.common import report
from tests.support.browsers import BrowserName, launch
from tests.support.browsers.person import Person
from tests.support.server import running
from tests.support.wire.room import opened

SETTLE_S = 20.0  # browsers step towards each other for ten to twenty seconds
LOOKS = 10
PLAYOUT = """async () => {
  const times = {};
  for (const connection of window.peerConnections ?? []) {
    const report = await connection.getStats();
    for (const entry of report.values()) {
      if (entry.type === "inbound-rtp" && ["2", "3"].includes(entry.mid)) {
        times[entry.kind] = entry.estimatedPlayoutTimestamp ?? null;
      }
    }
  }
  return times;
}"""


async def measure(presents: BrowserName, watches: BrowserName) -> list[float]:
    """Return some differences, after the browsers have settled."""
    differences: list[float] = []
    async with (
        running() as server,
        opened(server) as room,
        launch(presents) as stage,
        launch(watches) as watching,
    ):
        presenter = Person(await stage.new_page(), "Paul")
        await presenter.enter(f"{server.url}/join#{room.token('presenter')}")
        viewer = Person(await watching.new_page(), "Rita")
        await viewer.enter(f"{server.url}/join#{room.token('researcher')}")
        await viewer.sees("Paul")
        await asyncio.sleep(SETTLE_S)
        for _ in range(LOOKS):
            await asyncio.sleep(1)
            times: dict[str, Any] = await viewer.page.evaluate(PLAYOUT)
            if times.get("audio") and times.get("video"):
                differences.append(times["audio"] - times["video"])
    return differences


def main() -> None:
    """Measure one pair of browsers."""
    names = [*sys.argv[1:], "chromium", "chromium"]
    presents, watches = cast(tuple[BrowserName, BrowserName], tuple(names[:2]))
    differences = sorted(asyncio.run(measure(presents, watches)))
    report(
        "lips",
        presents=presents,
        watches=watches,
        voice_late_ms_median=round(differences[len(differences) // 2]),
        voice_late_ms_least=round(differences[0]),
        voice_late_ms_most=round(differences[-1]),
    )


if __name__ == "__main__":
    main()
