"""The room as a whole."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class CloseRoom:
    """End the room for everybody. The service has checked who asks."""

    by: str | None
    """Name shown to those inside; None for the owner at the desk."""


@dataclass(frozen=True, slots=True)
class Tick:
    """Time has passed: let go of seats kept for too long, move the stage if due."""
