"""
What makes publishers send: viewers, and whatever else takes their packets.

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
    """Something that keeps layers alive and asks for key frames."""

    @property
    def key(self) -> ViewerKey:
        """Under which its requests for key frames are counted."""
        ...

    def watched(self) -> Iterable[tuple[Track, int]]:
        """
        Return tracks of video, and of each the spatial layer that shall be sent.

        Asked ten times a second. Tracks that have ended are passed over. A layer
        that is no longer among these goes on for ``KEEP_S``.
        """
        ...


class Tap(Watcher, Protocol):
    """
    A watcher that takes packets as they arrive.

    It joins a room by ``Router.watch`` and asks for key frames by
    ``RoomPlane.want_key_frame`` with its key.
    """

    def on_packet(self, arrived: Arrived, *, now: float) -> None:
        """
        Take a packet of any track of the room that is not muted.

        Called once for each, decrypted and without duplicates, before it is
        copied to viewers. Packets may be late or missing, as publishers' links are.
        It returns at once and raises nothing: forwarding waits for it.
        """
        ...
