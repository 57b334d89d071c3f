"""What this host is called."""

import pytest

from signaling.trust import hosts


@pytest.mark.parametrize(
    ("text", "good"),
    [
        ("meet", True),
        ("meet.example", True),
        ("a-b.example", True),
        ("", False),
        ("-a", False),
        ("a..b", False),
        ("a b", False),
        ("a" * 64, False),
        ("meet.example\n", False),
    ],
)
def test_host_names(text: str, good: bool) -> None:
    assert hosts.is_name(text) is good


def test_this_host_has_names_and_addresses() -> None:
    assert hosts.names(["Meet.Example"])[0] == "meet.example"
    assert hosts.names()[-1] == "localhost"
    assert "127.0.0.1" in [str(a) for a in hosts.addresses()]
