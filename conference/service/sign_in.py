"""Accounts: the one-time link that signs a moderator in, and the sign-ins after it."""

from collections.abc import Callable

from conference.contract.stores import AccountStore
from conference.errors import NotFound
from conference.ids import AccountId
from conference.service.tokens import digest, new_id, new_secret

LINK_LIVES_S = 24 * 3600.0
# A one-time link is carried by hand from the terminal to a browser. Longer: more time for
# it to be found in the terminal's history; shorter: it expires during a lunch break.

SIGN_IN_LIVES_S = 30 * 24 * 3600.0
# How long a browser stays signed in. There is no password: signing in again needs a new
# one-time link from the terminal.


class SignIn:
    """Signing in and out."""

    def __init__(self, store: AccountStore, *, wall: Callable[[], float]) -> None:
        self._store = store
        self._wall = wall

    async def exists(self) -> bool:
        """Return whether there is an account, which the first sign-in creates."""
        return await self._store.any()

    async def new_link(self, *, further: bool = False) -> str:
        """
        Return the token of a new one-time link.

        It signs in to the first account, with all its rooms. There is no password, so
        this is how one signs in again without the cookie, or on another computer.
        It creates that account if there is none; with ``further``, another one.
        """
        token, now = new_secret(), self._wall()
        await self._store.add_link(
            digest(token), further=further, now=now, expires_at=now + LINK_LIVES_S
        )
        return token

    async def redeem(self, link: str) -> str:
        """
        Use up a one-time link.

        Returns:
            The secret of a new sign-in.

        Raises:
            NotFound: Unknown, used or expired; the answer does not say which.
        """
        secret, now = new_secret(), self._wall()
        # Looked up before it is used up: guesses of a stranger must not queue for
        # the turn to write.
        known = await self._store.knows_link(digest(link), now=now)
        redeemed = known and await self._store.redeem_link(
            digest(link),
            account=AccountId(new_id()),
            sign_in_hash=digest(secret),
            now=now,
            sign_in_expires_at=now + SIGN_IN_LIVES_S,
        )
        if not redeemed:
            raise NotFound(
                "link-unknown",
                "This link was used already or has expired. Ask for a new one.",
            )
        return secret

    async def account_of(self, secret: str) -> AccountId | None:
        """Return the account of a sign-in; None: there is no such sign-in."""
        return await self._store.by_sign_in(digest(secret), now=self._wall())

    async def end(self, secret: str) -> None:
        """End a sign-in."""
        await self._store.end_sign_in(digest(secret))
