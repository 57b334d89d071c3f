"""A media plane on a table, and clients that speak to it without any signaling."""

import asyncio
import itertools
import socket
import time
from collections.abc import Callable

from conference.contract import media
from conference.contract.words import Generation, LegKind, Source
from conference.ids import Mid, ParticipantId, RoomId
from conference.transport.legs import Leg as ServerLeg
from conference.transport.plane import Plane, PlaneConfig
from tests.support.wire import sdp
from tests.support.wire.leg import Leg
from tests.support.wire.receiving import Watcher
from tests.support.wire.recording import Recording, picture, tone
from tests.support.wire.sending import Publisher, outgoing

ROOM = RoomId("room")
ADA, VIEWER = ParticipantId("ada"), ParticipantId("viewer")
DEADLINE_S = 60.0  # ends a hang; says nothing about speed


async def until(condition: Callable[[], bool], what: str) -> None:
    deadline = time.monotonic() + DEADLINE_S
    while not condition():
        assert time.monotonic() < deadline, f"timed out waiting for {what}"
        await asyncio.sleep(0.01)


class Table:
    """A plane, and clients that speak to it without any signaling."""

    def __init__(self, bind: str = "::", *, tcp: bool = False) -> None:
        self.tcp = tcp
        """Whether the clients use TCP."""
        self.events: list[media.Event] = []
        self.plane = Plane(PlaneConfig(port=0, bind=bind), self.events.append)
        self.plane._driver._numbers = itertools.count(1)
        self.legs: list[Leg] = []
        self.tasks: list[asyncio.Task[None]] = []
        self.offer = Generation(0)
        """The number of the newest subscribe leg."""

    async def publish(
        self, who: ParticipantId = ADA, *, budget_bytes: int | None = None
    ) -> Publisher:
        """Publish a camera and a microphone."""
        leg = Leg(tcp=self.tcp)
        camera: Recording = picture(blue=90, red=220, width=320, height=180, rate=25)
        tracks = [outgoing("0", "camera", camera), outgoing("1", "microphone", tone())]
        publisher = Publisher(leg, tracks)
        answer = await self.plane.publish(
            media.Publish(
                ROOM,
                who,
                sdp.write_offer([t.section for t in tracks], leg.local),
                (
                    media.TrackDeclaration(Mid("0"), Source.CAMERA),
                    media.TrackDeclaration(Mid("1"), Source.MICROPHONE),
                ),
                budget_bytes,
            )
        )
        remote = sdp.parse(answer.sdp)
        publisher.agree(remote)
        await leg.connect(remote)
        self.legs.append(leg)
        self.tasks.append(asyncio.create_task(publisher.play()))
        return publisher

    async def offered(self) -> tuple[Leg, sdp.Description]:
        """Ask for a slot offer."""
        offer = await self.plane.subscribe(media.Subscribe(ROOM, VIEWER))
        self.offer = offer.generation
        return Leg(tcp=self.tcp), sdp.parse(offer.sdp)

    async def answered(self, leg: Leg, remote: sdp.Description) -> Watcher:
        """Answer a slot offer; the leg is not connected yet."""
        watcher = Watcher(leg, remote, decode=False)
        answer = sdp.write_answer(remote, leg.local, frozenset({"opus", "VP8"}))
        await self.plane.accept_answer(media.AcceptAnswer(VIEWER, self.offer, answer))
        self.legs.append(leg)
        return watcher

    async def subscribe(self) -> Watcher:
        """Subscribe and connect."""
        leg, remote = await self.offered()
        watcher = await self.answered(leg, remote)
        await leg.connect(remote)
        return watcher

    def connected(self, participant: ParticipantId) -> set[LegKind]:
        """Return which legs of a participant are connected, by the plane's events."""
        up: dict[LegKind, bool] = {}
        for event in self.events:
            if isinstance(event, media.LegChanged) and event.participant == participant:
                up[event.leg] = event.connected
        return {kind for kind, connected in up.items() if connected}

    def leg(self, participant: ParticipantId, kind: LegKind) -> ServerLeg:
        """Return the plane's side of a leg."""
        leg = self.plane._driver.legs.find(participant, kind)
        assert leg is not None, f"no {kind.value} leg of {participant}"
        return leg

    def stage(self, who: ParticipantId = ADA) -> None:
        """Put a participant on the stage."""
        self.plane.apply(media.SetStage(ROOM, who))

    async def flows(self, watcher: Watcher) -> None:
        """Wait for ten more video packets on the stage."""
        seen = watcher.slots["2"].packets
        await until(lambda: watcher.slots["2"].packets >= seen + 10, "media")

    async def close(self) -> None:
        """End everything."""
        for task in self.tasks:
            task.cancel()
        await asyncio.gather(*self.tasks, return_exceptions=True)
        for leg in self.legs:
            await leg.close(silently=True)
        await self.plane.close()


def stranger(table: Table) -> tuple[socket.socket, tuple[str, int]]:
    """Return a socket of a stranger, and an address of the media port."""
    sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    return sock, ("127.0.0.1", table.plane.port)
