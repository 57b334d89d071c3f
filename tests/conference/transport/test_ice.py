"""Which checks are answered, and which are dropped without a response."""

import secrets
import struct

import pytest
from aioice import stun
from hypothesis import given
from hypothesis import strategies as st

from conference.fanout.sockets import SocketId
from conference.transport.ice import (
    MAX_QUEUED,
    MAX_ROUTES,
    TCP_RANK,
    UDP_RANK,
    IceLite,
    IceSocket,
    Route,
    restarts_of,
    username,
)
from conference.transport.seen import FILTER_IDS, MAX_FILTERS, SeenTransactions

PWD = "a-password-of-the-server"
ICE_SOCKET = IceSocket(SocketId(1), print, rank=UDP_RANK)


def check(
    *,
    ufrag: str = "ours",
    pwd: str = PWD,
    nominate: bool = False,
    controlled: bool = False,
) -> bytes:
    message = stun.Message(stun.Method.BINDING, stun.Class.REQUEST)
    message.attributes["USERNAME"] = f"{ufrag}:theirs"
    message.attributes["PRIORITY"] = 1
    if controlled:
        message.attributes["ICE-CONTROLLED"] = 7
    else:
        message.attributes["ICE-CONTROLLING"] = 7
    if nominate:
        message.attributes["USE-CANDIDATE"] = None
    message.add_message_integrity(pwd.encode())
    return bytes(message)


def route(port: int = 5000, host: str = "192.0.2.7") -> Route:
    return Route(ICE_SOCKET, (host, port))


class Agent:
    def __init__(self) -> None:
        self.selected: list[Route] = []
        self.ice = IceLite("ours", PWD, self.selected.append)

    def take(self, datagram: bytes, over: Route, *, now: float = 1.0) -> bytes | None:
        return self.ice.on_check(datagram, "ours", over, now=now)


def test_a_copy_of_a_check_from_another_address_is_dropped() -> None:
    agent = Agent()
    copied = check(nominate=True)
    assert agent.take(copied, route(1)) is not None
    assert agent.take(copied, route(1)) is not None  # a repetition, from where it came
    for hours in range(10):
        assert agent.take(copied, route(2), now=1.0 + 3600.0 * hours) is None
        for _ in range(FILTER_IDS):
            agent.ice._transactions.note(secrets.token_bytes(12))
    assert agent.selected == [route(1)]
    assert not agent.ice.knows(route(2))
    assert agent.ice.checked_at == 1.0
    # The browser itself moves: its checks are new ones.
    for _ in range(3):
        agent.take(check(nominate=True), route(3))
    assert agent.selected == [route(1), route(3)]


def test_a_copy_that_arrives_before_its_original_loses_the_route_again() -> None:
    agent = Agent()
    agent.take(check(nominate=True), route(1))
    copied = check(nominate=True)
    agent.take(copied, route(2))
    assert agent.ice.selected == route(2)
    agent.take(copied, route(1))
    assert agent.selected == [route(1), route(2), route(1)]
    assert not agent.ice.knows(route(2))
    assert agent.ice.take_evicted() == [route(2)]


def test_the_route_of_a_copy_is_forgotten_even_if_it_is_not_selected() -> None:
    agent = Agent()
    agent.take(check(nominate=True), route(1))
    copied = check()
    agent.take(copied, route(2))
    agent.take(copied, route(1))
    assert not agent.ice.knows(route(2))
    assert agent.selected == [route(1)]


def test_memory_for_checks_is_bounded() -> None:
    seen = SeenTransactions()
    first = secrets.token_bytes(12)
    assert not seen.note(first)
    for _ in range((MAX_FILTERS + 1) * FILTER_IDS):
        seen.note(secrets.token_bytes(12))
    assert len(seen._filters) == MAX_FILTERS
    taken_for_seen = sum(seen.note(secrets.token_bytes(12)) for _ in range(1000))
    assert taken_for_seen < 1000 * MAX_FILTERS * 0.002


@pytest.mark.parametrize("host", ["192.0.2.7", "2001:db8::7"])
def test_an_authentic_check_is_answered_with_its_address(host: str) -> None:
    agent = Agent()
    response = agent.take(check(), route(host=host))
    assert response is not None
    message = stun.parse_message(response)
    assert message.check_message_integrity(PWD.encode())
    assert message.attributes["XOR-MAPPED-ADDRESS"] == (host, 5000)
    assert agent.ice.checked_at == 1.0


def test_the_first_check_selects_and_later_only_a_nomination_moves() -> None:
    agent = Agent()
    agent.take(check(), route(1))
    agent.take(check(), route(2))
    assert agent.selected == [route(1)]
    agent.take(check(nominate=True), route(2))
    agent.take(check(nominate=True), route(2))
    assert agent.selected == [route(1), route(2)]
    assert agent.ice.knows(route(1))
    assert not agent.ice.knows(route(3))


@pytest.mark.parametrize(
    "datagram",
    [
        check(pwd="wrong"),
        check()[:-1] + bytes((check()[-1] ^ 1,)),
        bytes(stun.Message(stun.Method.BINDING, stun.Class.REQUEST)),
        struct.pack("!HHI12sHH4s", 1, 8, 0x2112A442, bytes(12), 0x0020, 4, b"\0\1ab"),
    ],
    ids=["wrong password", "wrong fingerprint", "no integrity", "bad attribute"],
)
def test_a_check_that_is_not_authentic_gets_no_response(datagram: bytes) -> None:
    agent = Agent()
    assert agent.take(datagram, route()) is None
    assert agent.selected == []
    assert agent.ice.checked_at is None


