"""
Connectivity test for a guest before joining.

A test is a publish leg in a room of its own that the domain does not know:
it is not counted and not forwarded. It ends automatically, after a while,
or as soon as it has sent more than any honest test would. Its result
is what the client measures: whether packets arrive at all, over UDP or
TCP, how long they take, and how many are lost.
"""

from collections import deque
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field

from conference.address_key import address_key
from conference.contract import media
from conference.contract.media_plane import MediaPlane
from conference.contract.words import Source
from conference.errors import TooMuch, UserError
from conference.ids import ConnectionId, Mid, ParticipantId, RoomId
from conference.service.tokens import new_id

TRIAL_S = 20.0
"""How long a test may last. Shorter: a slow handshake on a bad link is cut before it
was measured; longer: strangers with an invitation hold legs for nothing."""
TRIALS_EACH = 2
"""At once on one connection: one over UDP, one over TCP."""
TRIALS_MOST = 64
"""At once on the server, about 100 Mbit/s of them. More would disturb those who
are in a conference; fewer would keep a large audience from testing."""
TRIALS_PER_ADDRESS = 16
"""Begun from one address, or one IPv6 network of 64 bits, within ``TRIAL_S``; offers that
were refused aside. A quarter of what the server takes. An institute behind one address
tries with eight people at a time; fewer would make them wait, more would let one stranger
keep all others from trying."""
TRIAL_BYTES = 5_000_000
"""What one test may send: 2 Mbit/s for as long as it may last, of which browsers use a
third. Less: one that sends padding to learn its rate is cut; more: strangers make the
server decrypt for nothing."""

SECTIONS = (
    media.TrackDeclaration(Mid("0"), Source.MICROPHONE),
    media.TrackDeclaration(Mid("1"), Source.CAMERA),
)
"""The tracks of a test. Nobody receives them, so the client need not name them."""


@dataclass(slots=True)
class _Trials:
    """The tests of one connection."""

    room: RoomId
    ends: dict[ParticipantId, float] = field(default_factory=dict)
    """Of each leg, by the service's clock."""


class Preflight:
    """
    Connectivity tests of guests who have not joined.

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
        self._begun: dict[str, deque[float]] = {}
        """When the last tests of an address began, the oldest first."""

    async def open(self, connection: ConnectionId, address: str, sdp: str) -> str:
        """
        Begin a test; return the answer to its offer.

        Args:
            connection: The connection that tests.
            address: The network address that it comes from.
            sdp: Its offer.

        Raises:
            TooMuch: The connection runs two tests already, or its address or the
                server as many as they may.
            UserError: The offer cannot be used.
        """
        trials = self._trials.setdefault(
            connection, _Trials(RoomId(f"preflight-{new_id()}"))
        )
        now, origin = self._clock(), address_key(address)
        begun = self._begun_lately(origin, now)
        if refusal := self._refusal(trials, begun):
            self._forget_empty(connection)
            raise TooMuch("too-many-trials", refusal)
        # Counted before the wait, so that a burst of requests finds the limit.
        leg = ParticipantId(new_id())
        trials.ends[leg] = now + TRIAL_S
        begun.append(now)
        self._begun[origin] = begun
        self._moved()
        try:
            answer = await self._media.publish(
                media.Publish(trials.room, leg, sdp, SECTIONS, TRIAL_BYTES)
            )
        except BaseException as error:
            trials.ends.pop(leg, None)
            if not isinstance(error, UserError):
                # Cancelled, or without an answer in time: the leg may still open.
                self._media.apply(media.CloseLegs(leg))
            with suppress(ValueError):  # it was too old to count any more
                begun.remove(now)
            self._forget_empty(connection)
            raise
        if leg not in trials.ends:  # the connection went or entered meanwhile
            self._media.apply(media.CloseLegs(leg))
        return answer.sdp

    def _begun_lately(self, origin: str, now: float) -> deque[float]:
        begun = self._begun.get(origin, deque())
        while begun and now - begun[0] >= TRIAL_S:
            begun.popleft()
        return begun

    def _refusal(self, trials: _Trials, begun: deque[float]) -> str:
        """Return why no further test may begin now, or None."""
        if len(trials.ends) >= TRIALS_EACH:
            return "You are testing two ways already. Wait until these tests end."
        if len(begun) >= TRIALS_PER_ADDRESS:
            return (
                "Too many connection tests were begun from your network address. "
                f"Wait {TRIAL_S:.0f} seconds, then try again."
            )
        if self._running() >= TRIALS_MOST:
            return (
                "Too many connection tests are running on this server. "
                f"Wait {TRIAL_S:.0f} seconds, then try again."
            )
        return ""

    def close(self, connection: ConnectionId) -> None:
        """End the tests of a connection that closes or joins."""
        trials = self._trials.pop(connection, None)
        if trials is None:
            return
        for leg in trials.ends:
            self._media.apply(media.CloseLegs(leg))
        trials.ends.clear()
        self._media.apply(media.CloseRoom(trials.room))

    def next_timeout(self) -> float | None:
        """Return when the oldest test must end."""
        return min(
            (end for trials in self._trials.values() for end in trials.ends.values()),
            default=None,
        )

    def tick(self) -> None:
        """End the tests that have lasted long enough."""
        now = self._clock()
        for connection, trials in list(self._trials.items()):
            for leg in [leg for leg, end in trials.ends.items() if end <= now]:
                del trials.ends[leg]
                self._media.apply(media.CloseLegs(leg))
            self._forget_empty(connection)
        for origin in list(self._begun):
            if not self._begun_lately(origin, now):
                del self._begun[origin]

    def _running(self) -> int:
        return sum(len(trials.ends) for trials in self._trials.values())

    def _forget_empty(self, connection: ConnectionId) -> None:
        trials = self._trials.get(connection)
        if trials is not None and not trials.ends:
            self.close(connection)
