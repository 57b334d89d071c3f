"""The order of raised hands."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class HandsMoved:
    """
    All hands behind a ticket have another place now.

    One event however many they are: who they are is read from the room when they are
    shown.
    """

    behind: int
