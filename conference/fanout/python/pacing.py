"""
Paced sending to one viewer.

Sits between the engine and the socket only while a viewer's link is limited: a key
frame is then sent over some tens of milliseconds instead of at once, so that it does
not fill the queue of a router on the path and delay audio. ``fanout.pacer`` decides
when each packet is sent.
"""

from collections.abc import Callable
from contextlib import suppress

from conference.fanout.pacer import Pacer, Priority
from conference.fanout.python.copies import Outlet
from conference.fanout.python.sent_ring import MASK
from conference.fanout.sent import SIZE
from conference.fanout.sockets import Address

AT_ONCE_BPS = 1e12
"""A rate at which every waiting packet is due."""
Waiting = tuple[bytes, int]
"""A protected packet and its transport-wide number."""


class PacedOutlet:
    """
    The queue in front of one viewer's socket.

    Args:
        outlet: Of the viewer; its ``send_video`` and ``send_repair`` are replaced.
        rate_bps: Estimated bitrate of the viewer's link.
        wake: Called with this object and the time at which ``flush`` is due (monotonic
            seconds), whenever packets wait.
    """

    __slots__ = ("_outlet", "_pacer", "_wake")

    def __init__(
        self,
        outlet: Outlet,
        rate_bps: float,
        wake: Callable[["PacedOutlet", float], None],
    ) -> None:
        self._outlet = outlet
        self._pacer: Pacer[Waiting] = Pacer(rate_bps)
        self._wake = wake
        outlet.send_video, outlet.send_repair = self._video, self._repair

    def retune(self, rate_bps: float) -> None:
        """Change the rate, also for packets that wait already."""
        self._pacer.rate_bps = rate_bps
        self._wake_when_due()

    def _video(self, datagram: bytes, address: Address) -> None:
        self._push(datagram, address, Priority.VIDEO)

    def _repair(self, datagram: bytes, address: Address) -> None:
        self._push(datagram, address, Priority.REPAIR)

    def _push(self, datagram: bytes, address: Address, priority: Priority) -> None:
        record = self._outlet.sent
        number = record.next - 1
        now = record.times[number & MASK]
        if self._pacer.push((datagram, number), len(datagram), priority, now=now):
            self._outlet.send_unpaced(datagram, address)
        else:
            self._wake_when_due()

    def flush(self, *, now: float) -> None:
        """Send the packets that are due; request a wake-up for the rest."""
        outlet, record = self._outlet, self._outlet.sent
        dropped = self._pacer.dropped
        due = self._pacer.pop_due(now=now)
        if self._pacer.dropped > dropped:
            outlet.starved = True
        for datagram, number in due:
            if record.next - number < SIZE:
                record.times[number & MASK] = now
            with suppress(OSError):  # the socket's buffer is full: the packet is lost
                outlet.send_unpaced(datagram, outlet.address)
        self._wake_when_due()

    def _wake_when_due(self) -> None:
        if (due := self._pacer.next_due) is not None:
            self._wake(self, due)

    def end(self, *, now: float) -> None:
        """Send all waiting packets and restore unpaced sending."""
        outlet = self._outlet
        outlet.send_video = outlet.send_repair = outlet.send_unpaced
        self._pacer.rate_bps = AT_ONCE_BPS
        self.flush(now=now)
