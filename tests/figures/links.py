"""
What viewers see on good, thin, failing and lossy lines (needs root, for the lab).

``python -m tests.figures.links join|switch|fall|steady|loss [--seconds N] [--loss 0.1]
[--viewer firefox] [--codec VP9] [--queue 200]``: real browsers on shaped lines between network namespaces.
"""

import argparse
import asyncio
from collections.abc import Mapping

from tests.figures.common import report
from tests.support.browsers import BrowserName
from tests.support.lab import links


async def measure(
    story: str,
    seconds: float,
    loss: float,
    viewer: BrowserName,
    codec: str,
    queue_ms: float,
) -> Mapping[str, float | str]:
    """Play one story."""
    match story:
        case "join":
            return await links.join(viewer)
        case "fall":
            return await links.fall(queue_ms=queue_ms)
        case "switch":
            return await links.switch(codec)
        case "steady":
            return await links.steady(seconds)
        case _:
            return (await links.lossy(loss, seconds, viewers=(viewer,)))[0]


def main() -> None:
    """Read the command line and measure."""
    parser = argparse.ArgumentParser()
    parser.add_argument("story", choices=("join", "switch", "fall", "steady", "loss"))
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--loss", type=float, default=0.1)
    parser.add_argument("--viewer", choices=("chromium", "firefox"), default="chromium")
    parser.add_argument("--codec", choices=("VP8", "VP9", "H264"), default="VP8")
    parser.add_argument("--queue", type=float, default=600, help="ms, of the fall")
    wanted = parser.parse_args()
    figures = asyncio.run(
        measure(
            wanted.story,
            wanted.seconds,
            wanted.loss,
            wanted.viewer,
            wanted.codec,
            wanted.queue,
        )
    )
    report(wanted.story, viewer=wanted.viewer, **figures)


if __name__ == "__main__":
    main()
