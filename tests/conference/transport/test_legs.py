"""How far a leg has come, and which legs are open."""

import itertools

import pytest

from conference.contract.words import Generation, LegKind
from conference.ids import ParticipantId, RoomId
from conference.transport import legs as legs_module
from conference.transport.ice import CONSENT_S, IceLite
from conference.transport.legs import (
    ANSWER_S,
    Legs,
    LegState,
    LegStep,
    PublishLeg,
    SubscribeLeg,
    next_state,
)

ROOM, ADA, BOB = RoomId("room"), ParticipantId("ada"), ParticipantId("bob")
EVERY_PAIR = list(itertools.product(LegState, LegStep))


def publish_leg(participant: ParticipantId = ADA) -> PublishLeg:
    ice = IceLite("ufrag", "password", lambda _route: None)
    return PublishLeg(ROOM, participant, Generation(1), ice, now=100.0)


def subscribe_leg(participant: ParticipantId = ADA) -> SubscribeLeg:
    ice = IceLite("ufrag", "password", lambda _route: None)
    return SubscribeLeg(ROOM, participant, Generation(2), ice, [], now=100.0)


@pytest.mark.parametrize(("state", "step"), EVERY_PAIR)
def test_each_step_is_defined_in_each_state(state: LegState, step: LegStep) -> None:
    after = next_state(state, step)
    if step is LegStep.ENDED or state is LegState.CLOSED:
        assert after is LegState.CLOSED
    else:
        # A leg never goes back.
        order = list(LegState)
        assert order.index(after) - order.index(state) in (0, 1)


def test_a_leg_connects_by_description_and_keys() -> None:
    leg = publish_leg()
    steps = [
        (LegStep.KEYED, LegState.OFFERED),
        (LegStep.DESCRIBED, LegState.HANDSHAKE),
        (LegStep.DESCRIBED, LegState.HANDSHAKE),
        (LegStep.KEYED, LegState.CONNECTED),
        (LegStep.ENDED, LegState.CLOSED),
        (LegStep.ENDED, LegState.CLOSED),
    ]
    for step, expected in steps:
        before = leg.state
        assert leg.advance(step) == (before != expected)
        assert leg.state == expected
        assert leg.connected == (expected is LegState.CONNECTED)


def test_an_offer_that_nobody_answers_is_overdue() -> None:
    leg = subscribe_leg()
    assert not leg.overdue(now=100.0 + ANSWER_S)
    assert leg.overdue(now=100.1 + ANSWER_S)
    leg.advance(LegStep.DESCRIBED)
    # From here on the handshake has a limit of its own.
    assert not leg.overdue(now=100.1 + ANSWER_S)


def test_a_leg_without_checks_is_overdue() -> None:
    leg = publish_leg()
    leg.advance(LegStep.DESCRIBED)
    leg.ice.checked_at = 200.0
    assert not leg.overdue(now=200.0 + CONSENT_S)
    assert leg.overdue(now=200.1 + CONSENT_S)


def test_each_participant_has_one_leg_of_each_kind() -> None:
    legs = Legs()
    ours, theirs, watching = publish_leg(), publish_leg(BOB), subscribe_leg()
    for leg in (ours, theirs, watching):
        legs.add(leg)
    assert len(legs) == 3
    assert legs.find(ADA, LegKind.PUBLISH) is legs.publishing(ADA) is ours
    assert legs.find(ADA, LegKind.SUBSCRIBE) is legs.subscribing(ADA) is watching
    assert legs.find(BOB, LegKind.SUBSCRIBE) is None
    with pytest.raises(AssertionError):
        legs.add(publish_leg())
    assert legs.matching(lambda leg: leg.participant == ADA) == [ours, watching]
    legs.remove(ours)
    legs.remove(watching)
    assert list(legs) == [theirs]


def test_credentials_are_long_enough_and_differ() -> None:
    # RFC 8839 §5.4: 24 bits for the fragment, 128 for the password; hexadecimal.
    fragment, password = legs_module.credentials()
    assert len(fragment) * 4 >= 24
    assert len(password) * 4 >= 128
    assert legs_module.credentials() != (fragment, password)
