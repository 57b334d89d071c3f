"""
Tokens of seats, invitations, sign-ins and links, and what is stored of them.

An invitation's token is computed from its id with a key stored beside the
database, so that moderators can see their links again and a stolen database
reveals no link. All other tokens are random, and only their hash is stored.
"""

import base64
import hashlib
import hmac
import secrets

from conference.ids import InvitationId

KEY_BYTES = 32
_ID_BYTES = 16  # 128 bits: unguessable even without the tag
_TAG_BYTES = 16  # RFC 2104 §5: not less than half of the hash
SECRET_BYTES = 32  # seat tokens, sign-ins and one-time links: 256 bits


def _encode(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode("ascii")


def new_id() -> str:
    """Return a new identifier: 128 random bits, safe in URLs."""
    return _encode(secrets.token_bytes(_ID_BYTES))


def new_secret() -> str:
    """Return a new secret: 256 random bits, safe in URLs."""
    return _encode(secrets.token_bytes(SECRET_BYTES))


def digest(secret: str) -> bytes:
    """
    Return what is stored of a random secret.

    A plain SHA-256 is enough: with 256 random bits there is nothing to guess.
    """
    return hashlib.sha256(secret.encode("utf-8")).digest()


class InvitationTokens:
    """Writes and reads the tokens of invitations."""

    def __init__(self, key: bytes) -> None:
        assert len(key) == KEY_BYTES
        self._key = key

    def _tag(self, raw: bytes) -> bytes:
        return hmac.new(self._key, raw, hashlib.sha256).digest()[:_TAG_BYTES]

    def write(self, invitation: InvitationId) -> str:
        """Return the token of an invitation."""
        raw = base64.urlsafe_b64decode(invitation + "==")
        return _encode(raw + self._tag(raw))

    def read(self, token: str) -> InvitationId | None:
        """Return the invitation of a token; None when it is not one of ours."""
        try:
            raw = base64.b64decode(
                token + "=" * (-len(token) % 4), altchars=b"-_", validate=True
            )
        except ValueError:
            return None
        if len(raw) != _ID_BYTES + _TAG_BYTES:
            return None
        identity, tag = raw[:_ID_BYTES], raw[_ID_BYTES:]
        if not hmac.compare_digest(tag, self._tag(identity)):
            return None
        return InvitationId(_encode(identity))
