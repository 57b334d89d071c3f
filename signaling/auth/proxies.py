"""
The client's address and the requested origin behind reverse proxies.

A proxy reports the client in ``X-Forwarded-For``, ``-Host`` and ``-Proto``.
Anybody can write these headers: they count only on connections from the networks that
the operator named; otherwise the connection's own address is used.
"""

import ipaddress
from collections.abc import Sequence

from multidict import CIMultiDict, CIMultiDictProxy

from signaling.auth.origin import origin_of

Network = ipaddress.IPv4Network | ipaddress.IPv6Network
Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Headers = CIMultiDict[str] | CIMultiDictProxy[str]

MOST_ENTRIES = 32
# Entries of X-Forwarded-For that are read, from the right. Each trusted proxy adds one.


class Proxies:
    """The trusted proxies, and the address that people use."""

    def __init__(
        self, networks: Sequence[Network] = (), public: str | None = None
    ) -> None:
        self._networks = tuple(networks)
        self.public = public
        """The public address as an origin; None: the operator named none."""

    def trusts(self, remote: str) -> bool:
        """Return whether a connection from this address is a proxy's."""
        address = _address(remote)
        return address is not None and any(address in net for net in self._networks)

    def client(self, remote: str | None, headers: Headers) -> str:
        """
        Return the address of the client.

        This is the right-most entry that is no trusted proxy's: those further to the
        left may be written by the client itself.
        """
        found = remote or ""
        if not self.trusts(found):
            return found
        entries = ",".join(headers.getall("X-Forwarded-For", [])).split(",")
        for entry in entries[: -MOST_ENTRIES - 1 : -1]:
            address = _address(entry)
            if address is None:
                break
            found = str(address)
            if not self.trusts(found):
                break
        return found

    def forwarded(self, remote: str | None, headers: Headers) -> str | None:
        """Return the origin that the client requested from a trusted proxy, if reported."""
        host = _last(headers, "X-Forwarded-Host")
        if not host or not self.trusts(remote or ""):
            return None
        return origin_of(f"{_last(headers, 'X-Forwarded-Proto') or 'https'}://{host}")

    def own(self, remote: str | None, headers: Headers) -> set[str]:
        """Return the origins under which a request may have reached us."""
        asked = origin_of(f"https://{headers.get('Host', '')}")
        forwarded = self.forwarded(remote, headers)
        return {found for found in (asked, forwarded, self.public) if found}


def _last(headers: Headers, name: str) -> str:
    """Return the value that the nearest proxy wrote: the last of the last line."""
    lines = headers.getall(name, [])
    return lines[-1].rpartition(",")[2].strip() if lines else ""


def _address(text: str) -> Address | None:
    """Return an address, with or without brackets and port (RFC 7239 §6)."""
    text = text.strip().partition("%")[0]
    if text.startswith("["):
        text = text[1:].partition("]")[0]
    elif text.count(":") == 1:
        text = text.partition(":")[0]
    try:
        address = ipaddress.ip_address(text)
    except ValueError:
        return None
    return getattr(address, "ipv4_mapped", None) or address
