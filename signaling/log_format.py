"""
The two forms of a log line: text for people and the journal, JSON for collectors.

Control characters are escaped, because messages and exceptions may quote input: a line
break in it would forge a line, an escape sequence would control the reader's terminal.
"""

import json
import logging
import re
from datetime import UTC, datetime

MESSAGE_WIDTH = 30
"""Shorter messages are padded, so that the names of loggers stand in a column."""
RESET, BOLD, DIM, BLUE = "\033[0m", "\033[1m", "\033[2m", "\033[34m"
COLOURS = {
    logging.WARNING: "\033[33m",
    logging.ERROR: "\033[31m",
    logging.CRITICAL: "\033[31m",
}
"""Of a level on a terminal; others are green."""
GREEN = "\033[32m"
_CONTROL = re.compile(
    "[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff]"
)
"""Controls of ASCII and ISO 8859, separators of lines, marks that reverse the direction
of text, and halves of surrogate pairs, which cannot be encoded."""
INDENT = "    "
"""Before the lines of a traceback, so that none of them looks like a log line."""


def _escaped(text: str) -> str:
    """Return a text in one line, its control characters as in a Python literal."""
    return _CONTROL.sub(lambda found: ascii(found[0])[1:-1], text)


def _indented(text: str) -> str:
    """Return the lines of a traceback or stack, each indented and escaped."""
    return "\n".join(INDENT + _escaped(line) for line in text.split("\n"))


def _timestamp(record: logging.LogRecord) -> str:
    """Return when a record was made: UTC, ISO 8601 with microseconds."""
    made = datetime.fromtimestamp(record.created, UTC)
    return made.isoformat(timespec="microseconds").replace("+00:00", "Z")


class TextFormatter(logging.Formatter):
    """
    Time, level, message and logger in one line; a traceback in the lines below.

    Args:
        colours: Whether a terminal shows it.
    """

    def __init__(self, *, colours: bool = False) -> None:
        super().__init__()
        self._colours = colours

    def format(self, record: logging.LogRecord) -> str:
        """Return the line, and the indented lines of traceback and stack."""
        # Not the base class's: it keeps what another handler made of the traceback.
        parts = [self._line(record)]
        if record.exc_info:
            parts.append(_indented(self.formatException(record.exc_info)))
        if record.stack_info:
            parts.append(_indented(record.stack_info))
        return "\n".join(parts)

    def _line(self, record: logging.LogRecord) -> str:
        level = f"{record.levelname.lower():9}"
        message = f"{_escaped(record.getMessage()):{MESSAGE_WIDTH}}"
        time, logger = _timestamp(record), record.name
        if self._colours:
            colour = COLOURS.get(record.levelno, GREEN)
            level, message = f"{colour}{level}{RESET}", f"{BOLD}{message}{RESET}"
            time, logger = f"{DIM}{time}{RESET}", f"{BLUE}{logger}{RESET}"
        return f"{time} [{level}] {message} [{logger}]"


class JsonFormatter(logging.Formatter):
    """One JSON object per line; ``exception`` and ``stack_info`` only where present."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the line."""
        line = {
            "event": record.getMessage(),
            "logger": record.name,
            "level": record.levelname.lower(),
            "timestamp": _timestamp(record),
        }
        if record.exc_info:
            line["exception"] = self.formatException(record.exc_info)
        if record.stack_info:
            line["stack_info"] = record.stack_info
        # Those of ASCII are escaped already.
        return _CONTROL.sub(
            lambda found: f"\\u{ord(found[0]):04x}",
            json.dumps(line, ensure_ascii=False),
        )
