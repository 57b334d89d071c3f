"""The order in which keys and routes may come."""

from conference.fanout.contract import ViewerKey
from conference.transport.ice import Route
from conference.transport.legs import LegState
from tests.support.bench import KEYS, FakeSocket
from tests.support.table import ADA, ROOM, VIEWER, Table, until


async def test_a_viewer_whose_route_is_lost_before_its_keys_gets_media_with_the_next(
    table: Table,
) -> None:
    """A handshake over TCP may end together with the connection that carried it."""
    await table.publish()
    table.stage()
    driver = table.plane._driver
    leg, remote = await table.offered()
    await table.answered(leg, remote)
    viewing = driver.legs.subscribing(VIEWER)
    assert viewing is not None
    assert viewing.state is LegState.HANDSHAKE
    driver._on_keys(viewing, KEYS)
    assert viewing.connected
    assert not driver.router._viewing[VIEWER].viewers[VIEWER].connected
    sent: list[bytes] = []
    socket = FakeSocket(lambda data, _address: sent.append(data))
    ice_socket = table.plane._demux.open_socket(socket, rank=1)
    route = Route(ice_socket, ("192.0.2.1", 9))
    viewing.ice.selected = route
    viewing.ice._on_selected(route)
    await until(lambda: len(sent) > 10, "media")
    assert driver.router._viewing[VIEWER].viewers[VIEWER].connected


async def test_a_leg_is_closed_once(table: Table) -> None:
    await table.publish()
    driver = table.plane._driver
    failed = driver.open_subscribe(ROOM, VIEWER)
    failed.viewer = ViewerKey(1 << 30)
    driver.close_leg(failed)
    driver.close_leg(failed)  # its task ends later, and closes it again
    assert driver.legs.publishing(ADA) is not None
    assert driver.legs.subscribing(VIEWER) is None
