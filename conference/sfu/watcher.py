"""
Consumers of publishers' layers: viewers, and others that take packets.

``RoomPlane`` asks its watchers which layers are watched; a layer that none of them
watches is stopped. A viewer is a watcher whose packets are copied by the fan-out. A
recorder, or a relay to another host, is a ``Tap``: it takes the packets themselves.
"""

from collections.abc import Iterable
from typing import Protocol

from conference.fanout.contract import ViewerKey
from conference.sfu.inbound.publisher import Arrived
from conference.sfu.inbound.track import Track


class Watcher(Protocol):
    """A consumer that keeps layers alive and requests key frames."""

    @property
    def key(self) -> ViewerKey:
        """The key under which its key-frame requests are counted."""
        ...

    def watched(self) -> Iterable[tuple[Track, int]]:
        """
        Return video tracks, each with a spatial layer that must be sent.

        Called ten times a second. Tracks that have ended are ignored. A layer
        that is no longer among these is still sent for ``KEEP_S``.
        """
        ...


class Tap(Watcher, Protocol):
    """
    A watcher that takes packets as they arrive.

    It joins a room by ``Router.watch`` and requests key frames by
    ``RoomPlane.want_key_frame`` with its key.
    """

    def on_packet(self, arrived: Arrived, *, now: float) -> None:
        """
        Take a packet of any track of the room that is not muted.

        Called once for each packet, decrypted and without duplicates, before it is
        copied to viewers. Packets may be reordered or missing. It must return
        immediately, because forwarding waits for it. A tap that raises, here or
        in ``watched``, is removed from the room.
        """
        ...
