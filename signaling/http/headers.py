"""Security headers of every response."""

from aiohttp import web

CONTENT_SECURITY_POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' blob:",
        "media-src 'self' blob:",
        "font-src 'self'",  # Korean glyphs: served by us, like everything
        "connect-src 'self'",  # covers wss: of the same host (CSP 3 §6.7.2.8)
        "worker-src 'self'",
        "frame-ancestors 'none'",
        "base-uri 'none'",
        "form-action 'self'",
        "require-trusted-types-for 'script'",
    )
)

COMMON = {
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Embedder-Policy": "require-corp",
    "Cross-Origin-Resource-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Permissions-Policy": (
        "camera=(self), microphone=(self), display-capture=(self), geolocation=(), "
        "payment=(), usb=(), browsing-topics=()"
    ),
}

STRICT_TRANSPORT = {"Strict-Transport-Security": "max-age=0"}
# Makes browsers forget that this name is to be reached over HTTPS alone. It would hold
# for all ports of the name (RFC 6797 §8.3): for the trust page, whose reader cannot pass
# a warning then (§12.1), and for whatever else the host serves. See decision 0017.


async def add_headers(_: web.Request, response: web.StreamResponse) -> None:
    """Add the headers; what a handler set itself stays."""
    for name, value in (COMMON | STRICT_TRANSPORT).items():
        response.headers.setdefault(name, value)
    response.headers.setdefault("Cache-Control", "no-store")
    response.headers["Server"] = "Pavilion"
