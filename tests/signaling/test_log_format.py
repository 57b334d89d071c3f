"""The forms of a log line."""

import json
import logging
import sys

import pytest

from signaling.log_format import JsonFormatter, TextFormatter

TIME = "1970-01-01T00:00:10.500000Z"


def record(
    message: str, *args: object, level: int = logging.INFO, failed: bool = False
) -> logging.LogRecord:
    """Return a record made half a second past ten."""
    info = None
    if failed:
        try:
            raise ValueError("why")
        except ValueError:
            info = sys.exc_info()
    made = logging.LogRecord("pavilion", level, __file__, 1, message, args, info)
    made.created = 10.5
    return made


def test_a_line_of_text_has_time_level_message_and_logger() -> None:
    line = TextFormatter().format(record("%s opened", "방"))
    assert line == f"{TIME} [info     ] {'방 opened':30} [pavilion]"


def test_a_traceback_follows_a_line_of_text() -> None:
    line, *trace = TextFormatter().format(record("lost", failed=True)).splitlines()
    assert line.startswith(TIME)
    assert trace[0] == "Traceback (most recent call last):"
    assert trace[-1] == "ValueError: why"


@pytest.mark.parametrize("level", [logging.INFO, logging.ERROR])
def test_only_a_terminal_gets_colours(level: int) -> None:
    assert "\033[" not in TextFormatter().format(record("x", level=level))
    assert "\033[" in TextFormatter(colours=True).format(record("x", level=level))


def test_a_line_of_json_is_one_object() -> None:
    text = JsonFormatter().format(record("two\nlines of %s", "방"))
    assert "\n" not in text
    assert json.loads(text) == {
        "event": "two\nlines of 방",
        "logger": "pavilion",
        "level": "info",
        "timestamp": TIME,
    }


def test_a_line_of_json_holds_its_traceback_and_stack() -> None:
    failed = record("lost", level=logging.ERROR, failed=True)
    failed.stack_info = "Stack (most recent call last):\n  here"
    line = json.loads(JsonFormatter().format(failed))
    assert line["level"] == "error"
    assert line["exception"].splitlines()[-1] == "ValueError: why"
    assert line["stack_info"] == failed.stack_info
