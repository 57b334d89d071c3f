"""Which layers are requested from a publisher, and when one is overdue."""

from conference.sfu.inbound.layer_demand import KEEP_S, WAKE_S, LayerDemand

ALL = frozenset({0, 1, 2})
NOW = 100.0


def requested(*layers: int) -> LayerDemand:
    demand = LayerDemand()
    demand.request(frozenset(layers), now=NOW)
    return demand


def test_without_a_request_no_layer_is_stopped() -> None:
    demand = LayerDemand()
    assert demand.requested is None
    assert not demand.stopped(2)


def test_layers_outside_the_request_are_stopped() -> None:
    demand = requested(0)
    assert demand.stopped(2)
    assert not demand.stopped(0)


def test_an_unwatched_layer_stays_for_a_while() -> None:
    demand = requested(0, 1, 2)
    assert demand.to_request({0}, (), now=NOW + KEEP_S) == ALL
    assert demand.to_request({0}, (), now=NOW + KEEP_S + 0.1) == {0}


def test_a_watched_layer_is_requested_at_once() -> None:
    assert requested(0).to_request({0, 2}, (), now=NOW) == {0, 2}


def test_a_resting_layer_stays_while_the_track_is_watched() -> None:
    demand = requested(0, 2)
    late = NOW + 3 * KEEP_S
    assert demand.to_request({0}, (2,), now=late) == {0, 2}
    assert demand.to_request(set(), (2,), now=late + KEEP_S + 0.1) == frozenset()


def test_a_resting_layer_that_was_not_requested_is_not_added() -> None:
    assert requested(0).to_request({0}, (2,), now=NOW) == {0}


def test_a_layer_is_overdue_when_requested_and_watched_for_long_enough() -> None:
    demand = requested(2)
    demand.to_request({2}, (), now=NOW + 1)
    assert not demand.overdue(2, now=NOW + WAKE_S)
    assert demand.overdue(2, now=NOW + 1 + WAKE_S)


def test_an_unwatched_layer_is_never_overdue() -> None:
    demand = requested(2)
    demand.to_request({2}, (), now=NOW)
    demand.to_request(set(), (), now=NOW + 1)
    assert not demand.overdue(2, now=NOW + 10 * WAKE_S)


def test_a_repeated_request_gives_the_publisher_its_time_again() -> None:
    demand = requested(2)
    demand.to_request({2}, (), now=NOW)
    demand.repeat(now=NOW + WAKE_S)
    assert not demand.overdue(2, now=NOW + WAKE_S)
    assert demand.overdue(2, now=NOW + 2 * WAKE_S)
    assert demand.requested == frozenset({2})


def test_a_layer_that_stays_requested_keeps_its_time() -> None:
    demand = requested(2)
    demand.to_request({2}, (), now=NOW)
    demand.request(frozenset({0, 2}), now=NOW + 1)
    assert demand.overdue(2, now=NOW + WAKE_S)
