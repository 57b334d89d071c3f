"""Connecting, and what every answer may be."""

from signaling.protocol.base import Identifier, Token, Wire
from signaling.protocol.events import ServerEvent


class ConnectAuth(Wire):
    """
    The ``auth`` object of the Socket.IO CONNECT packet.

    One of: ``invitation`` (a guest who has not joined), ``seat`` (a participant that
    returns), ``room`` (an account, known by its cookie, entering its own room), or
    nothing (an account outside any room). Anything else is refused.
    """

    invitation: Token | None = None
    seat: Token | None = None
    room: Identifier | None = None


class Nothing(Wire):
    """No content."""


class ErrorInfo(Wire):
    """A refusal: ``code`` is stable and translated by clients, ``message`` is for people."""

    code: str
    message: str


class ServerStopping(Wire):
    """The server shuts down; keep trying to connect, it comes back."""


SERVER_EVENTS = (ServerEvent("server.stopping", ServerStopping),)
