"""Media recovers from outages, changes of address and firewalls, also over IPv6."""

import time
from collections.abc import AsyncIterator
from dataclasses import replace

import pytest
import pytest_asyncio

from tests.support.browsers import BrowserName
from tests.support.lab import lab
from tests.support.lab.healing import (
    LINE,
    PROTOCOLS,
    Call,
    Fault,
    Victim,
    call,
    heal,
)
from tests.support.lab.scene import Scene, scene
from tests.support.lab.watch import Watch
from tests.support.wire.recording import picture
from tests.support.wire.scenes import encoded
from tests.support.wire.sending import outgoing

pytestmark = [
    pytest.mark.lab,
    pytest.mark.timeout(400),
    pytest.mark.asyncio(loop_scope="module"),
]
BY_ITSELF_S = 12.0
"""Browsers that nobody helps take 15 s and more to give up a path. How soon media is
really back is measured by ``tests.figures.healing``."""


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def people() -> AsyncIterator[Call]:
    """Hold a single call for all tests that break lines."""
    async with call("chromium", rita="chromium", sam="firefox") as people:
        yield people


@pytest.mark.parametrize(
    ("victim", "fault"),
    [
        ("rita", 1.0),
        ("rita", 5.0),
        ("paul", 1.0),
        ("rita", "move"),
        ("sam", "move"),
        ("rita", "udp"),  # the last one: her firewall stays
    ],
)
async def test_media_recovers_on_the_same_seat(
    people: Call, victim: Victim, fault: Fault
) -> None:
    healed = await heal(people, victim, fault)
    print(f"{victim} {fault}: {healed}")
    assert healed.picture_s <= BY_ITSELF_S
    assert healed.sound_s <= BY_ITSELF_S
    assert healed.same_connections
    assert healed.raised


async def test_media_uses_tcp_when_udp_is_dropped() -> None:
    browsers: dict[str, BrowserName] = {"rita": "chromium", "sam": "firefox"}
    with lab(["paul", *browsers]) as net:
        for link in net.links.values():
            link.both(LINE)
        async with scene(net) as room:
            await room.presenter("Paul")
            for name, browser in browsers.items():
                net.link(name).refuse_udp()
                viewer = await room.visit(name.title(), browser)
                await viewer.open_join_page(room.invitation("researcher"))
                begun = time.monotonic()
                await viewer.join()
                await viewer.page.wait_for(
                    "() => window.peerConnections.some("
                    "(c) => c.connectionState === 'connected')"
                )
                took_s = time.monotonic() - begun
                print(f"{browser}: over TCP {took_s:.1f} s after Join was begun")
                await viewer.sees("Paul")
                assert set(await viewer.page.evaluate(PROTOCOLS)) == {"tcp"}
                net.link(name).both(replace(LINE, loss=0.05))
                watch = await Watch.begin(viewer.page)
                since = time.monotonic()
                await watch.until_moving(since=since, frames=60)
                seen = await watch.seen(since)
                print(
                    f"{browser}: over TCP with 5 % loss {seen.fps:.0f} fps, "
                    f"{seen.freezes_share:.1%} frozen, "
                    f"{seen.concealed_share:.1%} concealed"
                )


async def meet(room: Scene, *, tcp: bool) -> None:
    """Let two scripted clients meet."""
    camera = await encoded(picture, blue=90, red=220, width=320, height=180, rate=25)
    paul = room.room.stranger(room.lab.link("paul").space)
    rita = room.room.stranger(room.lab.link("rita").space)
    paul.tcp = rita.tcp = tcp
    await paul.connect(invitation=room.room.token("presenter"))
    await paul.join("Paul")
    await paul.publish(outgoing("0", "camera", camera))
    await rita.connect(invitation=room.room.token("researcher"))
    await rita.join("Rita")
    await rita.until(
        lambda: (
            any(s.packets > 20 for s in rita.watcher.slots.values())
            if rita.watcher
            else False
        ),
        "pictures",
    )
    for client in (paul, rita):
        await client.ask("seat.leave")
        await client.close()


async def test_conference_over_ipv6_only() -> None:
    with lab(["paul", "rita"], versions=(6,)) as net:
        async with scene(net) as room:
            await meet(room, tcp=False)
            await meet(room, tcp=True)
            await room.presenter("Paul")
            rita = await room.viewer("Rita")
            await rita.sees("Paul")
