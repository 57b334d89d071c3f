"""The order of raised hands."""

from conference.rooms import commands as c
from conference.rooms import events as e
from tests.conference.rooms.support import RoomDriver


def test_a_lost_hand_is_not_in_the_order_and_comes_back_to_its_place(
    driver: RoomDriver,
) -> None:
    a, b = driver.join("a"), driver.join("b")
    driver.do(c.RaiseHand(a, raised=True))
    driver.do(c.RaiseHand(b, raised=True))
    events = driver.do(c.Lose(a))
    assert e.HandsMoved(1) in events
    assert driver.room.hands_behind(1) == [b]
    assert [driver.room.hand_place(p) for p in (a, b)] == [None, 1]
    driver.do(c.Return(a))
    assert [driver.room.hand_place(p) for p in (a, b)] == [1, 2]


def test_hands_keep_their_order(driver: RoomDriver) -> None:
    a, b, d = (driver.join(name) for name in "abd")
    for who in (b, a, d):
        driver.do(c.RaiseHand(who, raised=True))
    assert [driver.room.hand_place(p) for p in (a, b, d)] == [2, 1, 3]
    assert driver.do(c.RaiseHand(a, raised=True)) == []
    assert driver.do(c.RaiseHand(b, raised=False)) == [
        e.SeatUpdated(b, durable=True),
        e.HandsMoved(1),
    ]
    assert driver.room.hands_behind(1) == [a, d]
    assert [driver.room.hand_place(p) for p in (a, b, d)] == [1, None, 2]
    assert driver.do(c.RaiseHand(b, raised=False)) == []


def test_later_hands_move_up_when_a_participant_leaves(driver: RoomDriver) -> None:
    a, b = driver.join("a"), driver.join("b")
    driver.do(c.RaiseHand(a, raised=True))
    driver.do(c.RaiseHand(b, raised=True))
    assert e.HandsMoved(1) in driver.do(c.Leave(a))
    assert driver.room.hands_behind(1) == [b]
    assert driver.room.hand_place(b) == 1


def test_nobody_moves_when_a_lost_or_the_last_hand_goes(driver: RoomDriver) -> None:
    a, b = driver.join("a"), driver.join("b")
    driver.do(c.RaiseHand(a, raised=True))
    driver.do(c.RaiseHand(b, raised=True))
    assert driver.do(c.Lose(b)) == [e.SeatUpdated(b, durable=False)]
    assert driver.do(c.Lose(a)) == [e.SeatUpdated(a, durable=False)]
    driver.do(c.Return(b))
    assert [type(event) for event in driver.do(c.Leave(a))] == [e.SeatVacated]
