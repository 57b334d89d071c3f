"""A WebDriver BiDi connection (W3C WebDriver BiDi): commands, answers, events."""

import asyncio
import itertools
from collections.abc import Callable
from typing import Any

import aiohttp

ANSWER_S = 120.0  # a busy machine may take long; higher: slow failures


class BidiError(RuntimeError):
    """The browser refused a command."""


class Bidi:
    """
    One session of a browser that speaks BiDi itself.

    Inputs: ``command``. Outputs: events, to the callbacks of ``subscribe``. The
    caller runs ``receive`` as a task for as long as the session lives.
    """

    def __init__(self, socket: aiohttp.ClientWebSocketResponse) -> None:
        self._socket = socket
        self._numbers = itertools.count(1)
        self._waiting: dict[int, asyncio.Future[dict[str, Any]]] = {}
        self._listeners: dict[str, list[Callable[[dict[str, Any]], None]]] = {}

    @property
    def answers(self) -> bool:
        """Whether the browser still listens."""
        return not self._socket.closed

    async def receive(self) -> None:
        """Take messages until the connection ends, then fail pending commands."""
        try:
            async for message in self._socket:
                if message.type is not aiohttp.WSMsgType.TEXT:
                    continue
                content: dict[str, Any] = message.json()
                if "id" in content:
                    waiting = self._waiting.pop(content["id"], None)
                    if waiting is not None and not waiting.done():
                        waiting.set_result(content)
                else:
                    for listener in self._listeners.get(content["method"], []):
                        listener(content["params"])
        finally:
            for waiting in self._waiting.values():
                if not waiting.done():
                    waiting.set_exception(BidiError("the browser is gone"))

    async def command(self, method: str, **parameters: Any) -> dict[str, Any]:
        """
        Send a command and give its result.

        Raises:
            BidiError: The browser refused it, or has ended.
        """
        number = next(self._numbers)
        waiting = asyncio.get_running_loop().create_future()
        self._waiting[number] = waiting
        await self._socket.send_json(
            {"id": number, "method": method, "params": parameters}
        )
        answer = await asyncio.wait_for(waiting, ANSWER_S)
        if answer["type"] == "error":
            raise BidiError(f"{method}: {answer['error']}: {answer['message']}")
        result: dict[str, Any] = answer["result"]
        return result

    async def subscribe(
        self, event: str, listener: Callable[[dict[str, Any]], None]
    ) -> None:
        """Have ``listener`` called with the parameters of each such event."""
        if event not in self._listeners:
            self._listeners[event] = []
            await self.command("session.subscribe", events=[event])
        self._listeners[event].append(listener)

    def forget(self, event: str, listener: Callable[[dict[str, Any]], None]) -> None:
        """No longer call ``listener``."""
        self._listeners[event].remove(listener)
