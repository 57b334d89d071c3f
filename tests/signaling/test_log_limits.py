"""How often a cause is written, by a clock of the test."""

from signaling.log_limits import CAUSES_KEPT, LINE_S, TRACE_S, LineLimits, Verdict


def test_a_cause_is_written_once_a_second_with_a_count() -> None:
    limits = LineLimits()
    assert limits.admit("a", now=0.0) == Verdict(write=True, trace=True)
    assert [limits.admit("a", now=0.5) for _ in range(3)] == [Verdict(write=False)] * 3
    assert limits.admit("b", now=0.5).write
    assert limits.admit("a", now=LINE_S) == Verdict(write=True, left_out=3)
    assert limits.admit("a", now=2 * LINE_S) == Verdict(write=True)


def test_a_traceback_is_written_again_after_an_hour() -> None:
    limits = LineLimits()
    times = [0.0, TRACE_S - 1, TRACE_S, TRACE_S + 2]
    traces = [limits.admit("a", now=now).trace for now in times]
    assert traces == [True, False, True, False]


def test_counts_are_due_when_a_cause_falls_silent() -> None:
    limits = LineLimits()
    for _ in range(5):
        limits.admit("a", now=0.0)
    limits.admit("b", now=0.0)
    assert limits.due(now=LINE_S / 2) == []
    assert limits.due(now=LINE_S) == [("a", 4)]
    assert limits.due(now=9.0) == []
    assert not limits.admit("a", now=LINE_S * 1.5).write  # the count was its line


def test_the_oldest_causes_are_forgotten() -> None:
    limits = LineLimits()
    for cause in range(CAUSES_KEPT + 1):
        limits.admit(cause, now=0.0)
    assert not limits.admit(1, now=0.0).write
    assert limits.admit(0, now=0.0).write
