"""
Everybody joins at once while others watch: ``python -m tests.figures.rush``.

Reports how long it takes until the last of ``--viewers`` has media, and the
longest pause that those already there saw.
"""

import argparse
import asyncio

from tests.figures.common import PINNED, percentile, pin_load, report
from tests.support.server import running
from tests.support.wire.crowd import Crowd
from tests.support.wire.recording import picture, tone
from tests.support.wire.room import opened
from tests.support.wire.sending import outgoing

PRESENT = 5
SETTLE_S = 3.0


async def measure(viewers: int) -> None:
    """Run once and report."""
    async with running(prefix=PINNED) as server, opened(server) as room:
        presenter = await room.guest("presenter", "Paul")
        await presenter.publish(
            outgoing("0", "camera", picture(bitrate_bps=600_000)),
            outgoing("1", "microphone", tone()),
        )
        crowd = Crowd(room)
        await crowd.join(PRESENT, sampled=PRESENT)
        await asyncio.sleep(SETTLE_S)
        present = list(crowd.viewers)
        calm = max(viewer.gap_s for viewer in present)
        for viewer in present:
            viewer.gap_s = 0.0
        elapsed = await crowd.join(viewers, at_once=viewers)
        times = [viewer.joined_s for viewer in crowd.viewers[PRESENT:]]
        report(
            "rush",
            viewers=viewers,
            all_connected_s=round(elapsed, 2),
            one_connected_p50_s=round(percentile(times, 0.5), 2),
            longest_gap_before_ms=round(1000 * calm),
            longest_gap_during_ms=round(1000 * max(v.gap_s for v in present)),
        )


def main() -> None:
    """Read the command line and measure."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--viewers", type=int, default=200)
    wanted = parser.parse_args()
    pin_load()
    asyncio.run(measure(wanted.viewers))


if __name__ == "__main__":
    main()
