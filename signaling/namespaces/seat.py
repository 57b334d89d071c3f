"""Handlers of a seat: joining, coming back, leaving, reporting."""

import time

from conference.errors import NotFound, Refused
from conference.rooms import commands as c
from conference.service.seats import Joined
from signaling.namespaces import wire
from signaling.namespaces.connection import Connection
from signaling.namespaces.dispatcher import Context, Handler
from signaling.protocol import messages as m


async def join(
    context: Context, connection: Connection, request: m.SeatJoin
) -> m.SeatTaken:
    """Take a seat."""
    if connection.admission is None:
        raise NotFound("room-not-found", "This room does not exist any more.")
    link, address = connection.waits_by, connection.address
    if link is not None:
        context.arrivals.enter(link, address, now=time.monotonic())
    context.conference.preflight.close(connection.id)
    try:
        joined = await context.conference.seats.join(
            connection.admission,
            connection.id,
            name=request.name,
            organisation=request.organisation,
            subscribe=request.subscribe,
            browser_key=request.browser,
            take_over=request.take_over,
        )
    except BaseException:
        # Otherwise refused joins would use up the rate of those who may enter.
        if link is not None:
            context.arrivals.turned_away(link, address, now=time.monotonic())
        raise
    return await _sit(context, connection, joined)


async def resume(
    context: Context, connection: Connection, request: m.SeatResume
) -> m.SeatTaken:
    """Come back to a seat."""
    if connection.returning is None or connection.token is None:
        raise Refused("seated-already", "You are in the room already.")
    joined = await context.conference.seats.resume(
        connection.returning,
        connection.token,
        connection.id,
        last_chat=request.last_chat,
        subscribe=request.subscribe,
    )
    return await _sit(context, connection, joined)


async def _sit(context: Context, connection: Connection, joined: Joined) -> m.SeatTaken:
    if connection.gone:  # it broke while the seat was being prepared
        await context.conference.seats.lose(joined.seat_ref, connection.id)
    connection.seat_ref = joined.seat_ref
    connection.admission = connection.returning = None
    connection.stop_waiting(context.arrivals)
    return wire.joined(joined)


async def leave(context: Context, connection: Connection, _: m.Nothing) -> m.Nothing:
    """Free the seat; this connection accepts no further requests."""
    seat = connection.seat
    await context.conference.run(seat, c.Leave(seat.participant))
    connection.seat_ref = connection.account = None
    return m.Nothing()


async def report_quality(
    context: Context, connection: Connection, request: m.QualityReport
) -> m.Nothing:
    """Note how good this client's connection is."""
    seat = connection.seat
    command = c.ReportQuality(seat.participant, request.level)
    await context.conference.run(seat, command)
    return m.Nothing()


HANDLERS: dict[str, Handler] = {
    "seat.join": join,
    "seat.resume": resume,
    "seat.leave": leave,
    "quality.report": report_quality,
}
