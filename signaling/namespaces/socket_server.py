"""
A hardened subclass of python-socketio's AsyncServer.

It adds: a count of the bytes queued for each client (engine.io's queue
is unbounded), one path for incoming events that no packet can bypass
(upstream, a client event named ``connect`` reaches the connect handler), no
binary packets, one CONNECT per connection, and a quiet cut instead of a logged
traceback for garbage, and no compression. It overrides four names of
python-socketio 5.18 and three of python-engineio; tests/signaling/namespaces pins
each by behaviour.
"""

import asyncio
import logging
import re
import time
from collections.abc import Callable, Coroutine
from typing import Any

import engineio
import socketio
from aiohttp import WSMsgType, web
from engineio import async_socket, base_socket
from engineio.async_drivers.aiohttp import WebSocket
from engineio.packet import MESSAGE
from engineio.packet import Packet as EnginePacket
from socketio import packet as sio_packet

from signaling.http.tls import write_in_pieces

log = logging.getLogger(__name__)

QUEUED_BYTES = 1024 * 1024
# Bytes queued for a client that does not read. At 1 kB a second of participants and
# chat this is a quarter of an hour; more only delays the cut.

MAX_MESSAGE_BYTES = 100_000
PING_S = 5  # between pings, and for the answer: a lost client is noticed in 10 s

MAX_WAITING = 16
# Requests of one client that wait while another is being handled. Its rates allow 20
# at once; more only takes memory before the flood is refused.

Work = Coroutine[Any, Any, None]
EventSink = Callable[[str, str, Any, int | None, int], Work]
"""Takes (engine sid, event name, arguments, ack id, size in bytes)."""


class CountedQueue(asyncio.Queue[EnginePacket | None]):
    """Engine.io's queue of one client, with a count of the bytes in it."""

    waiting: int
    """Bytes in the queue."""
    in_hand: int
    """Bytes taken by the writer and perhaps not written yet."""

    def _init(self, maxsize: int) -> None:
        super()._init(maxsize)
        self.waiting = self.in_hand = 0

    def _put(self, item: EnginePacket | None) -> None:
        super()._put(item)
        self.waiting += _size(item)

    def _get(self) -> EnginePacket | None:
        item: EnginePacket | None = super()._get()
        self.waiting -= _size(item)
        self.in_hand += _size(item)
        return item

    async def get(self) -> EnginePacket | None:
        """Take the next; the writer asks only when all before is written."""
        self.in_hand = 0
        return await super().get()

    @property
    def unsent(self) -> int:
        """Bytes that are not sent yet."""
        return self.waiting + self.in_hand

    def drop(self) -> None:
        """Drop everything queued."""
        while not self.empty():
            self.get_nowait()
            self.task_done()
        self.in_hand = 0


def _size(item: EnginePacket | None) -> int:
    if item is None or not isinstance(item.data, str):
        return 1
    return len(item.data)  # characters: the order of magnitude is what counts


class _Clock:
    """Replaces the module ``time`` in engine.io's sockets."""

    time = staticmethod(time.monotonic)


# Engine.io measures the answer to its ping with the wall clock: a step of the
# host's clock in that moment would disconnect. It names its socket class where
# no subclass can be put, but asks its clock nothing except this.
async_socket.time = base_socket.time = _Clock


CLOSE_CODE = "pavilion.close_code"
"""Key of an environment for the close code of its WebSocket."""
NO_CODE = 1005
"""The close frame held no code (RFC 6455 §7.4.1)."""
ABNORMAL_CLOSE = 1006
"""The connection broke without a close frame (RFC 6455 §7.4.1)."""

_CLIENT_PACKET = re.compile(r"[12356]|4[0-9]")
# The types of Engine.IO 4 that a client may send. A message holds a Socket.IO packet,
# which begins with its own type. (Binary messages are refused by ``SocketServer``.)


