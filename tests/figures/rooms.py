"""
What a command costs a room, without storage: `python -m tests.figures.rooms`.

Each figure is the least of several rounds, in microseconds for one command. One
command is what the service does with it: keep the state, apply, ask for the next
timeout.
"""

import time
from collections.abc import Callable

from conference.contract.words import Generation, Role, Source
from conference.ids import AccountId, InvitationId, ParticipantId, RoomId
from conference.rooms import commands as c
from conference.rooms.room import Room
from conference.rooms.state import RoomLimits
from tests.figures.common import report

ROUNDS = 7
COMMANDS = 200
WALL = 1_700_000_000.0
LEG = Generation(1)


def full_room(seats: int) -> Room:
    """Return a room with a moderator and a presenter who publishes."""
    room = Room(
        RoomId("room"),
        title="Seminar",
        organisation="Institute",
        owner=AccountId("owner"),
        created_at=WALL,
        limits=RoomLimits(max_seats=20_000),
    )
    for number in range(seats):
        take_seat(room, number)
    camera = (Source.CAMERA, Source.MICROPHONE)
    room.handle(c.Publish(name(1), LEG, camera, frozenset(camera)), now=0.0)
    for source in camera:
        room.handle(c.TrackUp(name(1), LEG, source, "VP8"), now=0.0)
    return room


def name(number: int) -> ParticipantId:
    """Return the id of a participant, as long as a real one."""
    return ParticipantId(f"participant-{number:010}")


def take_seat(room: Room, number: int) -> None:
    """Let a participant join."""
    role = {0: Role.MODERATOR, 1: Role.PRESENTER}.get(number, Role.RESEARCHER)
    run(
        room,
        c.TakeSeat(
            name(number), "Name", "Institute", role, WALL, None, InvitationId("i")
        ),
    )


def run(room: Room, command: c.Command) -> None:
    """Do what the service does with a command that is stored nowhere."""
    _before = room.state
    room.handle(command, now=10.0)
    room.next_timeout()


def least_us(prepare: Callable[[], Room], step: Callable[[Room, int], None]) -> float:
    """Return the least time of one step over the rounds, in microseconds."""
    best = float("inf")
    for _ in range(ROUNDS):
        room = prepare()
        begun = time.perf_counter()
        for number in range(COMMANDS):
            step(room, number)
        best = min(best, (time.perf_counter() - begun) / COMMANDS)
    return round(best * 1e6, 1)


def main() -> None:
    """Measure, and print."""
    for seats in (20, 500, 6000):
        report(
            f"{seats} seats",
            raise_hand_us=least_us(
                lambda seats=seats: full_room(seats),  # type: ignore[misc]
                lambda room, n: run(room, c.RaiseHand(name(n % 10), n % 20 < 10)),
            ),
            take_seat_us=least_us(
                lambda seats=seats: full_room(seats),  # type: ignore[misc]
                lambda room, n: take_seat(room, 10_000 + n),
            ),
            lose_us=least_us(
                lambda seats=seats: full_room(seats),  # type: ignore[misc]
                lambda room, n: run(room, (c.Lose, c.Return)[n % 2](name(n // 2 % 10))),
            ),
            say_us=least_us(
                lambda seats=seats: full_room(seats),  # type: ignore[misc]
                lambda room, n: run(room, c.Say(name(2), "Hello", f"{n}", WALL)),
            ),
        )


if __name__ == "__main__":
    main()
