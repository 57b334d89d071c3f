"""
Which layer each picture slot of one viewer gets: from its link, screen and choice.

Turns what a viewer shows into wants in order of importance, measured rates into
prices, and the estimate of its link into a budget; ``bandwidth.allocate`` divides the
budget. Pure; driven by ``SlotControl`` and ``ViewerFeedback``.
"""

from collections.abc import Iterable, Sequence

from conference.contract.media import MAX_HEIGHT
from conference.contract.words import Receive, Reduced, SlotGroup, Source
from conference.fanout.contract import SlotKey
from conference.fanout.pacer import FACTOR
from conference.fanout.sent import SentLog
from conference.rtp.transport_cc_reader import Feedback
from conference.sfu.bandwidth.allocate import Allocator, LayerRate, Want
from conference.sfu.bandwidth.estimate import BandwidthEstimator
from conference.sfu.bandwidth.probe import Cluster
from conference.sfu.bandwidth.rate import CAUTIOUS_QUEUE_S
from conference.sfu.inbound.layer_meter import TEMPORALS
from conference.sfu.inbound.track import Layer, Track
from conference.sfu.outbound.slot import Slot

START_BPS = 1_000_000
"""Estimate before the first feedback. Lower: every viewer begins with a small picture;
higher: a thin link is overloaded for its first half second."""
MIN_BPS = 50_000
MAX_BPS = 50_000_000
"""More than all slots together ever take."""
SILENT_S = 3.0
"""A browser that has sent no feedback for this long does not support it, and is sent what
the viewer shows."""
QUIET_BPS = 12_000
"""Reserved for each silent voice (DTX), so that there is room for its first words."""
VOICE_OVERHEAD = 1.45
"""Headers and tag over a voice's payload: 44 octets to 100."""
OVERHEAD = 1.07
"""Headers and tag over payload: 40 octets to 1,100, and repairs of a good link."""
INSIST_LOSS = 0.03
"""Random loss from which each repair is sent twice, until the loss is half of it. Lower:
data without need; higher: a repair lost on a long round trip makes its frame too late,
however long the viewer waits."""
LONG_RTT_S = 0.06
"""Round trip from which this matters, with the same hysteresis; on a shorter one there is
time for another NACK."""
REPEAT_LOSS, REPEAT_LOSS_ENDS = 0.15, 0.10
"""Random loss from which every picture packet is sent twice on a long round trip, and below
which this ends. Lower: twice the data where repairs would come in time; higher: frames with
several lost packets, each to be repaired more than once."""
STILL_BPS = 20_000
"""Least rate of a layer that flows: a still screen sends next to nothing."""
ENOUGH = 0.75
"""Share of its tile's height that a layer must have. Lower: visibly soft; 1.0: a tile of
361 pixels costs three times one of 360."""
SAVER_HEIGHT = 200
"""Height of pictures in data-saver mode, in pixels."""
SAVER_SCREEN_HEIGHT = 540
"""Below this a shared screen cannot be read."""
UNREAD_S = 0.15
"""A feedback message that comes later than this after the last one read is never skipped:
a browser that sends feedback seldom would look interrupted."""
CHOOSE_S = 0.25
"""Between two choices while an improvement is possible. Longer: quality rises slowly;
shorter: CPU, as each choice costs some 250 µs with nine tiles."""
LOOK_S = 1.0
"""Between two choices otherwise: the layers' own rates change too."""
FALL = 0.97
"""If the estimate falls below this share of the last one, layers are chosen at once."""
COMFORT = 1.25
"""With an estimate this far above what is wanted, nothing has to be decided."""
NOMINAL_BPS: dict[tuple[Source, int], tuple[int, ...]] = {
    (Source.CAMERA, 3): (120_000, 450_000, 1_500_000),
    (Source.CAMERA, 2): (300_000, 1_500_000),
    (Source.CAMERA, 1): (1_500_000,),
    (Source.SCREEN, 3): (120_000, 450_000, 2_500_000),
    (Source.SCREEN, 2): (350_000, 2_500_000),
    (Source.SCREEN, 1): (2_500_000,),
}
"""Price of a layer that does not flow now: the limits that clients set."""
NOMINAL_HEIGHT = {Source.CAMERA: 720, Source.SCREEN: 1080}
TEMPORAL_SHARES = (0.4, 0.6, 1.0)
"""Cumulative share of a layer's bitrate, by temporal layer, as browsers divide it."""


