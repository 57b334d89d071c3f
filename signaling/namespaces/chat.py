"""Handlers of the chat."""

from signaling.namespaces import wire
from signaling.namespaces.connection import Connection
from signaling.namespaces.dispatcher import Context, Handler
from signaling.protocol import messages as m


async def send(
    context: Context, connection: Connection, request: m.ChatSend
) -> m.ChatMessage:
    """Write a line; it is stored when the answer arrives."""
    return wire.chat(
        await context.conference.chat.say(connection.seat, request.text, request.nonce)
    )


async def history(
    context: Context, connection: Connection, request: m.ChatHistory
) -> m.ChatPage:
    """Read older lines."""
    lines = await context.conference.chat.history(
        connection.seat, request.before, request.limit
    )
    return m.ChatPage(messages=[wire.chat(line) for line in lines])


HANDLERS: dict[str, Handler] = {"chat.send": send, "chat.history": history}
