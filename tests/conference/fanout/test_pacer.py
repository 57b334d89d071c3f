"""The pacer of one viewer."""

from hypothesis import given
from hypothesis import strategies as st

from conference.fanout.pacer import (
    BURST_S,
    FACTOR,
    MAX_WAIT_S,
    Pacer,
    Priority,
)

VIDEO, AUDIO = Priority.VIDEO, Priority.AUDIO
REPAIR, PADDING = Priority.REPAIR, Priority.PADDING


def drain(pacer: Pacer[str], *, now: float) -> list[tuple[float, str]]:
    sent = []
    while (due := pacer.next_due) is not None:
        now = max(now, due) + 1e-9
        sent += [(now, item) for item in pacer.pop_due(now=now)]
    return sent


def test_an_ordinary_frame_is_sent_at_once() -> None:
    pacer = Pacer[str](1e6)
    assert pacer.push("a", 1200, VIDEO, now=0)
    assert not pacer
    assert pacer.next_due is None
    assert pacer.pop_due(now=1) == []


def test_a_key_frame_is_sent_at_two_and_a_half_times_the_estimate() -> None:
    pacer = Pacer[str](1e6)
    at_once = sum(pacer.push(str(i), 1250, VIDEO, now=5) for i in range(40))
    assert at_once <= 2
    sent = drain(pacer, now=5)
    assert [int(item) for _, item in sent] == list(range(at_once, 40))
    took = sent[-1][0] - 5
    assert abs(took - 40 * 1250 * 8 / (FACTOR * 1e6)) < 0.01
    assert pacer.dropped == 0


def test_audio_never_waits() -> None:
    pacer = Pacer[str](200e3)
    for i in range(20):
        pacer.push(str(i), 1200, VIDEO, now=0)
    assert all(pacer.push("voice", 120, AUDIO, now=0) for _ in range(5))


def test_repairs_precede_video_and_padding_is_accepted_only_while_nothing_waits() -> (
    None
):
    pacer = Pacer[str](500e3)
    while pacer.push("v", 1200, VIDEO, now=0):
        pass
    assert not pacer.push("repair", 1200, REPAIR, now=0)
    assert not pacer.push("padding", 255, PADDING, now=0)
    assert [item for _, item in drain(pacer, now=0)] == ["repair", "v"]
    assert pacer.push("padding", 255, PADDING, now=1)


def test_repairs_take_at_most_half_of_the_rate_from_video() -> None:
    pacer = Pacer[str](500e3)
    for _ in range(20):
        pacer.push("old", 1200, REPAIR, now=0)
    for _ in range(5):
        pacer.push("key", 1200, VIDEO, now=0)
    order = [item for _, item in drain(pacer, now=0)]
    assert order[:10].count("key") == 5
    assert order[0] == "old"


def test_a_queue_that_is_too_old_is_dropped() -> None:
    pacer = Pacer[str](50e3)
    for i in range(200):
        pacer.push(str(i), 1200, VIDEO, now=0)
    waiting = 200 - 1
    assert pacer.pop_due(now=MAX_WAIT_S + 0.01) == []
    assert pacer.dropped == waiting
    assert not pacer


def test_no_burst_is_saved_up_while_nothing_is_sent() -> None:
    pacer = Pacer[str](1e6)
    pacer.push("a", 1200, VIDEO, now=0)
    at_once = sum(pacer.push("b", 1200, VIDEO, now=100) for _ in range(10))
    assert at_once * 1200 <= 1e6 * FACTOR / 8 * BURST_S + 1200


def test_time_that_stands_still_or_goes_back_is_tolerated() -> None:
    pacer = Pacer[str](1e6)
    for now in (5.0, 5.0, 4.0, 4.0, 4.0):
        pacer.push("a", 1200, VIDEO, now=now)
    assert pacer.next_due is not None
    assert pacer.next_due >= 5.0


@given(
    st.floats(50e3, 5e6),
    st.lists(
        st.tuples(
            st.floats(0, 0.05),
            st.integers(60, 1300),
            st.sampled_from([AUDIO, REPAIR, VIDEO]),
        ),
        max_size=80,
    ),
)
def test_each_packet_is_sent_once_or_dropped_in_order(
    rate: float, packets: list[tuple[float, int, Priority]]
) -> None:
    pacer = Pacer[str](rate)
    now, sent = 0.0, []
    for index, (wait, size, priority) in enumerate(packets):
        now += wait
        due = pacer.next_due
        if due is not None and due <= now:
            sent += pacer.pop_due(now=now)
        if pacer.push(str(index), size, priority, now=now):
            sent.append(str(index))
        else:
            assert priority is not AUDIO
    sent += [item for _, item in drain(pacer, now=now)]
    assert len(sent) == len(set(sent))
    assert len(sent) + pacer.dropped == len(packets)
    for kind in (AUDIO, REPAIR, VIDEO):
        order = [int(i) for i in sent if packets[int(i)][2] is kind]
        assert order == sorted(order)
