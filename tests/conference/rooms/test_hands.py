"""The order of raised hands agrees with sorting the seats."""

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from conference.contract.words import Role
from conference.ids import ParticipantId
from conference.rooms.hands import Hands
from conference.rooms.seat import Presence, Seat

NAMES = "abcdefgh"
ACTIONS = st.sampled_from(["raise", "lower", "lose", "return"])


def seat_of(name: str) -> Seat:
    return Seat(
        id=ParticipantId(name),
        name=name,
        organisation="I",
        role=Role.RESEARCHER,
        joined_at=0.0,
    )


def check(hands: Hands, seats: dict[str, Seat]) -> None:
    """Compare all that the order says with a sorted list."""
    shown = sorted(
        (seat.hand, seat.id)
        for seat in seats.values()
        if seat.hand is not None and seat.connected
    )
    places = {who: place for place, (_, who) in enumerate(shown, start=1)}
    assert len(hands) == len(shown)
    assert {s.id: hands.place(s) for s in seats.values()} == {
        s.id: places.get(s.id) for s in seats.values()
    }
    for ticket in range(hands.next_ticket + 2):
        behind = [who for other, who in shown if other > ticket]
        assert hands.behind(ticket) == behind
        assert hands.count_behind(ticket) == len(behind)


@given(st.lists(st.tuples(st.sampled_from(NAMES), ACTIONS), max_size=60))
def test_the_order_agrees_with_sorted_tickets(steps: list[tuple[str, str]]) -> None:
    seats, hands = {name: seat_of(name) for name in NAMES}, Hands()
    for name, action in steps:
        seat = seats[name]
        if action == "raise" and seat.hand is None:
            seat = replace(seat, hand=hands.next_ticket)
        elif action == "lower" and seat.hand is not None:
            hands, seat = hands.without(seat.hand), replace(seat, hand=None)
        elif action == "lose":
            seat = replace(seat, presence=Presence.LOST)
        elif action == "return":
            seat = replace(seat, presence=Presence.PRESENT)
        before, was = hands, dict(seats)
        seats[name] = seat
        hands = hands.having(seat)
        check(hands, seats)
        if action in ("lose", "return"):
            check(before, was)  # a change leaves the order before it as it was
    tickets = [seat.hand for seat in seats.values() if seat.hand is not None]
    again = Hands.of(seats.values())
    check(again, seats)
    assert again.next_ticket == max(tickets, default=0) + 1 <= hands.next_ticket


def test_an_unknown_ticket_is_ignored() -> None:
    hands = Hands.of([replace(seat_of("a"), hand=1)])
    assert [len(hands.without(ticket)) for ticket in (0, 1, 2, 1000)] == [1, 0, 1, 1]
    assert Hands().without(0) == Hands()
