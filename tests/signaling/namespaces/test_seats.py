"""Coming, coming back, being put out: over a real connection."""

import logging

import pytest

from conference.contract import media
from conference.errors import Refused
from tests.signaling.support import Refusal, RoomWithLinks, Site, until


async def test_the_preview_shows_who_is_connected(room: RoomWithLinks) -> None:
    await room.join("presenter", "Kim")
    guest = await room.admitted("researcher")
    assert await guest.ask("room.preview") == {
        "title": "Optics",
        "organisation": "Institute",
        "role": "researcher",
        "participants": [
            {"name": "Kim", "organisation": "Institute", "role": "presenter"}
        ],
        "seated_elsewhere": False,
    }


async def test_the_preview_does_not_list_the_user(room: RoomWithLinks) -> None:
    guest, other = await room.join("researcher", "Kim"), await room.join("researcher")
    second_tab = await room.admitted("researcher")
    preview = await second_tab.ask("room.preview", seat=guest.seat["seat"])
    assert [p["name"] for p in preview["participants"]] == ["Researcher"]
    assert preview["seated_elsewhere"]
    await room.join("moderator", "Mod")
    preview = await (await room.admitted("moderator")).ask("room.preview")
    assert [p["name"] for p in preview["participants"]] == ["Kim", "Researcher"]
    assert preview["seated_elsewhere"]
    await other.ask("seat.leave")
    elsewhere = await room.site.room()
    visitor = await elsewhere.admitted("researcher")
    preview = await visitor.ask("room.preview", seat=guest.seat["seat"])
    assert preview["participants"] == []
    assert not preview["seated_elsewhere"]


async def test_a_new_participant_sees_all_and_is_seen(room: RoomWithLinks) -> None:
    first = await room.join("presenter", "Kim")
    await first.ask("chat.send", text="hello", nonce="n")
    second = await room.join("researcher", "Lee", subscribe=True)
    seat = second.seat
    assert [p["name"] for p in seat["participants"]] == ["Kim", "Lee"]
    assert [line["text"] for line in seat["messages"]] == ["hello"]
    assert seat["role"] == "researcher"
    assert "media.publish" not in seat["capabilities"]
    assert seat["offer"]["slots"][0] == {"mid": "0", "kind": "video", "group": "stage"}
    await first.sees(second.id, connected=True, name="Lee")
    assert not second.all("participant.changed")


async def test_a_seat_without_an_offer_is_a_seat(room: RoomWithLinks) -> None:
    room.site.plane.fault = RuntimeError("no port left")
    viewer = await room.join("researcher", subscribe=True)
    assert viewer.seat["offer"] is None
    room.site.plane.fault = None
    offer = await viewer.ask("media.subscribe")
    assert viewer.id in offer["sdp"]


async def test_a_lost_connection_keeps_seat_floor_hand_and_chat(
    room: RoomWithLinks,
) -> None:
    moderator, guest = await room.join("moderator"), await room.join("researcher")
    await moderator.ask("floor.give", participant=guest.id, given=True)
    await guest.ask("hand.raise", raised=True)
    await guest.cut_off()
    await moderator.sees(guest.id, connected=False)
    for n in range(3):
        await moderator.ask("chat.send", text=f"missed {n}", nonce=f"n{n}")
    again = await room.come_back(guest, last_chat=1)
    assert again.seat["participant"] == guest.id
    assert [line["text"] for line in again.seat["messages"]] == ["missed 1", "missed 2"]
    own = next(p for p in again.seat["participants"] if p["id"] == guest.id)
    assert (own["has_floor"], own["hand"], own["connected"]) == (True, 1, True)
    await moderator.sees(guest.id, connected=True)


async def test_the_newer_of_two_tabs_wins(room: RoomWithLinks) -> None:
    older, witness = await room.join("researcher"), await room.join("presenter")
    newer = await room.come_back(older)
    assert await older.hears("seat.closed") == {"reason": "taken-over", "by": None}
    await until(lambda: not older.sio.connected)
    await newer.ask("chat.send", text="still here", nonce="n")
    shown = [d["participant"] for d in witness.all("participant.changed")]
    assert all(p["connected"] for p in shown if p["id"] == older.id)


async def test_an_owner_has_one_seat_and_moves_it_only_when_asked(
    room: RoomWithLinks,
) -> None:
    older = await room.join("moderator")
    with pytest.raises(Refusal) as caught:
        await room.join("moderator")
    assert caught.value.code == "seated-elsewhere"
    assert not older.all("seat.closed")
    newer = await room.join("moderator", take_over=True)
    await older.hears("seat.closed", reason="taken-over")
    assert [p["id"] for p in newer.seat["participants"]] == [newer.id]


