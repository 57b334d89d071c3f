"""The plain page about the certificate, in both languages."""

import socket
from collections.abc import AsyncIterator
from pathlib import Path

import aiohttp
import pytest
import pytest_asyncio

from signaling.trust.authority import fingerprint, thumbprint
from tests.signaling.support import Site


@pytest_asyncio.fixture
async def page(tmp_path: Path) -> AsyncIterator[tuple[Site, str]]:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    flags = {"trust.port": port, "trust.bind": "127.0.0.1"}
    async with Site(tmp_path / "data", **flags) as site:
        yield site, f"http://localhost:{port}"


@pytest.mark.parametrize(
    ("accept", "query", "language"),
    [
        ("ko-KR,ko;q=0.9,en;q=0.8", "", "ko"),
        ("en-GB", "", "en"),
        ("fr", "", "en"),
        ("en", "?lang=ko", "ko"),
        ("ko", "?lang=xx", "ko"),
    ],
)
async def test_it_speaks_the_readers_language(
    page: tuple[Site, str], accept: str, query: str, language: str
) -> None:
    site, url = page
    async with (
        aiohttp.ClientSession() as http,
        http.get(f"{url}/{query}", headers={"Accept-Language": accept}) as response,
    ):
        text = await response.text()
        assert f'<html lang="{language}">' in text
        policy = response.headers["Content-Security-Policy"]
        assert "default-src 'none'" in policy
        assert "Strict-Transport-Security" not in response.headers
    authority = site.server.trust.authority
    assert authority is not None
    assert fingerprint(authority) in text
    assert thumbprint(authority) in text
    steps = [text.index(f"<h2>{number}. ") for number in (1, 2, 3)]
    assert steps == sorted(steps)
    assert steps[0] < text.index('href="/ca.crt"') < steps[1]
    assert steps[2] < text.index('href="https://localhost:')
    assert f'href="https://localhost:{site.server.address.https_port}"' in text
    for system in ("Windows", "macOS", "Linux", "Android", "iPhone", "Firefox"):
        assert system in text
    assert "<script" not in text
    assert "style=" not in text


async def test_it_hands_out_the_authority_and_nothing_else(
    page: tuple[Site, str],
) -> None:
    _, url = page
    async with aiohttp.ClientSession() as http:
        for path, status in (
            ("/ca.crt", 200),
            ("/style.css", 200),
            ("/healthz", 302),
            ("/ca.key", 302),
            ("/api/account", 302),
            ("/join", 302),
            ("/room/abc/", 302),
            ("//evil.example/", 302),
        ):
            async with http.get(url + path, allow_redirects=False) as response:
                assert response.status == status
                if status == 302:
                    assert response.headers["Location"] == "/"
        async with http.post(url + "/") as response:
            assert response.status == 405


async def test_it_is_served_over_tls_too(page: tuple[Site, str]) -> None:
    """For a browser that was instructed to use only HTTPS for this name."""
    site, url = page
    async with (
        site.http() as http,
        http.get(url.replace("http:", "https:")) as response,
    ):
        assert response.status == 200
        assert "/ca.crt" in await response.text()


async def test_a_strange_host_gets_the_best_address(page: tuple[Site, str]) -> None:
    site, url = page
    async with (
        aiohttp.ClientSession() as http,
        http.get(url, headers={"Host": 'evil"><script>'}) as response,
    ):
        text = await response.text()
    assert "evil" not in text
    assert site.server.address.urls()[0] in text
