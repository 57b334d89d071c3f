"""
How many may wait at a door, and how quickly they may enter by it.

Pure: the time is an argument. A link that got about must not fill a room with
strangers before a moderator sees it, nor hold thousands of connections open. Both
limits are per link and network address; entering is limited per link besides. A
client that is refused tries again by itself, so that a class that arrives together
only waits for some seconds.
"""

from collections import Counter, OrderedDict
from dataclasses import dataclass

from conference.errors import TooMuch
from signaling.auth.rates import Bucket

LINK_FACTOR = 5
# Addresses that may use all of their share of one link at the same time. Less:
# several institutes that arrive together wait; more: a link that got about fills
# a room sooner.

BUCKETS_KEPT = 4096
# Of the links and addresses that were used last; an older one starts afresh.


@dataclass(frozen=True, slots=True)
class DoorLimits:
    """What one network address may do at the door of one link."""

    waiting: int = 50
    """Connections that wait at the door."""
    joins_at_once: int = 20
    """Seats taken at once; more follow at ``joins_per_second``."""
    joins_per_second: float = 1.0


class Doors:
    """Counts those who wait and those who enter, by link and address."""

    def __init__(self, limits: DoorLimits = DoorLimits()) -> None:
        self._limits = limits
        self._waiting: Counter[tuple[str, str]] = Counter()
        self._buckets: OrderedDict[tuple[str, str], Bucket] = OrderedDict()

    def come(self, link: str, address: str) -> None:
        """
        Count one more connection that waits.

        Raises:
            TooMuch: As many wait as may.
        """
        if self._waiting[link, address] >= self._limits.waiting:
            raise TooMuch(
                "door-full",
                "Too many people of your network are waiting at this door.",
            )
        self._waiting[link, address] += 1

    def go(self, link: str, address: str) -> None:
        """Count one less: it entered, or its connection ended."""
        self._waiting[link, address] -= 1
        if not self._waiting[link, address]:
            del self._waiting[link, address]

    def enter(self, link: str, address: str, *, now: float) -> None:
        """
        Let one enter now.

        Args:
            link: The invitation.
            address: Where the connection comes from.
            now: Monotonic seconds.

        Raises:
            TooMuch: Too many entered by this link just before.
        """
        at_once, per_second = self._limits.joins_at_once, self._limits.joins_per_second
        shares = (
            self._bucket((link, address), per_second, at_once, now),
            self._bucket(
                (link, ""), per_second * LINK_FACTOR, at_once * LINK_FACTOR, now
            ),
        )
        if any(share.empty(now=now) for share in shares):
            raise TooMuch(
                "door-busy", "Many people are entering by this link. Wait a moment."
            )
        for share in shares:
            share.take(now=now)

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
