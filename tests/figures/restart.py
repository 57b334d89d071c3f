"""
What a restart of the server costs: ``python -m tests.figures.restart [chromium|firefox]``.

A presenter in Chromium and a viewer in the browser named. Reports how long the server
takes to stop and to start, how soon both pages show that the connection is gone after
the server was killed, and how soon the viewer sees a moving picture again after the
first answer of the new server.
"""

import asyncio
import sys
import time
from typing import cast

from tests.browser.test_healing import back, banners
from tests.figures.common import report
from tests.support.browsers import Borrowed, BrowserName, Options, Pool
from tests.support.browsers.person import Person
from tests.support.server import running
from tests.support.wire.room import opened


async def measure(browser: BrowserName) -> None:
    """Run once and report."""
    pool = Pool()
    tabs = Borrowed(pool)
    try:
        async with running() as server, opened(server) as room:
            presenter = Person(await tabs.page("chromium", Options()), "Paul")
            viewer = Person(await tabs.page(browser, Options()), "Rita")
            url = f"{server.url}/join#"
            await presenter.enter(url + room.token("presenter"))
            await viewer.enter(url + room.token("researcher"))
            await viewer.sees("Paul")
            killed = time.monotonic()
            await server.kill()
            banners_s = await banners(killed, presenter, viewer)
            begun = time.monotonic()
            await server.start()
            started = time.monotonic()
            back_s = await back(started, presenter, viewer)
            stopping = time.monotonic()
            await server.stop()
            report(
                "restart",
                viewer=browser,
                banners_s=round(banners_s, 2),
                start_s=round(started - begun, 2),
                back_s=round(back_s, 2),
                stop_s=round(time.monotonic() - stopping, 2),
            )
            await server.start()  # for the room to be closed
    finally:
        await tabs.give_back()
        await pool.close()


if __name__ == "__main__":
    asyncio.run(
        measure(cast(BrowserName, sys.argv[1] if len(sys.argv) > 1 else "chromium"))
    )
