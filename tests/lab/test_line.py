"""The model of a line: rate, queue, loss, blackout; without a network."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support.lab.line import Line, Shape


def line(shape: Shape, seed: int = 1) -> Line:
    made = Line(seed)
    made.shape = shape
    return made


def test_unshaped_line_delivers_at_once() -> None:
    plain = line(Shape())
    assert plain.enter(1000, udp=True, now=5.0) == 5.0
    assert plain.left(1000, now=5.0)
    assert (plain.counts.frames, plain.counts.bytes) == (1, 1000)


def test_rate_spaces_frames_and_full_queue_drops_the_newest() -> None:
    thin = line(Shape(rate_kbps=80, queue_ms=250))
    times = [thin.enter(1000, udp=True, now=0.0) for _ in range(5)]
    assert times == [pytest.approx(0.1), 0.2, pytest.approx(0.3), None, None]
    assert thin.counts.overflowed == 2
    assert thin.enter(1000, udp=True, now=0.3) == pytest.approx(0.4)
    assert thin.history[0].queue_ms == pytest.approx(300)


def test_loss_has_the_given_share_and_is_reproducible() -> None:
    def kept(seed: int) -> list[bool]:
        lossy = line(Shape(loss=0.1), seed)
        return [lossy.enter(100, udp=True, now=0.0) is not None for _ in range(10_000)]

    assert kept(1).count(False) == pytest.approx(1000, abs=100)
    assert kept(1) == kept(1)
    assert kept(1) != kept(2)


def test_blackout_drops_frames_under_way() -> None:
    slow = line(Shape(delay_ms=100))
    assert slow.enter(100, udp=True, now=0.0) == pytest.approx(0.1)
    slow.shape = Shape(blackout=True)
    assert not slow.left(100, now=0.1)
    assert slow.enter(100, udp=False, now=0.2) is None
    assert slow.counts.blacked_out == 2


def test_firewall_drops_only_udp() -> None:
    walled = line(Shape(drops_udp=True))
    assert walled.enter(100, udp=True, now=0.0) is None
    assert walled.enter(100, udp=False, now=0.0) == 0.0


@given(
    st.lists(st.tuples(st.floats(0, 0.05), st.integers(60, 1500)), max_size=60),
    st.floats(10, 10_000),
    st.floats(0, 500),
)
def test_line_never_exceeds_its_rate_or_its_queue(
    frames: list[tuple[float, int]], rate_kbps: float, queue_ms: float
) -> None:
    thin = line(Shape(rate_kbps=rate_kbps, queue_ms=queue_ms))
    now, carried, last = 0.0, 0, 0.0
    for pause, size in frames:
        now += pause
        at = thin.enter(size, udp=True, now=now)
        if at is None:
            continue
        carried += size
        own = size * 8 / (rate_kbps * 1000)
        assert at - now <= queue_ms / 1000 + own + 1e-9
        assert at >= last
        last = at
    assert carried * 8 <= rate_kbps * 1000 * last + 1e-6


@given(st.lists(st.floats(0, 0.05), min_size=2, max_size=60))
def test_ordered_line_keeps_the_order(pauses: list[float]) -> None:
    ordered = line(Shape(delay_ms=50, jitter_ms=50, reorders=False))
    now, arrivals = 0.0, []
    for pause in pauses:
        now += pause
        arrivals.append(ordered.enter(100, udp=True, now=now) or 0.0)
    assert arrivals == sorted(arrivals)
