"""Dividing a viewer's budget among its pictures."""

from hypothesis import given
from hypothesis import strategies as st

from conference.sfu.bandwidth.allocate import (
    FORGIVEN_S,
    PAUSE_AFTER_S,
    UP_AFTER_DOWN_S,
    UP_SHARE,
    Allocator,
    Layer,
    LayerRate,
    Want,
    ladder,
)
from conference.sfu.outbound.adaptation import unrepaired

CAMERA = (
    *(LayerRate(0, t, bps) for t, bps in enumerate((50e3, 80e3, 120e3))),
    *(LayerRate(1, t, bps) for t, bps in enumerate((180e3, 270e3, 450e3))),
    *(LayerRate(2, t, bps) for t, bps in enumerate((600e3, 900e3, 1.5e6))),
)
STILL = (LayerRate(0, 0, 350e3), LayerRate(1, 0, 2.5e6))
SINGLE = (LayerRate(0, 0, 800e3),)


def want(
    key: str,
    preferred: Layer = (2, 2),
    layers: tuple[LayerRate, ...] = CAMERA,
    *,
    sharp: bool = False,
) -> Want[str]:
    return Want(key, preferred, layers, sharp)


def cost(wants: list[Want[str]], chosen: dict[str, Layer | None]) -> float:
    return sum(
        layer.bps
        for w in wants
        for layer in w.layers
        if (layer.spatial, layer.temporal) == chosen[w.key]
    )


def settled(budget: float, wants: list[Want[str]]) -> Allocator[str]:
    allocator: Allocator[str] = Allocator()
    allocator.allocate(budget, wants, now=0)
    return allocator


def test_a_sufficient_budget_gives_every_preferred_layer() -> None:
    allocator: Allocator[str] = Allocator()
    wants = [want("stage"), want("tile", (0, 2))]
    assert allocator.allocate(5e6, wants, now=0) == {"stage": (2, 2), "tile": (0, 2)}
    assert allocator.wanted_bps == 1.62e6


def test_every_picture_is_shown_before_any_is_raised() -> None:
    wants = [want(name) for name in ("stage", "large", "small")]
    chosen = Allocator[str]().allocate(410e3, wants, now=0)
    assert chosen["stage"] == (1, 1)
    assert chosen["large"] == chosen["small"] == (0, 0)


def test_the_first_want_gets_the_only_place() -> None:
    wants = [want(name) for name in ("stage", "large", "small")]
    chosen = Allocator[str]().allocate(60e3, wants, now=0)
    assert chosen == {"stage": (0, 0), "large": None, "small": None}


def test_an_expensive_picture_does_not_exclude_cheap_ones() -> None:
    wants = [want("screen", layers=SINGLE), want("tile")]
    chosen = Allocator[str]().allocate(300e3, wants, now=0)
    assert chosen["screen"] is None
    assert chosen["tile"] is not None


def test_the_frame_rate_is_lowered_before_the_resolution() -> None:
    assert Allocator[str]().allocate(1.1e6, [want("a")], now=0) == {"a": (2, 1)}
    # Less than half the frames of a large picture: a smaller one is smoother.
    assert Allocator[str]().allocate(800e3, [want("a")], now=0) == {"a": (1, 2)}


def test_a_sharp_picture_keeps_its_resolution() -> None:
    chosen = Allocator[str]().allocate(800e3, [want("slides", sharp=True)], now=0)
    assert chosen == {"slides": (2, 0)}


def test_a_track_without_a_small_layer_uses_its_lowest() -> None:
    layers = tuple(layer for layer in CAMERA if layer.spatial == 2)
    steps = ladder(want("a", (0, 1), layers))
    assert [(step.spatial, step.temporal) for step in steps] == [(2, 0), (2, 1)]
    assert ladder(want("a", layers=())) == []
    only_full = (LayerRate(1, 2, 450e3),)
    assert ladder(want("a", (1, 0), only_full)) == list(only_full)


def test_lowering_is_immediate_and_raising_waits_for_a_calm_time() -> None:
    wants = [want("a")]
    allocator = settled(3e6, wants)
    allocator.allocate(3e6, wants, now=20)
    assert allocator.allocate(300e3, wants, now=30) == {"a": (1, 1)}
    assert allocator.allocate(3e6, wants, now=31) == {"a": (1, 1)}
    assert allocator.allocate(3e6, wants, now=30 + UP_AFTER_DOWN_S) == {"a": (2, 2)}


