"""Under which names and addresses people open the site, the best first."""

import contextlib
from urllib.parse import urlsplit

from aiohttp import web

from signaling.auth.proxies import Proxies
from signaling.settings import Settings
from signaling.trust.store import Trust

HTTPS_PORT = 443
"""Left out of addresses: browsers take it when none is given."""


class SiteAddress:
    """The addresses that links begin with; its ports are known once they are open."""

    def __init__(self, settings: Settings, trust: Trust, proxies: Proxies) -> None:
        self._settings = settings
        self._trust = trust
        self._proxies = proxies
        self.https_port = settings.https.port
        self.trust_port = settings.trust.port

    def urls(self) -> list[str]:
        """Return the addresses to open, the best first."""
        return addresses(self._settings, self._trust, self.https_port)

    def trust_url(self) -> str:
        """Return the address of the page about the certificate."""
        name = best_names(self._settings, self._trust)[0]
        return f"http://{bracketed(name)}:{self.trust_port}"

    def base_url(self, host: str) -> str:
        """
        Return the address that links begin with.

        The Host header of a request is used only if the certificate is valid for it: a
        link to another name would cause a warning, or lead to another site.
        """
        name = None
        with contextlib.suppress(ValueError):
            name = urlsplit(f"//{host}").hostname
        if name and any(matches(pattern, name) for pattern in self._trust.names):
            return f"https://{host}"
        return self.urls()[0]

    def of_request(self, request: web.Request) -> str:
        """Return the address that links begin with which a request asks for."""
        forwarded = self._proxies.forwarded(request.remote, request.headers)
        found = self._proxies.public or forwarded
        return found or self.base_url(request.headers.get("Host", ""))


def best_names(settings: Settings, trust: Trust) -> list[str]:
    """Return names and addresses to open the site by, the best first."""
    names = [name for name in trust.names if "*" not in name]
    configured = [name for name in settings.names if name in names]
    ordered = dict.fromkeys([*configured, *sorted(names, key=_preference)])
    return list(ordered) or ["localhost"]


def addresses(settings: Settings, trust: Trust, port: int) -> list[str]:
    """Return the addresses to open, the best first."""
    suffix = "" if port == HTTPS_PORT else f":{port}"
    own = [f"https://{bracketed(name)}{suffix}" for name in best_names(settings, trust)]
    public = settings.proxy.address
    return [public, *own] if public else own


def matches(pattern: str, name: str) -> bool:
    """Return whether a certificate's name covers a host (RFC 9525 §6.3)."""
    if pattern.startswith("*."):
        return name.partition(".")[2] == pattern[2:].lower()
    return pattern.lower() == name


def _preference(name: str) -> tuple[bool, bool]:
    """Loopback last; addresses before names, which may not resolve everywhere."""
    loopback = name in ("localhost", "127.0.0.1", "::1")
    return loopback, name[-1:].isalpha() and ":" not in name


def bracketed(name: str) -> str:
    """Return a name or address as it is written in a URL."""
    return f"[{name}]" if ":" in name else name
