"""Which transport a source address belongs to, and when it changes hands."""

import pytest
from aioice import stun

from conference.fanout.sockets import Address
from conference.transport.ice import ALIVE_S, UDP_RANK, IceLite, IceSocket, Route
from conference.transport.sockets.demux import Demux
from tests.support.bench import FakeSocket

ADDRESS = ("192.0.2.7", 5000)
DTLS = b"\x16" + bytes(20)


class Transport:
    """A transport on a demultiplexer, and the routes that were selected for it."""

    def __init__(self, demux: Demux, ufrag: str) -> None:
        self.selected: list[Route] = []
        self.ice = IceLite(ufrag, f"password-of-{ufrag}", self.selected.append)
        self.demux = demux
        demux.add(self.ice)

    def check(self, ice_socket: IceSocket, address: Address = ADDRESS) -> None:
        """Let an authentic, nominating check arrive."""
        message = stun.Message(stun.Method.BINDING, stun.Class.REQUEST)
        message.attributes["USERNAME"] = f"{self.ice.ufrag}:theirs"
        message.attributes["ICE-CONTROLLING"] = 7
        message.attributes["USE-CANDIDATE"] = None
        message.add_message_integrity(self.ice.pwd.encode())
        self.demux.on_datagram(ice_socket, bytes(message), address)

    def be_silent(self) -> None:
        """Let its last check be so old that its addresses may change hands."""
        assert self.ice.checked_at is not None
        self.ice.checked_at -= ALIVE_S + 1


@pytest.fixture
def demux() -> Demux:
    return Demux()


def open_socket(demux: Demux) -> IceSocket:
    return demux.open_socket(FakeSocket(lambda _data, _address: None), rank=UDP_RANK)


async def test_an_address_of_a_silent_transport_changes_hands_for_good(
    demux: Demux,
) -> None:
    """Its first owner must not return to it: the socket may be closed by then."""
    first, second = Transport(demux, "aaaa"), Transport(demux, "bbbb")
    shared = open_socket(demux)
    first.check(shared)
    first.be_silent()
    second.check(shared)
    assert shared.by_address[ADDRESS][0] is second.ice
    assert first.ice.selected is None
    demux.close_socket(shared)
    other = open_socket(demux)
    first.check(other)
    demux.close_socket(other)
    assert first.ice.selected is None
    assert all(route.ice_socket in (shared, other) for route in first.selected)
    assert len(first.selected) == 2


async def test_the_end_of_its_first_owner_leaves_an_address_with_its_second(
    demux: Demux,
) -> None:
    first, second = Transport(demux, "aaaa"), Transport(demux, "bbbb")
    shared = open_socket(demux)
    first.check(shared)
    first.be_silent()
    second.check(shared)
    demux.remove(first.ice)
    demux.on_datagram(shared, DTLS, ADDRESS)
    assert second.ice._queue.qsize() == 1
    assert demux.counts["unknown"] == 0
