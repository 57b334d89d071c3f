"""Every event of every role: what the table of capabilities says, and nothing else."""

import pytest

from conference.contract.words import Role
from conference.rooms.roles import (
    OF_ACCOUNTS,
    OF_THE_ADMITTED,
    OF_THE_RETURNING,
    ROLE_CAPABILITIES,
    THE_FLOOR,
    Capabilities,
)
from signaling.namespaces.admission import HANDLERS
from signaling.protocol.registry import CLIENT_EVENTS
from tests.signaling.support import Client, Refusal, RoomWithLinks

STATES: dict[str, Capabilities] = {
    "account": OF_ACCOUNTS,
    "admitted": OF_THE_ADMITTED,
    "coming back": OF_THE_RETURNING,
    "researcher": ROLE_CAPABILITIES[Role.RESEARCHER],
    "researcher with the floor": ROLE_CAPABILITIES[Role.RESEARCHER] | THE_FLOOR,
    "presenter": ROLE_CAPABILITIES[Role.PRESENTER],
    "moderator": ROLE_CAPABILITIES[Role.MODERATOR],
    "left": frozenset(),
}

SOMEBODY = "AAAAAAAAAAAAAAAAAAAAAA"
REQUESTS: dict[str, dict[str, object]] = {
    "room.create": {"title": "T", "organisation": "O"},
    "room.close": {"room": SOMEBODY},
    "invitation.create": {"room": SOMEBODY, "role": "researcher"},
    "invitation.list": {"room": SOMEBODY},
    "invitation.revoke": {"room": SOMEBODY, "invitation": SOMEBODY},
    "seat.join": {"name": "N", "organisation": "O"},
    "media.answer": {"generation": 1, "sdp": "v=0"},
    "media.publish": {"sdp": "v=0", "tracks": [{"mid": "0", "source": "camera"}]},
    "media.preflight": {"sdp": "v=0"},
    "media.track": {"source": "camera", "active": False},
    "view.set": {"tiles": []},
    "chat.send": {"text": "hello", "nonce": "n"},
    "chat.history": {"before": 1},
    "hand.raise": {"raised": True},
    "floor.give": {"participant": SOMEBODY, "given": True},
    "stage.set": {"participant": SOMEBODY},
    "participant.mute": {"participant": SOMEBODY, "source": "camera"},
    "participant.remove": {"participant": SOMEBODY},
    "hand.lower": {"participant": SOMEBODY},
    "removal.lift": {"participant": SOMEBODY},
    "quality.report": {"level": 4},
}


async def in_state(room: RoomWithLinks, state: str) -> Client:
    match state:
        case "account":
            return room.owner
        case "admitted":
            return await room.admitted("researcher")
        case "coming back":
            seated = await room.join("presenter")
            return await room.site.client().connect(seat=seated.seat["seat"])
        case "researcher with the floor":
            moderator, client = (
                await room.join("moderator"),
                await room.join("researcher"),
            )
            await moderator.ask("floor.give", participant=client.id, given=True)
            return client
        case "left":
            client = await room.join("moderator")
            await client.ask("seat.leave")
            return client
        case role:
            return await room.join(role)


@pytest.mark.parametrize("state", STATES)
async def test_each_state_allows_the_events_of_the_table(
    room: RoomWithLinks, state: str
) -> None:
    client = await in_state(room, state)
    # What ends the state comes last.
    for name in sorted(CLIENT_EVENTS, key=lambda n: n.startswith("seat.")):
        if name in ("seat.join", "seat.resume", "seat.leave"):
            continue
        refused = ""
        try:
            await client.ask(name, **REQUESTS.get(name, {}))
        except Refusal as refusal:
            refused = refusal.code
        allowed = CLIENT_EVENTS[name].capability in STATES[state]
        assert (refused != "not-allowed") == allowed, (name, refused)


@pytest.mark.parametrize("event", ["seat.join", "seat.resume", "seat.leave"])
@pytest.mark.parametrize("state", STATES)
async def test_joining_and_returning_change_the_allowed_events(
    room: RoomWithLinks, state: str, event: str
) -> None:
    client = await in_state(room, state)
    refused = ""
    try:
        await client.ask(event, **REQUESTS.get(event, {}))
    except Refusal as refusal:
        refused = refusal.code
    allowed = CLIENT_EVENTS[event].capability in STATES[state]
    assert (refused != "not-allowed") == allowed
    right_moment = {
        "seat.join": state == "admitted",
        "seat.resume": state == "coming back",
        "seat.leave": state not in ("account", "admitted", "coming back", "left"),
    }[event]
    assert (refused == "") == right_moment


def test_each_event_has_a_handler_and_a_capability() -> None:
    assert set(HANDLERS) == set(CLIENT_EVENTS)
    assert all(event.capability for event in CLIENT_EVENTS.values())
