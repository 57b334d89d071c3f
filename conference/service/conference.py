"""
Conference: the only door for signaling.

Composes the doors (accounts, desk, seats, media, preflight, floor) over one hall of rooms
and drives all timeouts with one task. Owns no connection and no socket.
"""

import asyncio
import contextlib
import logging
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from conference.contract.media import Event
from conference.contract.media_plane import MediaPlane
from conference.contract.stores import (
    AccountStore,
    ChatStore,
    InvitationStore,
    RoomStore,
)
from conference.errors import ConferenceError
from conference.ids import RoomId
from conference.rooms import commands as c
from conference.rooms.state import RoomLimits
from conference.service.accounts import AccountDoor
from conference.service.desk import Desk
from conference.service.floor import Floor
from conference.service.hall import Hall, OpenRoom
from conference.service.media import Media
from conference.service.notices import Outbox, ServerStopping
from conference.service.preflight import Preflight
from conference.service.seats import Seats
from conference.service.tokens import InvitationTokens

log = logging.getLogger(__name__)

RETRY_S = 5.0
# After the database refused to free a seat. Sooner would only repeat the fault.


@dataclass(frozen=True, slots=True)
class Stores:
    """Where things are kept."""

    rooms: RoomStore
    invitations: InvitationStore
    chat: ChatStore
    accounts: AccountStore


@dataclass(frozen=True, slots=True)
class Limits:
    """What one server holds."""

    rooms: int = 1000
    """Rooms that have not ended."""
    room: RoomLimits = field(default_factory=RoomLimits)


class Conference:
    """Everything that signaling may ask for."""

    def __init__(
        self,
        *,
        stores: Stores,
        media: MediaPlane,
        outbox: Outbox,
        tokens: InvitationTokens,
        limits: Limits = Limits(),
        clock: Callable[[], float] = time.monotonic,
        wall: Callable[[], float] = time.time,
    ) -> None:
        self._hall = Hall(
            store=stores.rooms,
            media=media,
            outbox=outbox,
            limits=limits.room,
            clock=clock,
            wall=wall,
        )
        self.accounts = AccountDoor(stores.accounts, wall=wall)
        self.desk = Desk(
            self._hall, stores.rooms, stores.invitations, tokens, max_rooms=limits.rooms
        )
        self.seats = Seats(self._hall, stores.invitations, stores.chat, tokens)
        self.media = Media(self._hall)
        self.preflight = Preflight(
            media, clock=clock, moved=self._hall.timeout_moved.set
        )
        self.floor = Floor(self._hall, stores.chat)
        self._timer: asyncio.Task[None] | None = None
        self._ticks: dict[RoomId, asyncio.Task[None]] = {}
        """Rooms whose timeouts are in work."""
        self._retry_at: dict[RoomId, float] = {}
        """When to look again at a room whose timeouts failed."""

    async def start(self) -> None:
        """Open the rooms of the last run and start the timer."""
        await self._hall.load()
        self._timer = asyncio.create_task(self._drive(), name="room timeouts")

    async def stop(self) -> None:
        """Tell everybody, and stop the timer. Seats stay stored as they are."""
        for opened in self._hall.rooms.values():
            self._hall.outbox.send(opened.holders.values(), ServerStopping())
        if self._timer is not None:
            self._timer.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._timer
            self._timer = None
        for task in list(self._ticks.values()):
            task.cancel()
        await asyncio.gather(*self._ticks.values(), return_exceptions=True)

    def on_media(self, event: Event) -> None:
        """Take an event of the media plane."""
        self.media.on_event(event)

    async def _drive(self) -> None:
        """Wake when the next seat has waited, or a trial lasted, long enough."""
        while True:
            self._hall.timeout_moved.clear()
            wakes = self._next_wake()
            wait = None if wakes is None else max(0.0, wakes - self._hall.clock())
            # Not wait_for: in Python 3.11 it loses a cancellation that comes with
            # the event, and the server would not stop.
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(wait):
                    await self._hall.timeout_moved.wait()
            self._begin_ticks()

    def _next_wake(self) -> float | None:
        """Return when the next room or trial is due; None: there is none."""
        due = [
            max(at, self._retry_at.get(opened.room.id, at))
            for opened in self._hall.rooms.values()
            if opened.room.id not in self._ticks
            and (at := opened.room.next_timeout()) is not None
        ]
        if (trial := self.preflight.next_timeout()) is not None:
            due.append(trial)
        return min(due, default=None)

    async def tick(self) -> None:
        """Free the seats that have waited long enough; end trials that have lasted so."""
        self._begin_ticks()
        await asyncio.gather(*self._ticks.values())

    def _begin_ticks(self) -> None:
        """
        Begin what is due, each room in a task of its own.

        A room waits for the database and for its turn; no other room waits with it.
        """
        now = self._hall.clock()
        self.preflight.tick()
        rooms = self._hall.rooms
        self._retry_at = {r: at for r, at in self._retry_at.items() if r in rooms}
        for opened in rooms.values():
            room, at = opened.room.id, opened.room.next_timeout()
            if at is None or room in self._ticks:
                continue
            if now >= max(at, self._retry_at.get(room, at)):
                self._ticks[room] = asyncio.create_task(self._tick(opened), name="tick")

    async def _tick(self, opened: OpenRoom) -> None:
        room = opened.room.id
        try:
            await self._hall.handle(opened, c.Tick())
            self._retry_at.pop(room, None)
        except Exception as error:
            if opened.room.closed:
                return  # it was closed while its turn was awaited
            self._retry_at[room] = self._hall.clock() + RETRY_S
            why = error.code if isinstance(error, ConferenceError) else "a mistake"
            trace = None if isinstance(error, ConferenceError) else error
            log.error(
                "a seat could not be freed; trying again: %s", why, exc_info=trace
            )
        finally:
            del self._ticks[room]
            self._hall.timeout_moved.set()
