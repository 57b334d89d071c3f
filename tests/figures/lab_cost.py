"""
What the lab's own shaping costs, and what it can carry.

    .venv/bin/python -m tests.figures.lab_cost

Sends datagrams of 1200 bytes over one line at several rates for some seconds
each (needs root); prints what arrived and the share of a core it took.
"""

import contextlib
import socket
import threading
import time

from tests.support.lab import Shape, lab

PORT = 7000
PAYLOAD_BYTES = 1158  # 1200 on the line
SECONDS = 5.0
RATES_KBPS = (1000, 3000, 10_000, 20_000)


def main() -> None:
    """Measure and print."""
    print("sent kbit/s  arrived kbit/s  share of a core")
    with lab(["rita"]) as net:
        link = net.link("rita")
        link.shape(down=Shape(delay_ms=50, jitter_ms=10, rate_kbps=50_000))
        taker = link.space.open_socket(socket.AF_INET, socket.SOCK_DGRAM)
        sender = net.server.open_socket(socket.AF_INET, socket.SOCK_DGRAM)
        with taker, sender:
            taker.bind((link.address(), PORT))
            taker.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 8 << 20)
            taker.settimeout(1.0)
            for rate in RATES_KBPS:
                arrived = 0

                def count() -> None:
                    nonlocal arrived
                    with contextlib.suppress(TimeoutError):
                        while True:
                            arrived += len(taker.recv(2000)) + 42

                thread = threading.Thread(target=count)
                thread.start()
                cpu, begun, sent = net.cpu_s, time.monotonic(), 0
                while (passed := time.monotonic() - begun) < SECONDS:
                    while sent * 8 < rate * 1000 * passed:
                        sender.sendto(bytes(PAYLOAD_BYTES), (link.address(), PORT))
                        sent += PAYLOAD_BYTES + 42
                    time.sleep(0.002)
                share = (net.cpu_s - cpu) / SECONDS
                thread.join()
                print(
                    f"{rate:>11}  {arrived * 8 / SECONDS / 1000:>14.0f}  {share:>15.1%}"
                )


if __name__ == "__main__":
    main()
