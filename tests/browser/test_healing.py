"""Networks and servers fail; people see it at once and do nothing about it."""

import asyncio
import contextlib
import os
import subprocess
import time
from collections.abc import AsyncIterator, Iterator

import pytest

from tests.browser.conftest import Gallery, link
from tests.support.browsers import BrowserName
from tests.support.browsers.page import by_id
from tests.support.server import Server, running
from tests.support.wire.room import TestRoom
from tests.support.wire.scenes import publish_camera

PAIRS: list[tuple[BrowserName, BrowserName]] = [
    ("chromium", "firefox"),
    ("firefox", "chromium"),
]
pairs = pytest.mark.parametrize(("presents", "watches"), PAIRS)
needs_root = pytest.mark.skipif(os.geteuid() != 0, reason="cutting needs root")
BANNER_S = 3.0
SLACK_S = 1.0  # of a test machine whose two cores run two browsers


@pytest.fixture
async def server() -> AsyncIterator[Server]:
    async with running() as server:
        yield server


@contextlib.contextmanager
def cut(*rules: str) -> Iterator[None]:
    """Drop what matches the nftables rules, in both directions, for the block."""
    table = f"pavilion_test_{os.getpid()}"
    lines = "".join(f"{rule} drop;" for rule in rules)
    subprocess.run(
        [
            "nft",
            f"add table inet {table}; add chain inet {table} cut"
            f" {{ type filter hook input priority -200; {lines} }};",
        ],
        check=True,
    )
    try:
        yield
    finally:
        subprocess.run(["nft", "delete", "table", "inet", table], check=True)


@needs_root
@pairs
async def test_a_lost_connection_shows_at_once_and_heals_by_itself(
    room: TestRoom, gallery: Gallery, presents: BrowserName, watches: BrowserName
) -> None:
    presenter = await gallery.visit(presents, "Paul")
    viewer = await gallery.visit(watches, "Rita")
    await presenter.enter(link(room, "presenter"))
    await viewer.enter(link(room, "researcher"))
    await viewer.sees("Paul")
    await viewer.reads()
    ports = room.server.ports

    with cut(
        f"tcp dport {ports.https}",
        f"tcp sport {ports.https}",
        f"udp dport {ports.media}",
        f"udp sport {ports.media}",
    ):
        start = time.monotonic()
        await viewer.page.see(by_id("reconnecting"))
        shown_s = time.monotonic() - start
        await gallery.picture(viewer, "reconnecting")
        await asyncio.sleep(max(0.0, 5.0 - (time.monotonic() - start)))
    start = time.monotonic()
    await viewer.page.gone(by_id("reconnecting"))
    await viewer.sees("Paul")
    await viewer.page.see(by_id("room-page"))
    print(
        f"banner after {shown_s:.1f} s, healed {time.monotonic() - start:.1f} s later"
    )
    assert shown_s < BANNER_S + SLACK_S


@pairs
async def test_a_restarted_server_gets_everybody_back(
    server: Server,
    room: TestRoom,
    gallery: Gallery,
    presents: BrowserName,
    watches: BrowserName,
) -> None:
    presenter = await gallery.visit(presents, "Paul")
    viewer = await gallery.visit(watches, "Rita")
    await presenter.enter(link(room, "presenter"))
    await viewer.enter(link(room, "researcher"))
    await viewer.sees("Paul")
    await viewer.page.press("r")
    await viewer.pressed("hand", True)
    await presenter.says("before")
    await viewer.reads("before")

    await server.kill()
    await viewer.page.see(by_id("reconnecting"))
    await presenter.page.see(by_id("reconnecting"))
    await server.start()
    await viewer.page.gone(by_id("reconnecting"), deadline_s=15)
    await presenter.page.gone(by_id("reconnecting"), deadline_s=15)
    start = time.monotonic()
    await viewer.sees("Paul")
    await viewer.hears()
    print(f"media back {time.monotonic() - start:.1f} s after the banner went")
    await viewer.pressed("hand", True)
    await presenter.says("after")
    await viewer.reads("before", "after")


@pytest.mark.parametrize("browser", ["chromium", "firefox"])
async def test_a_reloaded_page_returns_to_its_seat(
    room: TestRoom, gallery: Gallery, browser: BrowserName
) -> None:
    other = await room.guest("presenter", "Writer")
    await publish_camera(other, "red")
    viewer = await gallery.visit(browser, "Rita")
    await viewer.enter(link(room, "researcher"))
    await viewer.sees("Writer")
    await other.until(lambda: len(other.participants) == 2, "Rita in the room")
    seats = set(other.participants)
    await viewer.page.reload()
    await viewer.page.see(by_id("room-page"))
    await viewer.sees("Writer")
    await other.until(
        lambda: all(p.connected for p in other.participants.values()), "all present"
    )
    assert set(other.participants) == seats
