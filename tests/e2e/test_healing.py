"""Seats and media survive lost connections and restarts of the server."""

from collections.abc import AsyncIterator

import pytest

from signaling.protocol import messages as m
from tests.support.server import Server, running
from tests.support.wire.client import ScriptedClient
from tests.support.wire.room import TestRoom
from tests.support.wire.scenes import assert_unbroken, flows, publish_camera, sees


@pytest.fixture
async def server() -> AsyncIterator[Server]:
    async with running() as server:
        yield server


async def come_back(
    room: TestRoom, lost: ScriptedClient, *, subscribe: bool, decode: bool = False
) -> ScriptedClient:
    """Return to a seat with a new socket, as the web client does."""
    assert lost.seat is not None
    client = room.stranger()
    client.chat = list(lost.chat)
    await client.connect(seat=lost.seat.seat)
    await client.resume(subscribe=subscribe, decode=decode)
    return client


async def test_lost_socket_keeps_seat_chat_and_media(
    room: TestRoom,
) -> None:
    presenter = await room.guest("presenter", "Paul")
    viewer = await room.guest("researcher", "Rita", decode=True)
    await publish_camera(presenter, "red")
    (video,) = viewer.mids("stage", "video")
    await sees(viewer, video, "red")
    await viewer.ask("hand.raise", raised=True)
    await presenter.ask("chat.send", text="before", nonce="a")
    await viewer.until(lambda: viewer.chat, "the first line")

    await viewer.drop()
    await presenter.until(
        lambda: not presenter.participants[viewer.id].connected, "the loss to show"
    )
    await presenter.ask("chat.send", text="while away", nonce="b")
    await presenter.ask("chat.send", text="and again", nonce="c")
    await flows(viewer, video)
    back = await come_back(room, viewer, subscribe=False)

    assert back.seat is not None
    assert back.seat.participant == viewer.id
    assert back.seat.role == "researcher"
    assert back.seat.subscribe_connected
    assert [c.text for c in back.chat] == ["before", "while away", "and again"]
    assert back.participants[viewer.id].hand == 1
    await flows(viewer, video)
    assert_unbroken(viewer)
    await presenter.until(
        lambda: presenter.participants[viewer.id].connected, "the return to show"
    )


async def test_crashed_browser_returns_with_new_media(room: TestRoom) -> None:
    presenter = await room.guest("presenter", "Paul")
    viewer = await room.guest("researcher", "Rita", decode=True)
    await publish_camera(presenter, "red")
    await sees(viewer, viewer.mids("stage", "video")[0], "red")
    await presenter.drop()
    await viewer.drop()
    for leg in (presenter.published, viewer.subscribed):
        assert leg is not None
        await leg.close(silently=True)

    presenter = await come_back(room, presenter, subscribe=True)
    viewer = await come_back(room, viewer, subscribe=True, decode=True)
    await publish_camera(presenter, "blue")
    await sees(viewer, viewer.mids("stage", "video")[0], "blue")
    assert_unbroken(viewer)


async def restart_and_return(server: Server, room: TestRoom, *, kill: bool) -> None:
    """Restart the server during a conference, and check that all of it continues."""
    moderator = await room.moderator()
    presenter = await room.guest("presenter", "Paul")
    viewer = await room.guest("researcher", "Rita", decode=True)
    await moderator.ask("floor.give", participant=viewer.id, given=True)
    await viewer.ask("hand.raise", raised=True)
    await presenter.ask("chat.send", text="kept", nonce="a")
    await viewer.until(lambda: viewer.chat, "the line")

    if kill:
        await server.kill()
    else:
        assert await server.stop() == 0
        await viewer.until(lambda: viewer.seen(m.ServerStopping), "a word before")
    await viewer.until(lambda: not viewer.connected, "the socket to be gone")
    await server.start()

    presenter_again = await come_back(room, presenter, subscribe=True)
    viewer_again = await come_back(room, viewer, subscribe=True, decode=True)
    assert viewer_again.id == viewer.id
    assert presenter_again.id == presenter.id
    assert viewer_again.participants[viewer.id].has_floor
    assert viewer_again.participants[viewer.id].hand == 1
    assert [c.text for c in viewer_again.chat] == ["kept"]
    await publish_camera(presenter_again, "green")
    await sees(viewer_again, viewer_again.mids("stage", "video")[0], "green")
    assert_unbroken(viewer_again)


async def test_conference_continues_after_a_stop(
    server: Server, room: TestRoom
) -> None:
    await restart_and_return(server, room, kill=False)


async def test_conference_continues_after_a_kill(
    server: Server, room: TestRoom
) -> None:
    await restart_and_return(server, room, kill=True)
