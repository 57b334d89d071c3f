"""
Trying the way to the server from the door of a room, before anybody is in it.

A trial is a publish leg in a room of its own, of which the domain knows nothing:
it is counted by nobody, forwarded to nobody, and ends by itself. What it is good
for is what its sender measures: whether packets come through at all, over UDP or
TCP, how long they take, and how many are lost.
"""

from collections.abc import Callable
from dataclasses import dataclass, field

from conference.errors import TooMuch
from conference.ids import Mid, ParticipantId, RoomId
from conference.service.ports import ConnectionId, MediaPlane
from conference.service.tokens import new_id
from conference.sfu import messages as m

TRIAL_S = 20.0
"""How long a trial may last. Shorter: a slow handshake on a bad link is cut before it
was measured; longer: strangers with an invitation hold legs for nothing."""
TRIALS_EACH = 2
"""At once on one connection: one over UDP, one over TCP."""
TRIALS_MOST = 64
"""At once on the server, about 100 Mbit/s of them. More would be felt by those who
are in a conference; fewer would keep a hall's worth of people from trying."""

SECTIONS = (
    m.TrackDeclaration(Mid("0"), m.Source.MICROPHONE),
    m.TrackDeclaration(Mid("1"), m.Source.CAMERA),
)
"""What a trial sends: nobody hears or sees it, so it need not be said."""


@dataclass(slots=True)
class _Trials:
    """What one connection tries."""

    room: RoomId
    ends: dict[ParticipantId, float] = field(default_factory=dict)
    """Of each leg, by the service's clock."""


class Preflight:
    """
    Trials of media from the door.

    Args:
        moved: Called when ``next_timeout`` has changed.
    """

    def __init__(
        self,
        media: MediaPlane,
        *,
        clock: Callable[[], float],
        moved: Callable[[], None],
    ) -> None:
        self._media = media
        self._clock = clock
        self._moved = moved
        self._trials: dict[ConnectionId, _Trials] = {}

    async def open(self, connection: ConnectionId, sdp: str) -> str:
        """
        Begin a trial; return the answer to its offer.

        Raises:
            TooMuch: The connection tries two ways already, or the server enough.
            UserError: The offer cannot be used.
        """
        trials = self._trials.setdefault(
            connection, _Trials(RoomId(f"preflight-{new_id()}"))
        )
        # Counted before the wait, so that a burst of requests finds the limit.
        if len(trials.ends) >= TRIALS_EACH or self._running() >= TRIALS_MOST:
            self._forget_empty(connection)
            raise TooMuch(
                "too-many-trials", "Too many connection tests are running. Wait a bit."
            )
        leg = ParticipantId(new_id())
        trials.ends[leg] = self._clock() + TRIAL_S
        self._moved()
        try:
            answer = await self._media.publish(
                m.Publish(trials.room, leg, sdp, SECTIONS)
            )
        except BaseException:
            trials.ends.pop(leg, None)
            self._forget_empty(connection)
            raise
        if leg not in trials.ends:  # the connection went or entered meanwhile
            self._media.apply(m.CloseLegs(leg))
        return answer.sdp

    def close(self, connection: ConnectionId) -> None:
        """End the trials of a connection that goes, or that enters a room."""
        trials = self._trials.pop(connection, None)
        if trials is None:
            return
        for leg in trials.ends:
            self._media.apply(m.CloseLegs(leg))
        trials.ends.clear()
        self._media.apply(m.CloseRoom(trials.room))

    def next_timeout(self) -> float | None:
        """Return when the oldest trial has lasted long enough."""
        return min(
            (end for trials in self._trials.values() for end in trials.ends.values()),
            default=None,
        )

    def tick(self) -> None:
        """End the trials that have lasted long enough."""
        now = self._clock()
        for connection, trials in list(self._trials.items()):
            for leg in [leg for leg, end in trials.ends.items() if end <= now]:
                del trials.ends[leg]
                self._media.apply(m.CloseLegs(leg))
            self._forget_empty(connection)

    def _running(self) -> int:
        return sum(len(trials.ends) for trials in self._trials.values())

    def _forget_empty(self, connection: ConnectionId) -> None:
        trials = self._trials.get(connection)
        if trials is not None and not trials.ends:
            self.close(connection)
