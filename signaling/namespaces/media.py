"""Handlers of media: negotiation, own tracks, the view."""

from conference.contract import media
from conference.contract.words import Generation, Receive, Source
from conference.ids import Mid, ParticipantId
from conference.rooms import commands as c
from signaling.namespaces import wire
from signaling.namespaces.connection import Connection
from signaling.namespaces.dispatcher import Context, Handler
from signaling.protocol import messages as m


async def subscribe(
    context: Context, connection: Connection, _: m.MediaSubscribe
) -> m.SlotOffer:
    """Start a new subscribe leg and return its slot offer."""
    return wire.offer(await context.conference.media.subscribe(connection.seat))


async def answer(
    context: Context, connection: Connection, request: m.MediaAnswer
) -> m.Nothing:
    """Take the answer to the slot offer."""
    await context.conference.media.answer(
        connection.seat, Generation(request.generation), request.sdp
    )
    return m.Nothing()


async def publish(
    context: Context, connection: Connection, request: m.MediaPublish
) -> m.MediaPublished:
    """Take a publish offer."""
    answered = await context.conference.media.publish(
        connection.seat,
        request.sdp,
        [
            media.TrackDeclaration(Mid(track.mid), Source(track.source))
            for track in request.tracks
        ],
        frozenset(Source(track.source) for track in request.tracks if track.active),
    )
    return m.MediaPublished(sdp=answered.sdp)


async def preflight(
    context: Context, connection: Connection, request: m.MediaPreflight
) -> m.MediaPublished:
    """Test the media connection of a guest before joining."""
    answered = await context.conference.preflight.open(
        connection.id, connection.address, request.sdp
    )
    if connection.gone or connection.admission is None:  # while it was being opened
        context.conference.preflight.close(connection.id)
    return m.MediaPublished(sdp=answered)


async def track(
    context: Context, connection: Connection, request: m.MediaTrack
) -> m.Nothing:
    """Start or stop an own track."""
    seat, source = connection.seat, Source(request.source)
    command = c.SwitchTrack(seat.participant, source, request.active)
    await context.conference.run(seat, command)
    return m.Nothing()


async def set_view(
    context: Context, connection: Connection, request: m.ViewSet
) -> m.Nothing:
    """Set what this client shows."""
    context.conference.media.view(
        media.SetView(
            connection.seat.participant,
            None if request.stage is None else ParticipantId(request.stage),
            tuple(
                media.Tile(ParticipantId(tile.participant), tile.max_height)
                for tile in request.tiles
            ),
            stage_height=request.stage_height,
            content_height=request.content_height,
            receive=Receive(request.receive),
        )
    )
    return m.Nothing()


HANDLERS: dict[str, Handler] = {
    "media.subscribe": subscribe,
    "media.answer": answer,
    "media.publish": publish,
    "media.preflight": preflight,
    "media.track": track,
    "view.set": set_view,
}
