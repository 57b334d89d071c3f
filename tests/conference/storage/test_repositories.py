"""What is stored comes back, on either database."""

import asyncio
from dataclasses import replace

import pytest
import pytest_asyncio

from conference.contract import records as r
from conference.contract.words import ChatLine, Role
from conference.errors import InfrastructureError
from conference.ids import AccountId, InvitationId, ParticipantId, RoomId
from conference.storage.accounts import Accounts
from conference.storage.chat import Chat
from conference.storage.database import Database
from conference.storage.rooms import Rooms

OWNER, ROOM = AccountId("owner"), RoomId("room")
INVITATION = r.InvitationRecord(InvitationId("i"), ROOM, Role.PRESENTER, 10.0)
RECORD = r.RoomRecord(ROOM, OWNER, "광학 발표", "Institute", 10.0)
SEAT = r.SeatRecord(
    id=ParticipantId("p"),
    room=ROOM,
    name="김하나",
    organisation="Institute",
    role=Role.RESEARCHER,
    joined_at=11.0,
    token_hash=b"t" * 32,
    account=None,
    invitation=INVITATION.id,
    browser=b"b" * 32,
    has_floor=True,
    hand=3,
)


def line(seq: int, nonce: str = "", by: str = "p") -> ChatLine:
    return ChatLine(
        seq, ParticipantId(by), "김하나", "I", f"줄 {seq}", nonce or f"n{seq}", 12.5
    )


@pytest_asyncio.fixture
async def accounts(database: Database) -> Accounts:
    return Accounts(database)


@pytest_asyncio.fixture
async def rooms(database: Database, accounts: Accounts) -> Rooms:
    await accounts.add_link(b"l" * 32, further=False, now=0.0, expires_at=100.0)
    assert await accounts.redeem_link(
        b"l" * 32,
        account=OWNER,
        sign_in_hash=b"s" * 32,
        now=1.0,
        sign_in_expires_at=50.0,
    )
    repository = Rooms(database)
    await repository.add(RECORD, [INVITATION])
    return repository


async def test_a_room_comes_back_with_its_seats_and_chat(rooms: Rooms) -> None:
    await rooms.apply([r.SaveSeat(SEAT), r.AddLine(ROOM, line(1))])
    moved = replace(SEAT, has_floor=False, hand=None)
    await rooms.apply(
        [r.SaveSeat(moved), r.AddLine(ROOM, line(2)), r.SaveStage(ROOM, SEAT.id)]
    )
    assert await rooms.load() == [
        r.StoredRoom(replace(RECORD, chosen_stage=SEAT.id), (moved,), 2)
    ]
    await rooms.apply([r.DropSeat(SEAT.id), r.SaveStage(ROOM, None)])
    assert await rooms.load() == [r.StoredRoom(RECORD, (), 2)]


async def test_an_ended_room_does_not_come_back(rooms: Rooms) -> None:
    await rooms.apply([r.SaveSeat(SEAT), r.EndRoom(ROOM, 20.0)])
    assert await rooms.load() == []


async def test_changes_are_stored_together_or_not_at_all(rooms: Rooms) -> None:
    await rooms.apply([r.AddLine(ROOM, line(1))])
    with pytest.raises(InfrastructureError):
        await rooms.apply([r.SaveSeat(SEAT), r.AddLine(ROOM, line(1))])
    assert await rooms.load() == [r.StoredRoom(RECORD, (), 1)]


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


async def test_invitations(rooms: Rooms) -> None:
    second = r.InvitationRecord(InvitationId("j"), ROOM, Role.MODERATOR, 11.0)
    await rooms.add_invitation(second)
    assert await rooms.invitations(ROOM) == [INVITATION, second]
    await rooms.revoke(second.id)
    assert await rooms.invitation(second.id) == replace(second, revoked=True)
    assert await rooms.invitation(InvitationId("none")) is None


async def test_a_link_works_once_even_in_a_race(accounts: Accounts) -> None:
    assert not await accounts.any()
    await accounts.add_link(b"x" * 32, further=False, now=0.0, expires_at=100.0)

    async def redeem(name: str) -> bool:
        return await accounts.redeem_link(
            b"x" * 32,
            account=AccountId(name),
            sign_in_hash=name.encode().ljust(32),
            now=1.0,
            sign_in_expires_at=50.0,
        )

    results = await asyncio.gather(*(redeem(f"a{n}") for n in range(5)))
    assert results.count(True) == 1
    assert await accounts.any()


async def test_a_link_signs_in_to_the_first_account_again(accounts: Accounts) -> None:
    async def redeem(name: str, at: float, *, further: bool = False) -> str | None:
        token = name.encode().ljust(32)
        await accounts.add_link(token, further=further, now=at, expires_at=100.0)
        assert await accounts.redeem_link(
            token,
            account=AccountId(name),
            sign_in_hash=token,
            now=at,
            sign_in_expires_at=100.0,
        )
        return await accounts.by_sign_in(token, now=at)

    assert await redeem("b", 1.0) == "b"
    assert await redeem("again", 2.0) == "b"
    assert await redeem("a", 3.0, further=True) == "a"
    assert await redeem("once-more", 4.0) == "b"
    assert await accounts.by_sign_in(b"b".ljust(32), now=5.0) == "b"


async def test_links_and_sign_ins_expire(accounts: Accounts) -> None:
    await accounts.add_link(b"x" * 32, further=False, now=0.0, expires_at=100.0)
    redeemed = await accounts.redeem_link(
        b"x" * 32,
        account=OWNER,
        sign_in_hash=b"s" * 32,
        now=100.0,
        sign_in_expires_at=200.0,
    )
    assert not redeemed
    await accounts.add_link(b"y" * 32, further=False, now=100.0, expires_at=200.0)
    assert await accounts.redeem_link(
        b"y" * 32,
        account=OWNER,
        sign_in_hash=b"s" * 32,
        now=101.0,
        sign_in_expires_at=200.0,
    )
    assert await accounts.by_sign_in(b"s" * 32, now=199.0) == OWNER
    assert await accounts.by_sign_in(b"s" * 32, now=200.0) is None
    await accounts.end_sign_in(b"s" * 32)
    assert await accounts.by_sign_in(b"s" * 32, now=150.0) is None
