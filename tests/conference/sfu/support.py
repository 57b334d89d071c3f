"""Verbs of the tests with simulcast cameras and one viewer."""

from conference.contract import media
from conference.contract.words import Receive, SlotGroup, Source
from conference.ids import ParticipantId
from conference.sfu.outbound.viewer import Viewer
from tests.support.bench import Bench, Simulcast, Sink

VIEWER = ParticipantId("viewer")


def play(bench: Bench, *cameras: Simulcast, seconds: float = 1.0) -> None:
    """Let cameras send the requested layers, at 20 frames a second."""
    for _ in range(round(seconds * 20)):
        for camera in cameras:
            camera.tick()
        bench.pass_time(0.05)
    bench.settle()


def watch(bench: Bench, **heights: int) -> Sink:
    """Let a viewer see the stage and some tiles, at these heights."""
    sink = bench.sink("viewer")
    show(bench, sink, heights)
    return sink


def show(
    bench: Bench,
    sink: Sink,
    tiles: dict[str, int] | None = None,
    *,
    stage: int = 720,
    receive: Receive = Receive.AUTO,
) -> None:
    bench.apply(
        media.SetView(
            sink.participant,
            None,
            tuple(
                media.Tile(ParticipantId(who), height)
                for who, height in (tiles or {}).items()
            ),
            stage_height=stage,
            receive=receive,
        )
    )
    bench.settle()


def layers_on(sink: Sink, group: SlotGroup, place: int = 0) -> list[int]:
    """Return the layers that arrived on a slot, once per change."""
    found: list[int] = []
    for packet in sink.on(sink.mid(group, "video", place)):
        layer = packet.payload[-1]
        if not found or found[-1] != layer:
            found.append(layer)
    return found


def layer_requests(
    bench: Bench, who: str, source: Source = Source.CAMERA
) -> list[tuple[int, ...]]:
    bench.settle()
    return [
        e.layers
        for e in bench.events
        if isinstance(e, media.LayersWanted)
        and (e.participant, e.source) == (who, source)
    ]


def viewer_of(bench: Bench) -> Viewer:
    return bench.plane.viewers[VIEWER]
