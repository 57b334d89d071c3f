"""Logging: how often a cause is written, and what is kept of the rest."""

import asyncio
import io
import logging
from collections.abc import Iterator

import pytest

from signaling.log import LINE_LENGTH, LimitedHandler
from signaling.log_limits import TRACE_S
from signaling.namespaces.endings import Endings


class Log:
    """A logger of a library's name over a limited handler with a clock to turn."""

    def __init__(self) -> None:
        self.now = 0.0
        self.stream = io.StringIO()
        self.handler = LimitedHandler(self.stream, clock=lambda: self.now)
        self.handler.setFormatter(logging.Formatter("%(name)s %(message)s"))

    @property
    def lines(self) -> list[str]:
        return self.stream.getvalue().splitlines()


@pytest.fixture
def log() -> Iterator[Log]:
    made = Log()
    root = logging.getLogger()
    before = root.handlers[:]
    root.handlers[:] = [made.handler]
    try:
        yield made
    finally:
        root.handlers[:] = before


def fail(text: str) -> None:
    try:
        raise ValueError(text)
    except ValueError:
        logging.getLogger("engineio.server").exception("it failed for %s", text)


def test_input_does_not_create_log_causes(log: Log) -> None:
    for number in range(100):
        fail(f"a{number}")
    assert log.lines[0] == "engineio.server it failed for a0"
    assert log.lines[-1] == "ValueError: a0"
    before = len(log.lines)
    log.now = 1.0
    fail("two\nlines")
    assert log.lines[before:] == [
        "engineio.server it failed for two: ValueError: two (99 more like this left out)"
    ]


def test_a_long_text_is_cut(log: Log) -> None:
    fail("a")
    log.now = 1.0
    fail("b" * 100_000)
    assert len(log.lines[-1]) < 1000


def test_counts_are_written_at_the_end(log: Log) -> None:
    for _ in range(3):
        fail("a")
    before = len(log.lines)
    log.handler.close()
    assert log.lines[before:] == [
        "engineio.server it failed for a: ValueError: a (1 more like this left out)"
    ]


async def test_asyncio_tells_of_lost_tasks_through_the_same_handler(log: Log) -> None:
    handle = asyncio.get_running_loop().call_exception_handler
    for number in range(50):
        handle({"message": f"lost\n{number}", "exception": RuntimeError("x")})
    assert sum("lost" in line for line in log.lines) == 1
    log.now = 1.0
    log.handler.write_counts()
    assert "(48 more like this left out)" in log.lines[-1]


def test_a_log_that_cannot_be_written_is_not_written_about(
    log: Log, capsys: pytest.CaptureFixture[str]
) -> None:
    log.stream.close()
    fail("a")
    assert capsys.readouterr().err == ""


def test_a_full_line_keeps_its_count_and_is_shortened(log: Log) -> None:
    for log.now in (0.0, 0.1, 0.2, TRACE_S):
        logging.getLogger("library").error("x" * 2 * LINE_LENGTH)
    short = "library " + "x" * LINE_LENGTH
    assert log.lines == [short, f"{short} (2 more like this left out)"]


class Unprintable:
    """An argument that cannot be put into a message."""

    def __str__(self) -> str:
        raise RuntimeError("not printable")

    __repr__ = __str__


def library_over(log: Log) -> logging.Logger:
    """Return a logger with this handler alone: pytest's own handler raises."""
    library = logging.Logger("library")
    library.addHandler(log.handler)
    return library


@pytest.mark.parametrize(
    ("args", "why"),
    [(("two", "arguments"), "TypeError"), ((Unprintable(),), "RuntimeError")],
)
def test_a_malformed_log_call_is_written_and_raises_nothing(
    log: Log, args: tuple[object, ...], why: str
) -> None:
    library = library_over(log)
    for log.now in (0.0, 0.1, 1.2):  # in full, counted, in one line
        library.error("it failed for %s", *args)
    log.now = 10.0
    log.handler.write_counts()
    written = f"library it failed for %s (not formatted: {why})"
    assert log.lines == [written, f"{written} (1 more like this left out)"]


def test_a_record_that_cannot_be_counted_raises_nothing(log: Log) -> None:
    library = library_over(log)
    library.error("lost", extra={"limited_by": []})
    library.error(Unprintable())
    assert log.lines == []
    library.error("kept")
    assert log.lines == ["library kept"]


def test_an_ending_does_not_suppress_one_of_another_reason(
    log: Log, caplog: pytest.LogCaptureFixture
) -> None:
    endings = Endings()
    with caplog.at_level(logging.INFO):
        for why in ("broken", "silent", "broken", "flooding"):
            endings.note(why)
    assert [line.split()[-1] for line in log.lines] == ["broken", "silent", "flooding"]
