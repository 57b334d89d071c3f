"""
All seats of a room, with indexes for what must be found without a search through all.

Pure and frozen. The maps share their structure with the copies made from them, so a
change costs the same in a room of five as in one of thousands, and an earlier state is
restored by the reference to it.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import TypeVar

from immutables import Map

from conference.contract.words import Role
from conference.ids import AccountId, InvitationId, ParticipantId
from conference.rooms import quality
from conference.rooms.due_times import DueTimes
from conference.rooms.seat import Seat

_K = TypeVar("_K")
_V = TypeVar("_V")


def due_at(seat: Seat) -> float | None:
    """Return when a timeout of a seat expires, in monotonic seconds; None: it has none."""
    if seat.kept_until is not None:
        return seat.kept_until
    return quality.due_at(seat)


@dataclass(frozen=True, slots=True)
class Seats(Mapping[ParticipantId, Seat]):
    """The seats of a room, in the order of joining."""

    publishing: Map[ParticipantId, Seat] = field(default_factory=Map)
    """Those that declared tracks: the only ones that the stage can choose from."""
    connected: int = 0
    """How many are connected."""
    _seats: Map[ParticipantId, Seat] = field(default_factory=Map)
    _due: DueTimes = field(default_factory=DueTimes)
    _moderators: Map[ParticipantId, Seat] = field(default_factory=Map)
    _by_account: Map[AccountId, ParticipantId] = field(default_factory=Map)
    _by_invitation: Map[InvitationId, int] = field(default_factory=Map)
    _next_number: int = 0

    @classmethod
    def of(cls, seats: Iterable[Seat]) -> "Seats":
        """Return these seats, numbered in the given order."""
        own = cls()
        for seat in seats:
            own = own.having(seat)
        return own

    def __getitem__(self, participant: ParticipantId) -> Seat:
        """Return a seat."""
        return self._seats[participant]

    def __contains__(self, participant: object) -> bool:
        """Return whether there is such a seat."""
        return participant in self._seats

    def __len__(self) -> int:
        """Return the number of seats, disconnected ones included."""
        return len(self._seats)

    def __iter__(self) -> Iterator[ParticipantId]:
        """Iterate in the order of joining; this costs as much as there are seats."""
        return iter([seat.id for seat in in_order(self._seats.values())])

    @property
    def earliest(self) -> float | None:
        """When the first timeout of a seat expires; None: no seat has one."""
        return self._due.earliest

    def of_account(self, account: AccountId) -> Seat | None:
        """Return the seat of an account, if it has one."""
        participant = self._by_account.get(account)
        return None if participant is None else self._seats[participant]

    def by_invitation(self, invitation: InvitationId) -> int:
        """Return how many of these participants joined by an invitation."""
        return self._by_invitation.get(invitation, 0)

    def moderators(self) -> list[Seat]:
        """Return the moderators, in the order of joining."""
        return in_order(self._moderators.values())

    def due(self, now: float) -> list[Seat]:
        """Return the seats whose timeout has expired, in the order of joining."""
        return in_order(self._seats[participant] for participant in self._due.by(now))

    def having(self, seat: Seat) -> "Seats":
        """Return the seats with one added or replaced."""
        before = self._seats.get(seat.id)
        if before is None:
            seat = replace(seat, number=self._next_number)
            return self._counting(seat, 1)._put(seat, was_connected=False)
        assert (seat.number, seat.account) == (before.number, before.account)
        assert seat.invitation == before.invitation
        return self._put(seat, was_connected=before.connected)

    def without(self, participant: ParticipantId) -> "Seats":
        """Return the seats without one."""
        seat = self._seats[participant]
        return replace(
            self._counting(seat, -1),
            publishing=_with(self.publishing, participant, None),
            connected=self.connected - seat.connected,
            _seats=self._seats.delete(participant),
            _due=self._due.having(participant, None),
            _moderators=_with(self._moderators, participant, None),
        )

    def _put(self, seat: Seat, *, was_connected: bool) -> "Seats":
        moderates = seat.role is Role.MODERATOR
        return replace(
            self,
            publishing=_with(self.publishing, seat.id, seat if seat.tracks else None),
            connected=self.connected + seat.connected - was_connected,
            _seats=self._seats.set(seat.id, seat),
            _due=self._due.having(seat.id, due_at(seat)),
            _moderators=_with(self._moderators, seat.id, seat if moderates else None),
        )

    def _counting(self, seat: Seat, change: int) -> "Seats":
        """Return the seats with the indexes updated for one that is added (1) or removed (-1)."""
        by_account, by_invitation = self._by_account, self._by_invitation
        if seat.account is not None:
            own = seat.id if change > 0 else None
            by_account = _with(by_account, seat.account, own)
        if seat.invitation is not None:
            count = by_invitation.get(seat.invitation, 0) + change
            by_invitation = _with(by_invitation, seat.invitation, count or None)
        return replace(
            self,
            _by_account=by_account,
            _by_invitation=by_invitation,
            _next_number=self._next_number + max(0, change),
        )


def in_order(seats: Iterable[Seat]) -> list[Seat]:
    """Return seats in the order of joining."""
    return sorted(seats, key=lambda seat: seat.number)


def _with(of: Map[_K, _V], key: _K, value: _V | None) -> Map[_K, _V]:
    """Return a map with this value for a key; None: without the key."""
    if value is not None:
        return of.set(key, value)
    return of.delete(key) if key in of else of
