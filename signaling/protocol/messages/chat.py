"""The chat."""

from typing import Annotated

from pydantic import Field

from signaling.protocol.base import ChatText, Identifier, Moment, Place, Wire
from signaling.protocol.events import CHAT, USUAL, ClientEvent, ServerEvent

CHAT_BYTES = 48 * 1024  # 4000 emoji, each escaped as JSON in 12 bytes, and the rest


class ChatMessage(Wire):
    """One line of the chat. ``seq`` counts from 1 in each room, without a gap."""

    seq: Place
    participant: Identifier
    name: str
    organisation: str
    text: str
    sent_at: Moment
    """Seconds since the epoch, by the server's clock."""


class ChatSend(Wire):
    text: ChatText
    nonce: Identifier
    """Chosen by the client; a message sent again with the same nonce is stored once."""


class ChatHistory(Wire):
    before: Place
    limit: Annotated[int, Field(ge=1, le=200)] = 100


class ChatPage(Wire):
    messages: list[ChatMessage]


CLIENT_EVENTS = (
    ClientEvent("chat.send", ChatSend, ChatMessage, "chat.send", CHAT, CHAT_BYTES),
    ClientEvent("chat.history", ChatHistory, ChatPage, "room.watch", USUAL),
)

SERVER_EVENTS = (ServerEvent("chat.message", ChatMessage),)
