"""
Hundreds of viewers in one process, to load a server.

Each has its own socket, seat, DTLS session and slots like any participant, but
its datagrams are only counted; a few sampled viewers decrypt theirs and time them.
"""

import asyncio
import random
import select
import socket
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from tests.support.wire import rtcp, rtp
from tests.support.wire.arrivals import Arrivals
from tests.support.wire.client import ScriptedClient
from tests.support.wire.leg import Leg
from tests.support.wire.room import TestRoom

AT_ONCE = 10  # joins under way together; a rush sets it to everybody
FEEDBACK_S = 0.06
"""Between two messages of a viewer about its link: Chromium and Firefox send 16 to 19 a
second to a viewer of a 720p camera."""
NUMBER_AT = 17  # of the transport-wide number, where it is the first extension
NUMBERED = 4 << 4 | 1  # head of that extension
READ_AT_ONCE = 512  # datagrams before the event loop gets its turn again
KEY_BYTES = 16  # of a payload's end: enough to know a packet again


class Clock:
    """Remembers when payloads left, to time their arrival."""

    def __init__(self) -> None:
        self._left: dict[bytes, float] = {}
        self.latencies_s: list[float] = []

    def on_sent(self, payload: bytes) -> None:
        """Note a payload just before it is sent."""
        self._left[payload[-KEY_BYTES:]] = time.time()

    def on_arrival(self, payload: bytes, arrival_s: float) -> None:
        """Time a payload that has arrived."""
        left = self._left.get(payload[-KEY_BYTES:])
        if left is not None:
            self.latencies_s.append(arrival_s - left)


@dataclass(slots=True)
class Viewer:
    """One of the crowd."""

    client: ScriptedClient
    joined_s: float
    """How long joining took, until media could flow."""
    packets: int = 0
    gap_s: float = 0.0
    """Longest time between two packets so far."""
    last_s: float = 0.0
    feedback_at: float = 0.0
    """When it sends feedback next, monotonic seconds."""
    arrivals: Arrivals = field(default_factory=Arrivals)

    def on_numbered(self, number: int, leg: Leg) -> None:
        """Record a packet; send transport-cc feedback as often as browsers do."""
        now = time.monotonic()
        self.arrivals.record(number, now=now)
        if now < self.feedback_at:
            return
        # Each in its own rhythm, from a moment of its own.
        self.feedback_at = now + FEEDBACK_S * (
            1.0 if self.feedback_at else random.random()
        )
        if information := self.arrivals.report():
            leg.send_rtcp(rtcp.transport_feedback(1, 2, information))

    def count_and_time(self, arrival_s: float) -> None:
        """Count a datagram and watch for gaps, by the kernel's stamp of arrival."""
        if self.last_s:
            self.gap_s = max(self.gap_s, arrival_s - self.last_s)
        self.last_s = arrival_s
        self.packets += 1


class Counter:
    """
    Reads many sockets with one epoll of its own inside the event loop.

    The loop's handle for each datagram would cost more than the datagram.
    """

    def __init__(self) -> None:
        self._epoll = select.epoll()
        self._known: dict[int, tuple[socket.socket, Leg, Viewer]] = {}
        self._started = False
        self.sends_feedback = True
        """Whether viewers send transport-cc feedback."""

    def take(self, leg: Leg, viewer: Viewer) -> None:
        """Read a leg's socket from now on, instead of the leg itself."""
        source = leg.release()
        self._known[source.fileno()] = source, leg, viewer
        self._epoll.register(source.fileno(), select.EPOLLIN)
        if not self._started:
            self._started = True
            asyncio.get_running_loop().add_reader(self._epoll.fileno(), self._readable)

    def _readable(self) -> None:
        for number, _event in self._epoll.poll(0, READ_AT_ONCE):
            source, leg, viewer = self._known[number]
            try:
                data = source.recv(2048)
            except (BlockingIOError, ConnectionError):
                continue
            if len(data) > 1 and 128 <= data[0] < 192 and not 192 <= data[1] <= 223:
                viewer.packets += 1
                if self.sends_feedback and data[NUMBER_AT - 1] == NUMBERED:
                    number = int.from_bytes(data[NUMBER_AT : NUMBER_AT + 2], "big")
                    viewer.on_numbered(number, leg)
            elif data:
                leg.on_datagram(data)


@dataclass(slots=True)
class Crowd:
    """All viewers."""

    room: TestRoom
    clock: Clock = field(default_factory=Clock)
    viewers: list[Viewer] = field(default_factory=list)
    counter: Counter = field(default_factory=lambda: Counter())

    async def join(
        self, count: int, *, sampled: int = 0, at_once: int = AT_ONCE
    ) -> float:
        """Let viewers join; return the seconds until the last one has media."""
        start = time.monotonic()
        turn = asyncio.Semaphore(at_once)
        first = len(self.viewers)

        async def enter(number: int) -> None:
            async with turn:
                self.viewers.append(await self._enter(first + number, number < sampled))

        async with asyncio.TaskGroup() as tasks:
            for number in range(count):
                tasks.create_task(enter(number))
        return time.monotonic() - start

    async def _enter(self, number: int, sampled: bool) -> Viewer:
        client = self.room.stranger()
        client.deaf = True
        start = time.monotonic()
        await client.connect(invitation=self.room.token("researcher"))
        await client.join(f"Viewer {number}")
        viewer = Viewer(client, time.monotonic() - start)
        leg = client.subscribed
        assert leg is not None
        client.watcher = None  # its ticks end: nothing is asked for again
        if sampled:
            leg.stamp()
            leg.tap = self._sample(leg, viewer)
        else:
            self.counter.take(leg, viewer)
        return viewer

    def _sample(self, leg: Leg, viewer: Viewer) -> Callable[[bytes], None]:
        def tap(datagram: bytes) -> None:
            assert leg.arrival_s is not None
            viewer.count_and_time(leg.arrival_s)
            packet = rtp.parse(leg.unprotect(datagram))
            self.clock.on_arrival(packet.payload, leg.arrival_s)

        return tap

    @property
    def packets(self) -> int:
        """Datagrams that all of them received so far."""
        return sum(viewer.packets for viewer in self.viewers)
