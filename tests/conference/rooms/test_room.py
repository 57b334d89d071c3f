"""What a room does, told as those in it would tell it."""

import pytest

from conference.contract.words import Departure, Role, Source
from conference.errors import NotAllowed, NotFound, Refused, TooMuch
from conference.ids import ParticipantId, RoomId
from conference.rooms import commands as c
from conference.rooms import events as e
from conference.rooms.chat_log import NONCES_KEPT
from conference.rooms.roles import Capability
from conference.rooms.room import Room
from conference.rooms.seat import PAGE_KEPT_S, SEAT_KEPT_S, Presence, Seat, Track
from conference.rooms.stage import STAGE_HOLD_S
from tests.conference.rooms.support import OWNER, WALL, Hall

CAMERA, MICROPHONE, SCREEN = Source.CAMERA, Source.MICROPHONE, Source.SCREEN
NOBODY = ParticipantId("nobody")


@pytest.fixture
def hall() -> Hall:
    return Hall()


def test_what_is_no_command_is_a_mistake_of_the_caller(hall: Hall) -> None:
    with pytest.raises(AssertionError):
        hall.do("nonsense")  # type: ignore[arg-type]


# Seats


def test_a_full_room_refuses(hall: Hall) -> None:
    hall = Hall(max_seats=1)
    hall.join("a")
    with pytest.raises(TooMuch) as caught:
        hall.join("b")
    assert caught.value.code == "room-full"
    assert list(hall.room.seats) == ["a"]


def test_a_lost_seat_is_kept_then_freed(hall: Hall) -> None:
    a = hall.join("a")
    assert hall.room.next_timeout() is None
    assert hall.do(c.Lose(a)) == [e.SeatUpdated(a, durable=False)]
    assert hall.room.seat(a).presence is Presence.LOST
    assert hall.room.present == 0
    assert hall.room.next_timeout() == hall.now + SEAT_KEPT_S
    hall.now += SEAT_KEPT_S - 0.001
    assert hall.do(c.Tick()) == []
    hall.now += 0.001
    assert hall.do(c.Tick()) == [e.SeatVacated(a, Departure.LOST)]
    assert not hall.room.seats


def test_losing_twice_does_not_prolong(hall: Hall) -> None:
    a = hall.join("a")
    hall.do(c.Lose(a))
    due = hall.room.next_timeout()
    hall.now += 50
    assert hall.do(c.Lose(a)) == []
    assert hall.room.next_timeout() == due


def test_who_returns_has_everything_back(hall: Hall) -> None:
    moderator, a = hall.join("m", Role.MODERATOR), hall.join("a")
    hall.do(c.RaiseHand(a, raised=True))
    hall.do(c.GiveFloor(moderator, a, given=True))
    hall.do(c.RaiseHand(a, raised=True))
    hall.do(c.Lose(a))
    hall.do(c.Return(a))
    seat = hall.room.seat(a)
    assert (seat.connected, seat.has_floor, hall.room.hand_place(a)) == (True, True, 1)
    assert hall.room.next_timeout() is None
    assert hall.do(c.Return(a)) == []


def test_who_left_or_was_removed_does_not_return(hall: Hall) -> None:
    moderator, a, b = hall.join("m", Role.MODERATOR), hall.join("a"), hall.join("b")
    assert hall.do(c.Leave(a)) == [e.SeatVacated(a, Departure.LEFT)]
    assert hall.do(c.Remove(moderator, b, at=WALL)) == [
        e.SeatVacated(b, Departure.REMOVED, "M")
    ]
    for gone in (a, b):
        with pytest.raises(NotFound):
            hall.do(c.Return(gone))
        with pytest.raises(NotFound):
            hall.do(c.Leave(gone))


def test_a_closed_room_takes_nothing_more(hall: Hall) -> None:
    a = hall.join("a")
    assert hall.do(c.CloseRoom("M")) == [e.RoomEnded("M")]
    assert hall.room.closed
    with pytest.raises(Refused) as caught:
        hall.do(c.Leave(a))
    assert caught.value.code == "room-closed"


