"""Splitting an operator's limit."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conference.sfu.bandwidth.share import fair_shares, nested_shares

SLACK = 1e-3


def test_small_demands_are_met_and_the_rest_is_split() -> None:
    demands = {"a": 5e6, "b": 100e3, "c": 2e6}
    assert fair_shares(2.1e6, demands) == {"a": 1e6, "b": 100e3, "c": 1e6}
    assert list(fair_shares(2.1e6, demands)) == ["a", "b", "c"]


def test_every_demand_is_met_if_the_limit_suffices() -> None:
    assert fair_shares(9e6, {"a": 5e6, "b": 1e6}) == {"a": 5e6, "b": 1e6}
    assert fair_shares(9e6, {}) == {}


def test_a_limit_of_zero_gives_zero() -> None:
    assert fair_shares(-1, {"a": 5e6, "b": 0}) == {"a": 0, "b": 0}


def test_the_limits_of_rooms_and_server_apply_together() -> None:
    rooms = {
        "hall": (None, {"h1": 3e6, "h2": 3e6}),
        "talk": (1e6, {"t1": 3e6, "t2": 200e3}),
    }
    assert nested_shares(None, rooms) == {
        "hall": {"h1": 3e6, "h2": 3e6},
        "talk": {"t1": 800e3, "t2": 200e3},
    }
    assert nested_shares(2.4e6, rooms) == {
        "hall": {"h1": pytest.approx(733_333.3), "h2": pytest.approx(733_333.3)},
        "talk": {"t1": pytest.approx(733_333.3), "t2": 200e3},
    }


limits = st.floats(0, 20e6)
wants = st.dictionaries(st.integers(0, 20), st.floats(0, 5e6), max_size=10)


@given(limits, wants)
def test_shares_are_max_min_fair(limit: float, demands: dict[int, float]) -> None:
    shares = fair_shares(limit, demands)
    assert shares.keys() == demands.keys()
    assert sum(shares.values()) == pytest.approx(
        min(limit, sum(demands.values())), abs=SLACK
    )
    for key, share in shares.items():
        assert 0 <= share <= demands[key]
        if share < demands[key] - SLACK:
            # An unmet demand has the largest share.
            assert share >= max(shares.values()) - SLACK


@given(limits, limits, wants)
def test_a_higher_limit_lowers_no_share(
    one: float, other: float, demands: dict[int, float]
) -> None:
    less, more = sorted((one, other))
    small, large = fair_shares(less, demands), fair_shares(more, demands)
    assert all(large[key] >= small[key] - SLACK for key in demands)


@given(
    st.none() | limits,
    st.dictionaries(st.integers(0, 5), st.tuples(st.none() | limits, wants)),
)
def test_nested_limits_are_kept_and_used_in_full(
    server: float | None, rooms: dict[int, tuple[float | None, dict[int, float]]]
) -> None:
    shares = nested_shares(server, rooms)
    assert shares.keys() == rooms.keys()
    total = sum(sum(room.values()) for room in shares.values())
    assert server is None or total <= server + SLACK
    richest = max((s for room in shares.values() for s in room.values()), default=0)
    for room, (limit, demands) in rooms.items():
        own = shares[room]
        spent = sum(own.values())
        assert own.keys() == demands.keys()
        assert limit is None or spent <= limit + SLACK
        for key, share in own.items():
            assert share <= demands[key]
            if share < demands[key] - SLACK:
                full = limit is not None and spent >= limit - SLACK
                assert share >= (max(own.values()) if full else richest) - SLACK
