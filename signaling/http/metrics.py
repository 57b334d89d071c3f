"""
Figures for an operator's Prometheus, at ``/metrics``.

Counts, sums and means per room and for the whole node; no figure belongs to a
participant. Served to requests from an allowed network or with the token;
to others the page does not exist.
"""

import asyncio
import hmac
import ipaddress
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Protocol

from aiohttp import web
from prometheus_client import CollectorRegistry, ProcessCollector, generate_latest
from prometheus_client.core import (
    CounterMetricFamily,
    GaugeMetricFamily,
    Metric,
)
from prometheus_client.exposition import CONTENT_TYPE_LATEST
from prometheus_client.registry import Collector

from conference.contract.figures import PlaneFigures, RoomFigures
from signaling.auth.proxies import Proxies

Network = ipaddress.IPv4Network | ipaddress.IPv6Network
LAG_EVERY_S = 0.1
"""Interval of the measurement. Shorter: more CPU; longer: short
stalls go unseen."""
BEARER = "Bearer "


class Measured(Protocol):
    """What figures are requested from (``conference.contract.media_plane``)."""

    async def figures(self) -> PlaneFigures:
        """Return what the media plane is doing."""
        ...


class LoopLag:
    """Measures how late the event loop runs its timers."""

    def __init__(self) -> None:
        self.worst_s = 0.0
        """Since the last ``take``."""

    def take(self) -> float:
        """Return the worst lateness since the last call."""
        worst, self.worst_s = self.worst_s, 0.0
        return worst

    async def watch(self) -> None:
        """Measure until cancelled."""
        while True:
            due = time.monotonic() + LAG_EVERY_S
            await asyncio.sleep(LAG_EVERY_S)
            self.worst_s = max(self.worst_s, time.monotonic() - due)


class PlaneCollector(Collector):
    """Turns the media plane's figures into Prometheus metrics, at each scrape."""

    def __init__(self, lag: LoopLag, endings: Mapping[str, int]) -> None:
        self.figures = PlaneFigures({}, ())
        """What is shown; set before each scrape."""
        self._lag = lag
        self._endings = endings
        self._cpu_s = time.process_time()
        self._forwarded = 0.0

    def collect(self) -> Iterator[Metric]:
        """Return the current values of all metrics."""
        stats = self.figures.counters
        # A connectivity test before joining belongs to no room.
        rooms = [room for room in self.figures.rooms if room.viewers]
        yield _gauge("rooms", "Rooms with participants.", len(rooms))
        yield _gauge(
            "loop_lag_seconds",
            "Worst lateness of the event loop since the last scrape.",
            self._lag.take(),
        )
        yield _gauge(
            "cpu_seconds_per_forwarded_packet",
            "Processor time of everything over packets forwarded, since the last scrape.",
            self._cpu_per_packet(stats.get("packets_forwarded", 0.0)),
        )
        yield _gauge("legs", "Peer connections that are up.", stats.get("legs", 0))
        yield _counter(
            "connections_ended",
            "Connections of participants that ended, by reason.",
            [((why,), count) for why, count in sorted(self._endings.items())],
            ("reason",),
        )
        for name, text in NODE_COUNTERS.items():
            yield _counter(name, text, [((), stats.get(name, 0.0))], ())
        yield from _room_metrics(rooms)

    def _cpu_per_packet(self, forwarded: float) -> float:
        cpu_s = time.process_time()
        packets = forwarded - self._forwarded
        spent = cpu_s - self._cpu_s
        self._cpu_s, self._forwarded = cpu_s, forwarded
        return spent / packets if packets > 0 else 0.0


NODE_COUNTERS = {
    "packets_forwarded": "Copies handed to a socket.",
    "packets_unsent": "Copies that a socket refused.",
    "packets_malformed": "Authentic packets that could not be read.",
    "packets_refused": "Packets that were not authentic, replayed, or too many.",
    "datagrams_received": "Datagrams that came to the media port.",
    "datagrams_unknown": "Of these, from an address without an authentic check.",
    "datagrams_bad_size": "Of these, too long or empty.",
    "datagrams_bad_check": "Of these, connectivity checks that were not authentic.",
}

Labelled = Sequence[tuple[tuple[str, ...], float]]


def _gauge(name: str, text: str, value: float) -> Metric:
    return GaugeMetricFamily(f"pavilion_{name}", text, value=value)


