"""
Why connections end: counted by reason for the operator, and logged.

A connection that ends although neither its client nor the server closed it is the
beginning of a complaint; so each end has a reason, and no reason names a person.
"""

import logging
from collections import Counter
from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType

from engineio import AsyncServer
from socketio import AsyncServer as SocketIo

log = logging.getLogger(__name__)

NORMAL_CLOSE = frozenset({1000, 1001, 1005})
"""Close codes of a page that is left; 1005 means that none was sent (RFC 6455 §7.4.1)."""


class Ending(StrEnum):
    """Why a connection ended, where the server did not end it for a reason of its own."""

    LEFT = "left"
    """The client left."""
    SILENT = "silent"
    """It did not answer a ping in time, or sent nothing at all: its computer or network
    stalled. It reconnects automatically."""
    BROKEN = "broken"
    """The connection broke, or its client was killed."""
    STOPPING = "stopping"
    """The server stopped."""
    ENDED = "ended"
    """The server ended it: signed out, refused, or replaced."""


_REASONS: Mapping[str, Ending] = MappingProxyType(
    {
        SocketIo.reason.CLIENT_DISCONNECT: Ending.LEFT,
        SocketIo.reason.SERVER_DISCONNECT: Ending.ENDED,
        AsyncServer.reason.PING_TIMEOUT: Ending.SILENT,
    }
)


def judge(reason: str, close_code: int | None) -> Ending:
    """
    Return why a connection ended.

    Args:
        reason: What the Socket.IO library says.
        close_code: Of the WebSocket; None when nothing came for too long.
    """
    if reason in _REASONS:
        return _REASONS[reason]
    if close_code in NORMAL_CLOSE:
        return Ending.LEFT
    return Ending.SILENT if close_code is None else Ending.BROKEN


class Endings:
    """Counts how connections ended since the start."""

    def __init__(self) -> None:
        self.counts: Counter[str] = Counter(dict.fromkeys(Ending, 0))

    def note(self, why: str) -> None:
        """Count an ending, and log it unless it is a usual one."""
        self.counts[why] += 1
        if why in (Ending.LEFT, Ending.ENDED, Ending.STOPPING):
            log.debug("a connection ended: %s", why)
        else:
            # Each reason is a cause of its own for the limits of the log.
            log.info("a connection ended: %s", why, extra={"limited_by": str(why)})
