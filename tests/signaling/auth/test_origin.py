"""Which pages may speak to the server."""

import pytest

from signaling.auth.origin import origin_of, same_origin

OWN = {"https://pavilion.example"}


@pytest.mark.parametrize(
    ("text", "origin"),
    [
        ("https://Pavilion.Example:443", "https://pavilion.example"),
        (" https://pavilion.example ", "https://pavilion.example"),
        ("https://pavilion.example:8443", "https://pavilion.example:8443"),
        ("http://[2001:DB8::1]:80", "http://[2001:db8::1]"),
        ("null", None),
        ("", None),
        ("ftp://pavilion.example", None),
        ("https://pavilion.example/path", None),
        ("https://user@pavilion.example", None),
        ("https://pavilion.example:port", None),
        ("https://[broken", None),
    ],
)
def test_an_origin_has_one_spelling(text: str, origin: str | None) -> None:
    assert origin_of(text) == origin


@pytest.mark.parametrize(
    ("headers", "may"),
    [
        ({"Origin": "https://PAVILION.example:443"}, True),
        ({"Origin": "https://evil.example"}, False),
        ({"Origin": "null"}, False),
        ({}, True),  # a program, not a browser
        ({"Cookie": "a=b"}, False),
        ({"Cookie": "a=b", "Origin": "https://pavilion.example"}, True),
    ],
)
def test_only_own_pages_and_programs_may_speak(
    headers: dict[str, str], may: bool
) -> None:
    assert same_origin(headers, OWN) is may
