"""
A server whose media plane runs in another process: ``python -m tests.support.apart``.

It takes the arguments of ``pavilion``. Every command, answer and event goes through
bytes. Events come over a socket of their own and late, so that nothing is carried by
the order of answers and events, nor by what both sides could share in memory.
"""

import asyncio
import json
import os
import random
import socket
import sys
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, get_args

from pydantic import TypeAdapter

from conference import errors
from conference.contract import media
from conference.contract.figures import PlaneFigures
from conference.errors import ConferenceError, UserError
from conference.transport.plane import Plane, PlaneConfig
from signaling import build, cli
from signaling.server import PlaneFactory
from signaling.settings import Settings
from tests.support.plain import adapter

EVENT_DELAYS_S = (0.0, 0.3)
"""Limits of the random delay of each event; events stay in their order."""


@dataclass(frozen=True, slots=True)
class AskFigures:
    """Request the figures of the media plane."""


ANSWERS = (media.SlotOffer, media.PublishAnswer, PlaneFigures)
REQUESTS = (media.Subscribe, media.AcceptAnswer, media.Publish, AskFigures)
ADAPTERS: dict[str, TypeAdapter[Any]] = {
    kind.__name__: adapter(kind)
    for kind in (*REQUESTS, *ANSWERS, *get_args(media.Command), *get_args(media.Event))
}


def written(number: int, message: object) -> bytes:
    """Return a message as a line."""
    kind = type(message).__name__
    body = ADAPTERS[kind].dump_python([message], mode="json")
    return json.dumps([number, kind, body]).encode() + b"\n"


def read(line: bytes) -> tuple[int, Any]:
    """Return a message and the number of the request that it belongs to."""
    number, kind, body = json.loads(line)
    if kind == "none":
        return number, None
    if kind == "error":
        return number, getattr(errors, body[0])(*body[1:])
    (message,) = ADAPTERS[kind].validate_json(json.dumps(body))
    return number, message


def fault(number: int, error: ConferenceError) -> bytes:
    """Return an error as a line; one of a package becomes the base that it is of."""
    name = type(error).__name__
    known = name if hasattr(errors, name) else UserError.__name__
    body = [known, error.code, error.message]
    return json.dumps([number, "error", body]).encode() + b"\n"


class RemotePlane:
    """The service's side: a media plane that is elsewhere."""

    def __init__(
        self, config: dict[str, Any], on_event: Callable[[media.Event], None]
    ) -> None:
        self._config = config
        self._on_event = on_event
        self._waiting: dict[int, asyncio.Future[Any]] = {}
        self._number = 0
        self._tasks: list[asyncio.Task[None]] = []
        self._process: asyncio.subprocess.Process | None = None
        self._writer: asyncio.StreamWriter | None = None
        self._events: asyncio.StreamWriter | None = None
        """Never written to; without it the connection would be closed."""

    async def start(self) -> None:
        """Start the other process and wait until its port is open."""
        (calls, theirs), (events, their_events) = (
            socket.socketpair(),
            socket.socketpair(),
        )
        handed = theirs.fileno(), their_events.fileno()
        self._process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "tests.support.apart", "--plane"),
            *(json.dumps(self._config), *map(str, handed)),
            pass_fds=handed,
        )
        theirs.close()
        their_events.close()
        reader, self._writer = await asyncio.open_connection(sock=calls)
        event_reader, self._events = await asyncio.open_connection(sock=events)
        opened = self._expect(0)
        self._tasks = [
            asyncio.create_task(self._read_answers(reader)),
            asyncio.create_task(self._read_events(event_reader)),
        ]
        await opened

    async def close(self) -> None:
        """End the other process by closing the connection to it."""
        assert self._writer is not None
        assert self._process is not None
        self._writer.close()
        await self._process.wait()
        for task in self._tasks:
            task.cancel()

    def _expect(self, number: int) -> asyncio.Future[Any]:
        future = asyncio.get_running_loop().create_future()
        self._waiting[number] = future
        return future

    def _send(self, message: object) -> int:
        assert self._writer is not None
        self._number += 1
        self._writer.write(written(self._number, message))
        return self._number

    async def _read_answers(self, reader: asyncio.StreamReader) -> None:
        async for line in reader:
            number, answer = read(line)
            if isinstance(answer, Exception):
                self._waiting.pop(number).set_exception(answer)
            else:
                self._waiting.pop(number).set_result(answer)

    async def _read_events(self, reader: asyncio.StreamReader) -> None:
        loop = asyncio.get_running_loop()
        delays, due = random.Random(0), 0.0
        async for line in reader:
            due = max(due, loop.time() + delays.uniform(*EVENT_DELAYS_S))
            loop.call_at(due, self._on_event, read(line)[1])

    async def _ask(self, message: object) -> Any:
        return await self._expect(self._send(message))

    async def subscribe(self, command: media.Subscribe) -> media.SlotOffer:
        """Open or replace the subscribe leg of a viewer."""
        offer: media.SlotOffer = await self._ask(command)
        return offer

    async def accept_answer(self, command: media.AcceptAnswer) -> None:
        """Take the viewer's answer and start its transport."""
        await self._ask(command)

    async def publish(self, command: media.Publish) -> media.PublishAnswer:
        """Open, replace or renegotiate the publish leg of a participant."""
        answer: media.PublishAnswer = await self._ask(command)
        return answer

    async def figures(self) -> PlaneFigures:
        """Return what the media plane is doing."""
        figures: PlaneFigures = await self._ask(AskFigures())
        return figures

    def apply(self, command: media.Command) -> None:
        """Give a command that has no result."""
        self._send(command)


async def run_plane(config: dict[str, Any], calls_fd: int, events_fd: int) -> None:
    """Run the media plane until the service closes its connection."""
    _, events = await asyncio.open_connection(sock=socket.socket(fileno=events_fd))
    reader, calls = await asyncio.open_connection(sock=socket.socket(fileno=calls_fd))
    addresses = tuple(config.pop("addresses"))
    plane = Plane(
        PlaneConfig(**config, addresses=addresses),
        lambda event: events.write(written(0, event)),
    )
    try:
        await plane.start()
    except ConferenceError as error:
        calls.write(fault(0, error))
        await calls.drain()
        return
    calls.write(b'[0, "none", null]\n')
    async for line in reader:
        number, command = read(line)
        try:
            match command:
                case media.Subscribe():
                    calls.write(written(number, await plane.subscribe(command)))
                case media.Publish():
                    calls.write(written(number, await plane.publish(command)))
                case AskFigures():
                    calls.write(written(number, await plane.figures()))
                case media.AcceptAnswer():
                    await plane.accept_answer(command)
                    calls.write(json.dumps([number, "none", None]).encode() + b"\n")
                case _:
                    plane.apply(command)
        except ConferenceError as error:
            calls.write(fault(number, error))
    await plane.close()


def remote(settings: Settings) -> PlaneFactory:
    """Return what makes the media plane of a server, elsewhere."""
    of = settings.media
    config = {
        "port": of.port,
        "bind": str(of.bind),
        "addresses": [str(address) for address in of.addresses],
        "tcp": of.tcp,
    }
    return lambda on_event: RemotePlane(config, on_event)


if __name__ == "__main__":
    if sys.argv[1] == "--plane":
        asyncio.run(
            run_plane(json.loads(sys.argv[2]), int(sys.argv[3]), int(sys.argv[4]))
        )
        os._exit(0)
    build._real_plane = remote
    cli.main()
