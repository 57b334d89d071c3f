"""
What feedback says about what was sent: counts, delays and groups.

Sets the arrival times of a viewer's feedback against the history of sending and
sums up. Draws no conclusion. Driven by ``estimate`` with each feedback. It is the
only part that looks at every packet, so it is kept lean: what can be done by slices
is done by slices, and groups are made only when somebody wants them.
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
"""A gap between arrivals that is no jitter. What was lost in one as long counts for
nothing: a blackout is not congestion. Shorter: congestion passes for a blackout."""
REORDER_S = 0.15
"""Sent so long before what has arrived, a missing packet is lost. Shorter: packets that
jitter or a pacer let be overtaken count as lost for a while; longer: loss is told
late."""
KEPT_PACKETS, KEPT_S = 160, 1.0
"""Kept to be grouped while nobody wants groups: so many packets, and for so long, to hold
the twenty groups of a trend whether a picture takes much or a voice little. Less: a queue
that begins is seen later; more: to be grouped at once when it begins, at 0.1 µs each."""
WRAP = 1 << 24
"""Reference times have 24 bits."""


class Digest:
    """
    Sums over the feedback since ``clear``.

    Inputs: ``advance`` and ``take`` per feedback, ``group``, ``leave_ungrouped``, ``clear``.
    Outputs: the attributes.
    """

    __slots__ = (
        "_group_arrived",
        "_group_began",
        "_group_sent",
        "_highest",
        "_lost_run",
        "_missing",
        "_reference",
        "_torn",
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
        """Receiver's clock at the reference of the present feedback, seconds."""
        self.arrived_at: float | None = None
        """When the newest packet arrived, receiver's clock; None: none yet."""
        self.sent_at = 0.0
        """When it was sent."""
        self.gap_s = 0.0
        """Longest time without arrivals if ``INTERRUPTED_S`` or longer."""
        self.groups: list[tuple[float, float]] = []
        """Complete groups since, by ``group``: when the last packet was sent, and arrived."""
        self.least_delay = math.inf
        """Least one-way delay, between clocks that differ; infinite: nothing new."""
        self.latest_delay = math.inf
        """The same of the newest feedback alone."""
        self.received = 0
        self.lost = 0
        """Not received; negative if more came late than were lost since."""
        self.octets = 0
        self._reference: int | None = None
        self._highest = -1
        """Newest number that feedback spoke of."""
        self._missing: deque[int] = deque()
        """Not received and not written off yet, ascending."""
        self._lost_run = 0
        """How many of the last of them are in a row."""
        self._group_began = -math.inf
        self._group_sent = 0.0
        self._group_arrived = 0.0
        self._ungrouped: deque[tuple[float, list[float], list[float]]] = deque()
        """Clock, and when packets were sent and arrived, by feedback."""
        self._ungrouped_packets = 0
        self._torn = False
        """Packets were left out before the first of these."""

    @property
    def complete(self) -> bool:
        """Whether nothing is missing of what feedback spoke of."""
        return not self._missing

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
        sent: SentLog,
        *,
        loss: float,
    ) -> None:
        """
        Add a feedback.

        Args:
            first: Number of its first packet; all its packets are in ``sent``.
            arrivals: Per packet, seconds after ``clock``, or None.
            sent: What was sent; packets that arrived are acknowledged there.
            loss: Share of packets that get lost, for those no feedback speaks of.
        """
        highest = self._highest
        count = len(arrivals)
        if -1 < highest < first - 1:
            self._untold(highest + 1, first, sent, loss)
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
            self._write_off(sent)

    def _sift(
        self,
        first: int,
        arrivals: list[float | None],
        times: Sequence[float],
        sizes: Sequence[int],
        sent: SentLog,
    ) -> None:
        """Take a feedback with losses, or on packets that were acknowledged before."""
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
                run = min(self._lost_run, len(missing))  # some may be written off
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
                self.lost -= 1  # it was written off
            fresh_times.append(times[place])
            fresh_arrivals.append(arrival)
        self._highest = max(highest, first + len(arrivals) - 1)
        if fresh_times:
            self._follow(fresh_times, fresh_arrivals)

    def _write_off(self, sent: SentLog) -> None:
        """Count as lost what is missing still though later packets are long there."""
        missing, until = self._missing, self.sent_at - REORDER_S
        while missing:
            known = sent.get(missing[0])
            if known is not None and known[0] > until:
                return
            missing.popleft()
            if known is not None and known[1]:
                self.lost += 1

    def _follow(self, times: list[float], arrivals: list[float]) -> None:
        """Measure delays; keep the packets for groups."""
        clock = self.clock
        arrived_at, before = clock + max(arrivals), self.arrived_at
        gap = 0.0 if before is None else abs(clock + arrivals[0] - before)
        interrupted = gap >= INTERRUPTED_S
        # Behind an interruption its clock may have been set back.
        if before is None or arrived_at > before or interrupted:
            self.sent_at, self.arrived_at = max(times), arrived_at
        if interrupted:
            self.gap_s = max(self.gap_s, gap)
            self.least_delay = math.inf
            self.groups.clear()
            self._ungrouped.clear()
            self._ungrouped_packets = 0
            self._tear()
        self.latest_delay = delay = clock + min(map(sub, arrivals, times))
        if delay < self.least_delay:
            self.least_delay = delay
        self._ungrouped.append((clock, times, arrivals))
        self._ungrouped_packets += len(times)

    def _tear(self) -> None:
        """Let groups begin anew: they do not go on from what was before."""
        self._torn = True
        self._group_began = -math.inf

    def leave_ungrouped(self) -> None:
        """Go without groups of what came so far, but for the newest packets."""
        ungrouped = self._ungrouped
        while ungrouped:
            _, times, _ = ungrouped[0]
            rest = self._ungrouped_packets - len(times)
            if rest < KEPT_PACKETS or times[-1] > self.sent_at - KEPT_S:
                return
            ungrouped.popleft()
            self._ungrouped_packets = rest
            self._tear()

    def group(self) -> bool:
        """
        Bring ``groups`` up to date.

        Returns:
            Whether packets are missing between them and the groups before.
        """
        for clock, times, arrivals in self._ungrouped:
            self._sort_into_groups(clock, times, arrivals)
        self._ungrouped.clear()
        self._ungrouped_packets = 0
        torn, self._torn = self._torn, False
        return torn

    def _sort_into_groups(
        self, clock: float, times: list[float], arrivals: list[float]
    ) -> None:
        ordered = sorted(times)
        if ordered != times:
            # A paced packet has its number before it is sent: others overtake it.
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
                    continue  # of a group that is complete
                if arrival > arrived:
                    arrived = arrival
            else:
                if began > -math.inf:
                    self.groups.append((sent, clock + arrived))
                began, until, arrived = sent_at, sent_at + BURST_S, arrival
            sent = sent_at
        self._group_began, self._group_sent = began, sent
        self._group_arrived = clock + arrived

    def _untold(self, first: int, end: int, sent: SentLog, loss: float) -> None:
        """
        Count the bytes of packets that no feedback spoke of as if it had.

        Feedback is lost too; that must not look like a slow link.
        """
        first = max(first, sent.oldest)
        _, sizes = sent.window(first, max(0, end - first))
        self.octets += int(sum(sizes) * (1 - loss))
