"""Every connection that ends has a reason, for the operator's figures and log."""

import logging
from socket import SHUT_WR

import aiohttp
import pytest
from prometheus_client.parser import text_string_to_metric_families

from conference.contract.words import ChatLine
from conference.ids import ParticipantId
from conference.service.notices import ChatSaid
from signaling.namespaces.endings import Ending, judge
from tests.signaling.http.test_site import get
from tests.signaling.support import RoomWithLinks, Site, until, until_async


async def ended(site: Site) -> dict[str, int]:
    """Return how many connections ended, by reason, as a scraper reads it."""
    _, _, body = await get(site, "/metrics")
    return {
        sample.labels["reason"]: int(sample.value)
        for family in text_string_to_metric_families(body.decode())
        for sample in family.samples
        if sample.name == "pavilion_connections_ended_total" and sample.value
    }


async def test_each_end_is_counted_under_its_reason(
    room: RoomWithLinks, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    site = room.site
    moderator = await room.join("moderator")
    goes, leaves, breaks, is_removed = [
        await room.join("researcher", f"Guest {n}") for n in range(4)
    ]
    await goes.sio.disconnect()
    await leaves.sio.eio.ws.close(code=1001)  # as a page that is closed
    await breaks.cut_off()
    await moderator.ask("participant.remove", participant=is_removed.id)
    expected = {"left": 2, "broken": 1, "removed": 1}

    async def counted() -> bool:
        return await ended(site) == expected

    await until_async(counted)
    # The usual ends are no news; each of the others is one line without a name.
    await until(lambda: "a connection ended: removed" in caplog.messages)
    logged = [m for m in caplog.messages if m.startswith("a connection ended")]
    assert sorted(logged) == [
        "a connection ended: broken",
        "a connection ended: removed",
    ]


async def test_a_connection_that_breaks_while_it_is_written_to_is_counted_as_broken(
    room: RoomWithLinks,
) -> None:
    """The second of two writes fails before the end of the stream is read."""
    await room.join("researcher")
    hub = room.site.server.hub
    (guest,) = (c for c in hub._connections.values() if c.seat_ref)
    line = ChatLine(1, ParticipantId("p"), "n", "o", "Hello", "n", 0.0)

    guest.environ["aiohttp.request"].get_extra_info("socket").shutdown(SHUT_WR)
    for _ in range(2):
        hub.send([guest.id], ChatSaid(line))

    async def counted() -> bool:
        return await ended(room.site) == {"broken": 1}

    await until_async(counted)


async def test_a_close_frame_without_a_code_is_a_departure(room: RoomWithLinks) -> None:
    client = await room.join("researcher")
    await client.sio.eio.ws._writer.send_frame(b"", aiohttp.WSMsgType.CLOSE)

    async def counted() -> bool:
        return await ended(room.site) == {"left": 1}

    await until_async(counted)


@pytest.mark.parametrize(
    ("reason", "close_code", "why"),
    [
        ("client disconnect", None, Ending.LEFT),
        ("transport close", 1000, Ending.LEFT),
        ("transport close", 1005, Ending.LEFT),
        ("transport close", 1006, Ending.BROKEN),
        ("transport error", 1002, Ending.BROKEN),
        ("ping timeout", None, Ending.SILENT),
        ("transport close", None, Ending.SILENT),
        ("server disconnect", 1000, Ending.ENDED),
    ],
)
def test_library_reasons_map_to_endings(
    reason: str, close_code: int | None, why: Ending
) -> None:
    assert judge(reason, close_code) is why
