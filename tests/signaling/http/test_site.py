"""Pages, files, headers, signing in: what the HTTPS site answers."""

import asyncio
import gzip
import json
import socket
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509

from conference.errors import InfrastructureError
from tests.signaling.support import Refusal, RoomWithLinks, Site


async def get(
    site: Site, path: str, **headers: str
) -> tuple[int, dict[str, str], bytes]:
    async with (
        site.http() as http,
        http.get(path, headers=headers, allow_redirects=False) as response,
    ):
        return response.status, dict(response.headers), await response.read()


@pytest.mark.parametrize(
    "path",
    [
        *("/", "/start", "/join", "/check", "/check/abc", "/room/abc", "/room/a/b"),
        *("/start/", "/join/", "/check/", "/check/abc/", "/room/abc/"),
    ],
)
async def test_pages_of_the_client(site: Site, path: str) -> None:
    status, headers, body = await get(site, path)
    assert status == 200
    assert b"Pavilion" in body
    assert headers["Cache-Control"] == "no-cache"
    assert headers["Content-Type"].startswith("text/html")


async def test_hashed_files_are_kept_for_ever(site: Site) -> None:
    status, headers, _ = await get(site, "/assets/main-abc123.js")
    assert status == 200
    assert "immutable" in headers["Cache-Control"]
    assert headers["Content-Type"].startswith("text/javascript")


async def test_a_compressed_file_is_sent_to_clients_that_accept_it(site: Site) -> None:
    file = site.data_dir.parent / "client" / "assets" / "main-abc123.js"
    file.with_name(file.name + ".gz").write_bytes(gzip.compress(file.read_bytes()))
    _, headers, _ = await get(
        site, "/assets/main-abc123.js", **{"Accept-Encoding": "gzip"}
    )
    assert headers["Content-Encoding"] == "gzip"


@pytest.mark.parametrize(
    "path",
    [
        "/nothing",
        "/../data/invitation.key",
        "/..%2fdata/invitation.key",
        "/assets/..%2f..%2fdata/invitation.key",
        "/%2e%2e/data/trust/ca.key",
        "/assets/main-abc123.js.gz",
        "/assets",
    ],
)
async def test_nothing_else_is_there(site: Site, path: str) -> None:
    from yarl import URL

    async with (
        site.http() as http,
        http.get(URL(site.url + path, encoded=True)) as response,
    ):
        assert response.status == 404


async def test_without_a_client_the_page_explains_how_to_build_it(site: Site) -> None:
    (site.data_dir.parent / "client" / "index.html").unlink()
    status, _, body = await get(site, "/")
    assert status == 503
    assert b"make client" in body


@pytest.mark.parametrize(
    "path", ["/", "/healthz", "/nothing", "/assets/main-abc123.js"]
)
async def test_every_answer_carries_the_headers(site: Site, path: str) -> None:
    _, headers, _ = await get(site, path)
    policy = headers["Content-Security-Policy"]
    for part in (
        "default-src 'none'",
        "script-src 'self';",
        "frame-ancestors 'none'",
        "require-trusted-types-for 'script'",
    ):
        assert part in policy
    assert "unsafe" not in policy
    assert "http" not in policy
    assert headers["Cross-Origin-Opener-Policy"] == "same-origin"
    assert headers["Cross-Origin-Embedder-Policy"] == "require-corp"
    assert headers["Cross-Origin-Resource-Policy"] == "same-origin"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "no-referrer"
    assert "camera=(self)" in headers["Permissions-Policy"]
    # RFC 6797 §6.1.1: forget the name. The trust page is plain, on another port of it.
    assert headers["Strict-Transport-Security"] == "max-age=0"
    assert headers["Server"] == "Pavilion"


async def test_health(site: Site) -> None:
    status, _, body = await get(site, "/healthz")
    assert status == 200
    assert b'"status": "ok"' in body


async def test_the_authority_can_be_fetched(site: Site) -> None:
    _, headers, body = await get(site, "/trust/ca.crt")
    assert headers["Content-Type"] == "application/x-x509-ca-cert"
    assert x509.load_pem_x509_certificate(body) == site.server.trust.authority


