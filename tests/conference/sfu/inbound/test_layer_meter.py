"""The bitrate of a layer, by temporal layer."""

import pytest

from conference.sfu.inbound.layer_meter import SHARE, WINDOW_S, LayerMeter

NOW = 100.0


def send(meter: LayerMeter, now: float, *sizes: int) -> None:
    """Let packets of each temporal layer arrive, and a window pass."""
    for temporal, size in enumerate(sizes):
        meter.count(temporal, size)
    meter.read(now=now)


@pytest.fixture
def meter() -> LayerMeter:
    meter = LayerMeter()
    send(meter, NOW, 1)
    return meter


def test_nothing_is_known_before_a_whole_window(meter: LayerMeter) -> None:
    send(meter, NOW + WINDOW_S / 2, 10_000)
    assert not meter.known
    assert meter.rates == [0, 0, 0]


def test_rates_include_the_temporal_layers_below(meter: LayerMeter) -> None:
    meter.count(0, 999)  # with the octet of the first reading
    send(meter, NOW + WINDOW_S, 0, 500, 250)
    assert meter.known
    assert meter.rates == [16_000, 24_000, 28_000]


def test_temporal_layers_above_the_third_count_as_the_third(meter: LayerMeter) -> None:
    meter.count(7, 999)
    meter.read(now=NOW + WINDOW_S)
    assert meter.rates[2] == 16_000


def test_a_rise_counts_at_once_and_a_fall_by_its_share(meter: LayerMeter) -> None:
    send(meter, NOW + WINDOW_S, 999)
    send(meter, NOW + 2 * WINDOW_S, 2_000)
    assert meter.rates[0] == 32_000
    send(meter, NOW + 3 * WINDOW_S, 0)
    assert meter.rates[0] == int(32_000 * (1 - SHARE))


def test_the_window_begins_with_the_first_packet() -> None:
    meter = LayerMeter()
    meter.read(now=NOW)
    send(meter, NOW + 10, 1_000)
    assert not meter.known
    send(meter, NOW + 10 + WINDOW_S, 0)
    assert meter.rates[0] == 16_000


def test_a_reset_forgets_everything(meter: LayerMeter) -> None:
    send(meter, NOW + WINDOW_S, 999)
    meter.reset()
    assert not meter.known
    assert meter.rates == [0, 0, 0]
    send(meter, NOW + 9, 1_000)
    assert not meter.known