async def test_an_owner_with_a_lost_connection_joins_again(
    room: RoomWithLinks,
) -> None:
    older, witness = await room.join("moderator"), await room.join("researcher")
    await older.cut_off()
    await witness.sees(older.id, connected=False)
    newer = await room.join("moderator")
    assert older.id not in [p["id"] for p in newer.seat["participants"]]


async def test_a_removed_participant_stays_out(room: RoomWithLinks) -> None:
    moderator, guest = await room.join("moderator", "Mod"), await room.join("presenter")
    await moderator.ask("participant.remove", participant=guest.id)
    assert await guest.hears("seat.closed") == {"reason": "removed", "by": "Mod"}
    await until(lambda: not guest.sio.connected)
    await moderator.hears("participant.left", participant=guest.id, reason="removed")
    assert media.CloseLegs(guest.id) in room.site.plane.commands  # type: ignore[arg-type]
    with pytest.raises(Refusal) as caught:
        await room.site.client().connect(seat=guest.seat["seat"])
    assert caught.value.code == "seat-gone"
    await room.join("presenter", "Somebody else")


async def test_a_removed_browser_stays_out_by_its_link_until_let_in(
    room: RoomWithLinks,
) -> None:
    moderator = await room.join("moderator", "Mod")
    guest = await room.join("presenter", "Kim", browser="k" * 43)
    await moderator.ask("participant.remove", participant=guest.id)
    with pytest.raises(Refusal) as caught:
        await room.join("presenter", "Kim again", browser="k" * 43)
    assert caught.value.code == "removed-from-room"
    await room.join("presenter", "A colleague", browser="c" * 43)
    await room.site.stop()
    await room.site.start()  # it holds over a restart
    with pytest.raises(Refusal) as caught:
        await room.join("presenter", "Kim once more", browser="k" * 43)
    assert caught.value.code == "removed-from-room"
    again = await room.come_back(moderator)
    (removal,) = (await again.ask("removal.list"))["removals"]
    assert (removal["name"], removal["by"]) == ("Kim", "Mod")
    await again.ask("removal.lift", participant=removal["participant"])
    assert (await again.ask("removal.list"))["removals"] == []
    await room.join("presenter", "Kim is back", browser="k" * 43)


async def test_a_participant_who_leaves_is_removed_from_the_list(
    room: RoomWithLinks,
) -> None:
    witness, guest = await room.join("presenter"), await room.join("researcher")
    await guest.ask("seat.leave")
    await witness.hears("participant.left", participant=guest.id, reason="left")
    with pytest.raises(Refusal) as caught:
        await room.site.client().connect(seat=guest.seat["seat"])
    assert caught.value.code == "seat-gone"


async def test_closing_a_room_puts_everybody_out(room: RoomWithLinks) -> None:
    guest = await room.join("presenter")
    await room.owner.ask("room.close", room=room.id)
    await guest.hears("seat.closed", reason="room-closed")
    assert (await room.owner.ask("room.list"))["rooms"] == []
    with pytest.raises(Refusal) as caught:
        await room.admitted("presenter")
    assert caught.value.code == "room-not-found"


async def test_revoked_invitation_is_refused(room: RoomWithLinks) -> None:
    listed = await room.owner.ask("invitation.list", room=room.id)
    presenter = next(i for i in listed["invitations"] if i["role"] == "presenter")
    waiting = await room.admitted("presenter")
    revoked = await room.owner.ask(
        "invitation.revoke", room=room.id, invitation=presenter["id"]
    )
    assert revoked["revoked"]
    with pytest.raises(Refusal) as caught:
        await room.admitted("presenter")
    assert caught.value.code == "invitation-revoked"
    with pytest.raises(Refusal) as caught:
        await waiting.join("Late")
    assert caught.value.code == "invitation-revoked"


async def test_a_lost_cookie_loses_no_room(site: Site, room: RoomWithLinks) -> None:
    elsewhere = await site.account()  # by another one-time link, with another cookie
    rooms = (await elsewhere.ask("room.list"))["rooms"]
    assert [listed["id"] for listed in rooms] == [room.id]
    further = await site.account(further=True)
    assert (await further.ask("room.list"))["rooms"] == []
    assert (await room.owner.ask("room.list"))["rooms"] == rooms


