"""What is kept beside the seats to find them agrees with looking at each of them."""

from dataclasses import replace
from types import MappingProxyType

from hypothesis import given
from hypothesis import strategies as st

from conference.contract.words import Role, Source
from conference.ids import AccountId, InvitationId, ParticipantId
from conference.rooms.seat import Presence, Seat, Track
from conference.rooms.seats import Seats, due_at

NAMES = st.sampled_from("abcdef")
TRACKS = st.sampled_from([{}, {Source.CAMERA: Track("VP8")}])


@st.composite
def changes(draw: st.DrawFn) -> list[Seat | str]:
    """Return seats to put in, and names to take out."""
    seats = st.builds(
        lambda name, role, kept, quality, tracks: Seat(
            id=ParticipantId(name),
            name=name,
            organisation="I",
            role=role,
            joined_at=0.0,
            account=AccountId(name) if name < "c" else None,
            invitation=InvitationId("link") if name > "b" else None,
            presence=Presence.PRESENT if kept is None else Presence.LOST,
            kept_until=kept,
            quality_waiting=quality,
            quality_shown_at=None if quality is None else 7.0,
            tracks=MappingProxyType(tracks),
        ),
        NAMES,
        st.sampled_from(Role),
        st.none() | st.floats(1, 100),
        st.none() | st.integers(0, 4),
        TRACKS,
    )
    return draw(st.lists(seats | NAMES, max_size=30))


def after(steps: list[Seat | str]) -> tuple[Seats, dict[ParticipantId, Seat]]:
    """Return the seats after these changes, and the same in a dictionary."""
    seats, plain = Seats(), dict[ParticipantId, Seat]()
    for step in steps:
        if isinstance(step, Seat):
            before = plain.get(step.id)
            if before is not None:
                step = replace(step, number=before.number)
            seats = seats.having(step)
            plain[step.id] = seats[step.id]
        elif step in plain:
            seats = seats.without(ParticipantId(step))
            del plain[ParticipantId(step)]
    return seats, plain


@given(changes())
def test_they_are_a_mapping_in_the_order_of_joining(steps: list[Seat | str]) -> None:
    seats, plain = after(steps)
    assert list(seats.items()) == list(plain.items())
    assert len(seats) == len(plain)
    assert all(one in seats for one in plain)
    assert "nobody" not in seats


@given(changes(), st.floats(0, 120))
def test_the_indexes_agree_with_a_scan_of_all_seats(
    steps: list[Seat | str], now: float
) -> None:
    seats, plain = after(steps)
    every = list(plain.values())
    times = [at for seat in every if (at := due_at(seat)) is not None]
    assert seats.connected == sum(seat.connected for seat in every)
    assert seats.earliest == min(times, default=None)
    due = [seat for seat in every if (due_at(seat) or 1e9) <= now]
    assert seats.due(now) == due
    assert dict(seats.publishing) == {s.id: s for s in every if s.tracks}
    assert seats.moderators() == [s for s in every if s.role is Role.MODERATOR]
    assert seats.by_invitation(InvitationId("link")) == sum(
        seat.invitation is not None for seat in every
    )
    for name in "ab":
        assert seats.of_account(AccountId(name)) == plain.get(ParticipantId(name))


@given(changes(), changes())
def test_a_change_leaves_the_seats_before_it_as_they_were(
    steps: list[Seat | str], more: list[Seat | str]
) -> None:
    seats, plain = after(steps)
    for step in more:
        if isinstance(step, Seat) and step.id not in seats:
            seats.having(step)
        elif isinstance(step, str) and step in seats:
            seats.without(ParticipantId(step))
    assert dict(seats) == plain
