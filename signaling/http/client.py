"""
The built web client: its page and its files.

Found in the wheel or, in a checkout, where the build put it. Only files seen in
that directory can be asked for: a path is looked up, never joined.
"""

import mimetypes
from pathlib import Path

from aiohttp import web

IN_THE_WHEEL = Path(__file__).with_name("client")
IN_A_CHECKOUT = Path(__file__).parents[2] / "web_client" / "dist"

IMMUTABLE = "public, max-age=31536000, immutable"  # names under assets/ hold a hash
PAGES = (
    "/",
    "/start{slash:/?}",
    "/join{slash:/?}",
    "/check",
    "/check/{rest:.*}",
    "/room/{rest:.*}",
)

NOT_BUILT = """<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><title>Pavilion: web client not built</title></head>
<body>
<h1>The web client is not built yet</h1>
<p>The server runs, but there is no page to show. In the checkout, run
<code>make client</code> (it needs Node 20) and load this page again.</p>
</body>
</html>
"""

_KINDS = mimetypes.MimeTypes(filenames=())  # not what this host happens to have
for _kind_, _suffix in (
    ("font/woff2", ".woff2"),
    ("text/javascript", ".js"),
    ("application/manifest+json", ".webmanifest"),
):
    _KINDS.add_type(_kind_, _suffix)


def _kind(path: str) -> str:
    kind = _KINDS.guess_type(path)[0] or "application/octet-stream"
    return f"{kind}; charset=utf-8" if kind.startswith("text/") else kind


class ClientFiles:
    """The files of the web client, looked up by their path."""

    def __init__(self, directory: Path | None = None) -> None:
        self._given = directory
        self._files: dict[str, Path] = {}
        self._stamp: int | None = None

    def routes(self) -> list[web.RouteDef]:
        """Return the routes of pages and files."""
        pages = [web.get(path, self.page) for path in PAGES]
        return [*pages, web.get("/{path:.+}", self.file)]

    async def page(self, _: web.Request) -> web.StreamResponse:
        """Answer with the page; the client itself reads the address."""
        self._scan()
        index = self._files.get("index.html")
        if index is None:
            return web.Response(text=NOT_BUILT, content_type="text/html", status=503)
        return web.FileResponse(index, headers={"Cache-Control": "no-cache"})

    async def file(self, request: web.Request) -> web.StreamResponse:
        """Answer with a file; aiohttp picks its .br or .gz when there is one."""
        path = request.match_info["path"]
        self._scan()
        found = self._files.get(path)
        if found is None:
            return self._unknown(request)
        hashed = path.startswith("assets/")
        caching = IMMUTABLE if hashed else "no-cache"
        return web.FileResponse(
            found, headers={"Cache-Control": caching, "Content-Type": _kind(path)}
        )

    def _unknown(self, request: web.Request) -> web.Response:
        """Answer a browser with the client's page, a program with one line of text."""
        index = self._files.get("index.html")
        if index is None or "text/html" not in request.headers.get("Accept", ""):
            raise web.HTTPNotFound(text="There is nothing at this address.")
        return web.Response(
            body=index.read_bytes(),
            status=404,
            content_type="text/html",
            charset="utf-8",
            headers={"Cache-Control": "no-store"},
        )

    def _scan(self) -> None:
        """Read the directory; again when the client was rebuilt."""
        directory = self._directory()
        index = directory / "index.html"
        try:
            stamp = index.stat().st_mtime_ns
        except OSError:
            self._files, self._stamp = {}, None
            return
        if stamp == self._stamp:
            return
        self._stamp = stamp
        self._files = {
            file.relative_to(directory).as_posix(): file
            for file in directory.rglob("*")
            if file.is_file() and file.suffix not in (".br", ".gz", ".map")
        }

    def _directory(self) -> Path:
        if self._given is not None:
            return self._given
        return IN_THE_WHEEL if IN_THE_WHEEL.exists() else IN_A_CHECKOUT