def test_an_account_finds_its_seat(hall: Hall) -> None:
    hall.join("a")
    assert hall.room.account_seat(OWNER) is None
    hall.do(c.TakeSeat(NOBODY, "M", "I", Role.MODERATOR, at=WALL, account=OWNER))
    seat = hall.room.account_seat(OWNER)
    assert seat is not None
    assert seat.id == NOBODY


def test_a_closed_page_keeps_its_seat_only_for_a_reload(hall: Hall) -> None:
    a = hall.join("a")
    assert hall.do(c.ClosePage(a)) == [
        e.SeatUpdated(a, durable=False),
        e.PageClosed(a),
    ]
    assert not hall.room.seat(a).connected
    assert hall.do(c.Lose(a)) == []  # its socket closes a moment later
    assert hall.room.next_timeout() == hall.now + PAGE_KEPT_S
    hall.now += PAGE_KEPT_S
    assert hall.do(c.Tick()) == [e.SeatVacated(a, Departure.LOST)]


def test_a_reload_has_its_seat_back(hall: Hall) -> None:
    a = hall.join("a")
    hall.do(c.ClosePage(a))
    assert hall.do(c.Return(a)) == [e.SeatUpdated(a, durable=False)]
    assert hall.room.next_timeout() is None


def test_a_farewell_after_the_loss_shortens_the_wait(hall: Hall) -> None:
    a = hall.join("a")
    hall.do(c.Lose(a))
    hall.now += 2
    assert hall.do(c.ClosePage(a)) == [e.PageClosed(a)]
    assert hall.room.next_timeout() == hall.now + PAGE_KEPT_S


# Hands


def test_a_lost_hand_is_not_in_the_order_and_comes_back_to_its_place(
    hall: Hall,
) -> None:
    a, b = hall.join("a"), hall.join("b")
    hall.do(c.RaiseHand(a, raised=True))
    hall.do(c.RaiseHand(b, raised=True))
    events = hall.do(c.Lose(a))
    assert e.SeatUpdated(b, durable=False) in events
    assert [hall.room.hand_place(p) for p in (a, b)] == [None, 1]
    hall.do(c.Return(a))
    assert [hall.room.hand_place(p) for p in (a, b)] == [1, 2]


def test_hands_keep_their_order(hall: Hall) -> None:
    a, b, d = (hall.join(name) for name in "abd")
    for who in (b, a, d):
        hall.do(c.RaiseHand(who, raised=True))
    assert [hall.room.hand_place(p) for p in (a, b, d)] == [2, 1, 3]
    assert hall.do(c.RaiseHand(a, raised=True)) == []
    assert hall.do(c.RaiseHand(b, raised=False)) == [
        e.SeatUpdated(b, durable=True),
        e.SeatUpdated(a, durable=False),
        e.SeatUpdated(d, durable=False),
    ]
    assert [hall.room.hand_place(p) for p in (a, b, d)] == [1, None, 2]
    assert hall.do(c.RaiseHand(b, raised=False)) == []


def test_those_behind_move_up_when_somebody_leaves(hall: Hall) -> None:
    a, b = hall.join("a"), hall.join("b")
    hall.do(c.RaiseHand(a, raised=True))
    hall.do(c.RaiseHand(b, raised=True))
    assert e.SeatUpdated(b, durable=False) in hall.do(c.Leave(a))
    assert hall.room.hand_place(b) == 1


# The floor


def test_a_researcher_cannot_publish_without_the_floor(hall: Hall) -> None:
    a = hall.join("a")
    for command in (
        c.Publish(a, (CAMERA,)),
        c.SwitchTrack(a, CAMERA, active=True),
    ):
        with pytest.raises(NotAllowed):
            hall.do(command)
    assert not hall.room.seat(a).tracks


