"""Handlers of media: negotiation, own tracks, what is shown."""

from conference.contract import media as media
from conference.contract.words import Receive, Source
from conference.ids import Mid, ParticipantId
from signaling.namespaces import wire
from signaling.namespaces.connection import Connection
from signaling.namespaces.dispatcher import Edge, Handler
from signaling.protocol import messages as m


async def subscribe(
    edge: Edge, connection: Connection, _: m.MediaSubscribe
) -> m.SlotOffer:
    """Offer the slots anew."""
    return wire.offer(await edge.conference.media.subscribe(connection.seat))


async def answer(
    edge: Edge, connection: Connection, request: m.MediaAnswer
) -> m.Nothing:
    """Take the answer to the slot offer."""
    await edge.conference.media.answer(connection.seat, request.sdp)
    return m.Nothing()


async def publish(
    edge: Edge, connection: Connection, request: m.MediaPublish
) -> m.MediaPublished:
    """Take a publish offer."""
    answered = await edge.conference.media.publish(
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
    edge: Edge, connection: Connection, request: m.MediaPreflight
) -> m.MediaPublished:
    """Let somebody at the door try the way of media."""
    answered = await edge.conference.preflight.open(
        connection.id, connection.address, request.sdp
    )
    if connection.gone or connection.door is None:  # while it was being opened
        edge.conference.preflight.close(connection.id)
    return m.MediaPublished(sdp=answered)


async def track(edge: Edge, connection: Connection, request: m.MediaTrack) -> m.Nothing:
    """Start or stop an own track."""
    await edge.conference.media.switch(
        connection.seat, Source(request.source), active=request.active
    )
    return m.Nothing()


async def set_view(edge: Edge, connection: Connection, request: m.ViewSet) -> m.Nothing:
    """Take what this client shows."""
    edge.conference.media.view(
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
