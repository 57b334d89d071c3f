"""The room as a whole."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class CloseRoom:
    """End the room for everybody. The service has checked who asks."""

    by: str | None
    """Name shown to participants; None: the owner, from outside the room."""


@dataclass(frozen=True, slots=True)
class Tick:
    """Time has passed: free seats kept for too long, move the stage if due."""
