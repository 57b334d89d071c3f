"""
Same-origin check for WebSocket handshakes and POST requests.

An origin is written in one form here: in lower case, without the port that its scheme
has by default (RFC 6454 §6.2), so that two spellings of one address are equal.
"""

from collections.abc import Collection, Mapping
from urllib.parse import urlsplit

DEFAULT_PORTS = {"https": 443, "http": 80}


def origin_of(text: str) -> str | None:
    """Return an address such as ``https://Host:443`` as an origin; None: it is none."""
    try:
        parts = urlsplit(text.strip().lower())
        host, port = parts.hostname, parts.port
    except ValueError:
        return None
    rest = parts.path or parts.query or parts.fragment or parts.username
    if parts.scheme not in DEFAULT_PORTS or not host or rest:
        return None
    name = f"[{host}]" if ":" in host else host
    if port is None or port == DEFAULT_PORTS[parts.scheme]:
        return f"{parts.scheme}://{name}"
    return f"{parts.scheme}://{name}:{port}"


def same_origin(headers: Mapping[str, str], own: Collection[str]) -> bool:
    """
    Return whether a request may come from a page of ours, or from no browser.

    A browser always names the Origin of a WebSocket handshake and of a POST
    (RFC 6454 §7, Fetch §3.2). A request without one is a program; with a cookie
    and without an Origin it is neither, and refused.

    Args:
        headers: Of the request.
        own: The origins under which this request may have reached us.
    """
    origin = headers.get("Origin")
    if origin is None:
        return "Cookie" not in headers
    return origin_of(origin) in own