def test_the_floor_lowers_the_hand_and_lets_publish(hall: Hall) -> None:
    moderator, a, b = hall.join("m", Role.MODERATOR), hall.join("a"), hall.join("b")
    hall.do(c.RaiseHand(a, raised=True))
    hall.do(c.RaiseHand(b, raised=True))
    assert hall.do(c.GiveFloor(moderator, a, given=True)) == [
        e.SeatUpdated(a, durable=True),
        e.SeatUpdated(b, durable=False),
        e.CapabilitiesChanged(a),
    ]
    assert hall.room.seat(a).may(Capability.MEDIA_PUBLISH)
    assert hall.room.hand_place(a) is None
    assert hall.do(c.GiveFloor(moderator, a, given=True)) == []
    assert e.GateMoved(a, CAMERA, open=True) in hall.publish(a, CAMERA)


def test_taking_the_floor_back_shuts_every_gate_at_once(hall: Hall) -> None:
    moderator, a = hall.join("m", Role.MODERATOR), hall.join("a")
    hall.do(c.GiveFloor(moderator, a, given=True))
    hall.publish(a, CAMERA, MICROPHONE)
    events = hall.do(c.GiveFloor(moderator, a, given=False))
    assert events[:2] == [
        e.GateMoved(a, CAMERA, open=False),
        e.GateMoved(a, MICROPHONE, open=False),
    ]
    assert all(track.muted for track in hall.room.seat(a).tracks.values())
    with pytest.raises(NotAllowed):
        hall.do(c.SwitchTrack(a, CAMERA, active=True))
    hall.do(c.GiveFloor(moderator, a, given=True))
    assert hall.do(c.SwitchTrack(a, CAMERA, active=True))[0] == e.GateMoved(
        a, CAMERA, open=True
    )


def test_the_floor_is_for_researchers(hall: Hall) -> None:
    moderator, p = hall.join("m", Role.MODERATOR), hall.join("p", Role.PRESENTER)
    with pytest.raises(Refused) as caught:
        hall.do(c.GiveFloor(moderator, p, given=True))
    assert caught.value.code == "floor-not-needed"


@pytest.mark.parametrize("role", [Role.PRESENTER, Role.RESEARCHER])
def test_only_moderators_moderate(hall: Hall, role: Role) -> None:
    a, b = hall.join("a", role), hall.join("b")
    for command in (
        c.GiveFloor(a, b, given=True),
        c.ChooseStage(a, b),
        c.Mute(a, b, CAMERA),
        c.Remove(a, b, at=WALL),
    ):
        with pytest.raises(NotAllowed):
            hall.do(command)


def test_nobody_acts_on_who_is_not_here(hall: Hall) -> None:
    moderator = hall.join("m", Role.MODERATOR)
    for command in (
        c.GiveFloor(moderator, NOBODY, given=True),
        c.ChooseStage(moderator, NOBODY),
        c.Mute(moderator, NOBODY, CAMERA),
        c.Remove(moderator, NOBODY, at=WALL),
        c.GiveFloor(NOBODY, moderator, given=True),
        c.Say(NOBODY, "hello", "n", at=WALL),
        c.Lose(NOBODY),
    ):
        with pytest.raises(NotFound):
            hall.do(command)


# The stage


def test_the_stage_follows_the_presenter(hall: Hall) -> None:
    moderator, p = hall.join("m", Role.MODERATOR), hall.join("p", Role.PRESENTER)
    assert e.StageMoved(moderator) in hall.publish(moderator, CAMERA)
    assert e.StageMoved(p) in hall.publish(p, CAMERA)
    assert e.StageMoved(moderator) in hall.do(c.TrackDown(p, CAMERA))
    assert e.StageMoved(None) in hall.do(c.Leave(moderator))


def test_a_moderators_choice_holds_until_taken_back(hall: Hall) -> None:
    moderator, p = hall.join("m", Role.MODERATOR), hall.join("p", Role.PRESENTER)
    hall.publish(p, CAMERA)
    assert hall.do(c.ChooseStage(moderator, moderator)) == [
        e.StageChosen(moderator),
        e.StageMoved(moderator),
    ]
    assert hall.room.chosen_stage == moderator
    assert hall.do(c.ChooseStage(moderator, moderator)) == []
    assert hall.do(c.ChooseStage(moderator, None)) == [
        e.StageChosen(None),
        e.StageMoved(p),
    ]


