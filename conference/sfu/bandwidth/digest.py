"""
What feedback says about what was sent: counts, delays and groups.

Sets the arrival times of a viewer's feedback against the history of sending and
sums up. Draws no conclusion. Driven by ``estimate`` with each feedback. It is the
only part that looks at every packet, so it is kept lean: what can be done by slices
is done by slices.
"""

import math
from operator import sub

from conference.rtp.transport_cc import REFERENCE_S
from conference.sfu.bandwidth.history import MASK, SIZE, SentPackets

BURST_S = 0.005
"""Packets sent within this time are one group (burst_time,
draft-ietf-rmcat-gcc-02 §5.2)."""
MAX_BURST_S = 0.1
"""Longest group of packets that a stalled link released together, as in the WebRTC
code base."""
INTERRUPTED_S = 0.5
"""A gap between arrivals that is no jitter. What was lost in one as long counts for
nothing: a blackout is not congestion. Shorter: congestion passes for a blackout."""
WRAP = 1 << 24
"""Reference times have 24 bits."""


class Digest:
    """
    Sums over the feedback since ``clear``.

    Inputs: ``advance`` and ``take`` per feedback, ``clear``. Outputs: the attributes.
    """

    __slots__ = (
        "_group_arrived",
        "_group_began",
        "_group_sent",
        "_highest",
        "_lost_from",
        "_lost_run",
        "_reference",
        "arrived_at",
        "clock",
        "gap_s",
        "groups",
        "least_delay",
        "lost",
        "octets",
        "received",
        "sent_at",
    )

    def __init__(self) -> None:
        self.clock = 0.0
        """Receiver's clock at the reference of the present feedback, seconds."""
        self.arrived_at: float | None = None
        """When the newest packet arrived, receiver's clock; None: none yet."""
        self.sent_at = 0.0
        """When it was sent."""
        self.gap_s = 0.0
        """Longest time without arrivals if ``INTERRUPTED_S`` or longer."""
        self.groups: list[tuple[float, float]] = []
        """Complete groups since: when the last packet was sent, and arrived."""
        self.least_delay = math.inf
        """Least one-way delay, between clocks that differ; infinite: nothing new."""
        self.received = 0
        self.lost = 0
        """Not received; negative if more came late than were lost since."""
        self.octets = 0
        self._reference: int | None = None
        self._highest = -1
        """Newest number that feedback spoke of."""
        self._lost_run = 0
        """Packets lost in a row, not counted yet."""
        self._lost_from = 0.0
        self._group_began = -math.inf
        self._group_sent = 0.0
        self._group_arrived = 0.0

    def clear(self) -> None:
        """Begin new sums."""
        self.groups.clear()
        self.least_delay = math.inf
        self.gap_s = 0.0
        self.received = self.lost = self.octets = 0

    def advance(self, reference: int) -> None:
        """Take the reference time of a feedback, unwrapping its 24 bits."""
        if self._reference is None:
            self.clock = reference * REFERENCE_S
        elif reference != self._reference:
            step = (reference - self._reference) % WRAP
            if step >= WRAP // 2:
                step -= WRAP
            self.clock += step * REFERENCE_S
        self._reference = reference

    def take(
        self,
        first: int,
        arrivals: list[float | None],
        sent: SentPackets,
        *,
        loss: float,
    ) -> None:
        """
        Add a feedback.

        Args:
            first: Number of its first packet; all its packets are in ``sent``.
            arrivals: Per packet, seconds after ``clock``, or None.
            sent: What was sent; sizes of acknowledged packets are set to 0.
            loss: Share of packets that get lost, for those no feedback speaks of.
        """
        highest = self._highest
        count = len(arrivals)
        if -1 < highest < first - 1:
            self._untold(highest + 1, first, sent, loss)
        begin, end = first & MASK, (first & MASK) + count
        if first > highest and not self._lost_run and end <= SIZE:
            sizes = sent.sizes[begin:end]
            if None not in arrivals and 0 not in sizes:
                self._highest = first + count - 1
                self.received += count
                self.octets += sum(sizes)
                sent.sizes[begin:end] = [0] * count
                self._follow(sent.times[begin:end], arrivals)  # type: ignore[arg-type]  # no None
                return
        self._sift(first, arrivals, sent)

    def _sift(
        self, first: int, arrivals: list[float | None], sent: SentPackets
    ) -> None:
        """Take a feedback with losses, or with what was told before."""
        times, sizes, highest = sent.times, sent.sizes, self._highest
        fresh_times: list[float] = []
        fresh_arrivals: list[float] = []
        for number, arrival in enumerate(arrivals, first):
            place = number & MASK
            if arrival is None:
                if number > highest:
                    if not self._lost_run:
                        self._lost_from = times[place]
                    self._lost_run += 1
                continue
            if not sizes[place]:
                continue
            self.octets += sizes[place]
            self.received += 1
            sizes[place] = 0
            if number <= highest:
                self.lost -= 1
                continue
            if self._lost_run:
                if times[place] - self._lost_from < INTERRUPTED_S:
                    self.lost += self._lost_run
                self._lost_run = 0
            fresh_times.append(times[place])
            fresh_arrivals.append(arrival)
        self._highest = max(highest, first + len(arrivals) - 1)
        if fresh_times:
            self._follow(fresh_times, fresh_arrivals)

    def _follow(self, times: list[float], arrivals: list[float]) -> None:
        """Measure delays and cut into groups; both lists in the order of sending."""
        clock = self.clock
        if self.arrived_at is not None:
            gap = abs(clock + arrivals[0] - self.arrived_at)
            if gap >= INTERRUPTED_S:
                self.gap_s = max(self.gap_s, gap)
                self.groups.clear()
                self.least_delay = math.inf
                self._group_began = -math.inf
        least = clock + min(map(sub, arrivals, times))
        if least < self.least_delay:
            self.least_delay = least
        began, sent = self._group_began, self._group_sent
        arrived = self._group_arrived - clock
        until = began + BURST_S
        for sent_at, arrival in zip(times, arrivals, strict=True):
            if sent_at <= until or (
                # Released together by a link that had stalled (§5.2).
                arrival - arrived < BURST_S
                and arrival - arrived < sent_at - sent
                and sent_at - began < MAX_BURST_S
            ):
                if arrival > arrived:
                    arrived = arrival
            else:
                if began > -math.inf:
                    self.groups.append((sent, clock + arrived))
                began, until, arrived = sent_at, sent_at + BURST_S, arrival
            sent = sent_at
        self._group_began, self._group_sent = began, sent
        self.sent_at = sent
        self.arrived_at = self._group_arrived = clock + arrived

    def _untold(self, first: int, end: int, sent: SentPackets, loss: float) -> None:
        """
        Count the bytes of packets that no feedback spoke of as if it had.

        Feedback is lost too; that must not look like a slow link.
        """
        sizes = sent.sizes
        first = max(first, sent.next - SIZE)
        octets = sum(sizes[number & MASK] for number in range(first, end))
        self.octets += int(octets * (1 - loss))
