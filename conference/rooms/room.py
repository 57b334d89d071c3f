"""
The Room: who sits in it, who may speak, what is on the stage, what was said.

Inputs: commands and the time (``handle``). Outputs: events. The caller's duty:
apply the events in order (persist, then media, then broadcast); when persisting
fails, ``restore`` the state from before; call ``handle(Tick())`` when
``next_timeout`` has passed. Deliberately owns no connection, token, invitation
or packet. What a command does is in ``conference.rooms.rules``; a further subject
(lobby, programme, turn timer) is a further part of the state with rules of its own.
"""

from collections.abc import Iterable, Mapping

from conference.contract.words import ChatLine, Removal
from conference.errors import Refused
from conference.ids import AccountId, ParticipantId, RoomId
from conference.rooms import commands as c
from conference.rooms import events as e
from conference.rooms import quality, rules
from conference.rooms.chat_log import ChatLog
from conference.rooms.hands import Hands
from conference.rooms.removals import NO_REMOVALS, Removals
from conference.rooms.seat import Seat
from conference.rooms.seats import Seats
from conference.rooms.stage import Stage
from conference.rooms.state import DEFAULT_LIMITS, RoomLimits, RoomState


class Room:
    """One room, from its creation to its end."""

    def __init__(
        self,
        id: RoomId,
        *,
        title: str,
        organisation: str,
        owner: AccountId,
        created_at: float,
        limits: RoomLimits = DEFAULT_LIMITS,
        seats: Iterable[Seat] = (),
        chosen_stage: ParticipantId | None = None,
        chat_seq: int = 0,
        removals: Removals = NO_REMOVALS,
    ) -> None:
        self.id = id
        self.title = title
        self.organisation = organisation
        self.owner = owner
        self.created_at = created_at
        own = Seats.of(seats)
        chosen = chosen_stage if chosen_stage in own else None
        self._state = RoomState(
            seats=own,
            hands=Hands.of(own.values()),
            stage=Stage(chosen=chosen, present=chosen),
            chat=ChatLog(chat_seq),
            removals=removals,
            limits=limits,
        )

    # Reading

    @property
    def state(self) -> RoomState:
        """The present state: keep it to go back to when storing the next fails."""
        return self._state

    @property
    def seats(self) -> Mapping[ParticipantId, Seat]:
        """All seats, in the order of joining."""
        return self._state.seats

    @property
    def stage(self) -> ParticipantId | None:
        """Who is on the stage."""
        return self._state.stage.present

    @property
    def chosen_stage(self) -> ParticipantId | None:
        """Who is on the stage by a moderator's choice."""
        return self._state.stage.chosen

    @property
    def chat_seq(self) -> int:
        """Number of the newest line of chat; 0: nothing was said."""
        return self._state.chat.seq

    @property
    def closed(self) -> bool:
        """Whether the room has ended."""
        return self._state.closed

    @property
    def present(self) -> int:
        """How many participants are connected now."""
        return self._state.seats.connected

    @property
    def removals(self) -> tuple[Removal, ...]:
        """Removals that hold, oldest first."""
        return tuple(self._state.removals.by_participant.values())

    def seat(self, participant: ParticipantId) -> Seat:
        """
        Return a seat.

        Raises:
            NotFound: No such seat in this room.
        """
        return self._state.seat(participant)

    def account_seat(self, account: AccountId) -> Seat | None:
        """Return the seat that an account holds in this room, if any."""
        return self._state.seats.of_account(account)

    def hand_place(self, participant: ParticipantId) -> int | None:
        """Return the place in the order of raised hands; None: not in it."""
        return self._state.hands.place(self.seat(participant))

    def hands_behind(self, ticket: int) -> list[ParticipantId]:
        """Return the participants whose hands are behind a ticket, in order."""
        return self._state.hands.behind(ticket)

    def said(self, participant: ParticipantId, nonce: str) -> ChatLine | None:
        """Return the line already said with this nonce, if it is remembered."""
        return self._state.chat.find(participant, nonce)

    def next_timeout(self) -> float | None:
        """Return when ``Tick`` is due, in monotonic seconds; None: never."""
        seat, stage = self._state.seats.earliest, self._state.stage.due
        if seat is None or stage is None:
            return stage if seat is None else seat
        return min(seat, stage)

    def quality_audience(self, participant: ParticipantId) -> list[ParticipantId]:
        """Return the participants that receive the quality of a participant's link."""
        seat, seats = self.seat(participant), self._state.seats
        audience = quality.audience(seat, seats.values(), seats.moderators())
        return [one.id for one in audience]

    # Changing

    def restore(self, state: RoomState) -> None:
        """Go back to a state that it had."""
        self._state = state

    def handle(self, command: c.Command, *, now: float) -> list[e.Event]:
        """
        Apply a command and return what should happen.

        Args:
            command: What to do.
            now: Monotonic seconds.

        Raises:
            NotAllowed: The seat that asks lacks the capability.
            NotFound: The seat that asks, or the one it is about, is not here.
            Refused: Not possible now. TooMuch: The room is full.
        """
        if self._state.closed:
            raise Refused("room-closed", "This room has been closed.")
        self._state, events = rules.apply(self._state, command, now=now)
        return events