def test_of_equals_the_dominant_speaker_takes_the_stage_after_a_while(
    hall: Hall,
) -> None:
    a, b = hall.join("a", Role.PRESENTER), hall.join("b", Role.PRESENTER)
    hall.publish(a, CAMERA)
    hall.publish(b, CAMERA)
    assert hall.do(c.Dominate(b)) == []
    due = hall.room.next_timeout()
    assert due == hall.now + STAGE_HOLD_S
    hall.now = due
    assert hall.do(c.Tick()) == [e.StageMoved(b)]
    assert hall.room.next_timeout() is None
    hall.now += STAGE_HOLD_S
    assert hall.do(c.Dominate(None)) == []
    assert hall.do(c.Dominate(a)) == [e.StageMoved(a)]


def test_a_short_remark_does_not_move_the_stage(hall: Hall) -> None:
    a, b = hall.join("a", Role.PRESENTER), hall.join("b", Role.PRESENTER)
    hall.publish(a, CAMERA)
    hall.publish(b, CAMERA)
    hall.do(c.Dominate(b))
    hall.now += STAGE_HOLD_S / 2
    hall.do(c.Dominate(a))
    assert hall.room.next_timeout() is None
    hall.now += STAGE_HOLD_S
    assert hall.do(c.Tick()) == []
    assert hall.room.stage == a


def test_rank_comes_before_the_word(hall: Hall) -> None:
    p, r = hall.join("p", Role.PRESENTER), hall.join("r")
    m = hall.join("m", Role.MODERATOR)
    hall.do(c.GiveFloor(m, r, given=True))
    for who in (r, m, p):
        hall.publish(who, CAMERA)
    hall.now += 2 * STAGE_HOLD_S
    for who in (r, m):
        assert hall.do(c.Dominate(who)) == []
        assert hall.room.next_timeout() is None
    # A presenter who comes does not wait for the hold either.
    hall.do(c.TrackDown(p, CAMERA))
    assert hall.room.stage == m
    assert e.StageMoved(p) in hall.publish(p, CAMERA)


def test_a_moderators_choice_comes_before_the_word(hall: Hall) -> None:
    m = hall.join("m", Role.MODERATOR)
    a, b = hall.join("a", Role.PRESENTER), hall.join("b", Role.PRESENTER)
    hall.publish(a, CAMERA)
    hall.publish(b, CAMERA)
    hall.do(c.ChooseStage(m, a))
    hall.do(c.Dominate(b))
    assert hall.room.next_timeout() is None
    hall.now += 2 * STAGE_HOLD_S
    assert hall.do(c.Tick()) == []
    assert hall.do(c.ChooseStage(m, None)) == [e.StageChosen(None), e.StageMoved(b)]


def test_who_held_the_word_and_left_is_forgotten(hall: Hall) -> None:
    a, b = hall.join("a", Role.PRESENTER), hall.join("b", Role.PRESENTER)
    hall.publish(a, CAMERA)
    hall.publish(b, CAMERA)
    hall.do(c.Dominate(b))
    hall.do(c.Leave(b))
    assert hall.room.next_timeout() is None
    hall.join("b", Role.PRESENTER)
    hall.now += 2 * STAGE_HOLD_S
    hall.publish(b, CAMERA)
    assert hall.room.stage == a


def test_a_chosen_one_who_goes_leaves_the_stage(hall: Hall) -> None:
    moderator, a = hall.join("m", Role.MODERATOR), hall.join("a")
    hall.do(c.ChooseStage(moderator, a))
    assert hall.do(c.Leave(a)) == [
        e.SeatVacated(a, Departure.LEFT),
        e.StageChosen(None),
        e.StageMoved(None),
    ]


