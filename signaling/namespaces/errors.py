"""Maps errors to their form on the wire."""

import logging

from pydantic import ValidationError

from conference.errors import ConferenceError, InfrastructureError
from signaling.protocol.messages import ErrorInfo
from signaling.protocol.texts import EMPTY, TOO_LONG

log = logging.getLogger(__name__)


def refusal(error: Exception) -> ErrorInfo:
    """Return what a client may learn of an error; the rest is logged."""
    match error:
        case InfrastructureError():
            log.error("%s", because(error))
            return ErrorInfo(code=error.code, message=error.message)
        case ConferenceError():
            return ErrorInfo(code=error.code, message=error.message)
        case ValidationError():
            return _malformed(error)
        case _:
            log.error("a handler failed", exc_info=error)
            return ErrorInfo(
                code="internal",
                message="The server made a mistake. It has been noted; try again.",
            )


def because(error: InfrastructureError) -> str:
    """
    Return in one line what failed and why.

    Without a traceback: a full disk or a locked database is no fault of the code, and
    it fails the requests of all clients.
    """
    cause: BaseException | None = error.__cause__
    cause = getattr(cause, "orig", None) or cause
    why = str(cause).strip() or type(cause).__name__ if cause is not None else ""
    return f"{error.code}: {why.splitlines()[0]}" if why else error.code


TEXTS = {
    "name": "The name",
    "note": "The note",
    "organisation": "The organisation",
    "text": "The message",
    "title": "The title",
}
"""Fields that people fill in, as they are called in a sentence."""


def _malformed(error: ValidationError) -> ErrorInfo:
    """Name the first field that is wrong, without repeating what it held."""
    errors = error.errors(include_url=False, include_context=True, include_input=False)
    place, kind, message = errors[0]["loc"], errors[0]["type"], errors[0]["msg"]
    field = str(place[-1]) if place else ""
    if kind == EMPTY and field in TEXTS:
        return ErrorInfo(
            code=f"{field}-empty",
            message=f"{TEXTS[field]} has no visible characters.",
        )
    if kind == TOO_LONG and field in TEXTS:
        most = errors[0]["ctx"]["most"]
        return ErrorInfo(
            code=f"{field}-too-long",
            message=f"{TEXTS[field]} has more than {most} characters. Make it shorter.",
        )
    what = message.removeprefix("Value error, ")
    where = ".".join(str(part)[:40] for part in place)
    subject = f"The field {where}" if where else "The request"
    return ErrorInfo(code="malformed", message=f"{subject} is malformed: {what}.")
