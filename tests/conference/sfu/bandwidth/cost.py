"""
What the estimate costs per packet sent.

``python -m tests.conference.sfu.bandwidth.cost`` prints microseconds per packet for
reading feedback and drawing the conclusions, on a link without loss and on one with.
"""

from random import Random
from time import thread_time

from conference.rtp.transport_cc import ArrivalRecorder
from conference.rtp.transport_cc_reader import parse_transport_cc
from conference.sfu.bandwidth.estimate import BandwidthEstimator
from conference.sfu.bandwidth.history import MASK, SentPackets

MESSAGES = 4000
REPEATS = 5


def measure(packets: int, interval_s: float, loss: float, jitter_s: float) -> float:
    """Return microseconds per packet; the best of some runs."""
    random = Random(1)
    best = float("inf")
    for _ in range(REPEATS):
        estimator = BandwidthEstimator(1e6, 50e3, 8e6)
        sent = SentPackets()
        recorder = ArrivalRecorder()
        spent, now = 0.0, 10.0
        for _ in range(MESSAGES):
            for burst in range(5):
                at = now + burst * interval_s / 5
                wait = 0.02 + random.uniform(0, jitter_s)
                for _ in range(packets // 5):
                    number = sent.next
                    sent.next = number + 1
                    sent.times[number & MASK] = at
                    sent.sizes[number & MASK] = 1200
                    if random.random() >= loss:
                        wait += 0.0003  # one after the other through the link
                        recorder.record(number & 0xFFFF, now=at + wait)
            now += interval_s
            for information in recorder.feedback():
                start = thread_time()
                estimator.on_feedback(parse_transport_cc(information), sent, now=now)
                spent += thread_time() - start
        best = min(best, spent / MESSAGES / packets * 1e6)
    return best


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