def voice_price(layer: Layer, *, reinforced: bool = False) -> float:
    """Return the bitrate of a voice with headers, and older frames if reinforced."""
    payload = layer.meter.rates[-1]
    return QUIET_BPS + (VOICE_OVERHEAD + reinforced) * payload


def unrepaired(loss: float) -> float:
    """Return the share of lost packets that one NACK and its answer do not repair."""
    return 1 - (1 - loss) ** 2


Choice = tuple[int, int]
"""Spatial and temporal layer."""


class Adaptation:
    """
    The decisions for one viewer.

    Inputs: ``on_feedback``, ``on_remb``, ``limit``, ``strengthen``. Outputs: ``choose``,
    ``probe``, ``pace_bps``, ``reduced``, ``settled``.
    """

    __slots__ = (
        "_allocator",
        "_chosen_at",
        "_chosen_bps",
        "_feedback_at",
        "_lacks_room",
        "_opened_at",
        "_skipped",
        "_taken_bps",
        "_voices_bps",
        "cap_bps",
        "estimator",
        "has_feedback",
        "insistent",
        "reduced",
        "repeating",
        "settled",
    )

    def __init__(self, *, now: float) -> None:
        self.estimator = BandwidthEstimator(START_BPS, MIN_BPS, MAX_BPS)
        self.cap_bps: float | None = None
        """The operator's limit for this viewer; None: there is none."""
        self.has_feedback = False
        """Its browser sends feedback."""
        self.reduced: Reduced | None = None
        """Why it gets less than it could show; None: it does not."""
        self.settled = False
        """Every preferred layer is sent, with room to spare: nothing to decide."""
        self._allocator: Allocator[SlotKey] = Allocator()
        self._opened_at = now
        self._chosen_at = now
        self._chosen_bps = 0.0
        self._feedback_at = float("-inf")
        self._voices_bps = 0.0
        self._taken_bps = 0.0
        self.insistent = False
        """Repairs are sent twice, on a lossy link with a long round trip."""
        self.repeating = False
        """Pictures are sent twice, on a link that loses many packets."""
        self._lacks_room = False
        """Pictures would be sent twice if the link were known to carry that."""
        self._skipped = False

    @property
    def wanted_bps(self) -> float:
        """Bitrate of all pictures at the size of their tiles."""
        return self._allocator.wanted_bps

    @property
    def demand_bps(self) -> float:
        """``wanted_bps`` with the viewer's voices."""
        return self.wanted_bps + self._voices_bps

    def budget(self, voices_bps: float, *, now: float) -> float:
        """Return bits a second for pictures."""
        budget = self.estimator.bitrate_bps * self.kept
        if not self.has_feedback and now - self._opened_at > SILENT_S:
            budget = MAX_BPS
        if self.cap_bps is not None:
            budget = min(budget, self.cap_bps)
        return budget - voices_bps

    @property
    def kept(self) -> float:
        """Share of what is sent that is neither repair nor repetition, above 0."""
        if self.repeating:
            return 0.5
        loss = self.estimator.ambient_loss
        if self.insistent:
            # Two repairs for each lost packet, and two more if both are lost.
            return 1 / (1 + 2 * loss / (1 - loss * loss))
        return 1 - loss

    @property
    def _holes(self) -> float:
        """Share of picture packets that no repair replaces before their frame is due."""
        loss = self.estimator.ambient_loss
        if self.repeating:
            loss *= loss
        # Either the NACK or its answer may be lost. On a long round trip browsers wait
        # for two rounds of repairs, or one while their user speaks, and each repair is
        # sent twice. On a short one lasting loss rather means a full link, and one round
        # counts: a larger picture would fill it more.
        return loss * unrepaired(loss) ** (2 if self.insistent else 1)

    def strengthen(self) -> None:
        """
        Decide what is sent twice: nothing, repairs, or every picture packet.

        If everything is sent twice, random loss has the square of its probability.
        """
        estimator = self.estimator
        loss, rtt_s = estimator.ambient_loss, estimator.rtt_s
        ease = 0.5 if self.insistent else 1.0
        self.insistent = loss >= ease * INSIST_LOSS and rtt_s >= ease * LONG_RTT_S
        least = REPEAT_LOSS_ENDS if self.repeating else REPEAT_LOSS
        room = 2 * self._taken_bps if self.repeating else self._room_bps
        worth = self.insistent and loss >= least
        # A thin link loses packets in its queue: more data would make that worse.
        self.repeating = worth and estimator.bitrate_bps >= room + self._voices_bps
        self._lacks_room = worth and not self.repeating

    @property
    def _room_bps(self) -> float:
        """Bitrate beside voices that the link must carry before pictures are doubled."""
        return COMFORT * 2 * self.wanted_bps

    def limit(self, cap_bps: float | None) -> None:
        """Take the operator's limit for this viewer; None: there is none."""
        self.cap_bps = cap_bps
        if cap_bps is not None and cap_bps < COMFORT * self.wanted_bps:
            self.settled = False

    def skips_feedback(self, *, now: float) -> bool:
        """
        Return whether the present feedback message may be skipped.

        While a link carries all that is wanted, and nothing is queued or missing, every
        second message is skipped: browsers send 16 and more a second. Its packets are
        assumed to have arrived like the others. To skip more would delay the detection
        of congestion, by 60 ms each.
        """
        estimator = self.estimator
        self._skipped = (
            not self._skipped
            and self.settled
            and estimator.calm
            and estimator.complete
            and now - self._feedback_at < UNREAD_S
        )
        return self._skipped

    def on_feedback(self, feedback: Feedback, sent: SentLog, *, now: float) -> None:
        """Take transport-wide feedback on the packets that the browser received."""
        self.has_feedback = True
        self._feedback_at = now
        self.estimator.on_feedback(feedback, sent, now=now)

    def on_remb(self, bitrate_bps: float, sent: SentLog, *, now: float) -> None:
        """Take the estimate of a browser that estimates its link itself."""
        self.has_feedback = True
        self.estimator.on_remb(bitrate_bps, sent, now=now)

    def due(self, *, now: float) -> bool:
        """Return whether to choose again: the estimate fell, or time has passed."""
        if self.estimator.bitrate_bps < FALL * self._chosen_bps:
            return True
        return now - self._chosen_at >= (LOOK_S if self.settled else CHOOSE_S)

    def loss(self, *, now: float) -> float:
        """Return the share of packets that its link loses; 0 without recent feedback."""
        return self.estimator.loss if now - self._feedback_at < SILENT_S else 0.0

    def rested(self, *, now: float) -> bool:
        """Return whether the last choice is old enough for another one."""
        return now - self._chosen_at >= CHOOSE_S

    @property
    def pace_bps(self) -> float | None:
        """The rate at which pictures are paced; None while the link has room to spare."""
        if self.settled:
            return None
        estimator = self.estimator
        # Voices are not paced, and have their own part of the link.
        pictures = max(MIN_BPS, estimator.bitrate_bps - self._voices_bps)
        if estimator.queue_delay_s > CAUTIOUS_QUEUE_S:
            # A link that shrank has a standing queue: it empties only if less is sent
            # than the link carries, and until then it drops voices too.
            return pictures / FACTOR
        return pictures

    def probe(self, *, now: float) -> Cluster | None:
        """Return the padding to send now, to find out whether the link carries more."""
        if not self.has_feedback or self.settled:
            return None
        room = self._room_bps if self._lacks_room else self.wanted_bps / self.kept
        wanted = room * COMFORT + self._voices_bps
        if self.cap_bps is not None:
            wanted = min(wanted, self.cap_bps)
        return self.estimator.prober.poll(
            now=now, estimate=self.estimator.bitrate_bps, wanted_bps=wanted
        )

    def choose(
        self,
        slots: Sequence[Slot],
        heights: dict[SlotKey, int],
        voices_bps: float,
        *,
        now: float,
    ) -> dict[SlotKey, Choice | None]:
        """
        Return the layer for each picture slot that carries something.

        Args:
            slots: Picture slots with a track.
            heights: Of their tiles on the screen, in device pixels.
            voices_bps: The bitrate of its audio.
            now: Monotonic seconds.
        """
        ordered = sorted(slots, key=lambda slot: _importance(slot, heights))
        wants = [
            Want(
                slot.key,
                (preferred(track, heights[slot.key]), TEMPORALS - 1),
                tuple(prices(track, slot.current, now=now)),
                sharp=track.source is Source.SCREEN,
            )
            for slot in ordered
            if (track := slot.track) is not None
        ]
        self._voices_bps = voices_bps
        self._chosen_at, self._chosen_bps = now, self.estimator.bitrate_bps
        budget = self.budget(voices_bps, now=now)
        chosen = self._allocator.allocate(budget, wants, now=now, holes=self._holes)
        self._taken_bps = sum(
            layer.bps
            for want in wants
            for layer in want.layers
            if (layer.spatial, layer.temporal) == chosen[want.key]
        )
        if not self.has_feedback:
            # Delaying a picture because of a guess is worse than a moment of overload.
            for want in wants:
                if chosen[want.key] is None and want.layers:
                    cheapest = min(want.layers, key=lambda layer: layer.bps)
                    chosen[want.key] = (cheapest.spatial, cheapest.temporal)
        full = all(
            (choice := chosen[want.key]) is not None and choice >= _best(want)
            for want in wants
            if want.layers
        )
        comfortable = budget > COMFORT * self.wanted_bps
        self.settled = full and comfortable and not self._lacks_room
        capped = self.cap_bps is not None and self.cap_bps < self.estimator.bitrate_bps
        self.reduced = None if full else Reduced.OPERATOR if capped else Reduced.LINK
        return chosen


