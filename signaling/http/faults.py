"""Answers failed requests: never with a page of aiohttp's, never with silence."""

import logging
from collections.abc import Awaitable, Callable

from aiohttp import web

from conference.errors import InfrastructureError
from signaling.namespaces.errors import refusal

log = logging.getLogger(__name__)

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


@web.middleware
async def answer_faults(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Answer with a code and a sentence when a handler raises, and log the cause."""
    try:
        return await handler(request)
    except (web.HTTPException, ConnectionError):
        raise
    except Exception as error:
        info = refusal(error)
        status = 503 if isinstance(error, InfrastructureError) else 500
        return refused(status, info.code, info.message)


def refused(status: int, code: str, message: str) -> web.Response:
    """Return a refusal in the form that all plain requests share."""
    return web.json_response(
        {"error": {"code": code, "message": message}}, status=status
    )
