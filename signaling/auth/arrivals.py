"""
Limits on how many connections wait to enter by one link, and how fast people enter.

Pure: the time is an argument. A link that leaked must not fill a room with
strangers before a moderator sees it, nor hold thousands of connections open. Both
limits are per link and network address; entering is limited per link besides. A
refused client retries automatically, so that a class that arrives together only waits
for some seconds.
"""

from collections import OrderedDict
from dataclasses import dataclass

from conference.address_key import address_key
from conference.errors import TooMuch
from signaling.auth.rates import Bucket

LINK_FACTOR = 5
# Addresses that may use all of their share of one link at the same time. Less:
# several institutes that arrive together wait; more: a leaked link fills
# a room sooner.

BUCKETS_KEPT = 4096
# Buckets of the links and addresses used last; an older one starts full again.


@dataclass(frozen=True, slots=True)
class ArrivalLimits:
    """Limits of one network address on one link."""

    waiting: int = 100
    """Connections waiting to enter; when there are more, the oldest is closed."""
    joins_at_once: int = 20
    """Size of the burst; further seats are taken at ``joins_per_second``."""
    joins_per_second: float = 1.0


class Arrivals:
    """Counts waiting connections and joins, by link and address."""

    def __init__(self, limits: ArrivalLimits = ArrivalLimits()) -> None:
        self._limits = limits
        self._waiting: dict[tuple[str, str], OrderedDict[str, None]] = {}
        self._buckets: OrderedDict[tuple[str, str], Bucket] = OrderedDict()

    def come(self, link: str, address: str, connection: str) -> str | None:
        """
        Count one more connection that waits.

        Returns:
            The connection that has waited longest, if there are too many: the caller
            closes it. If the new one were refused instead, one client with many
            connections could keep out all others behind the same address.
        """
        waiting = self._waiting.setdefault((link, address_key(address)), OrderedDict())
        waiting[connection] = None
        if len(waiting) <= self._limits.waiting:
            return None
        return waiting.popitem(last=False)[0]

    def go(self, link: str, address: str, connection: str) -> None:
        """Count one less: it entered, or its connection ended."""
        address = address_key(address)
        waiting = self._waiting.get((link, address))
        if waiting is None:
            return
        waiting.pop(connection, None)
        if not waiting:
            del self._waiting[link, address]

    def enter(self, link: str, address: str, *, now: float) -> None:
        """
        Count one join.

        Args:
            link: The invitation.
            address: Where the connection comes from.
            now: Monotonic seconds.

        Raises:
            TooMuch: Too many entered by this link just before.
        """
        shares = self._shares(link, address, now)
        if any(share.empty(now=now) for share in shares):
            raise TooMuch(
                "too-many-joins",
                "Many people are entering by this link. Wait a moment.",
            )
        for share in shares:
            share.take(now=now)

    def turned_away(self, link: str, address: str, *, now: float) -> None:
        """Return what ``enter`` took, because the join was refused afterwards."""
        for share in self._shares(link, address, now):
            share.give_back(now=now)

    def _shares(self, link: str, address: str, now: float) -> tuple[Bucket, Bucket]:
        at_once, per_second = self._limits.joins_at_once, self._limits.joins_per_second
        return (
            self._bucket((link, address_key(address)), per_second, at_once, now),
            self._bucket(
                (link, ""), per_second * LINK_FACTOR, at_once * LINK_FACTOR, now
            ),
        )

    def _bucket(
        self, key: tuple[str, str], per_second: float, burst: int, now: float
    ) -> Bucket:
        bucket = self._buckets.pop(key, None)
        if bucket is None:
            bucket = Bucket(per_second, burst, now=now)
        self._buckets[key] = bucket
        if len(self._buckets) > BUCKETS_KEPT:
            self._buckets.popitem(last=False)
        return bucket
