"""
What a received packet costs before it is copied: `python -m tests.figures.inbound`.

CPU from a decrypted packet to the fan-out, in a room without viewers: parsing, the
layer's numbers and statistics, the payload's head, audio levels, figures. The least of
several rounds.
"""

import time

from conference.contract.words import Source
from tests.figures.common import report
from tests.support.bench import Bench, Origin

ROUNDS, PACKETS = 40, 1_000
STEP_S = 0.002


def least_us(source: Source) -> float:
    """Return microseconds per packet of a track."""
    bench = Bench()
    (origin,) = bench.origin("anna", source)
    origin.filler = 1_000
    origin.send(_packet(origin, key=True))
    least = float("inf")
    for _ in range(ROUNDS):
        packets = [_packet(origin) for _ in range(PACKETS)]
        router, participant, now = bench.router, origin.participant, bench.now
        start = time.process_time()
        for packet in packets:
            now += STEP_S
            router.on_rtp(participant, packet, now=now)
        least = min(least, time.process_time() - start)
        bench.now = now
        bench.settle()
        bench.router.on_timeout(now=now)
    return least / PACKETS * 1e6


def _packet(origin: Origin, *, key: bool = False) -> bytes:
    return origin.frame(key=key)[0] if origin.source.kind == "video" else origin.voice()


def main() -> None:
    """Print the figures."""
    report(
        "inbound",
        picture_us=round(least_us(Source.CAMERA), 2),
        voice_us=round(least_us(Source.MICROPHONE), 2),
    )


if __name__ == "__main__":
    main()
