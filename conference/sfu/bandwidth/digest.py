"""
Summary of transport-wide feedback: counts, delays and groups of packets.

Matches the arrival times in a viewer's feedback with the send times, and sums up. Draws no
conclusions. Driven by ``estimate`` with each feedback message. It is the
only part that processes every packet, so it is optimised: slices are used where possible,
and groups are made only when they are needed.
"""

import math
from collections import deque
from collections.abc import Sequence
from operator import sub

from conference.fanout.sent import SentLog
from conference.rtp.transport_cc import REFERENCE_S

BURST_S = 0.005
"""Packets sent within this time are one group (burst_time,
draft-ietf-rmcat-gcc-02 §5.2)."""
MAX_BURST_S = 0.1
"""Longest group of packets that a stalled link released together, as in the WebRTC
code base."""
INTERRUPTED_S = 0.5
"""A gap between arrivals that is an interruption, not jitter. Packets lost in it are not
counted: a blackout is not congestion. Shorter: congestion looks like a blackout."""
REORDER_S = 0.15
"""A missing packet that was sent this long before one that arrived is lost. Shorter: packets
that were overtaken because of jitter or pacing count as lost for a while; longer: loss is
detected late."""
KEPT_PACKETS, KEPT_S = 160, 1.0
"""Packets that are kept for grouping while no groups are needed, by number and by age: they
must contain the twenty groups of a trend, for large pictures and for small voices. Less: a
beginning queue is detected later; more: packets to be grouped when it begins, at 0.1 µs
each."""
WRAP = 1 << 24
"""Reference times have 24 bits."""


