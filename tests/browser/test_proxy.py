"""Pages behind a reverse proxy: the explanation when it is not configured, and joining."""

import socket

import pytest

from tests.browser.conftest import Gallery, in_firefox
from tests.support.browsers import BrowserName
from tests.support.browsers.page import by_id
from tests.support.proxy import proxy
from tests.support.server import free_port, running
from tests.support.wire.room import opened

UPSTREAM = "10.0.0.1:8443"


@in_firefox
async def test_page_explains_that_the_proxy_is_not_configured(
    gallery: Gallery, browser: BrowserName
) -> None:
    port = free_port(socket.SOCK_STREAM)
    async with running() as server, opened(server) as room:
        async with proxy(server, port, host=UPSTREAM) as url:
            guest = await gallery.visit(browser, "Rita")
            await guest.page.goto(f"{url}/join#{room.token('researcher')}")
            await guest.page.see(f'{by_id("refused-page")}[data-code="other-origin"]')
            await guest.page.read("main", "proxy.address")
            await gallery.picture(guest, "refused")
        (line,) = [one for one in server.log.splitlines() if "proxy.address" in one]
        assert f"https://localhost:{port}" in line
        assert f"https://{UPSTREAM}" in line


@pytest.mark.parametrize("setting", ["address", "networks"])
async def test_joining_works_through_a_configured_proxy(
    gallery: Gallery, setting: str
) -> None:
    port = free_port(socket.SOCK_STREAM)
    extra = f'[proxy]\naddress = "https://localhost:{port}"'
    more: tuple[str, ...] = ()
    if setting == "networks":
        extra = '[proxy]\nnetworks = ["127.0.0.0/8"]'
        more = (f"X-Forwarded-Host: localhost:{port}", "X-Forwarded-For: 192.0.2.7")
    async with (
        running(extra=extra) as server,
        opened(server) as room,
        proxy(server, port, host=UPSTREAM, more=more) as url,
    ):
        guest = await gallery.visit("chromium", "Rita")
        await guest.open_join_page(f"{url}/join#{room.token('researcher')}")
        await guest.join()
        await guest.says("Through the proxy")
        await guest.reads("Through the proxy")
