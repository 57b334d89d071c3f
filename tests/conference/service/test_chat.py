"""The chat: each message is stored once, before anybody sees it."""

from conference.service import notices as n
from conference.service.chat import ChatService
from tests.conference.service.support import World


async def test_everybody_sees_a_message_and_its_sender_gets_it_back(
    world: World,
) -> None:
    seat = await world.join("researcher", "c1")
    await world.join("presenter", "c2")
    line = await world.conference.chat.say(seat, "Hello", "n")
    said = [to for to, one in world.letters.sent if one == n.ChatSaid(line)]
    assert sorted(said) == ["c1", "c2"]


async def test_the_same_nonce_again_returns_the_stored_message(world: World) -> None:
    seat = await world.join("researcher", "c1")
    chat: ChatService = world.conference.chat
    line = await chat.say(seat, "Hello", "n")
    assert await chat.say(seat, "Hello again", "n") == line
    # Also when the room does not remember the nonce, as after a restart.
    world.forget_chat(seat.room)
    assert await chat.say(seat, "Hello again", "n") == line
    assert (await chat.say(seat, "Next", "n2")).seq == 2


async def test_history_is_read_backwards_in_pages(world: World) -> None:
    seat = await world.join("researcher", "c1")
    for number in range(5):
        await world.conference.chat.say(seat, f"{number}", f"n{number}")
    page = await world.conference.chat.history(seat, before=5, limit=2)
    assert [line.seq for line in page] == [3, 4]
