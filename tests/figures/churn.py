"""
People come and go for minutes: ``python -m tests.figures.churn --minutes 20``.

Each visitor joins, waits for pictures of the presenter, sends a chat message and leaves
in one of four manners. Reports how many connections were cut without a reason, and the
reasons that the server counted for all endings.
"""

import argparse
import asyncio
import time
from collections import Counter
from itertools import count, cycle

from tests.e2e.test_coming_and_going import endings, goes
from tests.figures.common import CROWDED, percentile, report
from tests.support.server import running
from tests.support.wire.room import TestRoom, opened
from tests.support.wire.scenes import flows, publish_camera

VISITORS = 6
STAYS_S = 4.0
"""With six at once about 1.2 visits a second."""


async def measure(minutes: float) -> None:
    """Run once and report."""
    manners, numbers = cycle(("leave", "drop", "close", "crash")), count(1)
    cut, faults, joined_s = 0, Counter[str](), list[float]()
    end = time.monotonic() + 60 * minutes

    async def visit(room: TestRoom) -> bool:
        client = room.stranger()
        room.clients.remove(client)
        began = time.monotonic()
        try:
            await client.connect(invitation=room.token("researcher"))
            await client.join(f"Visitor {next(numbers)}")
            await flows(client, client.mids("stage", "video")[0], frames=5)
            joined_s.append(time.monotonic() - began)
            await client.ask("chat.send", text="Hello", nonce=str(time.monotonic_ns()))
            await asyncio.sleep(STAYS_S)
        except Exception as fault:
            faults[f"{type(fault).__name__}: {str(fault)[:80]}"] += 1
        was_cut = not client.connected
        await goes(client, "crash" if was_cut else next(manners))
        return was_cut

    async def visits(room: TestRoom) -> None:
        nonlocal cut
        while time.monotonic() < end:
            cut += await visit(room)

    async with running(extra=CROWDED) as server, opened(server) as room:
        presenter = await room.guest("presenter", "Paul")
        await publish_camera(presenter, "pink", width=320, height=180)
        await asyncio.gather(*(visits(room) for _ in range(VISITORS)))
        report(
            "churn",
            visits=next(numbers) - 1,
            cut=cut,
            faults=dict(faults),
            endings=dict(await endings(room)),
            presenter_connected=presenter.connected,
            picture_p50_s=round(percentile(joined_s, 0.5), 2),
            picture_p99_s=round(percentile(joined_s, 0.99), 2),
        )


def main() -> None:
    """Read the command line and measure."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--minutes", type=float, default=20.0)
    asyncio.run(measure(parser.parse_args().minutes))


if __name__ == "__main__":
    main()
