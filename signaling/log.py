"""
Logging: one set-up for the standard library's loggers and structlog's.

No line of ours holds a person's name, address or token; a test greps a whole
conference's log for them. The access log is off for the same reason. All loggers,
those of the libraries and asyncio's included, write through one handler, which
limits how often one cause is written (``log_limits``).
"""

import asyncio
import copy
import logging
import sys
import time
import traceback
from collections.abc import Callable, Hashable
from typing import Literal, TextIO

import structlog

from signaling.log_limits import LINE_S, LineLimits

LIBRARIES = ("aiosqlite", "alembic", "asyncio", "engineio", "socketio", "sqlalchemy")
# Below warnings they repeat what people write and how they are called.

LINE_LENGTH = 500
# Characters of a line without its traceback. An exception may quote what arrived.


class LimitedHandler(logging.StreamHandler[TextIO]):
    """
    Writes records, and of one cause no more than ``log_limits`` allows.

    It is attached below all loggers: a filter of one logger would not see the records of
    the loggers under it.
    """

    def __init__(
        self, stream: TextIO, *, clock: Callable[[], float] = time.monotonic
    ) -> None:
        super().__init__(stream)
        self._clock = clock
        self._limits = LineLimits()
        self._left_out: dict[Hashable, logging.LogRecord] = {}
        """The first record of each cause that was left out since its last line."""

    def emit(self, record: logging.LogRecord) -> None:
        """Write the record, in full or in one line, or count it."""
        cause = _cause(record)
        verdict = self._limits.admit(cause, now=self._clock())
        if not verdict.write:
            self._left_out.setdefault(cause, record)
            return
        self._left_out.pop(cause, None)
        shorten = _full if verdict.trace else _brief
        super().emit(shorten(record, left_out=verdict.left_out))

    def write_counts(self, *, all_of_them: bool = False) -> None:
        """Write what was left out of causes that have been silent since."""
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
        """Write the counts that are left, and close."""
        self.write_counts(all_of_them=True)
        super().close()

    def handleError(self, record: logging.LogRecord) -> None:
        """
        Do nothing: what cannot be written is lost.

        logging would write a traceback of it to the same full disk or closed pipe.
        """


def _cause(record: logging.LogRecord) -> Hashable:
    """Return what a record is counted by: places in the code, nothing that arrived."""
    event = record.msg.get("event") if isinstance(record.msg, dict) else None
    where: tuple[object, ...] = ()
    error = _error(record)
    if error is not None:
        where = (type(error).__module__, type(error).__qualname__)
        trace = error.__traceback__
        while trace is not None and trace.tb_next is not None:
            trace = trace.tb_next
        if trace is not None:
            where += (trace.tb_frame.f_code.co_filename, trace.tb_lineno)
    # Of a small fixed set, given with ``extra`` where one line serves several causes.
    limited_by: object = getattr(record, "limited_by", None)
    return (record.name, record.pathname, record.lineno, event, limited_by, where)


def _error(record: logging.LogRecord) -> BaseException | None:
    info: object = record.exc_info
    if isinstance(record.msg, dict):  # of structlog
        info = record.msg.get("exc_info")
    if isinstance(info, BaseException):
        return info
    if isinstance(info, tuple):
        found: BaseException | None = info[1]
        return found
    return sys.exc_info()[1] if info else None


def _brief(record: logging.LogRecord, *, left_out: int) -> logging.LogRecord:
    """Return a record in one line, with how many like it were left out."""
    error = _error(record)
    brief = copy.copy(record)
    brief.exc_info = brief.exc_text = brief.stack_info = None
    event = record.msg if isinstance(record.msg, dict) else None
    text = str(event.get("event")) if event is not None else record.getMessage()
    if error is not None:
        text = f"{_first(text)}: {_first(traceback.format_exception_only(error)[-1])}"
    if event is not None:
        brief.msg = {k: v for k, v in event.items() if k != "exc_info"}
    return _with_text(brief, _first(text), left_out=left_out)


def _full(record: logging.LogRecord, *, left_out: int) -> logging.LogRecord:
    """Return a record with its traceback, its message no longer than a line may be."""
    event = record.msg if isinstance(record.msg, dict) else None
    text = str(event.get("event")) if event is not None else record.getMessage()
    if len(text) <= LINE_LENGTH and not left_out:
        return record
    return _with_text(copy.copy(record), text, left_out=left_out)


def _with_text(
    copied: logging.LogRecord, text: str, *, left_out: int
) -> logging.LogRecord:
    """Set the text of a copied record: shortened, with the count of suppressed ones."""
    event = copied.msg if isinstance(copied.msg, dict) else None
    text = text[:LINE_LENGTH]
    if left_out:
        text += f" ({left_out} more like this left out)"
    if event is not None:
        copied.msg = event | {"event": text}
    else:
        copied.msg, copied.args = text, ()
    return copied


def _first(text: str) -> str:
    lines = text.strip().splitlines()
    return lines[0] if lines else ""


def set_up(level: str, style: Literal["text", "json"]) -> None:
    """Send all logging to standard error in one form."""
    shared: list[structlog.typing.Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_logger_name,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    renderer: structlog.typing.Processor = (
        structlog.processors.JSONRenderer(ensure_ascii=False)
        if style == "json"
        else structlog.dev.ConsoleRenderer(
            colors=sys.stderr.isatty(),
            exception_formatter=structlog.dev.plain_traceback,
        )
    )
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=True,
    )
    handler = LimitedHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                structlog.processors.format_exc_info,
                renderer,
            ],
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level.upper())
    # aiohttp logs each malformed request with its traceback; what fails in a handler
    # of ours is logged by ``signaling.http.site`` instead.
    logging.getLogger("aiohttp.server").setLevel(logging.CRITICAL)
    logging.getLogger("aiohttp.access").setLevel(logging.CRITICAL)
    for library in LIBRARIES:
        logging.getLogger(library).setLevel(logging.WARNING)
    sys.unraisablehook = _on_unraisable


async def watch_counts() -> None:
    """Write what was left out of causes that are silent now, as long as it runs."""
    while True:
        await asyncio.sleep(LINE_S)
        for handler in logging.getLogger().handlers:
            if isinstance(handler, LimitedHandler):
                handler.write_counts()


def _on_unraisable(found: "sys.UnraisableHookArgs") -> None:
    """Log an exception of a destructor or callback, which Python would print."""
    error = found.exc_value
    logging.getLogger("python").error(
        found.err_msg or "exception ignored",
        exc_info=error and (type(error), error, error.__traceback__),
    )
