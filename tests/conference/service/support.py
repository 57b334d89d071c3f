"""A conference on a real database, with a media plane that only takes notes."""

from collections.abc import Callable, Collection
from dataclasses import replace
from pathlib import Path
from typing import Any

from conference.contract import media
from conference.contract.words import Generation, LegKind, Source
from conference.errors import InfrastructureError
from conference.ids import (
    AccountId,
    ConnectionId,
    Mid,
    RoomId,
)
from conference.rooms.chat_log import ChatLog
from conference.rooms.state import RoomLimits
from conference.service import notices as n
from conference.service.conference import Conference, Limits, Stores
from conference.service.open_rooms import SeatRef
from conference.service.room_admin import Actor
from conference.service.tokens import InvitationTokens
from conference.storage.accounts import Accounts
from conference.storage.chat import Chat
from conference.storage.database import Database, sqlite_url
from conference.storage.rooms import Rooms
from tests.signaling.support import QuietPlane


class Letters:
    """An outbox that records notices, in one list with the media commands."""

    def __init__(self, story: list[object]) -> None:
        self.story = story
        self.sent: list[tuple[ConnectionId, n.Notice]] = []
        self.closed: list[ConnectionId] = []

    def send(self, to: Collection[ConnectionId], notice: n.Notice) -> None:
        self.story.append(notice)
        self.sent += [(one, notice) for one in to]

    def close(self, connection: ConnectionId, notice: n.SeatClosed) -> None:
        self.send((connection,), notice)
        self.closed.append(connection)


class World:
    """A conference on a real database, with a clock to turn."""

    max_seats = 5

    def __init__(self, directory: Path) -> None:
        self.now = 100.0
        self.story: list[object] = []
        self.letters = Letters(self.story)
        self.database = Database(sqlite_url(directory / "test.sqlite3"))
        self.rooms = Rooms(self.database)
        self.sign_in = Accounts(self.database)
        self.plane = QuietPlane(lambda _: None)
        self.plane.commands = self.story  # type: ignore[assignment]
        self.conference = Conference(
            stores=Stores(self.rooms, self.rooms, Chat(self.database), self.sign_in),
            media=self.plane,
            outbox=self.letters,
            tokens=InvitationTokens(b"k" * 32),
            limits=Limits(rooms=2, room=RoomLimits(max_seats=self.max_seats)),
            clock=lambda: self.now,
            wall=lambda: 1e9 + self.now,
        )
        self.account = AccountId("")

    async def start(self) -> None:
        await self.database.open()
        link = await self.conference.sign_in.new_link()
        secret = await self.conference.sign_in.redeem(link)
        account = await self.conference.sign_in.account_of(secret)
        assert account is not None
        self.account = account
        _, invitations = await self.conference.room_admin.create(account, "T", "O")
        self.tokens = {i.role.value: i.token for i in invitations}

    @property
    def actor(self) -> Actor:
        """The owner of the room, outside it."""
        return Actor(account=self.account)

    def forget_chat(self, room: RoomId) -> None:
        """Let a room forget which messages came lately, as a restart does."""
        found = self.conference._rooms.room(room).room
        found.restore(replace(found.state, chat=ChatLog(found.chat_seq)))

    async def join(self, role: str, connection: str) -> SeatRef:
        admission = await self.conference.seats.admission_by_invitation(
            self.tokens[role]
        )
        taken = await self.conference.seats.join(
            admission,
            ConnectionId(connection),
            name="N",
            organisation="O",
            subscribe=False,
        )
        self.token = taken.token
        return taken.seat_ref

    async def come_back(self, seat: SeatRef, connection: str) -> SeatRef:
        taken = await self.conference.seats.resume(
            seat,
            self.token,
            ConnectionId(connection),
            last_chat=0,
            subscribe=False,
        )
        return taken.seat_ref

    async def publish(self, seat: SeatRef, source: Source) -> None:
        """Publish one track, and let its first packet come."""
        track = media.TrackDeclaration(Mid("0"), source)
        await self.conference.media.publish(seat, "v=0", [track], frozenset({source}))
        self.packets_come(seat, source)

    def packets_come(self, seat: SeatRef, source: Source) -> None:
        """Let the media plane see the first packet of a track."""
        newest = self.plane.newest
        self.conference.on_media(
            media.TrackStarted(seat.room, seat.participant, newest, source, "VP8")
        )

    def publish_leg(self, seat: SeatRef) -> Generation:
        """Return the newest publish leg of a seat."""
        return self.plane.legs[seat.participant, LegKind.PUBLISH]


def failing(*_: object) -> Callable[..., Any]:
    raise InfrastructureError("storage-failed", "The disk is full.")
