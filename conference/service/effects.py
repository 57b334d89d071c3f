"""
What the events of a room mean for storage, for the media plane and for people.

Pure: three functions from a room and its events to what is to be done, in the order in
which ``OpenRooms`` does it. A further subject of the room adds its events here.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import assert_never

from conference.contract import media
from conference.contract import records as r
from conference.contract.words import Departure
from conference.ids import ConnectionId, ParticipantId
from conference.rooms import events as e
from conference.rooms.room import Room
from conference.service import notices as n


@dataclass(frozen=True, slots=True)
class Send:
    """Send a notice to some connections."""

    to: tuple[ConnectionId, ...]
    notice: n.Notice


@dataclass(frozen=True, slots=True)
class Close:
    """Send the last notice of a connection and close it."""

    connection: ConnectionId
    notice: n.SeatClosed


Delivery = Send | Close


def room_view(room: Room) -> n.RoomView:
    """Return a room as everybody in it knows it."""
    return n.RoomView(
        room.id,
        room.title,
        room.organisation,
        stage=room.stage,
        chosen_stage=room.chosen_stage,
    )


def seat_view(room: Room, participant: ParticipantId) -> n.SeatView:
    """Return a seat as everybody in the room sees it."""
    return n.SeatView(room.seat(participant), room.hand_place(participant))


def changes_of(
    room: Room,
    tokens: Mapping[ParticipantId, bytes],
    events: Sequence[e.Event],
    *,
    at: float,
) -> list[r.Change]:
    """
    Return what must be stored before anybody is notified of these events.

    Args:
        room: The room after the command.
        tokens: Hash of each seat's token.
        events: What the command led to.
        at: Seconds since the epoch.
    """
    return [
        change
        for event in events
        if (change := _change_of(room, tokens, event, at)) is not None
    ]


def _change_of(
    room: Room, tokens: Mapping[ParticipantId, bytes], event: e.Event, at: float
) -> r.Change | None:
    match event:
        case e.SeatOpened(participant) | e.SeatUpdated(participant, durable=True):
            return r.SaveSeat(_seat_record(room, tokens, participant))
        case e.SeatVacated(participant):
            return r.DropSeat(participant)
        case e.StageChosen(participant):
            return r.SaveStage(room.id, participant)
        case e.Said(line):
            return r.AddLine(room.id, line)
        case e.RemovalHeld(removal):
            return r.AddRemoval(room.id, removal)
        case e.RemovalLifted(participant):
            return r.DropRemoval(participant)
        case e.RoomEnded():
            return r.EndRoom(room.id, at)
        case _:
            return None


def _seat_record(
    room: Room, tokens: Mapping[ParticipantId, bytes], participant: ParticipantId
) -> r.SeatRecord:
    seat = room.seat(participant)
    return r.SeatRecord(
        id=seat.id,
        room=room.id,
        name=seat.name,
        organisation=seat.organisation,
        role=seat.role,
        joined_at=seat.joined_at,
        token_hash=tokens[participant],
        account=seat.account,
        invitation=seat.invitation,
        browser=seat.browser,
        has_floor=seat.has_floor,
        hand=seat.hand,
    )


def media_of(room: Room, events: Sequence[e.Event]) -> list[media.Command]:
    """Return what the media plane must do because of these events."""
    commands: list[media.Command] = []
    for event in events:
        match event:
            case e.SeatVacated(participant) | e.PageClosed(participant):
                commands.append(media.CloseLegs(participant))
            case e.StageMoved(participant):
                commands.append(media.SetStage(room.id, participant))
            case e.TrackSwitched(participant, source, active):
                commands.append(media.SetTrack(participant, source, active))
            case e.RoomEnded():
                commands.append(media.CloseRoom(room.id))
                commands += [media.CloseLegs(participant) for participant in room.seats]
            case _:
                pass
    return commands


def notices_of(
    room: Room,
    holders: Mapping[ParticipantId, ConnectionId],
    events: Sequence[e.Event],
) -> list[Delivery]:
    """
    Return which participants receive which notices because of these events.

    Args:
        room: The room after the command.
        holders: The connection of each seat before the command.
        events: What the command led to; for equal events one notice is sent.
    """
    here = dict(holders)
    deliveries: list[Delivery] = []
    for event in dict.fromkeys(_with_hands_once(events)):
        deliveries += _deliveries(room, here, event)
    if any(isinstance(event, e.StageMoved | e.StageChosen) for event in events):
        deliveries.append(Send(tuple(here.values()), n.RoomChanged(room_view(room))))
    return deliveries


def _with_hands_once(events: Sequence[e.Event]) -> list[e.Event]:
    """Return the events with one move of hands, which contains all others, at the end."""
    moves = [event for event in events if isinstance(event, e.HandsMoved)]
    others: list[e.Event] = [
        event for event in events if not isinstance(event, e.HandsMoved)
    ]
    if moves:
        others.append(min(moves, key=lambda move: move.behind))
    return others


def _deliveries(
    room: Room, here: dict[ParticipantId, ConnectionId], event: e.Event
) -> list[Delivery]:
    """Return the deliveries of one event; those who leave by it are taken out of ``here``."""
    match event:
        case e.SeatOpened(participant) | e.SeatUpdated(participant):
            return _seat_shown(room, participant, tuple(here.values()))
        case e.HandsMoved(ticket):
            to = tuple(here.values())
            return [
                Send(to, n.ParticipantChanged(seat_view(room, participant)))
                for participant in room.hands_behind(ticket)
            ]
        case e.QualityChanged(participant):
            if participant not in room.seats:
                return []
            audience = room.quality_audience(participant)
            to = tuple(here[one] for one in audience if one in here)
            return _seat_shown(room, participant, to)
        case e.SeatVacated(participant, reason, by):
            holder = here.pop(participant, None)
            left = n.ParticipantLeft(participant, reason)
            to_others: Delivery = Send(tuple(here.values()), left)
            if holder is None or reason is not Departure.REMOVED:
                return [to_others]
            return [Close(holder, n.SeatClosed(n.Closing.REMOVED, by)), to_others]
        case e.CapabilitiesChanged(participant):
            seat = room.seat(participant)
            changed = n.SeatChanged(seat.role, seat.capabilities)
            return _to_one(here, participant, changed)
        case e.TrackMuted(participant, source, by):
            return _to_one(here, participant, n.SeatMuted(source, by))
        case e.Said(line):
            return [Send(tuple(here.values()), n.ChatSaid(line))]
        case e.RoomEnded(by):
            closed = n.SeatClosed(n.Closing.ROOM_CLOSED, by)
            everybody = tuple(here.values())
            here.clear()
            return [Close(holder, closed) for holder in everybody]
        case (
            e.StageMoved()
            | e.StageChosen()
            | e.TrackSwitched()
            | e.PageClosed()
            | e.RemovalHeld()
            | e.RemovalLifted()
        ):
            return []
        case _:
            assert_never(event)


def _seat_shown(
    room: Room, participant: ParticipantId, to: tuple[ConnectionId, ...]
) -> list[Delivery]:
    if participant not in room.seats:
        return []  # a later event of the same command freed it
    return [Send(to, n.ParticipantChanged(seat_view(room, participant)))]


def _to_one(
    here: Mapping[ParticipantId, ConnectionId],
    participant: ParticipantId,
    notice: n.Notice,
) -> list[Delivery]:
    holder = here.get(participant)
    return [] if holder is None else [Send((holder,), notice)]
