"""
What a command costs a room, without storage: `python -m tests.figures.rooms`.

Each figure is the least of several rounds, in microseconds for one command. One
command is what the service does with it: keep the state, apply, ask for the next
timeout.
"""

import time
from collections.abc import Callable
from dataclasses import replace
from functools import partial

from conference.contract.words import Generation, Negotiation, Role, Source
from conference.ids import AccountId, ConnectionId, InvitationId, ParticipantId, RoomId
from conference.rooms import commands as c
from conference.rooms.room import Room
from conference.rooms.seat import Presence
from conference.rooms.state import RoomLimits
from conference.service.effects import notices_of
from tests.figures.common import report

ROUNDS = 7
COMMANDS = 200
WALL = 1_700_000_000.0
LEG = Generation(1)
FIRST = Negotiation(1)


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
    room.handle(c.Publish(name(1), LEG, FIRST, camera, frozenset(camera)), now=0.0)
    for source in camera:
        room.handle(c.TrackUp(name(1), FIRST, source, "VP8"), now=0.0)
    return room


def room_of_hands(seats: int) -> Room:
    """Return a room in which everybody has a hand raised."""
    room = full_room(seats)
    for number in range(seats):
        room.handle(c.RaiseHand(name(number), raised=True), now=0.0)
    return room


def restarted_room(seats: int) -> Room:
    """Return a room after a restart: all seats are kept until the same time."""
    lost = [
        replace(seat, presence=Presence.LOST, kept_until=120.0)
        for seat in full_room(seats).seats.values()
    ]
    return Room(
        RoomId("room"),
        title="Seminar",
        organisation="Institute",
        owner=AccountId("owner"),
        created_at=WALL,
        seats=lost,
    )


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


def least_us(
    prepare: Callable[[], Room],
    step: Callable[[Room, int], None],
    *,
    commands: int = COMMANDS,
) -> float:
    """Return the least time of one step over the rounds, in microseconds."""
    best = float("inf")
    for _ in range(ROUNDS):
        room = prepare()
        begun = time.perf_counter()
        for number in range(commands):
            step(room, number)
        best = min(best, (time.perf_counter() - begun) / commands)
    return round(best * 1e6, 1)


def hands_moved_ms(seats: int) -> float:
    """Return the time to make the notices of all hands behind the first, which leaves."""
    room = room_of_hands(seats)
    holders = {who: ConnectionId(who) for who in room.seats}
    events = room.handle(c.Leave(name(0)), now=10.0)
    begun = time.perf_counter()
    notices_of(room, holders, events)
    return round((time.perf_counter() - begun) * 1e3, 1)


def main() -> None:
    """Measure, and print."""
    for seats in (20, 500, 6000):
        report(
            f"{seats} seats",
            raise_hand_us=least_us(
                partial(full_room, seats),
                lambda room, n: run(room, c.RaiseHand(name(n % 10), n % 20 < 10)),
            ),
            take_seat_us=least_us(
                partial(full_room, seats),
                lambda room, n: take_seat(room, 10_000 + n),
            ),
            lose_us=least_us(
                partial(full_room, seats),
                lambda room, n: run(room, (c.Lose, c.Return)[n % 2](name(n // 2 % 10))),
            ),
            first_hand_lost_us=least_us(
                partial(room_of_hands, seats),
                lambda room, n: run(room, (c.Lose, c.Return)[n % 2](name(0))),
            ),
            first_hand_leaves_us=least_us(
                partial(room_of_hands, seats),
                lambda room, n: run(room, c.Leave(name(n))),
                commands=min(COMMANDS, seats - 1),
            ),
            return_after_restart_us=least_us(
                partial(restarted_room, seats),
                lambda room, n: run(room, c.Return(name(n))),
                commands=min(COMMANDS, seats),
            ),
            hands_moved_ms=hands_moved_ms(seats),
            say_us=least_us(
                partial(full_room, seats),
                lambda room, n: run(room, c.Say(name(2), "Hello", f"{n}", WALL)),
            ),
        )


if __name__ == "__main__":
    main()
