"""Reads request bodies: uncompressed JSON in UTF-8, or a refusal."""

import json

from aiohttp import ClientError, web
from aiohttp.http_exceptions import HttpProcessingError

from conference.errors import UserError


class UnreadableBody(UserError):
    """A body that cannot be read; ``status`` is the one of the answer."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__("malformed", message)
        self.status = status


async def read_json(request: web.Request) -> object:
    """
    Return the JSON value of a body.

    The listener decompresses nothing (``auto_decompress``): our bodies have 100
    bytes, and a small body that becomes a large one is only of use to an attacker.

    Raises:
        UnreadableBody: It has another type, character set or encoding (415), or is
            no JSON (400).
        HTTPRequestEntityTooLarge: It is longer than the application allows.
    """
    if request.content_type != "application/json":
        # No plain form can send this type, so no other site's page can.
        raise UnreadableBody(415, "The body must be application/json.")
    if (request.charset or "utf-8").lower() not in ("utf-8", "utf8"):
        raise UnreadableBody(415, "The body must be in UTF-8.")
    if request.headers.get("Content-Encoding", "identity").lower() != "identity":
        raise UnreadableBody(415, "The body must not be compressed.")
    try:
        found: object = json.loads((await request.read()).decode())
    except (ValueError, RecursionError) as error:
        raise UnreadableBody(400, "The body is not JSON.") from error
    except (ClientError, HttpProcessingError, web.RequestPayloadError) as error:
        raise UnreadableBody(400, "The body did not arrive whole.") from error
    return found
