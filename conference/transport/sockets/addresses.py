"""The addresses of this host: which ones to bind, and which ones to advertise."""

import ipaddress
from collections.abc import Iterable

import ifaddr

ALL_IPV4 = "0.0.0.0"  # noqa: S104  # a media server is reached on every address
ALL = "::"
IpAddress = ipaddress.IPv4Address | ipaddress.IPv6Address


def local() -> list[IpAddress]:
    """Return all usable addresses: IPv4 first, loopback last, no link-local ones."""
    found: set[IpAddress] = set()
    for adapter in ifaddr.get_adapters():
        for entry in adapter.ips:
            text = entry.ip if isinstance(entry.ip, str) else entry.ip[0]
            address = ipaddress.ip_address(text)
            if not (address.is_link_local or address.is_multicast):
                found.add(address)
    return sorted(found, key=_preference)


def advertised(bound: Iterable[str]) -> tuple[str, ...]:
    """Return the addresses for browsers to try: loopback only if there is no other."""
    addresses = sorted(map(ipaddress.ip_address, bound), key=_preference)
    reachable = [address for address in addresses if not address.is_loopback]
    return tuple(str(address) for address in reachable or addresses)


def _preference(address: IpAddress) -> tuple[bool, int, int]:
    return address.is_loopback, address.version, int(address)
