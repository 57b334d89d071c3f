"""A host name with a certificate that the browser trusts, and the trust page."""

import asyncio
import contextlib
import ssl
from collections.abc import AsyncIterator

from tests.browser.conftest import Gallery, each
from tests.support.browsers import BrowserName, Options
from tests.support.browsers.page import by_id
from tests.support.server import Server, running

NAME = "conference.test"
HEADING = "() => document.querySelector('a[href=\"/ca.crt\"]') !== null"
ADDRESS = "() => location.href"


@contextlib.asynccontextmanager
async def older_site(server: Server) -> AsyncIterator[str]:
    """Serve the site as an older version did, with Strict-Transport-Security."""
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(server.data / "trust" / "server.pem")

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(
            b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 2\r\n"
            b"Strict-Transport-Security: max-age=31536000\r\nConnection: close\r\n\r\nok"
        )
        writer.close()

    listening = await asyncio.start_server(serve, "127.0.0.1", 0, ssl=context)
    try:
        yield f"https://{NAME}:{listening.sockets[0].getsockname()[1]}/"
    finally:
        listening.close()


@each
async def test_trust_page_stays_reachable_under_a_trusted_name(
    gallery: Gallery, browser: BrowserName
) -> None:
    async with running(extra=f'names = ["{NAME}"]') as server:
        authority = server.data / "trust" / "ca.crt"
        options = Options(authority=authority, names=(NAME,))
        page = (await gallery.visit(browser, "Rita", options)).page
        site = f"https://{NAME}:{server.ports.https}"
        trust = f"http://{NAME}:{server.ports.trust}/"

        await page.goto(f"{site}/")
        await page.see(by_id("landing-page"))
        await page.goto(f"{trust}join")
        assert await page.evaluate(ADDRESS) == trust
        assert await page.evaluate(HEADING)
        # http:// on the port of the site leads to it.
        await page.goto(f"http://{NAME}:{server.ports.https}/join/")
        assert await page.evaluate(ADDRESS) == f"{site}/join/"

        async with older_site(server) as older:
            await page.goto(older)
            # The browser changes the address to https: by itself, at every port.
            await page.goto(trust)
            assert await page.evaluate(ADDRESS) == trust.replace("http:", "https:")
            assert await page.evaluate(HEADING)
            # The site of today makes it forget.
            await page.goto(f"{site}/")
            await page.see(by_id("landing-page"))
            await page.goto(trust)
            assert await page.evaluate(ADDRESS) == trust