class _PlainSocket(WebSocket):  # type: ignore[misc]
    """
    A WebSocket that declines compression and writes in pieces.

    Every browser offers compression (RFC 7692), and aiohttp takes it: 300 KiB of
    zlib's windows for each connection, and its CPU, to save some kB on a local
    network.
    """

    async def __call__(self, environ: dict[str, Any]) -> web.WebSocketResponse:
        request: web.Request = environ["aiohttp.request"]
        write_in_pieces(request)
        self._sock = web.WebSocketResponse(
            compress=False, max_msg_size=self.server.max_http_buffer_size
        )
        await self._sock.prepare(request)
        self.environ = environ
        await self.handler(self)
        return self._sock

    async def wait(self) -> str | bytes:
        """
        Return the next packet.

        Raises:
            OSError: The connection has ended, or what has arrived is no packet of a
                client's. Engine.IO would look its type up in a list that is too
                short, or parse it as JSON, log the traceback and read on.
        """
        message = await self._sock.receive()
        data = message.data
        if not isinstance(data, str | bytes):
            # Only a close frame says that the client leaves. Where a write fails before
            # the end of the stream is read, the writer closes, with a code of its own.
            left = message.type is WSMsgType.CLOSE
            self.environ[CLOSE_CODE] = (data or NO_CODE) if left else ABNORMAL_CLOSE
            raise OSError("the connection has ended")
        if isinstance(data, str) and not _CLIENT_PACKET.match(data):
            raise OSError("not a packet of a client")
        return data


class _Engine(engineio.AsyncServer):  # type: ignore[misc]
    def __init__(self, **options: object) -> None:
        super().__init__(**options)
        drivers = vars(self)["_async"]
        self._async = drivers | {"websocket": _PlainSocket}

    def create_queue(self, *_args: object, **_kwargs: object) -> CountedQueue:
        return CountedQueue()


class _RequestQueue:
    """
    Runs the requests of one client one after the other, beside its socket.

    The socket is read on meanwhile, or an answer to a ping would wait behind a
    request that takes long, and a client that is there would be cut as gone.
    """

    def __init__(self) -> None:
        self._waiting: asyncio.Queue[Work | None] = asyncio.Queue(MAX_WAITING)
        self._task = asyncio.create_task(self._run())

    async def add(self, work: Work) -> None:
        """Add a request; a client that floods waits here, and its socket with it."""
        await self._waiting.put(work)

    async def end(self) -> None:
        """Drop waiting requests and wait for the current one."""
        while not self._waiting.empty():
            work = self._waiting.get_nowait()
            if work is not None:
                work.close()
        self._waiting.put_nowait(None)
        if asyncio.current_task() is not self._task:
            await self._task

    async def _run(self) -> None:
        while (work := await self._waiting.get()) is not None:
            try:
                await work
            except (
                Exception
            ):  # the dispatcher answers; anything else is a programming error
                log.exception("request failed")


def _library_log(name: str) -> logging.Logger:
    """
    Return a logger for a library that would otherwise add a handler of its own.

    With one, its lines would be written twice, and without the limits of
    ``signaling.log``. Below the level of warnings it logs every message of all clients.
    """
    found = logging.getLogger(name)
    found.setLevel(logging.WARNING)
    return found


