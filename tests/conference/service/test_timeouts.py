"""Each key is due at the time that was set last, and at no other."""

from hypothesis import given
from hypothesis import strategies as st

from conference.service.timeouts import SPARE, Timeouts

KEYS = st.sampled_from("abcd")
TIMES = st.none() | st.floats(0, 100)


def test_nothing_is_due_at_first() -> None:
    timeouts = Timeouts[str]()
    assert timeouts.next() is None
    assert timeouts.take_due(1e9) == []


def test_only_an_earlier_time_needs_a_new_timer() -> None:
    timeouts = Timeouts[str]()
    assert timeouts.set("a", 5.0)
    assert not timeouts.set("a", 5.0)
    assert not timeouts.set("b", 6.0)
    assert timeouts.set("b", 4.0)
    assert not timeouts.set("b", None)
    assert timeouts.next() == 5.0


@given(st.lists(st.tuples(KEYS, TIMES), max_size=200), st.floats(0, 100))
def test_the_last_time_set_for_a_key_counts(
    settings: list[tuple[str, float | None]], now: float
) -> None:
    timeouts, last = Timeouts[str](), dict[str, float]()
    for key, at in settings:
        timeouts.set(key, at)
        last.pop(key, None)
        if at is not None:
            last[key] = at
        assert timeouts.next() == min(last.values(), default=None)
    due = timeouts.take_due(now)
    assert sorted(due) == sorted(key for key, at in last.items() if at <= now)
    assert [last[key] for key in due] == sorted(last[key] for key in due)
    assert timeouts.next() == min((t for t in last.values() if t > now), default=None)
    assert timeouts.take_due(now) == []


def test_outdated_times_take_no_memory() -> None:
    timeouts = Timeouts[str]()
    for number in range(10_000):
        timeouts.set("a", float(number))
    assert len(timeouts._heap) <= SPARE + 2
