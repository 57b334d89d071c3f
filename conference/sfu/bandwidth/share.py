"""
Fair shares of a limit that an operator sets, on a room or on the whole server.

Max-min fairness (D. Bertsekas and R. Gallager, "Data Networks", 2nd edition, §6.5.2):
no share can grow without reducing a smaller one. A small demand is met in full; what is
left is split evenly among the others. Works on numbers only; which layers fit into a share
is decided by ``allocate``.
"""

from collections.abc import Hashable, Mapping
from typing import TypeVar

K = TypeVar("K", bound=Hashable)
Room = TypeVar("Room", bound=Hashable)


def fair_shares(limit_bps: float, demands: Mapping[K, float]) -> dict[K, float]:
    """
    Split a limit.

    Args:
        limit_bps: The limit in bit/s; below 0 counts as 0.
        demands: The demand of each in bit/s, 0 or more.

    Returns:
        The share of each: at most its demand, and together at most the limit.
    """
    left = max(0.0, limit_bps)
    shares: dict[K, float] = {}
    ascending = sorted(demands.items(), key=lambda item: item[1])
    for place, (key, demand) in enumerate(ascending):
        shares[key] = min(demand, left / (len(ascending) - place))
        left -= shares[key]
    return {key: shares[key] for key in demands}


def nested_shares(
    server_bps: float | None,
    rooms: Mapping[Room, tuple[float | None, Mapping[K, float]]],
) -> dict[Room, dict[K, float]]:
    """
    Split the server's limit among all viewers, within the limits of their rooms.

    Fair between viewers, not between rooms: a room of a hundred gets more than a room of
    three. A room's limit never gives its viewers more than the server's would.

    Args:
        server_bps: The server's limit in bit/s; None: there is none.
        rooms: For each room its limit, or None, and the demands of its viewers.

    Returns:
        The share of each viewer, by room.
    """
    within = {
        room: dict(demands) if limit is None else fair_shares(limit, demands)
        for room, (limit, demands) in rooms.items()
    }
    if server_bps is None:
        return within
    all_demands = {
        (room, key): demand
        for room, demands in within.items()
        for key, demand in demands.items()
    }
    shares = fair_shares(server_bps, all_demands)
    return {
        room: {key: shares[room, key] for key in demands}
        for room, demands in within.items()
    }