# Tracks


def test_a_muted_one_may_start_again(hall: Hall) -> None:
    moderator, p = hall.join("m", Role.MODERATOR), hall.join("p", Role.PRESENTER)
    hall.publish(p, MICROPHONE)
    assert hall.do(c.Mute(moderator, p, MICROPHONE)) == [
        e.GateMoved(p, MICROPHONE, open=False),
        e.SeatUpdated(p, durable=False),
        e.TrackMuted(p, MICROPHONE, "M"),
    ]
    assert hall.do(c.Mute(moderator, p, MICROPHONE)) == []
    assert hall.do(c.Mute(moderator, p, CAMERA)) == []
    assert e.GateMoved(p, MICROPHONE, open=True) in hall.do(
        c.SwitchTrack(p, MICROPHONE, active=True)
    )
    with pytest.raises(Refused) as caught:
        hall.do(c.SwitchTrack(p, CAMERA, active=True))
    assert caught.value.code == "not-published"


def test_negotiating_again_keeps_a_mute(hall: Hall) -> None:
    p = hall.join("p", Role.PRESENTER)
    hall.publish(p, MICROPHONE)
    hall.do(c.SwitchTrack(p, MICROPHONE, active=False))
    offer = c.Publish(p, (MICROPHONE, CAMERA), frozenset({CAMERA}))
    assert hall.do(offer) == [
        e.GateMoved(p, MICROPHONE, open=False),
        e.GateMoved(p, CAMERA, open=True),
    ]
    hall.publish(p, CAMERA)
    assert set(hall.room.seat(p).tracks) == {CAMERA}


def test_an_offer_does_not_undo_a_moderators_mute(hall: Hall) -> None:
    moderator, p = hall.join("m", Role.MODERATOR), hall.join("p", Role.PRESENTER)
    hall.publish(p, MICROPHONE, CAMERA)
    hall.do(c.Mute(moderator, p, MICROPHONE))
    crossing = c.Publish(p, (MICROPHONE, CAMERA), frozenset({MICROPHONE, CAMERA}))
    kept = [
        e.GateMoved(p, MICROPHONE, open=False),
        e.GateMoved(p, CAMERA, open=True),
        e.TrackMuted(p, MICROPHONE, "M"),  # it may have missed it
    ]
    assert hall.do(crossing) == kept
    # Nor does one that opens a new leg after the old one's tracks ended.
    hall.do(c.TrackDown(p, MICROPHONE))
    assert hall.do(crossing) == kept
    assert hall.room.seat(p).tracks[MICROPHONE].muted


@pytest.mark.parametrize("active", [True, False])
def test_who_knows_of_a_mute_may_offer_the_track_anew(hall: Hall, active: bool) -> None:
    moderator, p = hall.join("m", Role.MODERATOR), hall.join("p", Role.PRESENTER)
    offer = c.Publish(p, (MICROPHONE,), frozenset({MICROPHONE}))
    for knows in (
        c.SwitchTrack(p, MICROPHONE, active=active),
        c.Publish(p, (MICROPHONE,)),
    ):
        hall.publish(p, MICROPHONE)
        hall.do(c.Mute(moderator, p, MICROPHONE))
        assert hall.room.seat(p).stopped == {MICROPHONE: "M"}
        hall.do(knows)
        assert hall.room.seat(p).stopped == {}
        assert hall.do(offer)[0] == e.GateMoved(p, MICROPHONE, open=True)


