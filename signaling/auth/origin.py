"""Only pages that this server itself served may speak to it with a browser's help."""

from collections.abc import Mapping


def same_origin(headers: Mapping[str, str], *, scheme: str) -> bool:
    """
    Return whether a request may come from a page of ours, or from no browser.

    A browser always names the Origin of a WebSocket handshake and of a POST
    (RFC 6454 §7, Fetch §3.2). A request without one is a program; with a cookie
    and without an Origin it is neither, and refused.
    """
    origin = headers.get("Origin")
    if origin is None:
        return "Cookie" not in headers
    return origin.lower() == f"{scheme}://{headers.get('Host', '')}".lower()