async def post(
    site: Site, path: str, *, data: Any = None, json: Any = None, **headers: str
) -> tuple[int, dict[str, str], str]:
    async with (
        site.http() as http,
        http.post(path, data=data, json=json, headers=headers) as response,
    ):
        return response.status, dict(response.headers), await response.text()


async def test_a_link_signs_in_once_with_a_strict_cookie(site: Site) -> None:
    token = await site.server.conference.sign_in.new_link()
    status, headers, _ = await post(
        site, "/api/sign-in", json={"token": token}, Origin=site.url
    )
    assert status == 200
    cookie = headers["Set-Cookie"]
    assert cookie.startswith("__Host-pavilion=")
    for part in ("Secure", "HttpOnly", "SameSite=Strict", "Path=/"):
        assert part in cookie
    assert "Domain" not in cookie
    _, _, body = await get(site, "/api/account", Cookie=cookie.split(";")[0])
    assert json.loads(body)["signed_in"] is True
    status, _, text = await post(
        site, "/api/sign-in", json={"token": token}, Origin=site.url
    )
    assert status == 403
    assert "link-unknown" in text
    status, headers, _ = await post(
        site, "/api/sign-out", Origin=site.url, Cookie=cookie.split(";")[0]
    )
    assert status == 200
    assert "Max-Age=0" in headers["Set-Cookie"]
    _, _, body = await get(site, "/api/account", Cookie=cookie.split(";")[0])
    assert json.loads(body) == {"signed_in": False, "trust_port": 0, "own_page": True}


