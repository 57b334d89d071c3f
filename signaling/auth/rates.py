"""Token buckets. Pure: the time is an argument."""

from collections import OrderedDict

from conference.address_key import address_key
from conference.errors import TooMuch


class Bucket:
    """``burst`` at once, refilled at ``per_second``."""

    __slots__ = ("_at", "_burst", "_level", "_per_second")

    def __init__(self, per_second: float, burst: int, *, now: float) -> None:
        self._per_second = per_second
        self._burst = burst
        self._level = float(burst)
        self._at = now

    def take(self, *, now: float) -> bool:
        """Take one token; False when there is none."""
        self._refill(now)
        if self._level < 1.0:
            return False
        self._level -= 1.0
        return True

    def give_back(self, *, now: float) -> None:
        """Return a token, because what it was taken for did not happen."""
        self._refill(now)
        self._level = min(float(self._burst), self._level + 1.0)

    def empty(self, *, now: float) -> bool:
        """Return whether no token is left."""
        self._refill(now)
        return self._level < 1.0

    def _refill(self, now: float) -> None:
        gained = (now - self._at) * self._per_second
        self._level = min(self._burst, self._level + gained)
        self._at = now


FAILURES_PER_SECOND = 1.0
FAILURES_BURST = 60
# Failed attempts by one address. Secrets have 128 bits and more, so this saves
# work and log, not secrets; generous, for a whole institute may sit behind one
# address with a batch of links that were withdrawn.

ADDRESSES_KEPT = 4096
# Buckets of the addresses that failed last; an older one starts full again.


class Failures:
    """
    Failed attempts to connect or sign in, by address.

    Consulted only for credentials that were looked up and found wrong. Valid ones are accepted
    whatever other clients behind the same address do.
    """

    def __init__(self) -> None:
        self._buckets: OrderedDict[str, Bucket] = OrderedDict()

    def judge(self, address: str, error: Exception, *, now: float) -> Exception:
        """Count a failure; return its error, or ``TooMuch`` when there are too many."""
        address = address_key(address)
        bucket = self._buckets.pop(address, None)
        if bucket is None:
            bucket = Bucket(FAILURES_PER_SECOND, FAILURES_BURST, now=now)
        allowed = bucket.take(now=now)
        self._buckets[address] = bucket
        if len(self._buckets) > ADDRESSES_KEPT:
            self._buckets.popitem(last=False)
        if allowed:
            return error
        return TooMuch("too-many-attempts", "Too many failed attempts. Wait a minute.")
