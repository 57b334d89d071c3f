"""
The hub: all connections, and sending to them.

The service's ``Outbox``. A notice is encoded once and queued for each of its
receivers without waiting, so that the order of notices is the order of events.
"""

import asyncio
import contextlib
from collections.abc import Collection

from engineio.packet import Packet as EnginePacket

from conference.ids import ConnectionId
from conference.service.notices import Closing, Notice, SeatClosed
from signaling.http.guard import Guard
from signaling.namespaces import wire
from signaling.namespaces.connection import Connection
from signaling.namespaces.endings import Ending, Endings, judge
from signaling.namespaces.socket_server import CLOSE_CODE, SocketServer, text_packet
from signaling.protocol.base import Wire

FAREWELL_S = 2.0
# For a client to read why it is disconnected and to close the connection itself. A client that does
# neither is aborted; longer would let it hold the socket, shorter the message.


ANSWER_S = 1.0
# For the request in work of a connection that is to be closed. Longer: who was removed
# holds the connection as long as the database lets a request wait; shorter: a slow
# answer to the one who closed the room is lost.


class Hub:
    """All connections of the server."""

    def __init__(self) -> None:
        self._connections: dict[ConnectionId, Connection] = {}
        self._by_engine: dict[str, Connection] = {}
        self._guards: dict[ConnectionId, Guard] = {}
        self._farewells: set[asyncio.Task[None]] = set()
        self._server: SocketServer | None = None
        self.endings = Endings()
        self.stopping = False
        """The server is shutting down."""

    def attach(self, server: SocketServer) -> None:
        """Set the Socket.IO server that sends the packets."""
        self._server = server

    def engine_sid(self, sid: str) -> str:
        """Return the engine.io session of a Socket.IO session."""
        assert self._server is not None
        found: str = self._server.manager.eio_sid_from_sid(sid, "/")
        return found

    def add(self, connection: Connection, guard: Guard | None) -> None:
        """Add an admitted connection."""
        self._connections[connection.id] = connection
        self._by_engine[connection.engine_sid] = connection
        if guard is not None:
            self._guards[connection.id] = guard
            guard.admit()

    def remove(self, connection: Connection, reason: str) -> None:
        """Remove a closed connection; ``reason`` is the library's."""
        connection.gone = True
        close_code = connection.environ.get(CLOSE_CODE)
        why = connection.why or judge(reason, close_code)
        self.endings.note(Ending.STOPPING if self.stopping else why)
        self._connections.pop(connection.id, None)
        self._by_engine.pop(connection.engine_sid, None)
        guard = self._guards.pop(connection.id, None)
        if guard is not None:
            guard.expect(FAREWELL_S)

    def __len__(self) -> int:
        """Return how many connections there are."""
        return len(self._connections)

    def get(self, connection: ConnectionId) -> Connection | None:
        """Return a connection."""
        return self._connections.get(connection)

    def by_engine(self, engine_sid: str) -> Connection | None:
        """Return the connection of an engine.io session."""
        return self._by_engine.get(engine_sid)

    def send(self, to: Collection[ConnectionId], notice: Notice) -> None:
        """Send a notice to these connections; closed ones are ignored."""
        if not to:
            return
        packet = _packet(notice)
        for connection_id in list(to):
            connection = self._connections.get(connection_id)
            if connection is None or connection.closing:
                continue
            if connection.held is not None:
                connection.held.append(packet)
            else:
                self._push(connection, packet)

    def acknowledge(
        self, connection: Connection, ack: int | None, answer: str, result: Wire
    ) -> None:
        """Answer a request; ``answer`` is ``result`` or ``error``."""
        if ack is not None:
            ok = "true" if answer == "result" else "false"
            body = result.model_dump_json()
            text = f'3{ack}[{{"ok":{ok},"{answer}":{body}}}]'
            self._push(connection, text_packet(text))
        held, connection.held = connection.held, None
        for packet in held or ():
            self._push(connection, packet)

    def close(self, connection: ConnectionId, notice: SeatClosed) -> None:
        """
        Send the last notice of a connection, then close it.

        The answer to the current request is sent before it: a client that closes the room, or
        whose seat moves to another window, first receives its result.
        """
        found = self._connections.get(connection)
        if found is None or found.closing:
            return
        found.why = notice.reason.value
        if found.answering is None:
            self.send((connection,), notice)
            self._part(found)
        else:
            self._part(found, after=found.answering, last=notice)

    def hang_up(self, connection_id: ConnectionId) -> None:
        """Close a connection after its current answer; accept nothing more from it."""
        connection = self._connections.get(connection_id)
        if connection is not None and not connection.closing:
            self._part(connection, after=connection.answering)

    def _part(
        self,
        connection: Connection,
        *,
        after: asyncio.Event | None = None,
        last: SeatClosed | None = None,
    ) -> None:
        connection.closing = True
        connection.why = connection.why or Ending.ENDED
        # Its seat was given to another connection or is gone, so its end loses no seat.
        task = asyncio.create_task(self._farewell(connection, after, last))
        self._farewells.add(task)
        task.add_done_callback(self._farewells.discard)

    def unsent(self) -> int:
        """Return how many bytes wait for the clients, all together."""
        assert self._server is not None
        return sum(self._server.unsent(engine_sid) for engine_sid in self._by_engine)

    def end_sign_in(self, secret: str) -> None:
        """Close every connection that a sign-in opened."""
        for connection in list(self._connections.values()):
            if connection.sign_in == secret:
                self.hang_up(connection.id)

    def overflow(self, engine_sid: str) -> None:
        """Close the connection of a client that does not read."""
        self._end(engine_sid, Closing.TOO_SLOW)

    def garbage(self, engine_sid: str) -> None:
        """Close a connection that sends what no client sends."""
        self._end(engine_sid, Closing.FLOODING)

    def _end(self, engine_sid: str, reason: Closing) -> None:
        connection = self._by_engine.get(engine_sid)
        if connection is not None:
            # Not after an answer: it does not read, or is no client.
            self.send((connection.id,), SeatClosed(reason))
            connection.why = connection.why or reason.value
            if not connection.closing:
                self._part(connection)
        elif self._server is not None:
            self._server.cut(engine_sid)

    def _push(self, connection: Connection, packet: EnginePacket) -> None:
        assert self._server is not None
        self._server.push(connection.engine_sid, packet)

    async def _farewell(
        self,
        connection: Connection,
        after: asyncio.Event | None,
        last: SeatClosed | None,
    ) -> None:
        assert self._server is not None
        if after is not None:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(ANSWER_S):
                    await after.wait()
        if last is not None:
            self._push(connection, _packet(last))
        guard = self._guards.get(connection.id)
        if guard is not None:
            guard.expect(FAREWELL_S)
        await self._server.disconnect(connection.id)


def _packet(notice: Notice) -> EnginePacket:
    name, payload = wire.notice(notice)
    return text_packet(f'2["{name}",{payload.model_dump_json()}]')
