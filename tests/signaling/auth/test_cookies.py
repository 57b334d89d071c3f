"""The sign-in secret among the cookies of a request."""

import pytest

from signaling.auth.cookies import COOKIE, MAX_LENGTH, sign_in_of


@pytest.mark.parametrize(
    ("cookies", "secret"),
    [
        ({}, None),
        ({COOKIE: ""}, None),
        ({"pavilion": "x"}, None),
        ({COOKIE: "x" * 43, "other": "y"}, "x" * 43),
        ({COOKIE: "x" * MAX_LENGTH}, "x" * MAX_LENGTH),
        ({COOKIE: "x" * (MAX_LENGTH + 1)}, None),
    ],
)
def test_a_secret_is_one_of_a_likely_length(
    cookies: dict[str, str], secret: str | None
) -> None:
    assert sign_in_of(cookies) == secret
