"""Reading the chat. Lines are written with ``Rooms.apply``, before anybody sees them."""

from typing import Any

from sqlalchemy import select

from conference.contract.words import ChatLine
from conference.ids import ParticipantId, RoomId
from conference.storage.database import Database
from conference.storage.tables import chat_lines as lines


class Chat:
    """Repository of the chat of all rooms."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def before(self, room: RoomId, seq: int, limit: int) -> list[ChatLine]:
        """Return the newest ``limit`` lines older than ``seq``, oldest first."""
        async with self._database.reading() as db:
            found = await db.execute(
                select(lines)
                .where(lines.c.room_id == room, lines.c.seq < seq)
                .order_by(lines.c.seq.desc())
                .limit(limit)
            )
            return [_line(row) for row in found][::-1]

    async def after(self, room: RoomId, seq: int, limit: int) -> list[ChatLine]:
        """Return the newest ``limit`` lines newer than ``seq``, oldest first."""
        async with self._database.reading() as db:
            found = await db.execute(
                select(lines)
                .where(lines.c.room_id == room, lines.c.seq > seq)
                .order_by(lines.c.seq.desc())
                .limit(limit)
            )
            return [_line(row) for row in found][::-1]

    async def by_nonce(
        self, room: RoomId, participant: ParticipantId, nonce: str
    ) -> ChatLine | None:
        """Return the line a participant sent with a nonce, if it was stored."""
        async with self._database.reading() as db:
            found = await db.execute(
                select(lines).where(
                    lines.c.room_id == room,
                    lines.c.participant_id == participant,
                    lines.c.nonce == nonce,
                )
            )
            row = found.first()
            return None if row is None else _line(row)


def _line(row: Any) -> ChatLine:  # noqa: ANN401 - a result row
    return ChatLine(
        seq=row.seq,
        participant=row.participant_id,
        name=row.name,
        organisation=row.organisation,
        text=row.text,
        nonce=row.nonce,
        sent_at=row.sent_at,
    )
