"""Handlers of order in the room: hands, floor, stage, mute, removal."""

from conference.contract.words import Source
from conference.ids import ParticipantId
from signaling.namespaces import wire
from signaling.namespaces.connection import Connection
from signaling.namespaces.dispatcher import Edge, Handler
from signaling.protocol import messages as m


async def raise_hand(
    edge: Edge, connection: Connection, request: m.HandRaise
) -> m.Nothing:
    """Raise or lower the own hand."""
    await edge.conference.floor.raise_hand(connection.seat, raised=request.raised)
    return m.Nothing()


async def lower_hand(
    edge: Edge, connection: Connection, request: m.HandLower
) -> m.Nothing:
    """Lower the hand of another participant."""
    await edge.conference.floor.lower_hand(
        connection.seat, ParticipantId(request.participant)
    )
    return m.Nothing()


async def give_floor(
    edge: Edge, connection: Connection, request: m.FloorGive
) -> m.Nothing:
    """Give the floor or take it back."""
    await edge.conference.floor.give(
        connection.seat, ParticipantId(request.participant), given=request.given
    )
    return m.Nothing()


async def set_stage(
    edge: Edge, connection: Connection, request: m.StageSet
) -> m.Nothing:
    """Choose who is on the stage."""
    chosen = request.participant
    await edge.conference.floor.stage(
        connection.seat, None if chosen is None else ParticipantId(chosen)
    )
    return m.Nothing()


async def mute(
    edge: Edge, connection: Connection, request: m.ParticipantMute
) -> m.Nothing:
    """Stop somebody's track."""
    await edge.conference.floor.mute(
        connection.seat, ParticipantId(request.participant), Source(request.source)
    )
    return m.Nothing()


async def remove(
    edge: Edge, connection: Connection, request: m.ParticipantRemove
) -> m.Nothing:
    """Put somebody out."""
    await edge.conference.floor.remove(
        connection.seat, ParticipantId(request.participant)
    )
    return m.Nothing()


async def list_removals(
    edge: Edge, connection: Connection, _: m.Nothing
) -> m.RemovalList:
    """List those who were removed and may not come in again."""
    removals = edge.conference.floor.removals(connection.seat)
    return m.RemovalList(removals=[wire.removal(one) for one in removals])


async def lift_removal(
    edge: Edge, connection: Connection, request: m.RemovalAddress
) -> m.Nothing:
    """Let a removed participant come in again."""
    await edge.conference.floor.lift(
        connection.seat, ParticipantId(request.participant)
    )
    return m.Nothing()


HANDLERS: dict[str, Handler] = {
    "hand.raise": raise_hand,
    "floor.give": give_floor,
    "stage.set": set_stage,
    "participant.mute": mute,
    "participant.remove": remove,
    "hand.lower": lower_hand,
    "removal.list": list_removals,
    "removal.lift": lift_removal,
}
