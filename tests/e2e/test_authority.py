"""Roles, invitations and removals, as other participants see their effects."""

import pytest

from signaling.protocol import messages as m
from tests.support.wire.client import RefusedError
from tests.support.wire.recording import tone
from tests.support.wire.room import TestRoom
from tests.support.wire.scenes import encoded, flows, is_still, publish_camera, sees
from tests.support.wire.sending import outgoing


async def return_to(room: TestRoom, seat: str) -> None:
    """Try to come back to a seat."""
    client = room.stranger()
    await client.connect(seat=seat)
    await client.resume(subscribe=True)


async def test_preview_shows_the_room_before_joining(room: TestRoom) -> None:
    await room.guest("presenter", "Paul")
    guest = room.stranger()
    await guest.connect(invitation=room.token("researcher"))
    preview: m.RoomPreview = await guest.ask("room.preview")
    assert (preview.title, preview.role) == ("Results", "researcher")
    assert [(p.name, p.role) for p in preview.participants] == [("Paul", "presenter")]


async def test_revoked_invitation_is_refused(room: TestRoom) -> None:
    invitation = room.invitations["researcher"]
    await room.owner.ask("invitation.revoke", room=room.id, invitation=invitation.id)
    with pytest.raises(RefusedError):
        await room.guest("researcher", "Rita")


async def test_invented_invitation_is_refused(room: TestRoom) -> None:
    with pytest.raises(RefusedError):
        await room.stranger().connect(invitation="A" * 43)


async def test_researcher_publishes_only_with_the_floor(room: TestRoom) -> None:
    moderator = await room.moderator()
    researcher = await room.guest("researcher", "Rita")
    viewer = await room.guest("researcher", "Vera", decode=True)
    with pytest.raises(RefusedError):
        await publish_camera(researcher, "pink")

    await researcher.ask("hand.raise", raised=True)
    await moderator.until(
        lambda: moderator.participants[researcher.id].hand == 1, "a raised hand"
    )
    await moderator.ask("floor.give", participant=researcher.id, given=True)
    await researcher.until(
        lambda: "media.publish" in researcher.capabilities, "the floor"
    )
    await publish_camera(researcher, "pink")
    (mid,) = viewer.mids("stage", "video")
    await sees(viewer, mid, "pink")

    await moderator.ask("floor.give", participant=researcher.id, given=False)
    await is_still(viewer, mid)
    with pytest.raises(RefusedError):
        await researcher.ask("media.track", source="camera", active=True)


async def test_muted_microphone_is_silent_until_its_owner_unmutes(
    room: TestRoom,
) -> None:
    moderator = await room.moderator("Mina")
    presenter = await room.guest("presenter", "Paul")
    viewer = await room.guest("researcher", "Rita")
    await publish_camera(presenter, "red")
    (audio,) = viewer.mids("stage", "audio")
    await flows(viewer, audio)

    await moderator.ask(
        "participant.mute", participant=presenter.id, source="microphone"
    )
    await presenter.until(lambda: presenter.seen(m.SeatMuted), "the notice")
    assert presenter.seen(m.SeatMuted)[0].by == "Mina"
    await is_still(viewer, audio)
    await viewer.until(
        lambda: any(
            t.source == "microphone" and t.muted
            for t in viewer.participants[presenter.id].tracks
        ),
        "the mark of a muted microphone",
    )

    await presenter.ask("media.track", source="microphone", active=True)
    await flows(viewer, audio)


async def test_removed_participant_cannot_resume_the_seat(room: TestRoom) -> None:
    moderator = await room.moderator()
    presenter = await room.guest("presenter", "Paul")
    viewer = await room.guest("researcher", "Rita", decode=True)
    await publish_camera(presenter, "red")
    (video,) = viewer.mids("stage", "video")
    await sees(viewer, video, "red")
    assert presenter.seat is not None

    await moderator.ask("participant.remove", participant=presenter.id)
    await presenter.until(lambda: presenter.closed, "the notice")
    assert presenter.closed is not None
    assert presenter.closed.reason == "removed"
    await presenter.until(lambda: not presenter.connected, "the socket to close")
    await is_still(viewer, video)
    await viewer.until(
        lambda: presenter.id not in viewer.participants, "to be off the list"
    )
    with pytest.raises(RefusedError):
        await return_to(room, presenter.seat.seat)


async def test_researcher_cannot_moderate(room: TestRoom) -> None:
    presenter = await room.guest("presenter", "Paul")
    researcher = await room.guest("researcher", "Rita")
    for event, payload in (
        ("participant.remove", {"participant": presenter.id}),
        (
            "participant.mute",
            {"participant": presenter.id, "source": "microphone"},
        ),
        ("stage.set", {"participant": researcher.id}),
        ("floor.give", {"participant": researcher.id, "given": True}),
    ):
        with pytest.raises(RefusedError):
            await researcher.ask(event, **payload)
    assert presenter.id in researcher.participants


async def test_chat_reaches_all_and_later_participants(room: TestRoom) -> None:
    first = await room.guest("researcher", "Rita")
    second = await room.guest("presenter", "Paul")
    for number in range(3):
        await first.ask("chat.send", text=f"line {number}", nonce=f"n{number}")
    await first.ask("chat.send", text="line 2", nonce="n2")
    await second.until(lambda: len(second.chat) >= 3, "three lines")
    late = await room.guest("researcher", "Late")
    for reader in (second, late):
        assert [(c.seq, c.text) for c in reader.chat] == [
            (1, "line 0"),
            (2, "line 1"),
            (3, "line 2"),
        ]


async def test_second_connection_takes_over_the_seat(room: TestRoom) -> None:
    first = await room.guest("presenter", "Paul")
    assert first.seat is not None
    second = room.stranger()
    await second.connect(seat=first.seat.seat)
    taken = await second.resume(subscribe=True)
    assert taken.participant == first.id
    await first.until(lambda: first.closed, "the first to be informed")
    assert first.closed is not None
    assert first.closed.reason == "taken-over"
    await second.publish(outgoing("0", "microphone", await encoded(tone)))