class SocketServer(socketio.AsyncServer):  # type: ignore[misc]
    """
    The Socket.IO server.

    ``on_event`` takes every event of a connected client, one at a time and in
    order; ``on_garbage`` every engine sid that sent something no client sends;
    ``on_overflow`` every engine sid that does not read.
    """

    def __init__(
        self,
        *,
        on_event: EventSink,
        on_garbage: Callable[[str], None],
        on_overflow: Callable[[str], None],
    ) -> None:
        super().__init__(
            async_mode="aiohttp",
            async_handlers=False,  # one at a time, in its own queue
            transports=["websocket"],
            allow_upgrades=False,
            http_compression=False,
            max_http_buffer_size=MAX_MESSAGE_BYTES,
            ping_interval=PING_S,
            ping_timeout=PING_S,
            cors_allowed_origins=[],  # signaling.auth.origin decides
            logger=_library_log("socketio.server"),
            engineio_logger=_library_log("engineio.server"),
        )
        self._on_event = on_event
        self._on_garbage = on_garbage
        self._on_overflow = on_overflow
        self._greeted: set[str] = set()
        self._queues: dict[str, _RequestQueue] = {}

    def push(self, engine_sid: str, packet: EnginePacket) -> None:
        """Queue a packet for a client, in order; close clients that do not read."""
        engine_socket = self.eio.sockets.get(engine_sid)
        if engine_socket is None or engine_socket.closed:
            return
        queue: CountedQueue = engine_socket.queue
        queue.put_nowait(packet)
        if queue.unsent > QUEUED_BYTES:
            queue.drop()
            self._on_overflow(engine_sid)

    def unsent(self, engine_sid: str) -> int:
        """Return how many bytes wait for a client."""
        engine_socket = self.eio.sockets.get(engine_sid)
        queued: int = engine_socket.queue.unsent if engine_socket else 0
        return queued

    def cut(self, engine_sid: str) -> None:
        """Abort the transport of a client that was not admitted."""
        environ = self.environ.get(engine_sid)
        transport = environ and environ["aiohttp.request"].transport
        if transport is not None:
            transport.abort()

    def _engineio_server_class(self) -> type[engineio.AsyncServer]:
        return _Engine

    async def _handle_eio_message(self, eio_sid: str, data: str | bytes) -> None:
        if isinstance(data, bytes):
            self._on_garbage(eio_sid)
            return
        try:
            packet = self.packet_class(encoded_packet=data)
        except Exception:  # untrusted input: any exception of the parser means garbage
            self._on_garbage(eio_sid)
            return
        kind, namespace = packet.packet_type, packet.namespace or "/"
        if kind == sio_packet.CONNECT and eio_sid not in self._greeted:
            self._greeted.add(eio_sid)
            await self._handle_connect(eio_sid, namespace, packet.data)
        elif kind == sio_packet.DISCONNECT and namespace == "/":
            await self._in_line(eio_sid, self._say_goodbye(eio_sid))
        elif kind == sio_packet.EVENT and namespace == "/":
            await self._event(eio_sid, packet, len(data.encode()))
        elif kind != sio_packet.ACK:  # we ask for none: harmless, ignored
            self._on_garbage(eio_sid)

    async def _event(self, eio_sid: str, packet: Any, size: int) -> None:  # noqa: ANN401
        arguments = packet.data
        if (
            not isinstance(arguments, list)
            or not arguments
            or not isinstance(arguments[0], str)
        ):
            self._on_garbage(eio_sid)
            return
        work = self._on_event(eio_sid, arguments[0], arguments[1:], packet.id, size)
        await self._in_line(eio_sid, work)

    async def _in_line(self, eio_sid: str, work: Work) -> None:
        queue = self._queues.get(eio_sid)
        if queue is None:
            queue = self._queues[eio_sid] = _RequestQueue()
        await queue.add(work)

    async def _say_goodbye(self, eio_sid: str) -> None:
        if self.manager.sid_from_eio_sid(eio_sid, "/"):
            await self._handle_disconnect(eio_sid, "/")

    async def _handle_eio_disconnect(self, eio_sid: str, reason: str) -> None:
        self._greeted.discard(eio_sid)
        # The current request ends first, so that no join follows the departure.
        queue = self._queues.pop(eio_sid, None)
        if queue is not None:
            await queue.end()
        await super()._handle_eio_disconnect(eio_sid, reason)


def text_packet(text: str) -> EnginePacket:
    """Return an engine packet; one may be queued for many clients."""
    return EnginePacket(MESSAGE, data=text)
