"""Actions in the order of their time, once or at an interval."""

from conference.sfu.timetable import Timetable


class Calls:
    """A timetable whose actions record when they were called."""

    def __init__(self) -> None:
        self.timetable = Timetable()
        self.made: list[tuple[str, float]] = []
        self.going_on = True

    def record(self, name: str, now: float) -> None:
        self.made.append((name, now))

    def at(self, when: float, name: str) -> None:
        self.timetable.at(when, lambda now: self.record(name, now))

    def every(self, interval_s: float, name: str, *, now: float = 0.0) -> bool:
        return self.timetable.every(
            interval_s,
            lambda now: self.record(name, now),
            key=name,
            while_=lambda: self.going_on,
            now=now,
        )


def test_an_empty_timetable_has_nothing_due() -> None:
    timetable = Timetable()
    assert timetable.next_due is None
    timetable.run(now=1e9)


def test_actions_run_in_the_order_of_their_time() -> None:
    calls = Calls()
    calls.at(3.0, "third")
    calls.at(1.0, "first")
    calls.at(2.0, "second")
    assert calls.timetable.next_due == 1.0
    calls.timetable.run(now=2.5)
    assert calls.made == [("first", 2.5), ("second", 2.5)]
    assert calls.timetable.next_due == 3.0


def test_actions_of_one_time_run_in_the_order_of_scheduling() -> None:
    calls = Calls()
    for name in ("one", "two", "three"):
        calls.at(1.0, name)
    calls.timetable.run(now=1.0)
    assert [name for name, _ in calls.made] == ["one", "two", "three"]


def test_an_action_may_schedule_one_that_is_due_already() -> None:
    calls = Calls()
    calls.timetable.at(1.0, lambda now: calls.at(now, "again"))
    calls.timetable.run(now=2.0)
    assert calls.made == [("again", 2.0)]


def test_a_repetition_begins_one_interval_later_and_continues() -> None:
    calls = Calls()
    assert calls.every(0.5, "tick")
    assert calls.timetable.next_due == 0.5
    for now in (0.5, 1.0, 1.5):
        calls.timetable.run(now=now)
    assert calls.made == [("tick", 0.5), ("tick", 1.0), ("tick", 1.5)]


def test_a_late_call_delays_the_next_one_instead_of_repeating_it() -> None:
    calls = Calls()
    calls.every(0.5, "tick")
    calls.timetable.run(now=5.0)
    assert calls.made == [("tick", 5.0)]
    assert calls.timetable.next_due == 5.5


def test_a_repetition_ends_without_a_call_once_its_condition_is_false() -> None:
    calls = Calls()
    calls.every(0.5, "tick")
    calls.timetable.run(now=0.5)
    calls.going_on = False
    calls.timetable.run(now=1.0)
    assert calls.made == [("tick", 0.5)]
    assert calls.timetable.next_due is None


def test_a_key_repeats_once_and_can_start_again_after_its_end() -> None:
    calls = Calls()
    assert calls.every(0.5, "tick")
    assert not calls.every(0.5, "tick")
    assert calls.every(0.5, "tock")
    calls.going_on = False
    calls.timetable.run(now=0.5)
    calls.going_on = True
    assert calls.every(0.5, "tick", now=0.5)
    calls.timetable.run(now=1.0)
    assert calls.made == [("tick", 1.0)]
