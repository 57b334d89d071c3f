"""
Sending to one viewer at the pace of its link.

Stands between the fan-out and the socket only while a viewer's link is thin: then
a key frame leaves over some tens of milliseconds instead of at once, and does not
delay the voices behind it in somebody's router. ``fanout.pacer`` decides when.
"""

from collections.abc import Callable
from contextlib import suppress

from conference.fanout.pacer import Pacer, Priority
from conference.fanout.python.copies import Path
from conference.fanout.python.sent_ring import MASK
from conference.fanout.sent import SIZE
from conference.fanout.sockets import Address

AT_ONCE_BPS = 1e12
Waiting = tuple[bytes, int]
"""A protected packet and its transport-wide number."""


class PacedPath:
    """
    The queue before one viewer's socket.

    Args:
        path: Its way out; ``send`` and ``repair`` are taken over.
        rate_bps: What its link carries.
        wake: Called with this and the time at which ``flush`` is due, whenever
            something waits.
    """

    __slots__ = ("_pacer", "_path", "_wake")

    def __init__(
        self,
        path: Path,
        rate_bps: float,
        wake: Callable[["PacedPath", float], None],
    ) -> None:
        self._path = path
        self._pacer: Pacer[Waiting] = Pacer(rate_bps)
        self._wake = wake
        path.send, path.repair = self._video, self._repair

    def retune(self, rate_bps: float) -> None:
        """Go on at another rate, also with what waits already."""
        self._pacer.rate_bps = rate_bps
        self._wake_when_due()

    def _video(self, datagram: bytes, address: Address) -> None:
        self._push(datagram, address, Priority.VIDEO)

    def _repair(self, datagram: bytes, address: Address) -> None:
        self._push(datagram, address, Priority.REPAIR)

    def _push(self, datagram: bytes, address: Address, priority: Priority) -> None:
        record = self._path.sent
        number = record.next - 1
        now = record.times[number & MASK]
        if self._pacer.push((datagram, number), len(datagram), priority, now=now):
            self._path.voice(datagram, address)
        else:
            self._wake_when_due()

    def flush(self, *, now: float) -> None:
        """Send what is due, and ask to be woken for the rest."""
        path, record = self._path, self._path.sent
        dropped = self._pacer.dropped
        due = self._pacer.pop_due(now=now)
        if self._pacer.dropped > dropped:
            path.starved = True
        for datagram, number in due:
            if record.next - number < SIZE:
                record.times[number & MASK] = now
            with suppress(OSError):  # a full buffer loses packets, as UDP does
                path.voice(datagram, path.address)
        self._wake_when_due()

    def _wake_when_due(self) -> None:
        if (due := self._pacer.next_due) is not None:
            self._wake(self, due)

    def end(self, *, now: float) -> None:
        """Send what waits, and let the next packets go at once again."""
        path = self._path
        path.send = path.repair = path.voice
        self._pacer.rate_bps = AT_ONCE_BPS
        self.flush(now=now)
