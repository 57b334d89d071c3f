"""Sockets have numbers that destinations name."""

import pytest

from conference.fanout.sockets import SocketTable
from tests.support.bench import FakeSocket


def test_the_number_of_a_closed_socket_is_not_given_to_another() -> None:
    table = SocketTable()
    first, second = FakeSocket(print), FakeSocket(print)
    number = table.add(first)
    assert table[number] is first
    table.remove(number)
    table.remove(number)  # once more does nothing
    assert table.add(second) != number
    with pytest.raises(KeyError):
        table[number]
