"""What events mean for storage, for media and for people, without any of the three."""

import pytest

from conference.contract import media
from conference.contract import records as r
from conference.contract.words import Departure, Role, Source
from conference.ids import ConnectionId, ParticipantId
from conference.rooms import commands as c
from conference.rooms import events as e
from conference.service import notices as n
from conference.service.effects import Close, Send, changes_of, media_of, notices_of
from tests.conference.rooms.support import RoomDriver

AT = 5.0
CAMERA = Source.CAMERA


class Room(RoomDriver):
    """A room with a moderator M and a presenter P; each has a connection and a token."""

    def __init__(self) -> None:
        super().__init__()
        self.m = self.join("m", Role.MODERATOR)
        self.p = self.join("p", Role.PRESENTER)
        self.holders = {who: ConnectionId(f"to-{who}") for who in (self.m, self.p)}
        self.tokens = {who: who.encode() for who in (self.m, self.p)}

    def changes(self, events: list[e.Event]) -> list[r.Change]:
        """Return what is stored."""
        return changes_of(self.room, self.tokens, events, at=AT)

    def notices(self, events: list[e.Event]) -> list[tuple[str, object]]:
        """Return the notices that are sent, in order, each with its connection."""
        return [
            (one, delivery.notice)
            for delivery in notices_of(self.room, self.holders, events)
            for one in (
                delivery.to if isinstance(delivery, Send) else (delivery.connection,)
            )
        ]


@pytest.fixture
def room() -> Room:
    return Room()


def test_a_raised_hand_is_stored_and_everybody_is_notified(room: Room) -> None:
    events = room.do(c.RaiseHand(room.p, raised=True))
    (change,) = room.changes(events)
    assert isinstance(change, r.SaveSeat)
    assert (change.seat.id, change.seat.hand) == (room.p, 1)
    assert change.seat.token_hash == b"p"
    assert media_of(room.room, events) == []
    notices = room.notices(events)
    assert [to for to, _ in notices] == ["to-m", "to-p"]
    assert all(
        isinstance(notice, n.ParticipantChanged) and notice.view.hand == 1
        for _, notice in notices
    )


def test_a_removed_participant_is_disconnected_and_the_others_are_notified(
    room: Room,
) -> None:
    events = room.do(c.Remove(room.m, room.p, at=AT))
    assert room.changes(events) == [r.DropSeat(room.p)]
    assert media_of(room.room, events) == [media.CloseLegs(room.p)]
    assert notices_of(room.room, room.holders, events) == [
        Close(ConnectionId("to-p"), n.SeatClosed(n.Closing.REMOVED, "M")),
        Send((ConnectionId("to-m"),), n.ParticipantLeft(room.p, Departure.REMOVED)),
    ]


def test_a_new_stage_is_sent_once_and_last(room: Room) -> None:
    room.publish(room.p, CAMERA)
    events = room.do(c.ChooseStage(room.m, room.m))
    assert room.changes(events) == [r.SaveStage(room.room.id, room.m)]
    assert media_of(room.room, events) == [media.SetStage(room.room.id, room.m)]
    notices = [notice for _, notice in room.notices(events)]
    assert [type(notice) for notice in notices] == [n.RoomChanged] * 2
    assert notices[0] == n.RoomChanged(
        n.RoomView(
            room.room.id, "Optics", "Institute", stage=room.m, chosen_stage=room.m
        )
    )


def test_only_the_muted_participant_gets_the_moderators_name(room: Room) -> None:
    room.publish(room.p, CAMERA)
    events = room.do(c.Mute(room.m, room.p, CAMERA))
    assert media_of(room.room, events) == [media.SetTrack(room.p, CAMERA, active=False)]
    muted = [one for one in room.notices(events) if isinstance(one[1], n.SeatMuted)]
    assert muted == [("to-p", n.SeatMuted(CAMERA, "M"))]


def test_a_seat_freed_by_the_same_command_is_not_sent(room: Room) -> None:
    room.do(c.Leave(room.p))
    events: list[e.Event] = [
        e.SeatUpdated(room.p, durable=False),
        e.QualityChanged(room.p),
    ]
    assert room.notices(events) == []


def test_the_same_event_twice_is_notices_once(room: Room) -> None:
    events: list[e.Event] = [e.SeatUpdated(room.p, durable=False)] * 2
    assert len(room.notices(events)) == 2


def test_those_without_a_connection_are_left_out(room: Room) -> None:
    room.publish(room.p, CAMERA)
    del room.holders[room.p]
    events = room.do(c.Mute(room.m, room.p, CAMERA))
    assert {to for to, _ in room.notices(events)} == {"to-m"}


def test_an_ended_room_closes_everybody_and_their_media(room: Room) -> None:
    events = room.do(c.CloseRoom("M"))
    assert room.changes(events) == [r.EndRoom(room.room.id, AT)]
    assert media_of(room.room, events) == [
        media.CloseRoom(room.room.id),
        media.CloseLegs(room.m),
        media.CloseLegs(room.p),
    ]
    closed = n.SeatClosed(n.Closing.ROOM_CLOSED, "M")
    assert room.notices(events) == [("to-m", closed), ("to-p", closed)]


def test_a_removal_is_stored_and_lifted(room: Room) -> None:
    guest = room.join("g", browser=b"key")
    room.tokens[guest] = b"g"
    held = room.changes(room.do(c.Remove(room.m, guest, at=AT)))
    assert [type(change) for change in held] == [r.DropSeat, r.AddRemoval]
    lifted = room.changes(room.do(c.LiftRemoval(room.m, guest)))
    assert lifted == [r.DropRemoval(guest)]


def test_a_page_that_closed_loses_its_media_but_keeps_its_seat(room: Room) -> None:
    events = room.do(c.ClosePage(room.p))
    assert room.changes(events) == []
    assert media_of(room.room, events) == [media.CloseLegs(room.p)]


def test_a_line_of_chat_is_stored_and_notices(room: Room) -> None:
    events = room.say(ParticipantId("p"), "Hello", "n")
    (change,) = room.changes(events)
    assert isinstance(change, r.AddLine)
    assert [notice for _, notice in room.notices(events)] == [
        n.ChatSaid(change.line)
    ] * 2


def test_a_connections_quality_concerns_moderators_and_its_owner(room: Room) -> None:
    watcher = room.join("w")
    room.holders[watcher] = ConnectionId("to-w")
    events = room.do(c.ReportQuality(room.p, 2))
    assert {to for to, _ in room.notices(events)} == {"to-m", "to-p"}


def test_the_floor_changes_what_its_owner_may_do(room: Room) -> None:
    guest = room.join("g")
    room.holders[guest] = ConnectionId("to-g")
    events = room.do(c.GiveFloor(room.m, guest, given=True))
    seat = room.room.seat(guest)
    assert ("to-g", n.SeatChanged(seat.role, seat.capabilities)) in room.notices(events)


def test_everybody_gets_one_notice_of_each_hand_that_moved(room: Room) -> None:
    others = [room.join(name) for name in "abcd"]
    for who in others:
        room.do(c.RaiseHand(who, raised=True))
    room.do(c.Lose(others[3]))
    events = room.do(c.Leave(others[1])) + room.do(c.Leave(others[0]))
    changed = [
        (to, notice.view.seat.id, notice.view.hand)
        for to, notice in room.notices(events)
        if isinstance(notice, n.ParticipantChanged)
    ]
    # The place of a lost participant is not shown, so it does not move.
    assert changed == [("to-m", others[2], 1), ("to-p", others[2], 1)]
