"""Rooms, seats and invitations in the database."""

from collections.abc import Sequence
from typing import Any, assert_never

from sqlalchemy import delete, func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from conference.contract import records as r
from conference.contract.words import Removal, Role
from conference.ids import InvitationId, RoomId
from conference.storage import tables as t
from conference.storage.database import Database


class Rooms:
    """Repository of rooms: the aggregate with its seats and chat counter."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def load(self) -> list[r.StoredRoom]:
        """Return every room that has not ended, oldest first."""
        async with self._database.reading() as db:
            rooms = await db.execute(
                select(t.rooms)
                .where(t.rooms.c.ended_at.is_(None))
                .order_by(t.rooms.c.created_at)
            )
            seats: dict[str, list[r.SeatRecord]] = {}
            for row in await db.execute(select(t.seats).order_by(t.seats.c.joined_at)):
                seats.setdefault(row.room_id, []).append(_seat(row))
            newest = await db.execute(
                select(t.chat_lines.c.room_id, func.max(t.chat_lines.c.seq)).group_by(
                    t.chat_lines.c.room_id
                )
            )
            chat_seq: dict[str, int] = {room: seq for room, seq in newest}
            removals: dict[str, list[Removal]] = {}
            for row in await db.execute(
                select(t.removals).order_by(t.removals.c.removed_at)
            ):
                removals.setdefault(row.room_id, []).append(_removal(row))
            return [
                r.StoredRoom(
                    room=r.RoomRecord(
                        id=row.id,
                        owner=row.owner_id,
                        title=row.title,
                        organisation=row.organisation,
                        created_at=row.created_at,
                        chosen_stage=row.chosen_stage,
                    ),
                    seats=tuple(seats.get(row.id, ())),
                    chat_seq=chat_seq.get(row.id, 0),
                    removals=tuple(removals.get(row.id, ())),
                )
                for row in rooms
            ]

    async def add(
        self, room: r.RoomRecord, invitations: Sequence[r.InvitationRecord]
    ) -> None:
        """Store a new room with its first invitations."""
        async with self._database.transaction() as db:
            await db.execute(
                insert(t.rooms).values(
                    id=room.id,
                    owner_id=room.owner,
                    title=room.title,
                    organisation=room.organisation,
                    created_at=room.created_at,
                    chosen_stage=room.chosen_stage,
                )
            )
            for invitation in invitations:
                await _add_invitation(db, invitation)

    async def apply(self, changes: Sequence[r.Change]) -> None:
        """Store all changes in one transaction: all of them, or none."""
        async with self._database.transaction() as db:
            for change in changes:
                await _apply(db, change)

    async def add_invitation(self, invitation: r.InvitationRecord) -> None:
        """Store a new invitation."""
        async with self._database.transaction() as db:
            await _add_invitation(db, invitation)

    async def invitation(self, invitation: InvitationId) -> r.InvitationRecord | None:
        """Return an invitation, revoked or not."""
        async with self._database.reading() as db:
            found = await db.execute(
                select(t.invitations).where(t.invitations.c.id == invitation)
            )
            row = found.first()
            return None if row is None else _invitation(row)

    async def invitations(self, room: RoomId) -> list[r.InvitationRecord]:
        """Return the invitations of a room, oldest first."""
        async with self._database.reading() as db:
            found = await db.execute(
                select(t.invitations)
                .where(t.invitations.c.room_id == room)
                .order_by(
                    t.invitations.c.created_at,
                    t.invitations.c.number,
                    t.invitations.c.id,
                )
            )
            return [_invitation(row) for row in found]

    async def revoke(self, invitation: InvitationId) -> None:
        """Mark an invitation as revoked."""
        async with self._database.transaction() as db:
            await db.execute(
                update(t.invitations)
                .where(t.invitations.c.id == invitation)
                .values(revoked=True)
            )


async def _apply(db: AsyncConnection, change: r.Change) -> None:
    match change:
        case r.SaveSeat(seat):
            values = _seat_values(seat)
            known = await db.execute(
                update(t.seats).where(t.seats.c.id == seat.id).values(**values)
            )
            if not known.rowcount:
                await db.execute(insert(t.seats).values(id=seat.id, **values))
        case r.DropSeat(participant):
            await db.execute(delete(t.seats).where(t.seats.c.id == participant))
        case r.SaveStage(room, participant):
            await db.execute(
                update(t.rooms)
                .where(t.rooms.c.id == room)
                .values(chosen_stage=participant)
            )
        case r.AddLine(room, line):
            await db.execute(
                insert(t.chat_lines).values(
                    room_id=room,
                    seq=line.seq,
                    participant_id=line.participant,
                    name=line.name,
                    organisation=line.organisation,
                    text=line.text,
                    nonce=line.nonce,
                    sent_at=line.sent_at,
                )
            )
        case r.AddRemoval(room, removal):
            await db.execute(
                insert(t.removals).values(
                    participant_id=removal.participant,
                    room_id=room,
                    invitation_id=removal.invitation,
                    browser=removal.browser,
                    name=removal.name,
                    organisation=removal.organisation,
                    removed_at=removal.at,
                    removed_by=removal.by,
                )
            )
        case r.DropRemoval(participant):
            await db.execute(
                delete(t.removals).where(t.removals.c.participant_id == participant)
            )
        case r.EndRoom(room, at):
            await db.execute(delete(t.seats).where(t.seats.c.room_id == room))
            await db.execute(delete(t.removals).where(t.removals.c.room_id == room))
            await db.execute(
                update(t.rooms).where(t.rooms.c.id == room).values(ended_at=at)
            )
        case _:
            assert_never(change)


async def _add_invitation(db: AsyncConnection, record: r.InvitationRecord) -> None:
    await db.execute(
        insert(t.invitations).values(
            id=record.id,
            room_id=record.room,
            role=record.role.value,
            created_at=record.created_at,
            revoked=record.revoked,
            note=record.note,
            most_people=record.most_people,
            number=record.number,
        )
    )


def _invitation(row: Any) -> r.InvitationRecord:  # noqa: ANN401 - a result row
    return r.InvitationRecord(
        id=row.id,
        room=row.room_id,
        role=Role(row.role),
        created_at=row.created_at,
        revoked=row.revoked,
        note=row.note,
        most_people=row.most_people,
        number=row.number,
    )


def _removal(row: Any) -> Removal:  # noqa: ANN401 - a result row
    return Removal(
        participant=row.participant_id,
        name=row.name,
        organisation=row.organisation,
        invitation=row.invitation_id,
        browser=row.browser,
        at=row.removed_at,
        by=row.removed_by,
    )


def _seat(row: Any) -> r.SeatRecord:  # noqa: ANN401 - a result row
    return r.SeatRecord(
        id=row.id,
        room=row.room_id,
        name=row.name,
        organisation=row.organisation,
        role=Role(row.role),
        joined_at=row.joined_at,
        token_hash=row.token_hash,
        account=row.account_id,
        invitation=row.invitation_id,
        browser=row.browser,
        has_floor=row.has_floor,
        hand=row.hand,
    )


def _seat_values(seat: r.SeatRecord) -> dict[str, object]:
    return {
        "room_id": seat.room,
        "name": seat.name,
        "organisation": seat.organisation,
        "role": seat.role.value,
        "joined_at": seat.joined_at,
        "token_hash": seat.token_hash,
        "account_id": seat.account,
        "invitation_id": seat.invitation,
        "browser": seat.browser,
        "has_floor": seat.has_floor,
        "hand": seat.hand,
    }
