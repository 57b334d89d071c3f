"""
The key under which limits per network address count a client.

Pure. An IPv6 host can use 2**64 addresses (RFC 4291 §2.5.1), so a limit on
whole addresses would limit nothing; its network of 64 bits is counted instead.
"""

from functools import lru_cache
from ipaddress import ip_address, ip_network

REMEMBERED = 4096  # addresses; more cost memory, fewer some microseconds each


@lru_cache(REMEMBERED)
def address_key(address: str) -> str:
    """Return the key of an address: an IPv4 address, or the network of an IPv6 one."""
    try:
        parsed = ip_address(address.partition("%")[0])
    except ValueError:
        return address
    if parsed.version == 4:
        return address
    mapped = parsed.ipv4_mapped
    if mapped is not None:
        return str(mapped)
    return str(ip_network((parsed, 64), strict=False))
