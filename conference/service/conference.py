"""
Conference: the only entrance for signaling.

Composes its parts (sign-in, room administration, seats, media, preflight, chat) over
the open rooms, and drives all timeouts with one task. Owns no connection and no socket.
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
from conference.service.chat import ChatService
from conference.service.media import Media
from conference.service.notices import Outbox, ServerStopping
from conference.service.open_rooms import OpenRoom, OpenRooms, SeatRef
from conference.service.preflight import Preflight
from conference.service.room_admin import RoomAdmin
from conference.service.seats import SeatService
from conference.service.sign_in import SignIn
from conference.service.tokens import InvitationTokens

log = logging.getLogger(__name__)

RETRY_S = 5.0
# After the database refused to free a seat. Sooner would only repeat the fault.


@dataclass(frozen=True, slots=True)
class Stores:
    """The stores of all data."""

    rooms: RoomStore
    invitations: InvitationStore
    chat: ChatStore
    accounts: AccountStore


@dataclass(frozen=True, slots=True)
class Limits:
    """Limits of one server."""

    rooms: int = 1000
    """Rooms that have not ended."""
    room: RoomLimits = field(default_factory=RoomLimits)


class Conference:
    """The interface of the domain for signaling."""

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
        self._rooms = OpenRooms(
            store=stores.rooms,
            media=media,
            outbox=outbox,
            limits=limits.room,
            clock=clock,
            wall=wall,
        )
        self.sign_in = SignIn(stores.accounts, wall=wall)
        self.room_admin = RoomAdmin(
            self._rooms,
            stores.rooms,
            stores.invitations,
            tokens,
            max_rooms=limits.rooms,
        )
        self.seats = SeatService(self._rooms, stores.invitations, stores.chat, tokens)
        self.media = Media(self._rooms)
        self.preflight = Preflight(
            media, clock=clock, moved=self._rooms.timeout_moved.set
        )
        self.chat = ChatService(self._rooms, stores.chat)
        self._timer: asyncio.Task[None] | None = None
        self._ticks: dict[RoomId, asyncio.Task[None]] = {}
        """Rooms whose timeouts are being handled."""

    async def start(self) -> None:
        """Open the rooms of the last run and start the timer."""
        await self._rooms.load()
        self._timer = asyncio.create_task(self._drive(), name="room timeouts")

    async def stop(self) -> None:
        """Notify everybody, and stop the timer. Seats stay stored as they are."""
        for opened in self._rooms.by_id.values():
            self._rooms.outbox.send(opened.holders.values(), ServerStopping())
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

    async def run(self, seat: SeatRef, command: c.Command) -> None:
        """
        Run a command in the room of the seat that asks for it.

        Raises:
            UserError: The room refused; nothing changed.
            InfrastructureError: It could not be stored; nothing changed.
        """
        await self._rooms.handle(self._rooms.room(seat.room), command)

    async def _drive(self) -> None:
        """Wake when the next seat or connectivity test is due."""
        while True:
            self._rooms.timeout_moved.clear()
            wakes = self._next_wake()
            wait = None if wakes is None else max(0.0, wakes - self._rooms.clock())
            # Not wait_for: in Python 3.11 it loses a cancellation that comes with
            # the event, and the server would not stop.
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(wait):
                    await self._rooms.timeout_moved.wait()
            self._begin_ticks()

    def _next_wake(self) -> float | None:
        """Return when the next room or connectivity test is due; None: none is."""
        due = (self._rooms.timeouts.next(), self.preflight.next_timeout())
        return min((at for at in due if at is not None), default=None)

    async def tick(self) -> None:
        """Handle all timeouts that are due."""
        self._begin_ticks()
        await asyncio.gather(*self._ticks.values())

    def _begin_ticks(self) -> None:
        """
        Start handling what is due, each room in a task of its own.

        A room may wait for the database and for its lock; other rooms do not wait for it.
        """
        self.preflight.tick()
        for room in self._rooms.timeouts.take_due(self._rooms.clock()):
            opened = self._rooms.by_id.get(room)
            # A room that is being handled is armed again when that is done.
            if opened is not None and room not in self._ticks:
                self._ticks[room] = asyncio.create_task(self._tick(opened), name="tick")

    async def _tick(self, opened: OpenRoom) -> None:
        try:
            await self._rooms.handle(opened, c.Tick())
            opened.retry_at = None
        except Exception as error:
            if opened.room.closed:
                return  # it was closed while this waited for its lock
            opened.retry_at = self._rooms.clock() + RETRY_S
            why = error.code if isinstance(error, ConferenceError) else "a mistake"
            trace = None if isinstance(error, ConferenceError) else error
            log.error(
                "a seat could not be freed; trying again: %s", why, exc_info=trace
            )
        finally:
            del self._ticks[opened.room.id]
            self._rooms.arm(opened)