def test_raising_needs_headroom_that_staying_does_not() -> None:
    wants = [want("a")]
    allocator = settled(450e3 / UP_SHARE - 1, wants)
    assert allocator.allocate(450e3 / UP_SHARE - 1, wants, now=1) == {"a": (1, 1)}
    assert allocator.allocate(450e3 / UP_SHARE + 1, wants, now=2) == {"a": (1, 2)}
    assert allocator.allocate(450e3, wants, now=3) == {"a": (1, 2)}


def test_a_failed_raise_is_not_repeated_within_a_minute() -> None:
    wants = [want("a", (1, 2))]
    allocator = settled(400e3, wants)
    assert allocator.allocate(500e3, wants, now=10) == {"a": (1, 2)}
    assert allocator.allocate(440e3, wants, now=15) == {"a": (1, 1)}
    for now in range(16, 75):
        assert allocator.allocate(500e3, wants, now=now) == {"a": (1, 1)}
    assert allocator.allocate(500e3, wants, now=15 + FORGIVEN_S) == {"a": (1, 2)}


def test_a_link_that_was_thin_all_along_is_a_failure_even_later() -> None:
    wants = [want("a", (1, 2))]
    allocator = settled(500e3, wants)
    assert allocator.allocate(440e3, wants, now=50) == {"a": (1, 1)}
    assert allocator.allocate(500e3, wants, now=60) == {"a": (1, 1)}


def test_a_changed_link_is_used_again_sooner() -> None:
    wants = [want("a", (1, 2))]
    allocator = settled(500e3, wants)
    assert allocator.allocate(440e3, wants, now=5) == {"a": (1, 1)}
    assert allocator.allocate(1e6, wants, now=12) == {"a": (1, 2)}
    # It broke down and came back: nothing was wrong with the layer.
    assert allocator.allocate(100e3, wants, now=15) == {"a": (0, 1)}
    assert allocator.allocate(1e6, wants, now=45) == {"a": (1, 2)}


def test_each_failure_doubles_the_wait() -> None:
    wants = [want("a")]
    allocator: Allocator[str] = Allocator()
    now, waits = 0.0, []
    for _ in range(6):
        allocator.allocate(10e6, wants, now=now)
        now += 1
        allocator.allocate(100e3, wants, now=now)
        fell = now
        while allocator.allocate(10e6, wants, now=now)["a"] != (2, 2):
            now += 1
        waits.append(now - fell)
    assert waits == [4, 8, 16, 30, 30, 30]


def test_a_smaller_tile_is_not_a_failed_raise() -> None:
    wants = [want("a")]
    allocator = settled(3e6, wants)
    assert allocator.allocate(3e6, [want("a", (0, 2))], now=1) == {"a": (0, 2)}
    assert allocator.allocate(3e6, wants, now=1.5) == {"a": (2, 2)}


def test_a_layer_that_its_publisher_stopped_is_not_a_failed_raise() -> None:
    allocator = settled(3e6, [want("a")])
    lower = tuple(layer for layer in CAMERA if layer.spatial < 2)
    assert allocator.allocate(3e6, [want("a", layers=lower)], now=1) == {"a": (1, 2)}
    assert allocator.allocate(3e6, [want("a")], now=1.5) == {"a": (2, 2)}
    assert allocator.allocate(3e6, [want("a", layers=())], now=2) == {"a": None}


def test_the_first_picture_survives_a_short_shortage() -> None:
    wants = [want("stage"), want("tile")]
    allocator = settled(3e6, wants)
    chosen = allocator.allocate(10e3, wants, now=10)
    assert chosen == {"stage": (0, 0), "tile": None}
    chosen = allocator.allocate(10e3, wants, now=10 + PAUSE_AFTER_S)
    assert chosen == {"stage": None, "tile": None}
    assert allocator.allocate(10e3, wants, now=60) == {"stage": None, "tile": None}


def holes(loss: float) -> float:
    """Return the loss that one round of repairs leaves."""
    return loss * unrepaired(loss)