def _best(want: Want[SlotKey]) -> Choice:
    """Return the best layer that is available and not larger than preferred."""
    offered = [(layer.spatial, layer.temporal) for layer in want.layers]
    worth = [layer for layer in offered if layer[0] <= want.preferred[0]]
    return max(worth) if worth else min(offered)


def _importance(slot: Slot, heights: dict[SlotKey, int]) -> tuple[bool, int]:
    """Sort key: stage and content first, then the largest on the screen."""
    return slot.fmt.group is SlotGroup.GRID, -heights[slot.key]


def heights_of(layers: Iterable[Layer], source: Source) -> list[int]:
    """Return the height of each layer; unknown ones as halves of the next larger."""
    listed = list(layers)
    top = next(
        (
            layer.height << (len(listed) - 1 - layer.spatial)
            for layer in reversed(listed)
            if layer.height
        ),
        NOMINAL_HEIGHT.get(source, MAX_HEIGHT),
    )
    return [
        layer.height or top >> (len(listed) - 1 - layer.spatial) for layer in listed
    ]


def preferred(track: Track, height: int) -> int:
    """Return the smallest layer that is large enough for a tile."""
    for layer, own in zip(
        track.layers, heights_of(track.layers, track.source), strict=True
    ):
        if own >= ENOUGH * height:
            return layer.spatial
    return len(track.layers) - 1


