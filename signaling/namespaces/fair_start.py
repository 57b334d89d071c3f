"""
Expensive requests begin one after another, so that media is forwarded between them.

The event loop runs everything that is ready before it looks at its sockets again.
Two hundred people who join at once, each a few milliseconds of work and a notice
to all others, would otherwise all be ready in the same iteration.
"""

import asyncio

HEAVY = frozenset(
    {
        "seat.join",
        "seat.resume",
        "media.subscribe",
        "media.answer",
        "media.publish",
        "media.preflight",
    }
)
"""Events that write or parse a description of 30 kB (5 ms) or notify everybody."""


class FairStart:
    """Lets each waiting request continue in its own iteration of the event loop."""

    def __init__(self) -> None:
        self._lock = asyncio.Lock()

    async def take(self) -> None:
        """Wait for an iteration; first come, first served."""
        async with self._lock:
            await asyncio.sleep(0)
