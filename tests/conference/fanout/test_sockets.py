"""The table of open sockets."""

import pytest

from conference.fanout.sockets import SocketTable
from tests.support.bench import FakeSocket


def test_the_id_of_a_closed_socket_is_not_used_again() -> None:
    table = SocketTable()
    first, second = FakeSocket(print), FakeSocket(print)
    number = table.add(first)
    assert table[number] is first
    table.remove(number)
    table.remove(number)  # a second time is ignored
    assert table.add(second) != number


def test_a_closed_socket_refuses_datagrams() -> None:
    table = SocketTable()
    number = table.add(FakeSocket(print))
    table.remove(number)
    with pytest.raises(OSError, match="closed"):
        table[number].sendto(b"x", ("192.0.2.1", 9))
