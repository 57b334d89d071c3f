"""Figures for the operator's Prometheus."""

from pathlib import Path

import pytest
from prometheus_client.parser import text_string_to_metric_families

from conference.contract.figures import RoomCounts, RoomFigures
from conference.contract.words import Reduced
from conference.ids import RoomId
from tests.signaling.http.test_site import get
from tests.signaling.support import Site

TOKEN = "a-scrapers-own-token"
ROOM = RoomFigures(
    room=RoomId("room-1"),
    counts=RoomCounts(received_packets=10, forwarded_packets=200, key_frame_requests=3),
    publishers=1,
    viewers=20,
    layers={0: 5, 2: 15},
    paused=2,
    reduced={Reduced.LINK: 4},
    loss=0.01,
    rtt_s=0.02,
    estimate_bps=2e6,
    upstream_loss=0.0,
    upstream_nacked=7,
)


async def test_a_scraper_on_the_host_reads_every_figure(site: Site) -> None:
    site.plane.rooms = [ROOM]
    site.plane.counters = {"packets_forwarded": 200.0, "legs": 21}
    status, headers, body = await get(site, "/metrics")
    assert status == 200
    assert headers["Content-Type"].startswith("text/plain")
    samples = {
        (sample.name, tuple(sorted(sample.labels.items()))): sample.value
        for family in text_string_to_metric_families(body.decode())
        for sample in family.samples
    }
    room = ("room", "room-1")
    assert samples["pavilion_packets_forwarded_total", ()] == 200
    assert samples["pavilion_room_viewers", (room,)] == 20
    assert samples["pavilion_room_forwarded_packets_total", (room,)] == 200
    assert samples["pavilion_room_layers", (("layer", "2"), room)] == 15
    assert samples["pavilion_room_reduced_viewers", (("reason", "link"), room)] == 4
    assert samples["pavilion_loop_lag_seconds", ()] >= 0
    assert samples["process_cpu_seconds_total", ()] > 0


async def test_no_figure_belongs_to_a_participant(site: Site) -> None:
    site.plane.rooms = [ROOM]
    _, _, body = await get(site, "/metrics")
    labels = {
        name
        for family in text_string_to_metric_families(body.decode())
        for sample in family.samples
        for name in sample.labels
    }
    assert labels == {"room", "layer", "reason"}


@pytest.mark.parametrize(
    ("header", "status"),
    [
        ({}, 404),
        ({"Authorization": f"Bearer {TOKEN}"}, 200),
        ({"Authorization": "Bearer something-else-entirely"}, 404),
        ({"Authorization": f"Basic {TOKEN}"}, 404),
        ({"Authorization": "Bearer \udcff"}, 404),
    ],
)
async def test_elsewhere_the_page_is_only_there_with_the_token(
    tmp_path: Path, header: dict[str, str], status: int
) -> None:
    site = Site(
        tmp_path / "data",
        **{"metrics.networks": ["192.0.2.0/24"], "metrics.token": TOKEN},
    )
    await site.start()
    try:
        assert (await get(site, "/metrics", **header))[0] == status
        assert (await get(site, "/metrics/", **header))[0] == 404
    finally:
        await site.stop()
