"""Accounts, one-time links and sign-ins, on either database."""

import asyncio

from conference.ids import AccountId
from conference.storage.accounts import Accounts
from tests.conference.storage.support import OWNER


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
