"""
How long media is away after blackouts, a change of address, and the loss of UDP.

    .venv/bin/python -m tests.figures.healing [chromium|firefox] [paul|rita]

Paul presents, Rita watches, each over 20 ± 3 ms (one way) in the network lab
(needs root). Counts from the line's return; where it does not return, from the
fault. To the grain of 0.1 s.
"""

import asyncio
import sys
from typing import Literal, cast

from tests.support.browsers import BrowserName
from tests.support.lab.healing import Fault, call, heal

FAULTS: tuple[Fault, ...] = (1.0, 5.0, 30.0, "move", "udp")


async def main() -> None:
    """Measure and print."""
    browser = cast(BrowserName, sys.argv[1] if len(sys.argv) > 1 else "chromium")
    victim: Literal["paul", "rita"] = "paul" if "paul" in sys.argv else "rita"
    print(f"{'fault':>6}  picture s  sound s  same connections  ({browser}, {victim})")
    browsers: dict[str, BrowserName] = {"paul": "chromium", "rita": "chromium"}
    browsers[victim] = browser
    for fault in FAULTS:
        async with call(browsers["paul"], rita=browsers["rita"]) as people:
            healed = await heal(people, victim, fault)
        print(
            f"{fault:>6}  {healed.picture_s:>9.1f}  {healed.sound_s:>7.1f}"
            f"  {healed.same_connections!s:>16}",
            flush=True,
        )


if __name__ == "__main__":
    asyncio.run(main())
