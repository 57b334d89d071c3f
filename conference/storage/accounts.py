"""Accounts, their sessions and the one-time links that make them. Hashes only."""

from sqlalchemy import delete, insert, select

from conference.ids import AccountId
from conference.storage.database import Database
from conference.storage.tables import account_sessions as sessions
from conference.storage.tables import accounts
from conference.storage.tables import one_time_links as links


class Accounts:
    """Repository of accounts. Times are seconds since the epoch."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def any(self) -> bool:
        """Return whether there is an account at all."""
        async with self._database.transaction() as db:
            found = await db.execute(select(accounts.c.id).limit(1))
            return found.first() is not None

    async def add_link(
        self, token_hash: bytes, *, now: float, expires_at: float
    ) -> None:
        """Store a one-time link, and forget those that have expired."""
        async with self._database.transaction() as db:
            await db.execute(delete(links).where(links.c.expires_at <= now))
            await db.execute(
                insert(links).values(token_hash=token_hash, expires_at=expires_at)
            )

    async def redeem_link(
        self,
        token_hash: bytes,
        *,
        account: AccountId,
        session_hash: bytes,
        now: float,
        session_expires_at: float,
    ) -> bool:
        """
        Use up a one-time link: make the account and its first session.

        Returns:
            False when there is no such link, or it was used or has expired.
        """
        async with self._database.transaction() as db:
            # Deleting is the test: of two who race, one deletes the row.
            used = await db.execute(
                delete(links).where(
                    links.c.token_hash == token_hash, links.c.expires_at > now
                )
            )
            if used.rowcount != 1:
                return False
            await db.execute(insert(accounts).values(id=account, created_at=now))
            await db.execute(
                insert(sessions).values(
                    token_hash=session_hash,
                    account_id=account,
                    expires_at=session_expires_at,
                )
            )
            return True

    async def by_session(self, token_hash: bytes, *, now: float) -> AccountId | None:
        """Return the account of a session that has not expired."""
        async with self._database.transaction() as db:
            found = await db.execute(
                select(sessions.c.account_id).where(
                    sessions.c.token_hash == token_hash, sessions.c.expires_at > now
                )
            )
            account = found.scalar()
            return None if account is None else AccountId(account)

    async def end_session(self, token_hash: bytes) -> None:
        """Forget a session."""
        async with self._database.transaction() as db:
            await db.execute(
                delete(sessions).where(sessions.c.token_hash == token_hash)
            )
