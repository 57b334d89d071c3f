"""The forms of a log line."""

import json
import logging
import sys

import pytest

from signaling.log_format import INDENT, JsonFormatter, TextFormatter

TIME = "1970-01-01T00:00:10.500000Z"


def record(
    message: str,
    *args: object,
    level: int = logging.INFO,
    failed: bool = False,
    why: str = "why",
) -> logging.LogRecord:
    """Return a record made half a second past ten."""
    info = None
    if failed:
        try:
            raise ValueError(why)
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
    assert trace[0].strip() == "Traceback (most recent call last):"
    assert trace[-1].strip() == "ValueError: why"


FORGED = f"lost\n{TIME} [info     ] all is well [pavilion]"


def test_a_line_break_in_a_message_does_not_forge_a_line_of_text() -> None:
    (line,) = TextFormatter().format(record("%s", FORGED)).splitlines()
    assert line.startswith(f"{TIME} [info     ] lost\\n{TIME}")


def test_a_line_break_in_an_exception_does_not_forge_a_line_of_text() -> None:
    failed = record("lost", failed=True, why=FORGED)
    failed.stack_info = FORGED
    # Another handler of the same record may have formatted its traceback already.
    logging.Formatter().format(failed)
    _, *others = TextFormatter().format(failed).splitlines()
    assert len(others) > 4
    assert all(other.startswith(INDENT) for other in others)


@pytest.mark.parametrize(
    ("character", "shown"),
    [
        ("\x1b", "\\x1b"),
        ("\r", "\\r"),
        ("\x7f", "\\x7f"),
        ("\x9b", "\\x9b"),
        ("\u2028", "\\u2028"),
        ("\u202e", "\\u202e"),
        ("\ud800", "\\ud800"),
        ("방", "방"),
    ],
)
def test_control_characters_are_escaped_in_both_forms(
    character: str, shown: str
) -> None:
    made = record("a%sb", character, failed=True, why=f"a{character}b")
    for colours in (False, True):
        text = TextFormatter(colours=colours).format(made)
        assert text.count(f"a{shown}b") == 2
        if character != "\x1b":
            assert (character in text) is (character == shown)
    line = JsonFormatter().format(made)
    assert (character in line) is (character == shown)
    assert json.loads(line)["event"] == f"a{character}b"


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
