"""Accounts, their sign-ins and the one-time links that open them. Hashes only."""

from sqlalchemy import delete, insert, select

from conference.ids import AccountId
from conference.storage.database import Database
from conference.storage.tables import account_sessions as sign_ins
from conference.storage.tables import accounts
from conference.storage.tables import one_time_links as links


class Accounts:
    """Repository of accounts. Times are seconds since the epoch."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def any(self) -> bool:
        """Return whether there is an account at all."""
        async with self._database.reading() as db:
            found = await db.execute(select(accounts.c.id).limit(1))
            return found.first() is not None

    async def add_link(
        self, token_hash: bytes, *, further: bool, now: float, expires_at: float
    ) -> None:
        """
        Store a one-time link, and forget those that have expired.

        Args:
            token_hash: Of the link's token.
            further: Make another account beside those that exist.
            now: To know what has expired.
            expires_at: When this link will have.
        """
        async with self._database.transaction() as db:
            await db.execute(delete(links).where(links.c.expires_at <= now))
            await db.execute(
                insert(links).values(
                    token_hash=token_hash, expires_at=expires_at, further=further
                )
            )

    async def knows_link(self, token_hash: bytes, *, now: float) -> bool:
        """Return whether a one-time link could be used now."""
        async with self._database.reading() as db:
            found = await db.execute(
                select(links.c.token_hash).where(
                    links.c.token_hash == token_hash, links.c.expires_at > now
                )
            )
            return found.first() is not None

    async def redeem_link(
        self,
        token_hash: bytes,
        *,
        account: AccountId,
        sign_in_hash: bytes,
        now: float,
        sign_in_expires_at: float,
    ) -> bool:
        """
        Use up a one-time link: sign in to the account that it leads to.

        That is the first account. ``account`` is the id of the one that is made
        when there is none yet, or when the link is for a further one.

        Returns:
            False when there is no such link, or it was used or has expired.
        """
        async with self._database.transaction() as db:
            # Deleting is the test: of two concurrent requests, one deletes the row.
            used = await db.execute(
                delete(links)
                .where(links.c.token_hash == token_hash, links.c.expires_at > now)
                .returning(links.c.further)
            )
            further = used.scalar()
            if further is None:
                return False
            first = await db.execute(
                select(accounts.c.id)
                .order_by(accounts.c.created_at, accounts.c.id)
                .limit(1)
            )
            existing = None if further else first.scalar()
            if existing is None:
                await db.execute(insert(accounts).values(id=account, created_at=now))
            await db.execute(
                insert(sign_ins).values(
                    token_hash=sign_in_hash,
                    account_id=existing or account,
                    expires_at=sign_in_expires_at,
                )
            )
            return True

    async def by_sign_in(self, token_hash: bytes, *, now: float) -> AccountId | None:
        """Return the account of a sign-in that has not expired."""
        async with self._database.reading() as db:
            found = await db.execute(
                select(sign_ins.c.account_id).where(
                    sign_ins.c.token_hash == token_hash, sign_ins.c.expires_at > now
                )
            )
            account = found.scalar()
            return None if account is None else AccountId(account)

    async def end_sign_in(self, token_hash: bytes) -> None:
        """Forget a sign-in."""
        async with self._database.transaction() as db:
            await db.execute(
                delete(sign_ins).where(sign_ins.c.token_hash == token_hash)
            )
