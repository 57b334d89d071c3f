"""The sign-in cookie of an account."""

from collections.abc import Mapping

COOKIE = "__Host-pavilion"
# The prefix makes browsers refuse it without Secure, with a Domain, or from any
# path but "/": no other host of the site can set or shadow it.

MAX_LENGTH = 128  # characters; a sign-in secret has 43


def sign_in_of(cookies: Mapping[str, str]) -> str | None:
    """Return the sign-in secret in a request's cookies, if it can be one."""
    value = cookies.get(COOKIE)
    return value if value and len(value) <= MAX_LENGTH else None
