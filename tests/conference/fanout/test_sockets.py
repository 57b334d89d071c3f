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
    with pytest.raises(KeyError):
        table[number]