def test_what_is_declared_is_shown_when_its_first_packet_comes(hall: Hall) -> None:
    p = hall.join("p", Role.PRESENTER)
    declared = c.Publish(p, (CAMERA, SCREEN), frozenset({CAMERA}))
    assert hall.do(declared) == [
        e.GateMoved(p, CAMERA, open=True),
        e.GateMoved(p, SCREEN, open=False),
    ]
    assert hall.room.seat(p).started == {}
    assert hall.room.stage is None
    assert hall.do(c.TrackUp(p, CAMERA, "VP8")) == [
        e.SeatUpdated(p, durable=False),
        e.StageMoved(p),
    ]
    assert hall.room.seat(p).started == {CAMERA: Track(codec="VP8")}
    assert hall.do(c.TrackUp(p, CAMERA, "VP8")) == []
    # Nobody sees a change of what nobody sees.
    for active in (True, False):
        assert hall.do(c.SwitchTrack(p, SCREEN, active=active)) == [
            e.GateMoved(p, SCREEN, open=active)
        ]
    assert hall.do(c.TrackDown(p, SCREEN)) == []


def test_late_news_of_a_track_that_is_gone_changes_nothing(hall: Hall) -> None:
    p = hall.join("p", Role.PRESENTER)
    for who in (p, NOBODY):
        assert hall.do(c.TrackUp(who, SCREEN, "VP8")) == []
        assert hall.do(c.TrackDown(who, SCREEN)) == []


# Chat


def test_lines_count_from_one_without_a_gap(hall: Hall) -> None:
    a = hall.join("a")
    events = [hall.say(a, f"line {n}", f"n{n}")[0] for n in range(3)]
    lines = [event.line for event in events if isinstance(event, e.Said)]
    assert [line.seq for line in lines] == [1, 2, 3]
    assert lines[0].name == "A"
    assert hall.room.chat_seq == 3


def test_a_line_sent_again_is_said_once(hall: Hall) -> None:
    a, b = hall.join("a"), hall.join("b")
    hall.say(a, "once", "n")
    assert hall.say(a, "once", "n") == []
    said = hall.room.said(a, "n")
    assert said is not None
    assert said.text == "once"
    assert len(hall.say(b, "mine", "n")) == 1
    assert hall.room.chat_seq == 2


def test_old_nonces_are_forgotten(hall: Hall) -> None:
    a = hall.join("a")
    for n in range(NONCES_KEPT + 1):
        hall.say(a, "x", f"n{n}")
    assert hall.room.said(a, "n0") is None
    assert hall.room.said(a, "n1") is not None


# Going back


def test_restore_undoes_everything(hall: Hall) -> None:
    moderator, p = hall.join("m", Role.MODERATOR), hall.join("p", Role.PRESENTER)
    hall.say(p, "before", "n0")
    before = hall.room.checkpoint()
    hall.publish(p, CAMERA)
    hall.do(c.RaiseHand(p, raised=True))
    hall.say(p, "after", "n1")
    hall.do(c.ChooseStage(moderator, p))
    hall.do(c.Remove(moderator, p, at=WALL))
    hall.do(c.CloseRoom(None))
    hall.room.restore(before)
    assert hall.room.checkpoint() == before
    assert not hall.room.closed
    assert hall.room.said(p, "n1") is None


def test_a_room_comes_back_from_what_was_stored() -> None:
    seat = Seat(
        ParticipantId("a"),
        "A",
        "I",
        Role.RESEARCHER,
        WALL,
        presence=Presence.LOST,
        kept_until=5.0,
        has_floor=True,
        hand=7,
    )
    room = Room(
        RoomId("r"),
        title="T",
        organisation="O",
        owner=OWNER,
        created_at=WALL,
        seats=[seat],
        chosen_stage=seat.id,
        chat_seq=12,
    )
    assert (room.stage, room.chat_seq) == (seat.id, 12)
    room.handle(
        c.TakeSeat(ParticipantId("b"), "B", "I", Role.RESEARCHER, at=WALL), now=6.0
    )
    room.handle(c.RaiseHand(ParticipantId("b"), raised=True), now=6.0)
    assert room.hand_place(ParticipantId("b")) == 1
    room.handle(c.Return(seat.id), now=7.0)
    assert room.hand_place(ParticipantId("b")) == 2
    lone = Room(
        RoomId("r"),
        title="T",
        organisation="O",
        owner=OWNER,
        created_at=WALL,
        chosen_stage=seat.id,
    )
    assert lone.stage is None
