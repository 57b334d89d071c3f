"""Whose camera and microphone the stage carries."""

import math
from collections.abc import Collection
from dataclasses import dataclass, replace

from conference.contract.words import Role, Source
from conference.ids import ParticipantId
from conference.rooms.seat import Seat

STAGE_HOLD_S = 3.0
"""Least time on the stage before a dominant speaker takes it. Shorter: questions and
answers make it jump; longer: it shows who spoke before."""

_RANK = {Role.PRESENTER: 0, Role.MODERATOR: 1, Role.RESEARCHER: 2}
_FACE_AND_VOICE = (Source.CAMERA, Source.MICROPHONE)


@dataclass(frozen=True, slots=True)
class Stage:
    """Who is on the stage of a room, and why."""

    chosen: ParticipantId | None = None
    """A moderator's choice: it wins while that participant is connected."""
    present: ParticipantId | None = None
    """Who is on the stage."""
    dominant: ParticipantId | None = None
    """The dominant speaker."""
    held_until: float = -math.inf
    """Until then no dominant speaker takes it; monotonic seconds."""
    due: float | None = None
    """When it will follow the dominant speaker; None: it stays."""

    def without(self, participant: ParticipantId) -> "Stage":
        """Return the stage after a participant left."""
        return replace(
            self,
            chosen=None if self.chosen == participant else self.chosen,
            dominant=None if self.dominant == participant else self.dominant,
        )

    def settled(self, seats: Collection[Seat], *, now: float) -> "Stage":
        """Return it with the participant who belongs on it; ``seats`` in the order of joining."""
        following = default_stage(seats, self.present, self.dominant)
        default, due = following, None
        # A choice is suspended while its participant is disconnected.
        chosen = self.chosen if _here(self.chosen, seats) else None
        if now < self.held_until:
            default = default_stage(seats, self.present)
            if default != following and chosen is None:
                due = self.held_until
        present = chosen or default or self.chosen
        held_until = self.held_until
        if present != self.present:
            held_until = now + STAGE_HOLD_S
        return replace(self, present=present, held_until=held_until, due=due)


def _here(participant: ParticipantId | None, seats: Collection[Seat]) -> bool:
    return any(seat.id == participant and seat.connected for seat in seats)


def default_stage(
    seats: Collection[Seat],
    present: ParticipantId | None,
    dominant: ParticipantId | None = None,
) -> ParticipantId | None:
    """
    Return the participant that is on the stage by default.

    Only participants that publish a camera or a microphone are considered, and a
    declared track counts from its first packet. A presenter comes before a moderator,
    and a moderator before a participant with the floor. Connected participants come
    before lost ones, and one with an unmuted track before one that has muted
    everything. Among equals the dominant speaker is chosen, then the participant who is
    on the stage already (unnecessary changes disturb more than late ones), then the one
    that joined first.

    Args:
        seats: Seats in the order of joining.
        present: Who is on the stage now.
        dominant: The dominant speaker, if the stage may follow it now.
    """
    best: tuple[bool, bool, int, bool, bool, int] | None = None
    chosen: ParticipantId | None = None
    for order, seat in enumerate(seats):
        started = seat.started
        tracks = [started[s] for s in _FACE_AND_VOICE if s in started]
        if not tracks:
            continue
        silent = all(track.muted for track in tracks)
        rank = (
            not seat.connected,
            silent,
            _RANK[seat.role],
            seat.id != dominant,
            seat.id != present,
            order,
        )
        if best is None or rank < best:
            best, chosen = rank, seat.id
    return chosen
