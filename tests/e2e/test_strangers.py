"""Datagrams of strangers to the media port have no effect."""

import asyncio
import contextlib
import socket

from aioice import stun

from tests.support.wire.room import TestRoom
from tests.support.wire.scenes import assert_unbroken, flows, publish_camera, sees


def datagrams(ufrag: str) -> list[bytes]:
    """Return datagrams that an attacker without a leg may send."""
    found = [b""]
    found += [bytes([first]) for first in range(256)]
    found += [bytes([first]) + bytes(60) for first in range(256)]
    found += [bytes([first]) * 2000 for first in (0x80, 0x90, 0x16, 0x00)]
    # A close alert and a ClientHello's head, in the clear (RFC 6347 §4.1).
    found.append(bytes.fromhex("15fefd00000000000000000002") + b"\x01\x00")
    found.append(bytes.fromhex("16fefd0000000000000000005001") + bytes(79))
    # STUN: broken attribute, no credentials, wrong credentials.
    found.append(
        bytes.fromhex("000100082112a442") + bytes(12) + b"\x00\x08\xff\xff" * 2
    )
    plain = stun.Message(stun.Method.BINDING, stun.Class.REQUEST)
    found.append(bytes(plain))
    guess = stun.Message(stun.Method.BINDING, stun.Class.REQUEST)
    guess.attributes["USERNAME"] = f"{ufrag}:abcd"
    guess.attributes["USE-CANDIDATE"] = None
    guess.add_message_integrity(b"not the password at all")
    found.append(bytes(guess))
    return found


async def test_datagrams_of_strangers_are_ignored(room: TestRoom) -> None:
    presenter = await room.guest("presenter", "Paul")
    viewer = await room.guest("researcher", "Rita", decode=True)
    await publish_camera(presenter, "red")
    (video,) = viewer.mids("stage", "video")
    await sees(viewer, video, "red")
    assert viewer.subscribed is not None
    remote = viewer.subscribed._remote
    assert remote is not None
    log = len(room.server.log)

    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as stranger:
        stranger.setblocking(False)
        stranger.connect(("127.0.0.1", room.server.ports.media))
        for _ in range(3):
            for datagram in datagrams(remote.ufrag):
                with contextlib.suppress(ConnectionError):
                    stranger.send(datagram)
            await asyncio.sleep(0)
        await flows(viewer, video, frames=25)
        with contextlib.suppress(BlockingIOError):
            answer = stranger.recv(2048)
            raise AssertionError(f"a stranger was answered: {answer.hex()}")

    assert_unbroken(viewer)
    assert room.server.log[log:].count("\n") < 10, room.server.log[log:]


async def test_datagrams_from_a_participants_address_do_not_affect_others(
    room: TestRoom,
) -> None:
    presenter = await room.guest("presenter", "Paul")
    viewer = await room.guest("researcher", "Rita", decode=True)
    hostile = await room.guest("researcher", "Harry")
    await publish_camera(presenter, "red")
    (video,) = viewer.mids("stage", "video")
    await sees(viewer, video, "red")
    leg = hostile.subscribed
    assert leg is not None
    assert leg._remote is not None
    for datagram in datagrams(leg._remote.ufrag):
        leg.send_raw(datagram)
    for length in range(40):
        leg.send_rtcp(bytes([0x81, 206, 0, length]) + bytes(4 + 4 * (length // 4)))
    await flows(viewer, video, frames=25)
    assert_unbroken(viewer)
    late = await room.guest("researcher", "Late", decode=True)
    await sees(late, late.mids("stage", "video")[0], "red")
