"""Before and after joining: links with a note and a limit, waiting, joining, leaving."""

import time
from pathlib import Path

import pytest

from tests.signaling.support import Client, Refusal, RoomWithLinks, Site, until


async def closes_page(client: Client, connection: str | None = None) -> int:
    """Say what a page says when it is closed; return the status of the answer."""
    site = client.site
    async with (
        site.http() as http,
        http.post(
            "/api/page-closed",
            json={
                "seat": client.seat["seat"],
                "connection": connection or client.sio.get_sid(),
            },
            headers={"Origin": site.url},
        ) as response,
    ):
        return response.status


async def test_a_closed_page_is_gone_for_the_others_at_once(
    room: RoomWithLinks,
) -> None:
    witness, guest = await room.join("moderator"), await room.join("presenter")
    page = guest.sio.get_sid()
    assert await closes_page(guest, page) == 204
    await witness.sees(guest.id, connected=False)
    again = await room.come_back(guest)  # a reload, seconds later
    await witness.sees(guest.id, connected=True)
    # The farewell of the page before may come late; the new page stays.
    assert await closes_page(guest, page) == 204
    await again.ask("hand.raise", raised=True)
    assert (await witness.sees(guest.id, hand=1))["connected"]


@pytest.mark.parametrize("body", [b"", b"{}", b"[" * 5000, b'{"seat": 1}'])
async def test_a_malformed_farewell_is_refused(site: Site, body: bytes) -> None:
    headers = {"Origin": site.url, "Content-Type": "application/json"}
    async with (
        site.http() as http,
        http.post("/api/page-closed", data=body, headers=headers) as response,
    ):
        assert response.status == 400
    async with (
        site.http() as http,
        http.post(
            "/api/page-closed", data=b"{}", headers={"Origin": site.url}
        ) as response,
    ):
        assert response.status == 415


async def test_a_farewell_with_an_unknown_token_tells_nothing(
    room: RoomWithLinks,
) -> None:
    guest = await room.join("researcher")
    guest.seat = {**guest.seat, "seat": "A" * 43}
    assert await closes_page(guest) == 204


async def test_links_keep_note_limit_and_order(room: RoomWithLinks) -> None:
    made = await room.owner.ask(
        "invitation.create",
        room=room.id,
        role="researcher",
        note="  Institute of Optics ",
        most_people=1,
    )
    assert (made["note"], made["most_people"]) == ("Institute of Optics", 1)
    listed = (await room.owner.ask("invitation.list", room=room.id))["invitations"]
    assert [i["role"] for i in listed] == ["presenter", "researcher", "researcher"]
    assert listed[2] == made
    room.tokens["optics"] = made["url"].partition("#")[2]
    first = await room.join("optics")
    with pytest.raises(Refusal) as caught:
        await room.join("optics")
    assert caught.value.code == "link-full"
    await first.ask("seat.leave")
    await room.join("optics")


@pytest.mark.parametrize("flags", [{"limits.waiting_to_join": 2}])
async def test_many_waiting_connections_of_one_client_do_not_block_others(
    tmp_path: Path, flags: dict[str, int]
) -> None:
    async with Site(tmp_path / "data", **flags) as site:
        room = await site.room()
        stranger = [await room.admitted("researcher") for _ in range(2)]
        honest = await room.admitted("researcher")
        await until(lambda: not stranger[0].sio.connected)
        assert stranger[1].sio.connected
        await honest.join("Kim")
        await room.admitted("researcher")
        await room.admitted("presenter")  # another link is not concerned
        assert stranger[1].sio.connected


@pytest.mark.parametrize("flags", [{"limits.joins_at_once": 3}])
async def test_a_link_lets_only_so_many_in_at_once(
    tmp_path: Path, flags: dict[str, int]
) -> None:
    async with Site(tmp_path / "data", **flags) as site:
        room = await site.room()
        refused, begun = [], time.monotonic()
        for _ in range(20):
            try:
                await room.join("researcher")
            except Refusal as refusal:
                refused.append(refusal.code)
        assert set(refused) == {"too-many-joins"}
        # Three at once, and one a second after them.
        assert 20 - len(refused) <= 3 + (time.monotonic() - begun)
        await room.join("presenter")


@pytest.mark.parametrize("flags", [{"limits.joins_at_once": 2}])
async def test_refused_joins_do_not_use_up_the_rate(
    tmp_path: Path, flags: dict[str, int]
) -> None:
    async with Site(tmp_path / "data", **flags) as site:
        room = await site.room()
        moderator = await room.join("moderator")
        removed = await room.join("researcher", "Kim", browser="k" * 43)
        await moderator.ask("participant.remove", participant=removed.id)
        for _ in range(5):
            with pytest.raises(Refusal) as caught:
                await room.join("researcher", "Kim", browser="k" * 43)
            assert caught.value.code == "removed-from-room"
        await room.join("researcher", "A colleague", browser="c" * 43)
