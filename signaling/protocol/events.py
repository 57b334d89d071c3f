"""Describes an event of the protocol: its messages, capability and limits."""

from dataclasses import dataclass

from signaling.protocol.base import CapabilityName, Wire


@dataclass(frozen=True, slots=True)
class Rate:
    """A token bucket: ``burst`` at once, refilled at ``per_second``."""

    per_second: float
    burst: int


@dataclass(frozen=True, slots=True)
class ClientEvent:
    """What a client may send."""

    name: str
    request: type[Wire]
    result: type[Wire]
    capability: CapabilityName
    rate: Rate
    max_bytes: int = 4096
    """Size of the JSON text of the request."""


@dataclass(frozen=True, slots=True)
class ServerEvent:
    """What the server sends, unasked."""

    name: str
    payload: type[Wire]


SELDOM = Rate(per_second=0.5, burst=10)
USUAL = Rate(per_second=5, burst=20)
CHAT = Rate(per_second=2, burst=10)
NEGOTIATION = Rate(per_second=1, burst=6)
