"""Tokens are unguessable, and those of invitations are recognised without a store."""

from conference.ids import InvitationId
from conference.service.tokens import InvitationTokens, digest, new_id, new_secret


def test_invitation_tokens_are_ours_or_nothing() -> None:
    tokens, others = InvitationTokens(b"k" * 32), InvitationTokens(b"x" * 32)
    invitation = InvitationId(new_id())
    token = tokens.write(invitation)
    assert tokens.read(token) == invitation
    assert others.read(token) is None
    for wrong in ("", "A" * 43, token[:-2], token + "A", new_secret(), "ä" * 43, "="):
        assert tokens.read(wrong) is None
    flipped = ("B" if token[0] != "B" else "C") + token[1:]
    assert tokens.read(flipped) is None


def test_secrets_differ_and_only_their_hash_is_kept() -> None:
    secrets = {new_secret() for _ in range(100)}
    assert len(secrets) == 100
    assert len({digest(secret) for secret in secrets}) == 100
    one = secrets.pop()
    assert digest(one) == digest(one)
    assert one.encode() not in digest(one)