async def test_the_account_request_returns_the_port_of_the_trust_page(
    tmp_path: Path,
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    flags = {"trust.port": port, "trust.bind": "127.0.0.1"}
    async with Site(tmp_path / "data", **flags) as site:
        _, _, body = await get(site, "/api/account")
    assert json.loads(body)["trust_port"] == port


@pytest.mark.parametrize("path", ["/nothing", "/join/x", "/api/nothing"])
async def test_a_browser_gets_the_clients_page_at_unknown_addresses(
    site: Site, path: str
) -> None:
    status, headers, body = await get(site, path, Accept="text/html,*/*;q=0.8")
    assert status == 404
    assert headers["Content-Type"].startswith("text/html")
    assert headers["Cache-Control"] == "no-store"
    assert "Content-Security-Policy" in headers
    assert b"<title>Pavilion</title>" in body
    status, headers, _ = await get(site, path)
    assert status == 404
    assert headers["Content-Type"].startswith("text/plain")


@pytest.mark.parametrize("path", ["/api/sign-in", "/api/sign-out"])
@pytest.mark.parametrize("origin", ["https://evil.example", "null"])
async def test_other_pages_cannot_post(site: Site, path: str, origin: str) -> None:
    status, _, _ = await post(site, path, json={}, Origin=origin)
    assert status == 403


@pytest.mark.parametrize(
    ("body", "kind", "status"),
    [
        (b"token=x", "application/x-www-form-urlencoded", 415),
        (b'{"token":"x"}', "text/plain", 415),
        (b"{", "application/json", 400),
        (b"\xff", "application/json", 400),
        (b'{"token":1}', "application/json", 400),
        (b"[" * 10_000, "application/json", 400),
        (b'{"token":"' + b"x" * 20_000 + b'"}', "application/json", 413),
    ],
)
async def test_an_unknown_link_is_refused(
    site: Site, body: bytes, kind: str, status: int
) -> None:
    answered, _, _ = await post(
        site, "/api/sign-in", data=body, Origin=site.url, **{"Content-Type": kind}
    )
    assert answered == status


@pytest.mark.parametrize("path", ["/api/sign-in", "/api/sign-out"])
@pytest.mark.parametrize(
    ("headers", "body", "status"),
    [
        ({"Content-Type": "application/json; charset=klingon"}, b"{}", 415),
        ({"Content-Type": "application/json; charset=utf-16"}, b"\xff\xfe{\0}\0", 415),
        ({"Content-Type": "application/json; charset=rot13"}, b"{}", 415),
        ({"Content-Encoding": "gzip"}, b"no gzip at all", 415),
        ({"Content-Encoding": "gzip"}, gzip.compress(b"0" * 50_000_000), 415),
        ({"Content-Encoding": "deflate"}, b"\x78", 415),
        ({"Content-Encoding": "br"}, b"\x78", 415),
        ({"Content-Encoding": "x"}, b"{}", 415),
        ({"Content-Type": "application/json; charset=UTF-8"}, b"[]", 400),
        ({}, b"9" * 10_000, 400),
        ({}, b"", 400),
    ],
)
async def test_bodies_in_odd_forms_are_refused_as_such(
    site: Site,
    caplog: pytest.LogCaptureFixture,
    path: str,
    headers: dict[str, str],
    body: bytes,
    status: int,
) -> None:
    given = {"Content-Type": "application/json", "Origin": site.url} | headers
    answered, _, content = await post(site, path, data=body, **given)
    if path == "/api/sign-out":
        assert answered == 200  # it reads no body
    else:
        assert answered == status
        assert json.loads(content)["error"]["code"] == "malformed"
    assert "Traceback" not in caplog.text


async def test_a_body_in_malformed_chunks_is_a_client_error(
    site: Site, caplog: pytest.LogCaptureFixture
) -> None:
    reader, writer = await asyncio.open_connection(
        "localhost", site.server.address.https_port, ssl=site.tls
    )
    writer.write(
        b"POST /api/sign-in HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
        b"Transfer-Encoding: chunked\r\n\r\n1\r\n{\r\nzz\r\n"
    )
    assert b" 400 " in await reader.readline()
    writer.close()
    ours = [r for r in caplog.records if not r.name.startswith("aiohttp.")]
    assert [r for r in ours if r.exc_info] == []


async def test_a_fault_is_answered_with_a_code_and_logged_in_one_place(
    site: Site, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    accounts = site.server.conference.sign_in
    for fault, status, code in (
        (InfrastructureError("storage-busy", "Later."), 503, "storage-busy"),
        (RuntimeError("a mistake"), 500, "internal"),
    ):

        async def fail(*_: object, fault: Exception = fault) -> str:
            raise fault

        monkeypatch.setattr(accounts, "redeem", fail)
        answered, _, content = await post(
            site, "/api/sign-in", json={"token": "A" * 43}, Origin=site.url
        )
        assert (answered, json.loads(content)["error"]["code"]) == (status, code)
    assert caplog.text.count("Traceback") == 1


async def test_only_a_guessing_address_is_slowed_down(
    room: RoomWithLinks, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A whole institute may come from one address."""
    monkeypatch.setattr("signaling.auth.rates.FAILURES_BURST", 3)
    monkeypatch.setattr("signaling.auth.rates.FAILURES_PER_SECOND", 0.0)
    site = room.site
    moderator, guest = await room.join("moderator"), await room.join("presenter")
    revoked = await room.owner.ask("invitation.create", room=room.id, role="researcher")
    await room.owner.ask("invitation.revoke", room=room.id, invitation=revoked["id"])
    good = await site.server.conference.sign_in.new_link()
    statuses = []
    for _ in range(5):
        status, _, _ = await post(
            site, "/api/sign-in", json={"token": "A" * 43}, Origin=site.url
        )
        statuses.append(status)
    assert statuses == [403, 403, 403, 429, 429]
    for wrong in ({"invitation": "A" * 43}, {"seat": "A" * 43}, {"nothing": "x"}):
        with pytest.raises(Refusal) as caught:
            await site.client().connect(**wrong)
        assert caught.value.code == "too-many-attempts"
    # Who shows what is right comes in as before: by link, by seat, by cookie.
    await room.admitted("researcher")
    await room.come_back(guest)
    await site.client(room.owner.cookie).connect(room=room.id)
    status, _, _ = await post(
        site, "/api/sign-in", json={"token": good}, Origin=site.url
    )
    assert status == 200
    await moderator.ask("chat.history", before=1)


async def test_links_point_to_where_the_moderator_is(room: RoomWithLinks) -> None:
    listed = await room.owner.ask("invitation.list", room=room.id)
    assert listed["invitations"][0]["url"].startswith(f"{room.site.url}/join#")
    server = room.site.server
    assert server.address.base_url("evil.example:8443") == server.address.urls()[0]
    assert server.address.base_url("[::1]:8443") == "https://[::1]:8443"
    assert server.address.base_url("]") == server.address.urls()[0]
