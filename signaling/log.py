"""
Logging with the standard library: one handler for all loggers, limited per cause.

No line of ours holds a person's name, address or token; a test searches the log of a
whole conference for them. The access log is off for the same reason. All loggers,
also those of libraries and asyncio, write through one handler, which limits how often
records with the same cause are written (``log_limits``).
"""

import asyncio
import copy
import logging
import sys
import time
import traceback
from collections.abc import Callable, Hashable
from typing import Literal, TextIO

from signaling.log_format import JsonFormatter, TextFormatter
from signaling.log_limits import LINE_S, LineLimits

LIBRARIES = ("aiosqlite", "alembic", "asyncio", "engineio", "socketio", "sqlalchemy")
"""Loggers limited to warnings: below that level they write texts and names of people."""
LINE_LENGTH = 500
"""Characters of a message; an exception may quote long input."""


class LimitedHandler(logging.StreamHandler[TextIO]):
    """
    Writes records to a stream, of each cause no more than ``log_limits`` allows.

    It belongs to the root logger, because a filter of a logger does not see the records
    of its children.
    """

    def __init__(
        self, stream: TextIO, *, clock: Callable[[], float] = time.monotonic
    ) -> None:
        super().__init__(stream)
        self._clock = clock
        self._limits = LineLimits()
        self._left_out: dict[Hashable, logging.LogRecord] = {}
        """By cause: the first record that was suppressed since the last written line."""

    def emit(self, record: logging.LogRecord) -> None:
        """
        Write a record in full or in one line, or count it.

        It raises nothing, whatever a library passes: that would end the code that logs.
        """
        try:
            self._limit(record)
        except Exception:
            self.handleError(record)

    def _limit(self, record: logging.LogRecord) -> None:
        cause = _cause(record)
        verdict = self._limits.admit(cause, now=self._clock())
        if not verdict.write:
            self._left_out.setdefault(cause, record)
            return
        self._left_out.pop(cause, None)
        shorten = _full if verdict.trace else _brief
        super().emit(shorten(record, left_out=verdict.left_out))

    def write_counts(self, *, all_of_them: bool = False) -> None:
        """Write the counts of suppressed records whose cause is silent now, or all."""
        now = self._clock() + (LINE_S if all_of_them else 0.0)
        self.acquire()
        try:
            for cause, count in self._limits.due(now=now):
                record = self._left_out.pop(cause, None)
                if record is not None:
                    super().emit(_brief(record, left_out=count - 1))
        finally:
            self.release()

    def close(self) -> None:
        """Write the remaining counts, then close."""
        self.write_counts(all_of_them=True)
        super().close()

    def handleError(self, record: logging.LogRecord) -> None:
        """
        Do nothing: a record that cannot be written is lost.

        The base class would write a traceback to the same full disk or closed pipe.
        """


def _cause(record: logging.LogRecord) -> Hashable:
    """Return by what a record is counted: places in the code, never input."""
    where: tuple[object, ...] = ()
    error = _error(record)
    if error is not None:
        where = (type(error).__module__, type(error).__qualname__)
        trace = error.__traceback__
        while trace is not None and trace.tb_next is not None:
            trace = trace.tb_next
        if trace is not None:
            where += (trace.tb_frame.f_code.co_filename, trace.tb_lineno)
    # Passed as ``extra`` where one logging call has several causes, from a fixed set.
    limited_by: object = getattr(record, "limited_by", None)
    return (record.name, record.pathname, record.lineno, limited_by, where)


def _error(record: logging.LogRecord) -> BaseException | None:
    return record.exc_info[1] if record.exc_info else None


def _brief(record: logging.LogRecord, *, left_out: int) -> logging.LogRecord:
    """Return a record without its traceback, with the number of suppressed records."""
    error = _error(record)
    brief = copy.copy(record)
    brief.exc_info = brief.exc_text = brief.stack_info = None
    text = _message(record)
    if error is not None:
        text = f"{_first(text)}: {_first(traceback.format_exception_only(error)[-1])}"
    return _with_text(brief, _first(text), left_out=left_out)


def _full(record: logging.LogRecord, *, left_out: int) -> logging.LogRecord:
    """Return a record with its traceback and a message of at most ``LINE_LENGTH``."""
    return _with_text(copy.copy(record), _message(record), left_out=left_out)


def _message(record: logging.LogRecord) -> str:
    """Return the message, without its arguments where they cannot be put into it."""
    try:
        return record.getMessage()
    except Exception as error:
        return f"{record.msg} (not formatted: {type(error).__name__})"


def _with_text(
    copied: logging.LogRecord, text: str, *, left_out: int
) -> logging.LogRecord:
    """Set the shortened text of a copied record, with the number of suppressed ones."""
    text = text[:LINE_LENGTH]
    if left_out:
        text += f" ({left_out} more like this left out)"
    copied.msg, copied.args = text, ()
    return copied


def _first(text: str) -> str:
    lines = text.strip().splitlines()
    return lines[0] if lines else ""


def set_up(level: str, style: Literal["text", "json"]) -> None:
    """Send all logging to standard error in one form."""
    handler = LimitedHandler(sys.stderr)
    handler.setFormatter(
        JsonFormatter()
        if style == "json"
        else TextFormatter(colours=sys.stderr.isatty())
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level.upper())
    # aiohttp logs each malformed request with its traceback. Failures of our own
    # handlers are logged by ``signaling.http.faults``.
    logging.getLogger("aiohttp.server").setLevel(logging.CRITICAL)
    logging.getLogger("aiohttp.access").setLevel(logging.CRITICAL)
    for library in LIBRARIES:
        logging.getLogger(library).setLevel(logging.WARNING)
    sys.unraisablehook = _on_unraisable


async def watch_counts() -> None:
    """Write the counts of suppressed records periodically, until it is cancelled."""
    while True:
        await asyncio.sleep(LINE_S)
        for handler in logging.getLogger().handlers:
            if isinstance(handler, LimitedHandler):
                handler.write_counts()


def _on_unraisable(found: "sys.UnraisableHookArgs") -> None:
    """Log an exception of a destructor or callback, which Python would only print."""
    error = found.exc_value
    logging.getLogger("python").error(
        found.err_msg or "exception ignored",
        exc_info=error and (type(error), error, error.__traceback__),
    )
