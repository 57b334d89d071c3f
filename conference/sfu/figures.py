"""
Figures of a room for the operator.

Counts and means only, which name no participant. Counters grow from the
opening of the room; the others are momentary.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field

from conference.contract.figures import RoomCounts, RoomFigures
from conference.contract.words import Reduced
from conference.ids import RoomId
from conference.sfu.counts import Counts
from conference.sfu.inbound.publisher import Publisher
from conference.sfu.outbound.viewer import Viewer


@dataclass(slots=True)
class _Mean:
    values: list[float] = field(default_factory=list)

    def value(self) -> float:
        return sum(self.values) / len(self.values) if self.values else 0.0


def figures_of(
    room: RoomId,
    counts: Counts,
    publishers: Iterable[Publisher],
    viewers: Iterable[Viewer],
) -> RoomFigures:
    """Return the figures of a room from its parts."""
    layers: Counter[int] = Counter()
    reduced: Counter[Reduced] = Counter()
    paused = present = publishing = nacked = 0
    loss, rtt, estimate, upstream = _Mean(), _Mean(), _Mean(), _Mean()
    for viewer in viewers:
        if not viewer.connected:
            continue
        present += 1
        link = viewer.link()
        if link.reduced is not None:
            reduced[link.reduced] += 1
        if link.down_bps is not None:
            loss.values.append(link.loss)
            estimate.values.append(link.down_bps)
        if link.rtt_s is not None:
            rtt.values.append(link.rtt_s)
        for slot in viewer.pictures:
            if slot.current is not None:
                layers[slot.current.spatial] += 1
            elif slot.target is None:
                paused += 1
    for publisher in publishers:
        publishing += 1
        nacked += publisher.nacked
        upstream.values += [
            layer.admission.reception.fraction_lost
            for track in publisher.tracks.values()
            for layer in track.layers
            if layer.ssrc is not None
        ]
    return RoomFigures(
        room,
        RoomCounts(**asdict(counts)),
        publishing,
        present,
        dict(layers),
        paused,
        dict(reduced),
        loss.value(),
        rtt.value(),
        estimate.value(),
        upstream.value(),
        nacked,
    )
