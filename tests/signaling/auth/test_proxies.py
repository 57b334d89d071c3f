"""Whose address counts, and which origins are ours, behind proxies and without."""

from ipaddress import ip_network

import pytest
from multidict import CIMultiDict

from signaling.auth.origin import origin_of, same_origin
from signaling.auth.proxies import Proxies

TRUSTING = Proxies([ip_network("10.0.0.0/8"), ip_network("::1/128")])
NAME = "https://conference.example.lan"


@pytest.mark.parametrize(
    ("text", "origin"),
    [
        ("https://Conference.Example.lan:443", NAME),
        ("https://conference.example.lan", NAME),
        ("https://conference.example.lan:9443", f"{NAME}:9443"),
        ("http://a:80", "http://a"),
        ("http://a:443", "http://a:443"),
        ("https://[2001:DB8::1]:8443", "https://[2001:db8::1]:8443"),
        ("https://[::1]", "https://[::1]"),
        *(
            (wrong, None)
            for wrong in ("null", "", "https://", "ftp://a", "https://a:x")
        ),
        *(
            (wrong, None)
            for wrong in ("https://a/b", "https://u@a", "https://[", "a:1")
        ),
    ],
)
def test_one_address_has_one_spelling(text: str, origin: str | None) -> None:
    assert origin_of(text) == origin


@pytest.mark.parametrize(
    ("remote", "forwarded", "client"),
    [
        ("192.0.2.1", ["198.51.100.7"], "192.0.2.1"),  # anybody can write it
        ("10.0.0.1", ["198.51.100.7"], "198.51.100.7"),
        ("::ffff:10.0.0.1", ["198.51.100.7"], "198.51.100.7"),
        ("::1", ["2001:db8::7"], "2001:db8::7"),
        # What the client wrote itself stands to the left, in this line or another.
        ("10.0.0.1", ["1.1.1.1, 198.51.100.7"], "198.51.100.7"),
        ("10.0.0.1", ["1.1.1.1", "198.51.100.7"], "198.51.100.7"),
        ("10.0.0.1", ["198.51.100.7, 10.0.0.2"], "198.51.100.7"),
        ("10.0.0.1", ["198.51.100.7:5000"], "198.51.100.7"),
        ("10.0.0.1", ["[2001:db8::7]:5000"], "2001:db8::7"),
        ("10.0.0.1", ["198.51.100.7, nonsense"], "10.0.0.1"),
        ("10.0.0.1", ["198.51.100.7, unknown, 10.0.0.3"], "10.0.0.3"),
        ("10.0.0.1", [""], "10.0.0.1"),
        ("10.0.0.1", [], "10.0.0.1"),
        ("10.0.0.1", ["10.0.0.9"] * 5000, "10.0.0.9"),
        ("", ["198.51.100.7"], ""),
    ],
)
def test_the_address_of_the_client(
    remote: str, forwarded: list[str], client: str
) -> None:
    headers = CIMultiDict([("X-Forwarded-For", line) for line in forwarded])
    assert TRUSTING.client(remote, headers) == client
    assert Proxies().client(remote, headers) == remote


HANDSHAKES = {
    "the proxy leaves the port out": ("conference.example.lan", None, f"{NAME}:9443"),
    "the proxy names the upstream": ("10.0.0.1:8443", None, NAME),
    "the original is beside it": ("10.0.0.1:8443", "conference.example.lan", NAME),
    "the default port is written out": ("conference.example.lan:443", None, NAME),
}


@pytest.mark.parametrize(
    ("case", "plain", "trusting", "public"),
    [
        ("the proxy leaves the port out", False, False, True),
        ("the proxy names the upstream", False, False, True),
        ("the original is beside it", False, True, True),
        ("the default port is written out", True, True, True),
    ],
)
def test_handshakes_as_proxies_pass_them_on(
    case: str, plain: bool, trusting: bool, public: bool
) -> None:
    host, forwarded, origin = HANDSHAKES[case]
    headers = CIMultiDict({"Host": host, "Origin": origin, "Cookie": "x"})
    if forwarded:
        headers["X-Forwarded-Host"] = forwarded
    for proxies, expected in (
        (Proxies(), plain),
        (TRUSTING, trusting),
        (Proxies(public=origin_of(origin)), public),
    ):
        assert same_origin(headers, proxies.own("10.0.0.1", headers)) is expected


def test_forwarded_hosts_of_strangers_do_not_count() -> None:
    headers = CIMultiDict(
        {
            "Host": "a",
            "X-Forwarded-Host": "evil.example",
            "Origin": "https://evil.example",
        }
    )
    assert TRUSTING.forwarded("192.0.2.1", headers) is None
    assert not same_origin(headers, TRUSTING.own("192.0.2.1", headers))


def test_the_host_comes_from_the_nearest_proxy() -> None:
    headers = CIMultiDict(
        [
            ("X-Forwarded-Host", "evil.example"),
            ("X-Forwarded-Host", "b, Conference.example.lan:443"),
            ("X-Forwarded-Proto", "http, https"),
        ]
    )
    assert TRUSTING.forwarded("10.0.0.1", headers) == NAME
    assert TRUSTING.forwarded("10.0.0.1", CIMultiDict()) is None
    strange = CIMultiDict({"X-Forwarded-Host": "a", "X-Forwarded-Proto": "gopher"})
    assert TRUSTING.forwarded("10.0.0.1", strange) is None


def test_a_program_has_no_origin_and_no_cookie() -> None:
    assert same_origin(CIMultiDict(), set())
    assert not same_origin(CIMultiDict({"Cookie": "x"}), set())
    assert not same_origin(CIMultiDict({"Origin": "null"}), {NAME})
