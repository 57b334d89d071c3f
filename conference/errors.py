"""
The error tree of the conference domain.

::

    ConferenceError
    ├── UserError              refused; the connection stays open
    │   ├── NotAllowed         the role lacks the capability
    │   ├── NotFound           absent, or not visible to the client
    │   ├── Refused            well-formed, allowed, but not possible now
    │   └── TooMuch            a limit on rate, size or number was reached
    ├── ProtocolViolation      the client broke the protocol; close its connection
    └── InfrastructureError    disk, database or network failed us

A broken invariant is an ``AssertionError``: it ends the one participant it
concerns, never the server. Edges map this tree to their wire in one function.
"""


class ConferenceError(Exception):
    """
    Base of all errors of the conference.

    Args:
        code: Stable, kebab-case, translated by clients. Never reworded.
        message: One English sentence for people: what happened and what next.
    """

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message


class UserError(ConferenceError):
    """The request is refused and changed nothing; the connection stays open."""


class NotAllowed(UserError):
    """The participant's role lacks the capability."""


class NotFound(UserError):
    """Absent, or not visible to the client; the two cannot be distinguished."""


class Refused(UserError):
    """Well-formed and allowed, but not possible in the present state."""


class TooMuch(UserError):
    """A limit on rate, size or number was reached."""


class ProtocolViolation(ConferenceError):
    """The other side broke the protocol; its connection is closed."""


class InfrastructureError(ConferenceError):
    """Disk, database or network failed; nothing the person did was wrong."""
