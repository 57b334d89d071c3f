"""Messages are numbered, and a repeated one is not added twice."""

from conference.rooms import events as e
from conference.rooms.chat_log import NONCES_KEPT
from tests.conference.rooms.support import RoomDriver


def test_lines_count_from_one_without_a_gap(driver: RoomDriver) -> None:
    a = driver.join("a")
    events = [driver.say(a, f"line {n}", f"n{n}")[0] for n in range(3)]
    lines = [event.line for event in events if isinstance(event, e.Said)]
    assert [line.seq for line in lines] == [1, 2, 3]
    assert lines[0].name == "A"
    assert driver.room.chat_seq == 3


def test_a_line_sent_again_is_said_once(driver: RoomDriver) -> None:
    a, b = driver.join("a"), driver.join("b")
    driver.say(a, "once", "n")
    assert driver.say(a, "once", "n") == []
    said = driver.room.said(a, "n")
    assert said is not None
    assert said.text == "once"
    assert len(driver.say(b, "mine", "n")) == 1
    assert driver.room.chat_seq == 2


def test_old_nonces_are_forgotten(driver: RoomDriver) -> None:
    a = driver.join("a")
    for n in range(NONCES_KEPT + 1):
        driver.say(a, "x", f"n{n}")
    assert driver.room.said(a, "n0") is None
    assert driver.room.said(a, "n1") is not None