def test_large_layers_are_lowered_where_repairs_are_too_slow() -> None:
    wants = [want("face"), want("slides", sharp=True)]
    allocator: Allocator[str] = Allocator()
    assert allocator.allocate(9e6, wants, now=0, holes=holes(0.05))["face"] == (2, 2)
    chosen = allocator.allocate(9e6, wants, now=1, holes=holes(0.1))
    assert chosen == {"face": (1, 2), "slides": (2, 2)}
    assert allocator.wanted_bps == 450e3 + 1.5e6
    assert allocator.allocate(9e6, wants, now=9, holes=holes(0.3))["face"] == (0, 2)
    # Raised again only well below the loss that lowered it.
    assert allocator.allocate(9e6, wants, now=90, holes=holes(0.12))["face"] == (0, 2)
    assert allocator.allocate(9e6, wants, now=99, holes=holes(0.1))["face"] == (1, 2)


def test_a_removed_want_is_forgotten() -> None:
    allocator = settled(500e3, [want("a", (1, 2))])
    allocator.allocate(440e3, [want("a", (1, 2))], now=5)
    allocator.allocate(440e3, [], now=6)
    assert allocator.wanted_bps == 0
    assert allocator.allocate(500e3, [want("a", (1, 2))], now=7) == {"a": (1, 2)}


rates = st.lists(st.floats(10e3, 1e6), min_size=1, max_size=3)


@st.composite
def tracks(draw: st.DrawFn) -> tuple[LayerRate, ...]:
    layers = []
    for spatial in sorted(draw(st.sets(st.integers(0, 2), max_size=3))):
        total = 0.0
        for temporal, step in enumerate(draw(rates)):
            total += step
            layers.append(LayerRate(spatial, temporal, total))
    return tuple(layers)


preferences = st.tuples(st.integers(0, 2), st.integers(0, 2))
walks = st.lists(
    st.tuples(st.floats(0, 5e6), st.floats(0.1, 30.0), st.floats(0, 0.5)),
    min_size=1,
    max_size=12,
)


@given(st.lists(st.tuples(preferences, tracks(), st.booleans()), max_size=6), walks)
def test_the_budget_is_kept_in_any_sequence_of_events(
    specs: list[tuple[Layer, tuple[LayerRate, ...], bool]],
    walk: list[tuple[float, float, float]],
) -> None:
    wants = [
        Want(str(i), preferred, layers, sharp)
        for i, (preferred, layers, sharp) in enumerate(specs)
    ]
    allocator: Allocator[str] = Allocator()
    now = 0.0
    for budget, wait, loss in walk:
        now += wait
        chosen = allocator.allocate(budget, wants, now=now, holes=loss)
        assert set(chosen) == {w.key for w in wants}
        for w in wants:
            layer = chosen[w.key]
            steps = [(step.spatial, step.temporal) for step in ladder(w)]
            assert layer is None or layer in steps
            assert (layer is None) or w.layers
        spent = cost(wants, chosen)
        first = wants[0].key if wants else ""
        cheapest = ladder(wants[0])[:1] if wants else []
        endured = cheapest[0].bps if cheapest else 0.0
        others = [layer for key, layer in chosen.items() if key != first]
        assert spent <= budget + 1e-6 or (
            spent == endured and others == [None] * len(others)
        )


@given(st.lists(tracks(), min_size=2, max_size=6), st.floats(0, 3e6))
def test_no_want_is_paused_for_a_less_important_one(
    layers: list[tuple[LayerRate, ...]], budget: float
) -> None:
    wants = [Want(str(i), (2, 2), track) for i, track in enumerate(layers)]
    chosen = Allocator[str]().allocate(budget, wants, now=0)
    for i, paused in enumerate(wants):
        if chosen[paused.key] is not None or not paused.layers:
            continue
        price = ladder(paused)[0].bps
        later = [w for w in wants[i + 1 :] if chosen[w.key] is not None]
        assert all(ladder(w)[0].bps < price for w in later)


@given(st.lists(tracks(), min_size=1, max_size=6))
def test_a_budget_for_everything_gives_everything(
    layers: list[tuple[LayerRate, ...]],
) -> None:
    wants = [Want(str(i), (2, 2), track) for i, track in enumerate(layers)]
    chosen = Allocator[str]().allocate(1e9, wants, now=0)
    for w in wants:
        steps = ladder(w)
        best = (steps[-1].spatial, steps[-1].temporal) if steps else None
        assert chosen[w.key] == best
