"""
What the estimate costs per packet sent.

``python -m tests.conference.sfu.bandwidth.cost`` prints microseconds per packet for
reading feedback and drawing the conclusions, on a link without loss and on one with.
"""

from random import Random
from time import perf_counter

from conference.fanout.python.sent_ring import SentRing
from conference.rtp.transport_cc import ArrivalRecorder
from conference.rtp.transport_cc_reader import parse_transport_cc
from conference.sfu.bandwidth.estimate import BandwidthEstimator

MESSAGES = 100
"""Intervals per run: 10 ms of work, short enough for an undisturbed run on a busy machine."""
REPEATS = 60
BURSTS = 5

Round = tuple[float, list[tuple[int, float]], list[bytes]]


def rounds(
    packets: int, interval_s: float, loss: float, jitter_s: float
) -> list[Round]:
    """Return the packets and the feedback of each interval."""
    random, recorder = Random(1), ArrivalRecorder()
    result: list[Round] = []
    number, now = 0, 10.0
    for _ in range(MESSAGES):
        sends: list[tuple[int, float]] = []
        for burst in range(BURSTS):
            at = now + burst * interval_s / BURSTS
            wait = 0.02 + random.uniform(0, jitter_s)
            for _ in range(packets // BURSTS):
                sends.append((number, at))
                wait += 0.0003  # serialised by the link
                if random.random() >= loss:
                    recorder.record(number & 0xFFFF, now=at + wait)
                number += 1
        now += interval_s
        result.append((now, sends, recorder.feedback()))
    return result


def run(work: list[Round], *, estimate: bool) -> float:
    """Return the seconds that the intervals take, with or without the estimate."""
    estimator = BandwidthEstimator(1e6, 50e3, 8e6)
    sent = SentRing()
    start = perf_counter()
    for now, sends, messages in work:
        for _number, at in sends:
            sent.note(1200, now=at)
        if estimate:
            for information in messages:
                estimator.on_feedback(parse_transport_cc(information), sent, now=now)
    return perf_counter() - start


def measure(packets: int, interval_s: float, loss: float, jitter_s: float) -> float:
    """Return microseconds per packet, at best of many runs."""
    work = rounds(packets, interval_s, loss, jitter_s)
    with_it = min(run(work, estimate=True) for _ in range(REPEATS))
    without = min(run(work, estimate=False) for _ in range(REPEATS))
    return (with_it - without) / MESSAGES / packets * 1e6


def main() -> None:
    for packets, interval_s in ((20, 0.1), (20, 0.05), (10, 0.05)):
        for loss, jitter_s in ((0.0, 0.002), (0.1, 0.02)):
            cost = measure(packets, interval_s, loss, jitter_s)
            print(
                f"{packets} packets in {interval_s * 1000:.0f} ms, "
                f"{loss:.0%} lost, {jitter_s * 1000:.0f} ms of jitter: {cost:.2f} µs"
            )


if __name__ == "__main__":
    main()
