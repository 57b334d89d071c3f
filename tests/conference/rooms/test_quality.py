"""Who receives the quality of a link, and how often."""

from conference.contract.words import Role, Source
from conference.ids import ParticipantId
from conference.rooms import commands as c
from conference.rooms import events as e
from conference.rooms.quality import SHOW_EVERY_S
from tests.conference.rooms.support import RoomDriver


def report(driver: RoomDriver, who: ParticipantId, level: int) -> list[e.Event]:
    return driver.do(c.ReportQuality(who, level))


def test_the_first_report_is_sent_at_once_and_the_next_ones_wait(
    driver: RoomDriver,
) -> None:
    a = driver.join("a")
    start = driver.now
    assert report(driver, a, 3) == [e.QualityChanged(a)]
    driver.now += 1
    assert report(driver, a, 2) == []
    driver.now += 1
    assert report(driver, a, 1) == []
    assert driver.room.seat(a).quality == 3
    assert driver.room.next_timeout() == start + SHOW_EVERY_S
    driver.now = start + SHOW_EVERY_S - 0.01
    assert driver.do(c.Tick()) == []
    driver.now = start + SHOW_EVERY_S
    assert driver.do(c.Tick()) == [e.QualityChanged(a)]
    assert driver.room.seat(a).quality == 1
    assert driver.room.next_timeout() is None


def test_a_report_that_was_reverted_is_not_sent(driver: RoomDriver) -> None:
    a = driver.join("a")
    report(driver, a, 4)
    assert report(driver, a, 1) == []
    assert report(driver, a, 4) == []
    assert driver.room.next_timeout() is None


def test_a_late_report_is_sent_at_once(driver: RoomDriver) -> None:
    a = driver.join("a")
    report(driver, a, 4)
    driver.now += SHOW_EVERY_S
    assert report(driver, a, 3) == [e.QualityChanged(a)]


def test_it_is_forgotten_with_the_connection(driver: RoomDriver) -> None:
    a = driver.join("a")
    report(driver, a, 3)
    report(driver, a, 2)
    driver.do(c.Lose(a))
    seat = driver.room.seat(a)
    assert (seat.quality, seat.quality_waiting) == (None, None)


def test_quality_of_viewers_is_sent_to_moderators_and_themselves(
    driver: RoomDriver,
) -> None:
    moderator = driver.join("m", Role.MODERATOR)
    presenter = driver.join("p", Role.PRESENTER)
    viewer, other = driver.join("v"), driver.join("o")
    assert driver.room.quality_audience(viewer) == [moderator, viewer]
    driver.publish(presenter, Source.MICROPHONE)
    assert driver.room.quality_audience(presenter) == [
        moderator,
        presenter,
        viewer,
        other,
    ]


def test_a_report_of_each_of_many_viewers_goes_to_it_and_the_moderator(
    driver: RoomDriver,
) -> None:
    viewers = [driver.join(f"v{n}") for n in range(400)]
    driver.join("m", Role.MODERATOR)
    received = sum(len(driver.room.quality_audience(viewer)) for viewer in viewers)
    assert received == 2 * len(viewers)


def test_the_same_report_again_changes_nothing(driver: RoomDriver) -> None:
    viewer = driver.join("v")
    driver.do(c.ReportQuality(viewer, 3))
    before = driver.room.state
    assert driver.do(c.ReportQuality(viewer, 3)) == []
    assert driver.room.state is before
