"""
Click on Join → first picture, in Chromium: ``python -m tests.figures.join_time``.

Uses the page's own performance marks; the presenter is a scripted client, so that
one browser has the machine to itself.
"""

import argparse
import asyncio

from tests.figures.common import percentile, report
from tests.support.browsers import launch
from tests.support.browsers.page import by_id
from tests.support.browsers.person import Person
from tests.support.server import running
from tests.support.wire.room import opened
from tests.support.wire.scenes import publish_camera

ELAPSED = """() => {
  const mark = (name) => performance.getEntriesByName(name).at(-1)?.startTime;
  const start = mark("pavilion-join"), end = mark("pavilion-first-frame");
  return start !== undefined && end !== undefined ? end - start : null;
}"""


async def measure(joins: int) -> None:
    """Join and leave again and again, each time in a new tab."""
    times: list[float] = []
    async with running() as server, opened(server) as room, launch("chromium") as b:
        presenter = await room.guest("presenter", "Paul")
        await publish_camera(presenter, "red", width=1280, height=720)
        url = f"{server.url}/join#{room.token('researcher')}"
        for number in range(joins):
            person = Person(await b.new_page(), f"Rita {number}")
            await person.enter(url)
            times.append(await person.page.wait_for(ELAPSED))
            await person.page.click(by_id("leave"))
            await person.page.close()
    report(
        "join_time",
        joins=joins,
        p50_ms=round(percentile(times, 0.5)),
        p95_ms=round(percentile(times, 0.95)),
    )


def main() -> None:
    """Read the command line and measure."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--joins", type=int, default=20)
    asyncio.run(measure(parser.parse_args().joins))


if __name__ == "__main__":
    main()
