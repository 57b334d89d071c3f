"""Which addresses this host has, for binding and for advertising."""

import ipaddress

import ifaddr

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
    return sorted(found, key=lambda a: (a.is_loopback, a.version, int(a)))


def advertised() -> tuple[str, ...]:
    """Return what browsers should try: loopback only where there is nothing else."""
    addresses = local()
    reachable = [address for address in addresses if not address.is_loopback]
    return tuple(str(address) for address in reachable or addresses)
