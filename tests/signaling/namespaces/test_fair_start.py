"""A rush of joins leaves the event loop to media in between."""

import asyncio
import contextlib
import socket

from signaling.listen import ACCEPTED_AT_ONCE
from signaling.namespaces.fair_start import FairStart
from tests.signaling.support import DEADLINE_S, Site

CROWD = 50


async def test_each_request_begins_in_an_iteration_of_its_own() -> None:
    starts, passes, began = FairStart(), [0], list[int]()

    async def watch() -> None:
        while True:
            passes[0] += 1
            await asyncio.sleep(0)

    async def work() -> None:
        await starts.take()
        began.append(passes[0])

    watching = asyncio.create_task(watch())
    async with asyncio.timeout(DEADLINE_S), asyncio.TaskGroup() as tasks:
        for _ in range(CROWD):
            tasks.create_task(work())
    watching.cancel()
    assert len(set(began)) == CROWD
    assert began == sorted(began)


async def test_a_cancelled_wait_does_not_block_the_next() -> None:
    starts = FairStart()
    waiting = [asyncio.create_task(starts.take()) for _ in range(3)]
    await asyncio.sleep(0)
    waiting[0].cancel()
    waiting[1].cancel()
    async with asyncio.timeout(DEADLINE_S):
        await waiting[2]
        await starts.take()


async def test_a_rush_waits_in_the_kernel_and_is_served(site: Site) -> None:
    """More come in one moment than the server takes in one pass of its loop."""
    with contextlib.ExitStack() as crowd:
        for _ in range(10 * ACCEPTED_AT_ONCE):
            address = ("127.0.0.1", site.server.address.https_port)
            crowd.enter_context(socket.create_connection(address, timeout=DEADLINE_S))
        async with site.http() as http, http.get("/healthz") as response:
            assert response.status == 200
