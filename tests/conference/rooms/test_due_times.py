"""Each participant is due at the time that was set last, and at no other."""

from hypothesis import given
from hypothesis import strategies as st

from conference.ids import ParticipantId
from conference.rooms.due_times import SPARE, DueTimes

NAMES = st.sampled_from("abcdef").map(ParticipantId)
TIMES = st.none() | st.floats(0, 10) | st.sampled_from([1.0, 2.0, float("-inf")])
CHANGES = st.lists(st.tuples(NAMES, TIMES), max_size=100)


def check(times: DueTimes, plain: dict[ParticipantId, float]) -> None:
    """Compare with looking at each of them."""
    assert times.earliest == min(plain.values(), default=None)
    for now in (-1.0, 1.0, 1.5, 5.0, 10.0):
        assert times.by(now) == {who for who, at in plain.items() if at <= now}


@given(CHANGES)
def test_they_agree_with_a_scan_of_all(
    changes: list[tuple[ParticipantId, float | None]],
) -> None:
    times, plain = DueTimes(), dict[ParticipantId, float]()
    for who, at in changes:
        before, was = times, dict(plain)
        times = times.having(who, at)
        plain.pop(who, None)
        if at is not None:
            plain[who] = at
        check(times, plain)
        check(before, was)


def test_times_that_do_not_hold_any_more_take_no_room() -> None:
    times, last = DueTimes(), ParticipantId("b")
    times = times.having(last, 0.0)
    for number in range(1, 10 * SPARE):
        times = times.having(ParticipantId("a"), float(number))
        assert times._entries <= 2 * 2 + SPARE
    check(times, {last: 0.0, ParticipantId("a"): 10.0 * SPARE - 1})
