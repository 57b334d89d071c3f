"""The site behind a reverse proxy: settings, log line, what the page can ask."""

import json
import logging
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from signaling.http import guard
from tests.signaling.namespaces.test_hostile import raw
from tests.signaling.support import Refusal, Site, as_json

PUBLIC = "https://conference.example.lan"
LOOPBACK = ["127.0.0.1/32"]


def behind(tmp_path: Path, **settings: Any) -> Site:
    flags = {f"proxy.{name}": value for name, value in settings.items()}
    return Site(tmp_path / "data", **flags)


async def own_page(site: Site, page: str, **headers: str) -> bool:
    async with (
        site.http() as http,
        http.get(f"/api/account?page={page}", headers=headers) as response,
    ):
        found: bool = json.loads(await response.read())["own_page"]
        return found


async def handshakes(site: Site, **headers: str) -> bool:
    try:
        async with raw(site, headers=headers):
            return True
    except aiohttp.WSServerHandshakeError as error:
        return error.status != 403


async def test_a_page_of_the_public_address_may_connect(tmp_path: Path) -> None:
    async with behind(tmp_path, address=PUBLIC) as site:
        assert await handshakes(site, Origin=PUBLIC, Host="10.0.0.1:8443")
        assert await own_page(site, PUBLIC)
        assert site.server.address.urls()[0] == PUBLIC
        room = await site.room()
        listed = await room.owner.ask("invitation.list", room=room.id)
        assert listed["invitations"][0]["url"].startswith(f"{PUBLIC}/join#")
        assert not await handshakes(site, Origin="https://evil.example")


async def test_the_host_of_a_trusted_proxy_is_used(
    tmp_path: Path,
) -> None:
    forwarded = {"Host": "10.0.0.1:8443", "X-Forwarded-Host": "conference.example.lan"}
    async with behind(tmp_path, networks=LOOPBACK) as site:
        assert await handshakes(site, Origin=PUBLIC, **forwarded)
        async with (
            site.http() as http,
            http.ws_connect(
                "/socket.io/?EIO=4&transport=websocket",
                headers={"Origin": PUBLIC, "Cookie": await site.sign_in(), **forwarded},
            ) as socket,
        ):
            await socket.receive_str()
            await socket.send_str("40{}")
            await socket.receive_str()
            asked = {"title": "T", "organisation": "O"}
            await socket.send_str("420" + as_json(["room.create", asked]))
            assert f'"url":"{PUBLIC}/join#' in await socket.receive_str()
    async with behind(tmp_path) as site:
        assert not await handshakes(site, Origin=PUBLIC, **forwarded)


async def test_a_differing_origin_is_logged_once_and_reported_to_the_page(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    async with behind(tmp_path) as site:
        caplog.set_level(logging.WARNING)
        for _ in range(3):
            assert not await handshakes(site, Origin=PUBLIC, Host="10.0.0.1:8443")
        (line,) = [r.getMessage() for r in caplog.records if "proxy" in r.getMessage()]
        assert PUBLIC in line
        assert "https://10.0.0.1:8443" in line
        assert "proxy.address" in line
        assert not await own_page(site, PUBLIC, Host="10.0.0.1:8443")
        assert await own_page(site, site.url)
        async with (
            site.http() as http,
            http.post(
                "/api/sign-in", json={"token": "A" * 43}, headers={"Origin": PUBLIC}
            ) as response,
        ):
            assert response.status == 403
            assert (await response.json())["error"]["code"] == "other-origin"


async def test_those_behind_a_proxy_are_counted_apart(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("signaling.auth.rates.FAILURES_BURST", 2)
    monkeypatch.setattr("signaling.auth.rates.FAILURES_PER_SECOND", 0.0)
    monkeypatch.setattr(guard, "IDLE_PER_ADDRESS", 3)

    async def guess(site: Site, address: str) -> str:
        async with raw(site, headers={"X-Forwarded-For": address}) as socket:
            await socket.send_str("40" + as_json({"invitation": "A" * 43}))
            refused: dict[str, Any] = json.loads((await socket.receive_str())[2:])
            code: str = refused["data"]["code"]
            return code

    async with behind(tmp_path, networks=LOOPBACK) as site:
        codes = [await guess(site, "192.0.2.1") for _ in range(3)]
        assert codes == ["invitation-unknown"] * 2 + ["too-many-attempts"]
        assert await guess(site, "192.0.2.2") == "invitation-unknown"
        # Nor is the proxy itself cut for the number of its connections.
        async with raw(site), raw(site), raw(site), raw(site):
            with pytest.raises(Refusal):
                await site.client().connect(invitation="B" * 43)
