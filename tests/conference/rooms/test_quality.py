"""Who is told of a connection's quality, and how often."""

import pytest

from conference.contract.words import Role, Source
from conference.ids import ParticipantId
from conference.rooms import commands as c
from conference.rooms import events as e
from conference.rooms.quality import TELL_EVERY_S
from tests.conference.rooms.support import Hall


@pytest.fixture
def hall() -> Hall:
    return Hall()


def report(hall: Hall, who: ParticipantId, level: int) -> list[e.Event]:
    return hall.do(c.ReportQuality(who, level))


def test_the_first_report_is_told_at_once_and_the_next_ones_wait(hall: Hall) -> None:
    a = hall.join("a")
    start = hall.now
    assert report(hall, a, 3) == [e.QualityChanged(a)]
    hall.now += 1
    assert report(hall, a, 2) == []
    hall.now += 1
    assert report(hall, a, 1) == []
    assert hall.room.seat(a).quality == 3
    assert hall.room.next_timeout() == start + TELL_EVERY_S
    hall.now = start + TELL_EVERY_S - 0.01
    assert hall.do(c.Tick()) == []
    hall.now = start + TELL_EVERY_S
    assert hall.do(c.Tick()) == [e.QualityChanged(a)]
    assert hall.room.seat(a).quality == 1
    assert hall.room.next_timeout() is None


def test_what_went_back_is_not_told(hall: Hall) -> None:
    a = hall.join("a")
    report(hall, a, 4)
    assert report(hall, a, 1) == []
    assert report(hall, a, 4) == []
    assert hall.room.next_timeout() is None


def test_a_late_report_is_told_at_once(hall: Hall) -> None:
    a = hall.join("a")
    report(hall, a, 4)
    hall.now += TELL_EVERY_S
    assert report(hall, a, 3) == [e.QualityChanged(a)]


def test_it_is_forgotten_with_the_connection(hall: Hall) -> None:
    a = hall.join("a")
    report(hall, a, 3)
    report(hall, a, 2)
    hall.do(c.Lose(a))
    seat = hall.room.seat(a)
    assert (seat.quality, seat.quality_waiting) == (None, None)


def test_only_moderators_and_oneself_hear_of_who_only_watches(hall: Hall) -> None:
    moderator = hall.join("m", Role.MODERATOR)
    presenter = hall.join("p", Role.PRESENTER)
    viewer, other = hall.join("v"), hall.join("o")
    assert hall.room.quality_audience(viewer) == [moderator, viewer]
    hall.publish(presenter, Source.MICROPHONE)
    assert hall.room.quality_audience(presenter) == [
        moderator,
        presenter,
        viewer,
        other,
    ]


def test_a_hall_of_viewers_costs_one_message_each_for_each_moderator(
    hall: Hall,
) -> None:
    viewers = [hall.join(f"v{n}") for n in range(400)]
    hall.join("m", Role.MODERATOR)
    told = sum(len(hall.room.quality_audience(viewer)) for viewer in viewers)
    assert told == 2 * len(viewers)
