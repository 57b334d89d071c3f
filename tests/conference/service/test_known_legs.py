"""Which legs are connected, although messages of replaced legs arrive late."""

from hypothesis import given
from hypothesis import strategies as st

from conference.contract.words import Generation, LegKind
from conference.ids import ParticipantId
from conference.service.known_legs import KnownLegs

ADA, BOB = ParticipantId("ada"), ParticipantId("bob")
PUBLISH, SUBSCRIBE = LegKind
FIRST, SECOND, THIRD = Generation(1), Generation(2), Generation(3)


def test_a_leg_is_connected_once_its_event_has_come() -> None:
    legs = KnownLegs()
    legs.opened(ADA, PUBLISH, FIRST)
    assert legs.connected(ADA) == frozenset()
    legs.changed(ADA, PUBLISH, FIRST, connected=True)
    assert legs.connected(ADA) == {PUBLISH}
    assert legs.connected(BOB) == frozenset()


def test_a_renegotiated_leg_stays_connected() -> None:
    legs = KnownLegs()
    legs.changed(ADA, PUBLISH, FIRST, connected=True)
    legs.opened(ADA, PUBLISH, FIRST)
    assert legs.connected(ADA) == {PUBLISH}


def test_the_kinds_are_independent() -> None:
    legs = KnownLegs()
    legs.changed(ADA, SUBSCRIBE, SECOND, connected=True)
    legs.changed(ADA, PUBLISH, FIRST, connected=True)
    assert legs.connected(ADA) == {PUBLISH, SUBSCRIBE}
    assert not legs.current(ADA, SUBSCRIBE, FIRST)
    assert legs.current(ADA, PUBLISH, FIRST)


def test_legs_that_are_being_closed_are_no_longer_connected() -> None:
    legs = KnownLegs()
    legs.changed(ADA, PUBLISH, SECOND, connected=True)
    legs.closing(ADA)
    assert legs.connected(ADA) == frozenset()
    assert not legs.current(ADA, PUBLISH, FIRST)
    # It connected before the command arrived.
    legs.changed(ADA, PUBLISH, SECOND, connected=True)
    assert legs.connected(ADA) == frozenset()
    legs.changed(ADA, PUBLISH, THIRD, connected=True)
    assert legs.connected(ADA) == {PUBLISH}


def test_nothing_is_kept_of_a_participant_that_left() -> None:
    legs = KnownLegs()
    legs.changed(ADA, PUBLISH, FIRST, connected=True)
    legs.forget(ADA)
    assert legs.connected(ADA) == frozenset()
    assert legs.newest(ADA, PUBLISH) is None


@given(st.lists(st.tuples(st.integers(1, 4), st.booleans()), min_size=1))
def test_the_newest_leg_decides_in_whatever_order_messages_come(
    messages: list[tuple[int, bool]],
) -> None:
    legs = KnownLegs()
    for number, connected in messages:
        legs.changed(ADA, PUBLISH, Generation(number), connected=connected)
    newest = max(number for number, _ in messages)
    last = [connected for number, connected in messages if number == newest][-1]
    assert (PUBLISH in legs.connected(ADA)) == last
    assert legs.newest(ADA, PUBLISH) == newest
