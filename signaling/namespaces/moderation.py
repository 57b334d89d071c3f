"""Handlers of moderation: hands, floor, stage, mute, removal."""

from conference.contract.words import Source
from conference.ids import ParticipantId
from conference.rooms import commands as c
from signaling.namespaces import wire
from signaling.namespaces.connection import Connection
from signaling.namespaces.dispatcher import Context, Handler
from signaling.protocol import messages as m


async def raise_hand(
    context: Context, connection: Connection, request: m.HandRaise
) -> m.Nothing:
    """Raise or lower one's own hand."""
    seat = connection.seat
    await context.conference.run(seat, c.RaiseHand(seat.participant, request.raised))
    return m.Nothing()


async def lower_hand(
    context: Context, connection: Connection, request: m.HandLower
) -> m.Nothing:
    """Lower the hand of another participant."""
    seat, other = connection.seat, ParticipantId(request.participant)
    await context.conference.run(seat, c.LowerHand(seat.participant, other))
    return m.Nothing()


async def give_floor(
    context: Context, connection: Connection, request: m.FloorGive
) -> m.Nothing:
    """Give the floor or take it back."""
    seat, other = connection.seat, ParticipantId(request.participant)
    command = c.GiveFloor(seat.participant, other, request.given)
    await context.conference.run(seat, command)
    return m.Nothing()


async def set_stage(
    context: Context, connection: Connection, request: m.StageSet
) -> m.Nothing:
    """Choose who is on the stage."""
    seat = connection.seat
    asked = request.participant
    chosen = None if asked is None else ParticipantId(asked)
    await context.conference.run(seat, c.ChooseStage(seat.participant, chosen))
    return m.Nothing()


async def mute(
    context: Context, connection: Connection, request: m.ParticipantMute
) -> m.Nothing:
    """Mute a participant's track."""
    seat, other = connection.seat, ParticipantId(request.participant)
    command = c.Mute(seat.participant, other, Source(request.source))
    await context.conference.run(seat, command)
    return m.Nothing()


async def remove(
    context: Context, connection: Connection, request: m.ParticipantRemove
) -> m.Nothing:
    """Remove a participant."""
    await context.conference.seats.remove(
        connection.seat, ParticipantId(request.participant)
    )
    return m.Nothing()


async def list_removals(
    context: Context, connection: Connection, _: m.Nothing
) -> m.RemovalList:
    """List those who were removed and may not come in again."""
    removals = context.conference.seats.removals(connection.seat)
    return m.RemovalList(removals=[wire.removal(one) for one in removals])


async def lift_removal(
    context: Context, connection: Connection, request: m.RemovalAddress
) -> m.Nothing:
    """Allow a removed participant to join again."""
    seat, removed = connection.seat, ParticipantId(request.participant)
    await context.conference.run(seat, c.LiftRemoval(seat.participant, removed))
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
