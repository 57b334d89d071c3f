"""
Names and addresses of this host.

Asks the kernel alone: a resolver would be asked over the network, and a closed
network's resolver may answer late or never.
"""

import ipaddress
import re
import socket
from collections.abc import Iterable

import ifaddr

Address = ipaddress.IPv4Address | ipaddress.IPv6Address

_NAME = re.compile(
    r"(?=.{1,253}\Z)[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?"
    r"(\.[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)*"
)


def is_name(text: str) -> bool:
    """Return whether this is a host name in the form of RFC 1123 §2.1."""
    return _NAME.fullmatch(text) is not None


def addresses() -> list[Address]:
    """Return the host's addresses: IPv4 first, loopback last, no link-local IPv6."""
    found: set[Address] = set()
    for adapter in ifaddr.get_adapters():
        for ip in adapter.ips:
            text = ip.ip if isinstance(ip.ip, str) else ip.ip[0]
            address = ipaddress.ip_address(text.split("%")[0])
            # A browser cannot be given fe80:: with its zone in a URL.
            if not (address.version == 6 and address.is_link_local):
                found.add(address)
    found |= {ipaddress.ip_address("127.0.0.1"), ipaddress.ip_address("::1")}
    return sorted(found, key=lambda a: (a.is_loopback, a.version, int(a)))


def names(extra: Iterable[str] = ()) -> list[str]:
    """Return the configured names, then the host's own, then localhost."""
    own = socket.gethostname().lower()
    ordered = [name.lower() for name in extra]
    if is_name(own):
        ordered.append(own)
    return list(dict.fromkeys([*ordered, "localhost"]))
