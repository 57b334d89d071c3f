"""The two forms of a log line: text for people and the journal, JSON for collectors."""

import json
import logging
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

    def formatMessage(self, record: logging.LogRecord) -> str:
        """Return the line; the base class adds traceback and stack."""
        level = f"{record.levelname.lower():9}"
        message = f"{record.message:{MESSAGE_WIDTH}}"
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
        return json.dumps(line, ensure_ascii=False)
