"""
One presenter, many viewers: CPU per packet, delivery, latency, memory.

``python -m tests.figures.crowd --viewers 100``: the server on core 0, the crowd
and the presenter (VP8 at 1.5 Mbit/s and Opus) on core 1. CPU is the server's
process time over datagrams received by viewers; latency is from just before the
presenter's send to the kernel's receive stamp at sampled viewers.
"""

import argparse
import asyncio

from tests.figures.common import (
    CROWDED,
    PINNED,
    cpu_s,
    percentile,
    pin_load,
    report,
    resident_bytes,
)
from tests.support.server import running
from tests.support.wire.crowd import Crowd
from tests.support.wire.recording import picture, tone
from tests.support.wire.room import opened
from tests.support.wire.sending import Publisher, outgoing

SETTLE_S = 3.0
SAMPLED = 3


async def measure(
    viewers: int, seconds: float, bitrate_bps: int, *, tells: bool
) -> None:
    """Run once and report."""
    video = picture(width=1280, height=720, rate=30, seconds=4, bitrate_bps=bitrate_bps)
    async with running(prefix=PINNED, extra=CROWDED) as server, opened(server) as room:
        presenter = await room.guest("presenter", "Paul")
        publisher = await presenter.publish(
            outgoing("0", "camera", video), outgoing("1", "microphone", tone())
        )
        crowd = Crowd(room)
        crowd.counter.sends_feedback = tells
        publisher.sent_at = crowd.clock.on_sent
        await crowd.join(1)
        await asyncio.sleep(SETTLE_S)
        before = resident_bytes(server.pid)
        joined_s = await crowd.join(viewers - 1, sampled=SAMPLED)
        await asyncio.sleep(SETTLE_S)
        after = resident_bytes(server.pid)

        crowd.clock.latencies_s.clear()
        sent, received, cpu = sum_sent(publisher), crowd.packets, cpu_s(server.pid)
        await asyncio.sleep(seconds)
        sent = sum_sent(publisher) - sent
        received = crowd.packets - received
        cpu = cpu_s(server.pid) - cpu
        latencies = crowd.clock.latencies_s
        report(
            "crowd",
            viewers=viewers,
            presenter_bps=round(video.bitrate_bps),
            packets_per_s_in=round(sent / seconds),
            packets_per_s_out=round(received / seconds),
            delivered_percent=round(100 * received / (sent * viewers), 2),
            server_core_share=round(cpu / seconds, 3),
            cpu_us_per_forwarded_packet=round(1e6 * cpu / received, 2),
            latency_p50_ms=round(1000 * percentile(latencies, 0.5), 2),
            latency_p99_ms=round(1000 * percentile(latencies, 0.99), 2),
            memory_kib_per_viewer=round((after - before) / (viewers - 1) / 1024),
            joined_s=round(joined_s, 1),
        )


def sum_sent(publisher: Publisher) -> int:
    """Return how many packets a publisher has sent."""
    return sum(track.packets for track in publisher.tracks)


def main() -> None:
    """Read the command line and measure."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--viewers", type=int, default=100)
    parser.add_argument("--seconds", type=float, default=20)
    parser.add_argument("--bitrate", type=int, default=1_500_000)
    parser.add_argument(
        "--silent", action="store_true", help="viewers say nothing of their links"
    )
    wanted = parser.parse_args()
    pin_load()
    asyncio.run(
        measure(
            wanted.viewers,
            wanted.seconds,
            wanted.bitrate,
            tells=not wanted.silent,
        )
    )


if __name__ == "__main__":
    main()