async def test_another_owners_room_is_absent(site: Site, room: RoomWithLinks) -> None:
    stranger = await site.account(further=True)
    for event, request in (
        ("room.close", {"room": room.id}),
        ("invitation.list", {"room": room.id}),
        ("invitation.create", {"room": room.id, "role": "moderator"}),
    ):
        answers = []
        for address in (room.id, "no-such-room"):
            with pytest.raises(Refusal) as caught:
                await stranger.ask(event, **{**request, "room": address})
            answers.append((caught.value.code, caught.value.message))
        assert answers[0] == answers[1]
        assert answers[0][0] == "room-not-found"
    with pytest.raises(Refusal) as caught:
        await site.client(stranger.cookie).connect(room=room.id)
    assert caught.value.code == "room-not-found"


@pytest.mark.parametrize(
    ("auth", "code"),
    [
        ({}, "not-signed-in"),
        ({"room": "x"}, "not-signed-in"),
        ({"invitation": "A" * 43}, "invitation-unknown"),
        ({"seat": "A" * 43}, "seat-gone"),
        ({"invitation": "short"}, "malformed"),
        ({"invitation": "A" * 43, "seat": "A" * 43}, "malformed"),
        ({"key": "A" * 43}, "malformed"),
    ],
)
async def test_a_refusal_has_a_reason(
    site: Site, auth: dict[str, str], code: str
) -> None:
    with pytest.raises(Refusal) as caught:
        await site.client().connect(**auth)
    assert caught.value.code == code


async def test_a_restarted_server_has_everything_back(room: RoomWithLinks) -> None:
    site = room.site
    moderator, guest = await room.join("moderator"), await room.join("researcher")
    await moderator.ask("floor.give", participant=guest.id, given=True)
    await guest.ask("hand.raise", raised=True)
    await moderator.ask("stage.set", participant=guest.id)
    await guest.ask("chat.send", text="before", nonce="n")
    await site.stop()
    await guest.hears("server.stopping")
    await site.start()
    again = await room.come_back(guest)
    assert [line["text"] for line in again.seat["messages"]] == ["before"]
    assert again.seat["room"]["stage"] == guest.id
    own = next(p for p in again.seat["participants"] if p["id"] == guest.id)
    assert (own["has_floor"], own["hand"]) == (True, 1)
    sent_again = await again.ask("chat.send", text="before", nonce="n")
    assert sent_again["seq"] == 1
    account = await site.client(room.owner.cookie).connect()
    assert [r["id"] for r in (await account.ask("room.list"))["rooms"]] == [room.id]
    assert (await room.join("presenter")).seat["role"] == "presenter"


async def test_signing_out_ends_the_connections_of_the_account(site: Site) -> None:
    account = await site.account()
    assert account.cookie is not None
    async with (
        site.http() as http,
        http.post(
            "/api/sign-out", headers={"Origin": site.url, "Cookie": account.cookie}
        ) as response,
    ):
        assert response.status == 200
    await until(lambda: not account.sio.connected)
    with pytest.raises(Refusal):
        await site.client(account.cookie).connect()


async def test_a_refused_offer_is_answered_with_its_reason(
    room: RoomWithLinks,
) -> None:
    presenter = await room.join("presenter", subscribe=True)
    room.site.plane.fault = Refused("bad-sdp", "The offer cannot be read.")
    with pytest.raises(Refusal) as caught:
        await presenter.ask(
            "media.publish", sdp="v=0", tracks=[{"mid": "0", "source": "camera"}]
        )
    assert caught.value.code == "bad-sdp"
    room.site.plane.fault = RuntimeError("a mistake of ours")
    with pytest.raises(Refusal) as caught:
        await presenter.ask("media.answer", generation=1, sdp="v=0")
    assert caught.value.code == "internal"
    assert "mistake of ours" not in caught.value.message


async def test_the_log_holds_nothing_of_people(
    room: RoomWithLinks, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("DEBUG")
    logging.getLogger("asyncio").setLevel("INFO")
    moderator, guest = (
        await room.join("moderator"),
        await room.join("presenter", "Canary Person"),
    )
    await guest.ask("chat.send", text="canary text", nonce="n")
    await guest.cut_off()
    again = await room.come_back(guest)
    with pytest.raises(Refusal):
        await room.site.client().connect(invitation="C" * 43)
    room.site.plane.fault = RuntimeError("x")
    with pytest.raises(Refusal):
        await again.ask("media.subscribe")
    await moderator.ask("participant.remove", participant=guest.id)
    ours = "\n".join(
        record.getMessage() + str(record.exc_info or "")
        for record in caplog.records
        # Not the clients of this test, which run in the same process.
        if not record.name.startswith(
            ("aiosqlite", "socketio.client", "engineio.client")
        )
    )
    assert "a handler failed" in ours
    canaries = [
        *("Canary Person", "canary text", "C" * 43, "127.0.0.1"),
        *(guest.seat["seat"], *room.tokens.values(), str(room.owner.cookie)),
    ]
    assert [canary for canary in canaries if canary in ours] == []
