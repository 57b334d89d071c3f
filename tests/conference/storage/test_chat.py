"""Reading chat, on either database."""

import pytest

from conference.contract import records as r
from conference.errors import InfrastructureError
from conference.ids import ParticipantId, RoomId
from conference.storage.chat import Chat
from conference.storage.database import Database
from conference.storage.rooms import Rooms
from tests.conference.storage.support import ROOM, line


async def test_a_nonce_is_stored_once(rooms: Rooms, database: Database) -> None:
    await rooms.apply([r.AddLine(ROOM, line(1, "same"))])
    with pytest.raises(InfrastructureError):
        await rooms.apply([r.AddLine(ROOM, line(2, "same"))])
    chat = Chat(database)
    assert await chat.by_nonce(ROOM, ParticipantId("p"), "same") == line(1, "same")
    assert await chat.by_nonce(ROOM, ParticipantId("q"), "same") is None


async def test_chat_is_read_in_order(rooms: Rooms, database: Database) -> None:
    await rooms.apply([r.AddLine(ROOM, line(n)) for n in range(1, 6)])
    chat = Chat(database)
    assert await chat.before(ROOM, 4, 2) == [line(2), line(3)]
    assert await chat.after(ROOM, 0, 3) == [line(3), line(4), line(5)]
    assert await chat.after(ROOM, 4, 3) == [line(5)]
    assert await chat.after(RoomId("other"), 0, 3) == []
