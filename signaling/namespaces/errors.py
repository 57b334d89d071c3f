"""The one place where errors get their words on the wire."""

import logging

from pydantic import ValidationError

from conference.errors import ConferenceError, InfrastructureError
from signaling.protocol.messages import ErrorInfo

log = logging.getLogger(__name__)


def refusal(error: Exception) -> ErrorInfo:
    """Return what a client hears of an error; what it must not hear is logged."""
    match error:
        case InfrastructureError():
            log.error("%s", because(error))
            return ErrorInfo(code=error.code, message=error.message)
        case ConferenceError():
            return ErrorInfo(code=error.code, message=error.message)
        case ValidationError():
            return ErrorInfo(code="malformed", message=_fault(error))
        case _:
            log.error("a handler failed", exc_info=error)
            return ErrorInfo(
                code="internal",
                message="The server made a mistake. It has been noted; try again.",
            )


def because(error: InfrastructureError) -> str:
    """
    Return in one line what failed and why.

    Without a traceback: a full disk or a locked database is no mistake of the code,
    and every request of everybody meets it.
    """
    cause: BaseException | None = error.__cause__
    cause = getattr(cause, "orig", None) or cause
    why = str(cause).strip() or type(cause).__name__ if cause is not None else ""
    return f"{error.code}: {why.splitlines()[0]}" if why else error.code


def _fault(error: ValidationError) -> str:
    """Name the first field that is wrong, without repeating what it held."""
    first = error.errors(include_url=False, include_context=False, include_input=False)
    place = ".".join(str(part)[:40] for part in first[0]["loc"])
    what = first[0]["msg"].removeprefix("Value error, ")
    if not place:
        return f"The request is malformed: {what}."
    return f"The field {place} is malformed: {what}."
