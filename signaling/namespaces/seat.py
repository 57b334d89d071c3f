"""Handlers of a seat: joining, coming back, leaving, reporting."""

import time

from conference.errors import NotFound, Refused
from conference.service.seats import Taken
from signaling.namespaces import wire
from signaling.namespaces.connection import Connection
from signaling.namespaces.dispatcher import Edge, Handler
from signaling.protocol import messages as m


async def join(edge: Edge, connection: Connection, request: m.SeatJoin) -> m.SeatTaken:
    """Take a seat."""
    if connection.door is None:
        raise NotFound("room-not-found", "This room does not exist any more.")
    link, address = connection.waits_by, connection.address
    if link is not None:
        edge.doors.enter(link, address, now=time.monotonic())
    edge.conference.preflight.close(connection.id)
    try:
        taken = await edge.conference.seats.join(
            connection.door,
            connection.id,
            name=request.name,
            organisation=request.organisation,
            subscribe=request.subscribe,
            browser_key=request.browser,
            take_over=request.take_over,
        )
    except BaseException:
        # Else one who may not enter would use up the turns of those who may.
        if link is not None:
            edge.doors.turned_away(link, address, now=time.monotonic())
        raise
    return await _sit(edge, connection, taken)


async def resume(
    edge: Edge, connection: Connection, request: m.SeatResume
) -> m.SeatTaken:
    """Come back to a seat."""
    if connection.returning is None or connection.token is None:
        raise Refused("seated-already", "You are in your place already.")
    taken = await edge.conference.seats.resume(
        connection.returning,
        connection.token,
        connection.id,
        last_chat=request.last_chat,
        subscribe=request.subscribe,
    )
    return await _sit(edge, connection, taken)


async def _sit(edge: Edge, connection: Connection, taken: Taken) -> m.SeatTaken:
    if connection.gone:  # it broke while the seat was being prepared
        await edge.conference.seats.lose(taken.occupied, connection.id)
    connection.occupied = taken.occupied
    connection.door = connection.returning = None
    connection.leave_door(edge.doors)
    return wire.taken(taken)


async def leave(edge: Edge, connection: Connection, _: m.Nothing) -> m.Nothing:
    """Free the seat; this connection is good for nothing more."""
    await edge.conference.seats.leave(connection.seat)
    connection.occupied = connection.account = None
    return m.Nothing()


async def report_quality(
    edge: Edge, connection: Connection, request: m.QualityReport
) -> m.Nothing:
    """Note how good this client's connection is."""
    await edge.conference.seats.report_quality(connection.seat, request.level)
    return m.Nothing()


HANDLERS: dict[str, Handler] = {
    "seat.join": join,
    "seat.resume": resume,
    "seat.leave": leave,
    "quality.report": report_quality,
}
