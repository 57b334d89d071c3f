"""
The plain-HTTP page that explains how to trust the site's authority.

The only resource served without TLS, because it comes before trust: a page, its style
and the authority's certificate. With TLS it is served too (``first_byte``). It sets no cookie and takes no input. The
fingerprint on it is also printed in the terminal, so that a careful operator can
compare the two.
"""

from collections.abc import Awaitable, Callable
from html import escape
from pathlib import Path
from string import Template
from urllib.parse import urlsplit

from aiohttp import web

from signaling.http.faults import answer_faults
from signaling.http.guard import Guards
from signaling.http.headers import COMMON
from signaling.http.site import authority_response
from signaling.trust.authority import fingerprint, thumbprint
from signaling.trust.store import Trust

PAGES = Path(__file__).with_name("trust_pages")
LANGUAGES = ("en", "ko")
CONTENT_SECURITY_POLICY = (
    "default-src 'none'; style-src 'self'; img-src 'self'; frame-ancestors 'none'; base-uri 'none'; "
    "form-action 'none'"
)


class TrustPage:
    """Builds the application of the page."""

    def __init__(
        self, trust: Trust, guards: Guards, base_url: Callable[[str], str]
    ) -> None:
        self._trust = trust
        self._guards = guards
        self._base_url = base_url
        self._pages = {
            language: Template((PAGES / f"{language}.html").read_text(encoding="utf-8"))
            for language in LANGUAGES
        }
        self._style = (PAGES / "style.css").read_text(encoding="utf-8")
        self._icon = (PAGES / "favicon.svg").read_text(encoding="utf-8")

    def application(self) -> web.Application:
        """Return the application."""
        application = web.Application(
            middlewares=[self._deadlines, answer_faults], client_max_size=1024
        )
        application.on_response_prepare.append(_add_headers)
        application.router.add_get("/", self._page)
        application.router.add_get("/style.css", self._css)
        application.router.add_get("/favicon.svg", self._favicon)
        application.router.add_get("/ca.crt", self._authority)
        application.router.add_get("/{path:.+}", self._elsewhere)
        return application

    @web.middleware
    async def _deadlines(
        self,
        request: web.Request,
        handler: Callable[[web.Request], Awaitable[web.StreamResponse]],
    ) -> web.StreamResponse:
        guard = self._guards.of(request.transport)
        if guard is not None:
            guard.relax()
        try:
            return await handler(request)
        finally:
            if guard is not None:
                guard.rest()

    async def _page(self, request: web.Request) -> web.Response:
        language = request.query.get("lang", "")
        if language not in LANGUAGES:
            language = preferred(request.headers.get("Accept-Language", ""))
        authority = self._trust.authority
        assert authority is not None
        text = self._pages[language].substitute(
            site=escape(self._site(request.headers.get("Host", ""))),
            fingerprint=escape(fingerprint(authority)),
            thumbprint=escape(thumbprint(authority)),
            until=f"{authority.not_valid_after_utc:%Y-%m-%d}",
        )
        return web.Response(
            text=text,
            content_type="text/html",
            headers={"Content-Language": language, "Vary": "Accept-Language"},
        )

    def _site(self, host: str) -> str:
        """Return the site's address under the name this page was opened by."""
        best = urlsplit(self._base_url("")).port
        name = host.rpartition(":")[0] if host.rpartition(":")[2].isdigit() else host
        return self._base_url(f"{name}:{best}" if best else name)

    async def _css(self, _: web.Request) -> web.Response:
        return web.Response(text=self._style, content_type="text/css")

    async def _favicon(self, _: web.Request) -> web.Response:
        return web.Response(text=self._icon, content_type="image/svg+xml")

    async def _elsewhere(self, _: web.Request) -> web.Response:
        """Lead to the page: a link of the site was opened with this port."""
        raise web.HTTPFound("/")

    async def _authority(self, _: web.Request) -> web.Response:
        return authority_response(self._trust)


def preferred(accept: str) -> str:
    """Return the first language of an Accept-Language header that we speak."""
    for part in accept.lower().split(","):
        language = part.split(";")[0].strip().split("-")[0]
        if language in LANGUAGES:
            return language
    return LANGUAGES[0]


async def _add_headers(_: web.Request, response: web.StreamResponse) -> None:
    response.headers.update(COMMON)
    response.headers["Content-Security-Policy"] = CONTENT_SECURITY_POLICY
    response.headers.setdefault("Cache-Control", "no-store")
    response.headers["Server"] = "Pavilion"