def test_a_controlling_role_conflict_is_answered_with_an_error() -> None:
    response = Agent().take(check(controlled=True), route())
    assert response is not None
    assert stun.parse_message(response).attributes["ERROR-CODE"][0] == 487


def test_the_oldest_unused_route_is_evicted() -> None:
    agent = Agent()
    for port in range(1, MAX_ROUTES + 3):
        assert agent.take(check(), route(port)) is not None
    known = [port for port in range(1, MAX_ROUTES + 3) if agent.ice.knows(route(port))]
    assert known == [1, *range(4, MAX_ROUTES + 3)]  # 1 is the selected one
    assert agent.ice.take_evicted() == [route(2), route(3)]
    assert agent.ice.take_evicted() == []


def test_a_transport_is_alive_for_ten_seconds_after_a_check() -> None:
    agent = Agent()
    assert not agent.ice.alive(now=1.0)
    agent.take(check(), route(), now=1.0)
    assert agent.ice.alive(now=10.9)
    assert not agent.ice.alive(now=11.1)
    agent.ice.close()
    assert not agent.ice.alive(now=2.0)


def test_the_queue_of_handshake_datagrams_is_bounded() -> None:
    agent = Agent()
    for _ in range(10 * MAX_QUEUED):
        agent.ice.on_dtls(b"\x16")
    assert agent.ice._queue.qsize() == MAX_QUEUED


def test_the_user_fragment_is_found_without_the_full_parser() -> None:
    assert username(check(ufrag="abc")) == "abc"
    assert username(check()[:-4]) is None
    assert username(b"\0\1\0\0" + bytes(16)) is None
    odd = struct.pack("!HHI12sHH", 1, 4, 0x2112A442, bytes(12), 6, 0)
    assert username(odd) == ""
    not_ascii = struct.pack(
        "!HHI12sHH4s", 1, 8, 0x2112A442, bytes(12), 6, 4, b"\xff" * 4
    )
    assert username(not_ascii) is None


@given(st.binary(max_size=100))
def test_no_datagram_breaks_the_agent(tail: bytes) -> None:
    head = struct.pack("!HHI12s", 1, len(tail), 0x2112A442, bytes(12))
    username(head + tail)
    assert Agent().take(head + tail, route()) is None


def test_a_restart_number_is_not_part_of_the_user_fragment() -> None:
    assert username(check(ufrag="ours/3")) == "ours"
    agent = Agent()
    assert agent.take(check(ufrag="ours/3"), route()) is not None
    assert agent.ice.remote_ufrag == "theirs"


def test_after_a_restart_the_previous_credentials_are_valid_and_older_ones_are_not() -> (
    None
):
    ice = Agent().ice
    ice.restart("second", "second-password-of-the-server")
    assert ice.ufrags == ("ours", "second")
    assert ice.on_check(check(), "ours", route(), now=1.0) is not None
    new = check(ufrag="second", pwd="second-password-of-the-server")
    assert ice.on_check(new, "second", route(), now=1.0) is not None
    assert ice.on_check(check(ufrag="second"), "second", route(), now=1.0) is None
    ice.restart("third", "third-password-of-the-server-")
    assert ice.ufrags == ("second", "third")


def test_of_two_nominated_routes_the_better_one_is_selected() -> None:
    agent = Agent()
    slow = Route(IceSocket(SocketId(2), print, rank=TCP_RANK), ("192.0.2.7", 6000))
    agent.take(check(nominate=True), route(), now=1.0)
    agent.take(check(nominate=True), slow, now=1.2)
    assert agent.selected == [route()]
    agent.take(check(nominate=True), slow, now=2.1)  # the browser insists
    assert agent.selected == [route(), slow]
    agent.take(check(nominate=True), route(), now=2.2)
    assert agent.selected == [route(), slow, route()]


def test_a_lost_route_is_replaced_by_the_one_of_the_newest_check() -> None:
    agent = Agent()
    for port in (1, 2, 3):
        agent.take(check(), route(port), now=float(port))
    agent.ice.lose(route(2))
    assert agent.ice.selected == route(1)
    agent.ice.lose(route(1))
    assert agent.ice.selected == route(3)
    agent.ice.lose(route(3))
    assert agent.ice.selected is None
    agent.ice.send(b"into nothing")
    agent.take(check(), route(4), now=5.0)
    assert agent.ice.selected == route(4)


def test_the_first_route_after_a_restart_is_selected_at_once_and_kept_for_a_while() -> (
    None
):
    agent = Agent()
    agent.take(check(nominate=True), route(1), now=1.0)
    agent.take(check(ufrag="ours/1"), route(2), now=2.0)
    agent.take(check(ufrag="ours/1"), route(3), now=2.1)
    assert agent.selected == [route(1), route(2)]
    agent.take(check(nominate=True), route(1), now=4.0)
    assert agent.selected == [route(1), route(2)]
    agent.take(check(ufrag="ours/1", nominate=True), route(3), now=4.1)
    assert agent.selected == [route(1), route(2), route(3)]
    agent.take(check(nominate=True), route(1), now=5.2)  # nominated after the hold time
    assert agent.selected[-1] == route(1)


@pytest.mark.parametrize(
    ("ufrag", "restarts"),
    [("a", 0), ("a/1", 1), ("a/12", 12), ("a/", 0), ("a/x", 0), ("a/" + "9" * 400, 0)],
)
def test_which_suffixes_are_restart_numbers(ufrag: str, restarts: int) -> None:
    assert restarts_of(ufrag) == restarts
