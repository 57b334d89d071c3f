"""Whose camera and microphone the stage carries when no moderator has chosen."""

from collections.abc import Iterable

from conference.ids import ParticipantId
from conference.rooms.roles import Role
from conference.rooms.seat import Seat
from conference.sfu.messages import Source

_RANK = {Role.PRESENTER: 0, Role.MODERATOR: 1, Role.RESEARCHER: 2}
_FACE_AND_VOICE = (Source.CAMERA, Source.MICROPHONE)


def default_stage(
    seats: Iterable[Seat], present: ParticipantId | None
) -> ParticipantId | None:
    """
    Return who stands on the stage by default.

    The presenter, then a moderator, then who holds the floor, of those who
    publish a camera or a microphone. Somebody with an open track comes before
    somebody who has muted everything; among equals the one who stands there
    already stays (a stage that jumps is worse than one that lags), then the
    one who joined first.

    Args:
        seats: Seats in the order of joining.
        present: Who is on the stage now.
    """
    best: tuple[bool, int, bool, int] | None = None
    chosen: ParticipantId | None = None
    for order, seat in enumerate(seats):
        tracks = [seat.tracks[s] for s in _FACE_AND_VOICE if s in seat.tracks]
        if not tracks:
            continue
        silent = all(track.muted for track in tracks)
        rank = (silent, _RANK[seat.role], seat.id != present, order)
        if best is None or rank < best:
            best, chosen = rank, seat.id
    return chosen