def _counter(name: str, text: str, values: Labelled, labels: tuple[str, ...]) -> Metric:
    family = CounterMetricFamily(f"pavilion_{name}", text, labels=labels)
    for label, value in values:
        family.add_metric(label, value)
    return family


def _room_metrics(rooms: Iterable[RoomFigures]) -> Iterator[Metric]:
    listed = list(rooms)
    for name, text in ROOM_COUNTERS.items():
        yield _counter(
            f"room_{name}",
            text,
            [((r.room,), getattr(r.counts, name)) for r in listed],
            ("room",),
        )
    for name, (field, text) in ROOM_GAUGES.items():
        family = GaugeMetricFamily(f"pavilion_room_{name}", text, labels=("room",))
        for room in listed:
            family.add_metric((room.room,), getattr(room, field))
        yield family
    layers = GaugeMetricFamily(
        "pavilion_room_layers",
        "Picture slots by the spatial layer that they carry, 0 the smallest.",
        labels=("room", "layer"),
    )
    reduced = GaugeMetricFamily(
        "pavilion_room_reduced_viewers",
        "Viewers that get less than their screen could show, by reason.",
        labels=("room", "reason"),
    )
    for room in listed:
        for layer, count in sorted(room.layers.items()):
            layers.add_metric((room.room, str(layer)), count)
        for reason, count in sorted(room.reduced.items()):
            reduced.add_metric((room.room, reason.value), count)
    yield layers
    yield reduced


ROOM_COUNTERS = {
    "received_packets": "Packets from publishers.",
    "received_octets": "Payload of these.",
    "forwarded_packets": "Copies sent to viewers.",
    "forwarded_octets": "Payload of these.",
    "nacked_packets": "Packets that viewers requested again.",
    "repaired_packets": "Of these, sent again.",
    "key_frame_requests": "Sent to publishers.",
    "probe_octets": "Sent to learn what links carry.",
}
ROOM_GAUGES = {
    "publishers": ("publishers", "Participants that publish."),
    "viewers": ("viewers", "Participants that watch."),
    "paused_pictures": ("paused", "Pictures that a viewer's link has no room for."),
    "loss_ratio": ("loss", "Mean share of packets to viewers that are lost."),
    "rtt_seconds": ("rtt_s", "Mean round trip to viewers."),
    "estimate_bits_per_second": ("estimate_bps", "Mean estimate of viewers' links."),
    "upstream_loss_ratio": (
        "upstream_loss",
        "Mean share of packets from publishers that are lost.",
    ),
    "upstream_nacked_packets": (
        "upstream_nacked",
        "Packets that were requested again from the current publishers.",
    ),
}


class MetricsPage:
    """
    The page at ``/metrics``.

    Args:
        plane: The source of the figures.
        lag: The lag of the event loop.
        endings: How many connections ended, by reason.
        networks: Addresses that may read it without a token.
        token: Grants access from anywhere; None: there is none.
        proxies: Find the client's address behind a reverse proxy.
    """

    def __init__(
        self,
        plane: Measured,
        lag: LoopLag,
        endings: Mapping[str, int],
        *,
        networks: Sequence[Network],
        token: str | None,
        proxies: Proxies,
    ) -> None:
        self._plane = plane
        self._collector = PlaneCollector(lag, endings)
        self._registry = CollectorRegistry()
        self._registry.register(self._collector)
        ProcessCollector(registry=self._registry)
        self._networks = tuple(networks)
        self._token = token
        self._proxies = proxies

    async def show(self, request: web.Request) -> web.StreamResponse:
        """Answer a scrape; to those who may not, the page does not exist."""
        if not self._allowed(request):
            raise web.HTTPNotFound
        # No other request is served between here and the end of ``generate_latest``.
        self._collector.figures = await self._plane.figures()
        return web.Response(
            body=generate_latest(self._registry),
            headers={"Content-Type": CONTENT_TYPE_LATEST},
        )

    def _allowed(self, request: web.Request) -> bool:
        header = request.headers.get("Authorization", "")
        if self._token is not None and header.startswith(BEARER):
            presented = header[len(BEARER) :].encode("utf-8", "surrogateescape")
            return hmac.compare_digest(presented, self._token.encode())
        try:
            client = self._proxies.client(request.remote, request.headers)
            address = ipaddress.ip_address(client.partition("%")[0])
        except ValueError:
            return False
        mapped = getattr(address, "ipv4_mapped", None)
        return any((mapped or address) in network for network in self._networks)
