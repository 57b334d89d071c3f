"""Who is on the stage, and when it moves."""

from conference.contract.words import Departure, Role, Source
from conference.rooms import commands as c
from conference.rooms import events as e
from conference.rooms.stage import STAGE_HOLD_S
from tests.conference.rooms.support import FIRST, RoomDriver

CAMERA, MICROPHONE, SCREEN = Source.CAMERA, Source.MICROPHONE, Source.SCREEN


def test_the_stage_follows_the_presenter(driver: RoomDriver) -> None:
    moderator, p = driver.join("m", Role.MODERATOR), driver.join("p", Role.PRESENTER)
    assert e.StageMoved(moderator) in driver.publish(moderator, CAMERA)
    assert e.StageMoved(p) in driver.publish(p, CAMERA)
    assert e.StageMoved(moderator) in driver.do(c.TrackDown(p, FIRST, CAMERA))
    assert e.StageMoved(None) in driver.do(c.Leave(moderator))


def test_a_moderators_choice_holds_until_taken_back(driver: RoomDriver) -> None:
    moderator, p = driver.join("m", Role.MODERATOR), driver.join("p", Role.PRESENTER)
    driver.publish(p, CAMERA)
    assert driver.do(c.ChooseStage(moderator, moderator)) == [
        e.StageChosen(moderator),
        e.StageMoved(moderator),
    ]
    assert driver.room.chosen_stage == moderator
    assert driver.do(c.ChooseStage(moderator, moderator)) == []
    assert driver.do(c.ChooseStage(moderator, None)) == [
        e.StageChosen(None),
        e.StageMoved(p),
    ]


def test_among_equals_the_dominant_speaker_takes_the_stage_after_a_while(
    driver: RoomDriver,
) -> None:
    a, b = driver.join("a", Role.PRESENTER), driver.join("b", Role.PRESENTER)
    driver.publish(a, CAMERA)
    driver.publish(b, CAMERA)
    assert driver.do(c.Dominate(b)) == []
    due = driver.room.next_timeout()
    assert due == driver.now + STAGE_HOLD_S
    driver.now = due
    assert driver.do(c.Tick()) == [e.StageMoved(b)]
    assert driver.room.next_timeout() is None
    driver.now += STAGE_HOLD_S
    assert driver.do(c.Dominate(None)) == []
    assert driver.do(c.Dominate(a)) == [e.StageMoved(a)]


def test_a_short_remark_does_not_move_the_stage(driver: RoomDriver) -> None:
    a, b = driver.join("a", Role.PRESENTER), driver.join("b", Role.PRESENTER)
    driver.publish(a, CAMERA)
    driver.publish(b, CAMERA)
    driver.do(c.Dominate(b))
    driver.now += STAGE_HOLD_S / 2
    driver.do(c.Dominate(a))
    assert driver.room.next_timeout() is None
    driver.now += STAGE_HOLD_S
    assert driver.do(c.Tick()) == []
    assert driver.room.stage == a


def test_rank_outranks_the_dominant_speaker(driver: RoomDriver) -> None:
    p, r = driver.join("p", Role.PRESENTER), driver.join("r")
    m = driver.join("m", Role.MODERATOR)
    driver.do(c.GiveFloor(m, r, given=True))
    for who in (r, m, p):
        driver.publish(who, CAMERA)
    driver.now += 2 * STAGE_HOLD_S
    for who in (r, m):
        assert driver.do(c.Dominate(who)) == []
        assert driver.room.next_timeout() is None
    # A presenter who comes does not wait for the hold either.
    driver.do(c.TrackDown(p, FIRST, CAMERA))
    assert driver.room.stage == m
    assert e.StageMoved(p) in driver.publish(p, CAMERA)


def test_a_moderators_choice_outranks_the_dominant_speaker(driver: RoomDriver) -> None:
    m = driver.join("m", Role.MODERATOR)
    a, b = driver.join("a", Role.PRESENTER), driver.join("b", Role.PRESENTER)
    driver.publish(a, CAMERA)
    driver.publish(b, CAMERA)
    driver.do(c.ChooseStage(m, a))
    driver.do(c.Dominate(b))
    assert driver.room.next_timeout() is None
    driver.now += 2 * STAGE_HOLD_S
    assert driver.do(c.Tick()) == []
    assert driver.do(c.ChooseStage(m, None)) == [e.StageChosen(None), e.StageMoved(b)]


def test_a_dominant_speaker_who_left_is_forgotten(driver: RoomDriver) -> None:
    a, b = driver.join("a", Role.PRESENTER), driver.join("b", Role.PRESENTER)
    driver.publish(a, CAMERA)
    driver.publish(b, CAMERA)
    driver.do(c.Dominate(b))
    driver.do(c.Leave(b))
    assert driver.room.next_timeout() is None
    driver.join("b", Role.PRESENTER)
    driver.now += 2 * STAGE_HOLD_S
    driver.publish(b, CAMERA)
    assert driver.room.stage == a


def test_a_chosen_participant_who_leaves_is_taken_off_the_stage(
    driver: RoomDriver,
) -> None:
    moderator, a = driver.join("m", Role.MODERATOR), driver.join("a")
    driver.do(c.ChooseStage(moderator, a))
    assert driver.do(c.Leave(a)) == [
        e.SeatVacated(a, Departure.LEFT),
        e.StageChosen(None),
        e.StageMoved(None),
    ]
