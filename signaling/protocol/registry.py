"""
The registry: every event a client may send, and every event of the server.

An event that is in none of the subjects' lists does not exist; one without a
capability cannot be written down. ``signaling.namespaces`` refuses to start when a
handler is missing or superfluous.
"""

from signaling.protocol.events import ClientEvent, ServerEvent
from signaling.protocol.messages import (
    chat,
    connection,
    media,
    moderation,
    room,
    room_admin,
    seat,
)

CLIENT_EVENTS: dict[str, ClientEvent] = {
    event.name: event
    for subject in (room_admin, seat, media, chat, moderation)
    for event in subject.CLIENT_EVENTS
}

SERVER_EVENTS: dict[str, ServerEvent] = {
    event.name: event
    for subject in (room, chat, seat, moderation, media, connection)
    for event in subject.SERVER_EVENTS
}
