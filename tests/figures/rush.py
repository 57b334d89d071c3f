"""
Everybody joins at once while others watch: ``python -m tests.figures.rush``.

Reports how long it takes until the last of ``--viewers`` has media, and what those
already there saw of it: the longest pause, and how late the server let packets
leave. All of the crowd, and the presenter, share one process, which is busier than
the server; so the pause is to be read beside the presenter's own, and only the
lateness is the server's (from just before the presenter's send to the kernel's
receive stamp).
"""

import argparse
import asyncio
import time

from tests.figures.common import CROWDED, PINNED, cpu_s, percentile, pin_load, report
from tests.support.server import running
from tests.support.wire.crowd import Clock, Crowd
from tests.support.wire.recording import picture, tone
from tests.support.wire.room import opened
from tests.support.wire.sending import outgoing

PRESENT = 5
SETTLE_S = 3.0


class Sending:
    """Notes when the presenter sends, and its longest pause."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._last_s = 0.0
        self.gap_s = 0.0

    def on_sent(self, payload: bytes) -> None:
        """Note a payload just before it is sent."""
        now = time.monotonic()
        if self._last_s:
            self.gap_s = max(self.gap_s, now - self._last_s)
        self._last_s = now
        self._clock.on_sent(payload)


async def measure(viewers: int) -> None:
    """Run once and report."""
    async with running(prefix=PINNED, extra=CROWDED) as server, opened(server) as room:
        presenter = await room.guest("presenter", "Paul")
        publisher = await presenter.publish(
            outgoing("0", "camera", picture(bitrate_bps=600_000)),
            outgoing("1", "microphone", tone()),
        )
        crowd = Crowd(room)
        sending = Sending(crowd.clock)
        publisher.sent_at = sending.on_sent
        await crowd.join(PRESENT, sampled=PRESENT)
        await asyncio.sleep(SETTLE_S)
        present = list(crowd.viewers)
        calm = max(viewer.gap_s for viewer in present)
        for viewer in present:
            viewer.gap_s = 0.0
        sending.gap_s = 0.0
        crowd.clock.latencies_s.clear()
        cpu = cpu_s(server.pid)
        elapsed = await crowd.join(viewers, at_once=viewers)
        cpu = cpu_s(server.pid) - cpu
        late = list(crowd.clock.latencies_s)
        times = [viewer.joined_s for viewer in crowd.viewers[PRESENT:]]
        report(
            "rush",
            viewers=viewers,
            all_connected_s=round(elapsed, 2),
            server_cpu_ms_per_join=round(1000 * cpu / viewers, 1),
            one_connected_p50_s=round(percentile(times, 0.5), 2),
            longest_gap_before_ms=round(1000 * calm),
            longest_gap_during_ms=round(1000 * max(v.gap_s for v in present)),
            longest_gap_of_presenter_ms=round(1000 * sending.gap_s),
            late_p50_ms=round(1000 * percentile(late, 0.5), 1),
            late_p99_ms=round(1000 * percentile(late, 0.99), 1),
            late_longest_ms=round(1000 * max(late)),
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
