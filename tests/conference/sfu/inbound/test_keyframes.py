"""How often key frames are requested of a publisher."""

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from conference.fanout.contract import ViewerKey
from conference.rtp.outage import OUTAGE_S
from conference.sfu.inbound.keyframes import (
    MIN_INTERVAL_S,
    OVERDUE_S,
    SHARE_BURST,
    SHARE_PER_S,
    TRACK_BURST,
    TRACK_PER_S,
    KeyFrameRequests,
)

LAYERS = (0, 1, 2)
ANN, BOB = ViewerKey(1), ViewerKey(2)
STEP_S = 0.05
"""Interval of the timer that sends due requests."""

Ask = tuple[float, int, ViewerKey]
"""Seconds after the one before, layer, requester."""

asks = st.lists(
    st.tuples(st.floats(0, 0.4), st.sampled_from(LAYERS), st.sampled_from((ANN, BOB))),
    max_size=60,
)


def play(requests: KeyFrameRequests, asked: list[Ask]) -> list[tuple[float, int]]:
    """Make requests that the encoder answers at once; return the sent ones with their time."""
    sent = []
    now = 0.0
    for pause, layer, who in asked:
        end = now + pause
        while now + STEP_S < end:
            now += STEP_S
            sent += [(now, found) for found in requests.poll(LAYERS, now=now)]
        now = end
        requests.want(layer, who)
        for found in requests.poll(LAYERS, now=now):
            sent.append((now, found))
            requests.on_key_frame(found)
    return sent


def flood(requests: KeyFrameRequests, *layers: int, until: float) -> list[float]:
    """Let Bob request layers twenty times a second; return when requests were sent."""
    sent = []
    for step in range(round(until / STEP_S)):
        for layer in layers:
            requests.want(layer, BOB)
        for layer in requests.poll(LAYERS, now=step * STEP_S):
            requests.on_key_frame(layer)
            sent.append(step * STEP_S)
    return sent


@given(asks)
def test_a_track_gets_at_most_two_requests_a_second(asked: list[Ask]) -> None:
    sent = play(KeyFrameRequests(), asked)
    for first, (begin, _) in enumerate(sent):
        for last, (end, _) in enumerate(sent[first:], first):
            allowed = TRACK_BURST + TRACK_PER_S * (end - begin)
            assert last - first + 1 <= allowed + 0.01


@given(asks)
def test_requests_for_one_layer_keep_an_interval(asked: list[Ask]) -> None:
    sent = play(KeyFrameRequests(), asked)
    for layer in LAYERS:
        times = [when for when, of in sent if of == layer]
        assert all(
            later - earlier >= MIN_INTERVAL_S - 0.001
            for earlier, later in pairwise(times)
        )


@given(asks)
def test_no_request_is_lost(asked: list[Ask]) -> None:
    requests = KeyFrameRequests()
    play(requests, asked)
    now = sum(pause for pause, _, _ in asked)
    requests.want(2, ANN)
    came = []
    for _ in range(round(3 / STEP_S)):
        now += STEP_S
        came += requests.poll(LAYERS, now=now)
    assert 2 in came


@given(
    st.lists(
        st.tuples(st.floats(0, 0.4), st.sampled_from(LAYERS), st.just(BOB)),
        max_size=60,
    ),
    st.sampled_from(LAYERS),
)
def test_a_flood_by_one_viewer_does_not_delay_others(
    asked: list[Ask], layer: int
) -> None:
    requests = KeyFrameRequests()
    sent = play(requests, asked)
    now = sum(pause for pause, _, _ in asked)
    asked_at = max((when for when, of in sent if of == layer), default=-1.0)
    requests.want(layer, ANN)
    due = max(now, asked_at + MIN_INTERVAL_S) + 0.001
    assert layer in requests.poll(LAYERS, now=due)


def test_every_layer_of_a_track_can_be_requested_at_once() -> None:
    requests = KeyFrameRequests()
    for layer, who in zip(LAYERS, (ANN, BOB, ViewerKey(3)), strict=True):
        requests.want(layer, who)
    assert requests.poll(LAYERS, now=0.0) == [0, 1, 2]


def test_a_flood_over_all_layers_gets_two_a_second() -> None:
    sent = flood(KeyFrameRequests(), *LAYERS, until=20.0)
    late = [when for when in sent if when >= 2.0]
    assert len(late) <= TRACK_PER_S * 18 + 1
    # It is slowed down but not blocked: it may be the only viewer.
    assert len(late) >= TRACK_PER_S * 18 - 4


def test_a_lone_viewer_that_loses_packets_gets_two_a_second() -> None:
    sent = flood(KeyFrameRequests(), 1, until=10.0)
    assert 19 <= len(sent) <= 21


def test_a_share_refills() -> None:
    requests = KeyFrameRequests()
    flood(requests, *LAYERS, until=5.0)
    now = 5.0 + SHARE_BURST / SHARE_PER_S
    requests.want(0, BOB)
    requests.want(1, BOB)
    assert sorted(requests.poll((0, 1), now=now)) == [0, 1]


def test_with_few_requests_left_the_longest_waiting_layer_is_first() -> None:
    requests = KeyFrameRequests()
    for layer, who in zip(LAYERS, (ANN, BOB, ViewerKey(3)), strict=True):
        requests.want(layer, who)
        assert requests.poll(LAYERS, now=layer * 0.01) == [layer]
    # No key frame comes. One request is left, for the layer that waits longest.
    assert requests.poll((2, 1, 0), now=1.02) == [0, 1]
    assert requests.poll((2, 1, 0), now=1.52) == [2]


def test_a_layer_that_never_comes_leaves_requests_to_the_others() -> None:
    requests = KeyFrameRequests()
    requests.want(2, BOB)
    sent = []
    for step in range(round(10 / STEP_S)):
        now = step * STEP_S
        sent += [now for layer in requests.poll(LAYERS, now=now) if layer == 2]
        if step % 30 == 0:
            requests.want(1, ANN)
            assert requests.poll(LAYERS, now=now) == [1]
            requests.on_key_frame(1)
    # A lost request is repeated soon.
    gaps = [later - earlier for earlier, later in pairwise(sent)]
    assert max(gaps) <= OVERDUE_S + STEP_S


def test_a_layer_that_cannot_be_requested_costs_nothing() -> None:
    requests = KeyFrameRequests()
    requests.want(2, ANN)
    assert requests.poll((0, 1), now=0.0) == []
    requests.want(0, BOB)
    assert requests.poll((0, 1), now=0.0) == [0]
    assert requests.poll(LAYERS, now=0.0) == [2]


def test_requests_lost_in_an_outage_are_forgotten_once_per_interval() -> None:
    requests = KeyFrameRequests()
    for layer in LAYERS:
        requests.want(layer, None)
    assert requests.poll(LAYERS, now=0.0) == [*LAYERS]
    again, late = 0.1, OUTAGE_S + 0.2
    for now, sent in ((again, [*LAYERS]), (2 * again, []), (late, [*LAYERS])):
        for layer in LAYERS:
            requests.forget(layer, now=now)
            requests.want(layer, None)
        assert requests.poll(LAYERS, now=now) == sent
