"""A browser looks for a new route: keys, tracks and slots go on."""

import pytest

from conference.contract import media
from conference.contract.words import LegKind, Source
from conference.ids import Mid
from tests.support.table import ADA, ROOM, VIEWER, Table
from tests.support.wire import sdp

TRACKS = (
    media.TrackDeclaration(Mid("0"), Source.CAMERA),
    media.TrackDeclaration(Mid("1"), Source.MICROPHONE),
)


def ended(table: Table) -> list[media.Event]:
    return [
        e for e in table.events if isinstance(e, media.LegChanged) and not e.connected
    ]


@pytest.mark.parametrize("tcp", [False, True], ids=["UDP", "TCP"])
@pytest.mark.parametrize("times", [1, 3])
async def test_an_ice_restart_without_signaling_keeps_keys_and_tracks(
    table: Table, tcp: bool, times: int
) -> None:
    table.tcp = tcp
    await table.publish()
    table.stage()
    watcher = await table.subscribe()
    await table.flows(watcher)
    for _ in range(times):
        for leg in table.legs:
            await leg.restart()
        await table.flows(watcher)
    assert ended(table) == []
    assert table.connected(ADA) == {LegKind.PUBLISH}
    assert table.connected(VIEWER) == {LegKind.SUBSCRIBE}


async def test_media_moves_from_udp_to_tcp(table: Table) -> None:
    await table.publish()
    table.stage()
    watcher = await table.subscribe()
    await table.flows(watcher)
    for leg in table.legs:
        leg.tcp = True
        await leg.restart()
    await table.flows(watcher)
    assert ended(table) == []


async def test_an_offer_with_a_new_user_fragment_restarts_the_same_leg(
    table: Table,
) -> None:
    publisher = await table.publish()
    table.stage()
    watcher = await table.subscribe()
    await table.flows(watcher)
    leg = table.legs[0]
    before = table.leg(ADA, LegKind.PUBLISH).ice.ufrag
    leg.ufrag = "anotherone"
    offer = sdp.write_offer([t.section for t in publisher.tracks], leg.local)
    answer = await table.plane.publish(media.Publish(ROOM, ADA, offer, TRACKS))
    remote = sdp.parse(answer.sdp)
    assert remote.ufrag != before
    await table.flows(watcher)  # the old route is good until there is a new one
    await leg.restart(remote)
    await table.flows(watcher)
    assert ended(table) == []


async def test_an_offer_after_a_restart_without_signaling_keeps_the_credentials(
    table: Table,
) -> None:
    publisher = await table.publish()
    leg = table.legs[0]
    before = table.leg(ADA, LegKind.PUBLISH).ice.ufrag
    await leg.restart()
    offer = sdp.write_offer([t.section for t in publisher.tracks], leg.local)
    answer = await table.plane.publish(media.Publish(ROOM, ADA, offer, TRACKS))
    assert sdp.parse(answer.sdp).ufrag == before
    assert ended(table) == []


async def test_an_offer_of_another_peer_connection_is_another_leg(
    table: Table,
) -> None:
    await table.publish()
    await table.publish()
    assert len(ended(table)) == 1