class Digest:
    """
    Sums over the feedback since ``clear``.

    Inputs: ``advance`` and ``take`` per feedback message, ``group``, ``leave_ungrouped``, ``clear``.
    Outputs: the attributes.
    """

    __slots__ = (
        "_broken",
        "_group_arrived",
        "_group_began",
        "_group_sent",
        "_highest",
        "_lost_run",
        "_missing",
        "_reference",
        "_ungrouped",
        "_ungrouped_packets",
        "arrived_at",
        "clock",
        "gap_s",
        "groups",
        "latest_delay",
        "least_delay",
        "lost",
        "octets",
        "received",
        "sent_at",
    )

    def __init__(self) -> None:
        self.clock = 0.0
        """Receiver's clock at the reference time of the present message, seconds."""
        self.arrived_at: float | None = None
        """When the newest packet arrived, on the receiver's clock; None: none yet."""
        self.sent_at = 0.0
        """When it was sent."""
        self.gap_s = 0.0
        """Longest time without arrivals if ``INTERRUPTED_S`` or longer."""
        self.groups: list[tuple[float, float]] = []
        """Complete groups, made by ``group``: when the last packet was sent, and arrived."""
        self.least_delay = math.inf
        """Least one-way delay, between unsynchronised clocks; infinite: nothing new."""
        self.latest_delay = math.inf
        """The least delay of the newest message alone."""
        self.received = 0
        self.lost = 0
        """Packets not received; negative if more came late than were lost."""
        self.octets = 0
        self._reference: int | None = None
        self._highest = -1
        """Highest number that feedback covered."""
        self._missing: deque[int] = deque()
        """Numbers not received and not counted as lost yet, ascending."""
        self._lost_run = 0
        """How many of the last of them are consecutive."""
        self._group_began = -math.inf
        self._group_sent = 0.0
        self._group_arrived = 0.0
        self._ungrouped: deque[tuple[float, list[float], list[float]]] = deque()
        """By message: the clock, and when its packets were sent and arrived."""
        self._ungrouped_packets = 0
        self._broken = False
        """Packets were discarded before the first of these."""

    @property
    def complete(self) -> bool:
        """Whether all packets that feedback covered have arrived or are given up."""
        return not self._missing

    def clear(self) -> None:
        """Start new sums."""
        self.groups.clear()
        self.least_delay = math.inf
        self.gap_s = 0.0
        self.received = self.lost = self.octets = 0

    def advance(self, reference: int) -> None:
        """Take the reference time of a message, unwrapping its 24 bits."""
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
        sent: SentLog,
        *,
        loss: float,
    ) -> None:
        """
        Add a feedback message.

        Args:
            first: Number of its first packet; all its packets are in ``sent``.
            arrivals: Per packet, seconds after ``clock``, or None.
            sent: The log of sent packets; those that arrived are acknowledged there.
            loss: Share of lost packets, assumed for packets without any feedback.
        """
        highest = self._highest
        count = len(arrivals)
        if -1 < highest < first - 1:
            self._assume_arrivals(highest + 1, first, sent, loss)
        missing = (
            [number for number, at in enumerate(arrivals, first) if at is None]
            if None in arrivals
            else ()
        )
        times, sizes = sent.take(first, count, missing=missing)
        if first > highest and not self._lost_run and not missing and 0 not in sizes:
            self._highest = first + count - 1
            self.received += count
            self.octets += sum(sizes)
            self._follow(times, arrivals)  # type: ignore[arg-type]  # no None
        else:
            self._sift(first, arrivals, times, sizes, sent)
        if self._missing:
            self._give_up(sent)

    def _sift(
        self,
        first: int,
        arrivals: list[float | None],
        times: Sequence[float],
        sizes: Sequence[int],
        sent: SentLog,
    ) -> None:
        """Take a message with losses, or on packets that were acknowledged before."""
        highest, missing = self._highest, self._missing
        fresh_times: list[float] = []
        fresh_arrivals: list[float] = []
        for place, arrival in enumerate(arrivals):
            number = first + place
            if arrival is None:
                if number > highest:
                    missing.append(number)
                    self._lost_run += 1
                continue
            if self._lost_run and number > highest:
                run = min(self._lost_run, len(missing))  # some may be given up
                self._lost_run = 0
                before = sent.get(missing[-run]) if run else None
                if before is not None and times[place] - before[0] >= INTERRUPTED_S:
                    for _ in range(run):
                        missing.pop()
            if not sizes[place]:
                continue
            self.octets += sizes[place]
            self.received += 1
            if number <= highest and (not missing or number < missing[0]):
                self.lost -= 1  # it was counted as lost
            fresh_times.append(times[place])
            fresh_arrivals.append(arrival)
        self._highest = max(highest, first + len(arrivals) - 1)
        if fresh_times:
            self._follow(fresh_times, fresh_arrivals)

    def _give_up(self, sent: SentLog) -> None:
        """Count packets as lost that were sent long before later ones that arrived."""
        missing, until = self._missing, self.sent_at - REORDER_S
        while missing:
            known = sent.get(missing[0])
            if known is not None and known[0] > until:
                return
            missing.popleft()
            if known is not None and known[1]:
                self.lost += 1

    def _follow(self, times: list[float], arrivals: list[float]) -> None:
        """Measure delays; keep the packets for grouping."""
        clock = self.clock
        arrived_at, before = clock + max(arrivals), self.arrived_at
        gap = 0.0 if before is None else abs(clock + arrivals[0] - before)
        interrupted = gap >= INTERRUPTED_S
        # After an interruption the receiver's clock may have been set back.
        if before is None or arrived_at > before or interrupted:
            self.sent_at, self.arrived_at = max(times), arrived_at
        if interrupted:
            self.gap_s = max(self.gap_s, gap)
            self.least_delay = math.inf
            self.groups.clear()
            self._ungrouped.clear()
            self._ungrouped_packets = 0
            self._break_groups()
        self.latest_delay = delay = clock + min(map(sub, arrivals, times))
        if delay < self.least_delay:
            self.least_delay = delay
        self._ungrouped.append((clock, times, arrivals))
        self._ungrouped_packets += len(times)

    def _break_groups(self) -> None:
        """Start new groups, which do not continue the ones before."""
        self._broken = True
        self._group_began = -math.inf

    def leave_ungrouped(self) -> None:
        """Discard all ungrouped packets but the newest."""
        ungrouped = self._ungrouped
        while ungrouped:
            _, times, _ = ungrouped[0]
            rest = self._ungrouped_packets - len(times)
            if rest < KEPT_PACKETS or times[-1] > self.sent_at - KEPT_S:
                return
            ungrouped.popleft()
            self._ungrouped_packets = rest
            self._break_groups()

    def group(self) -> bool:
        """
        Update ``groups``.

        Returns:
            Whether packets are missing between these and the groups before.
        """
        for clock, times, arrivals in self._ungrouped:
            self._sort_into_groups(clock, times, arrivals)
        self._ungrouped.clear()
        self._ungrouped_packets = 0
        broken, self._broken = self._broken, False
        return broken

    def _sort_into_groups(
        self, clock: float, times: list[float], arrivals: list[float]
    ) -> None:
        ordered = sorted(times)
        if ordered != times:
            # A paced packet gets its number before it is sent: others overtake it.
            pairs = sorted(zip(times, arrivals, strict=True))
            times, arrivals = [t for t, _ in pairs], [a for _, a in pairs]
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
                if sent_at < began:
                    continue  # its group is complete already
                if arrival > arrived:
                    arrived = arrival
            else:
                if began > -math.inf:
                    self.groups.append((sent, clock + arrived))
                began, until, arrived = sent_at, sent_at + BURST_S, arrival
            sent = sent_at
        self._group_began, self._group_sent = began, sent
        self._group_arrived = clock + arrived

    def _assume_arrivals(
        self, first: int, end: int, sent: SentLog, loss: float
    ) -> None:
        """
        Count the bytes of packets that no feedback covered as if it had.

        Lost feedback must not look like a slow link.
        """
        first = max(first, sent.oldest)
        _, sizes = sent.window(first, max(0, end - first))
        self.octets += int(sum(sizes) * (1 - loss))
