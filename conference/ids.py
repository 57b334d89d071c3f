"""
Identifiers of the domain.

All are opaque URL-safe strings of at least 128 random bits, made by
``conference.service`` (the pure packages never make one: chance is I/O).
"""

from typing import NewType

RoomId = NewType("RoomId", str)
ParticipantId = NewType("ParticipantId", str)
InvitationId = NewType("InvitationId", str)
AccountId = NewType("AccountId", str)
Mid = NewType("Mid", str)
"""Media identification tag of an SDP section (RFC 8843 §15)."""
ConnectionId = NewType("ConnectionId", str)
"""One live connection of a client; chosen by the edge."""
