"""The chat: each line is stored before anybody sees it."""

from conference.contract.stores import ChatStore
from conference.contract.words import ChatLine
from conference.rooms import commands as c
from conference.rooms.events import Said
from conference.service.open_rooms import OpenRooms, SeatRef


class ChatService:
    """The chat."""

    def __init__(self, rooms: OpenRooms, store: ChatStore) -> None:
        self._rooms = rooms
        self._store = store

    async def say(self, by: SeatRef, text: str, nonce: str) -> ChatLine:
        """
        Write a line; the same nonce again returns the line already written.

        Stored when this returns.
        """
        opened = self._rooms.room(by.room)
        async with opened.lock:
            known = opened.room.said(by.participant, nonce)
            known = known or await self._store.by_nonce(by.room, by.participant, nonce)
            if known is not None:
                return known
            command = c.Say(by.participant, text, nonce, at=self._rooms.wall())
            events = await self._rooms.apply(opened, command)
        return next(event.line for event in events if isinstance(event, Said))

    async def history(self, by: SeatRef, before: int, limit: int) -> list[ChatLine]:
        """Return the newest lines older than ``before``, oldest first."""
        self._rooms.room(by.room)
        return await self._store.before(by.room, before, limit)