def limited(height: int, source: Source, receive: Receive) -> int:
    """Return the height of a tile within the participant's choice."""
    if receive is Receive.SAVER:
        screen = source is Source.SCREEN
        return min(height, SAVER_SCREEN_HEIGHT if screen else SAVER_HEIGHT)
    return height


def prices(track: Track, current: Layer | None, *, now: float) -> list[LayerRate]:
    """
    Return the price of each layer of a track.

    A stopped layer, or one that has just started, has its usual price: it would start
    again when requested. A layer that its publisher leaves out although it was requested
    is not offered; the publisher's link or camera does not provide it.
    """
    nominal = NOMINAL_BPS.get((track.source, len(track.layers)))
    offered: list[LayerRate] = []
    absent: list[LayerRate] = []
    for layer in track.layers:
        rates = layer.meter.rates
        if layer.flows(now=now) and layer.meter.known:
            last = 0
            for temporal, measured in enumerate(rates):
                bps = max(measured, STILL_BPS)
                if bps > last * 1.05 or temporal == TEMPORALS - 1:
                    offered.append(LayerRate(layer.spatial, temporal, bps * OVERHEAD))
                last = bps
            continue
        usual = nominal[layer.spatial] if nominal is not None else 0
        rate = LayerRate(layer.spatial, TEMPORALS - 1, usual * OVERHEAD)
        if layer.may_wake(now=now) or layer.flows(now=now) or layer is current:
            offered.append(rate)
        else:
            absent.append(rate)
    return offered or absent
