"""The room as a whole."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class RoomEnded:
    """The room is closed for everybody."""

    by: str | None
