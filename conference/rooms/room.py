"""
The Room: who sits in it, who may speak, what is on the stage, what was said.

Inputs: commands and the time (``handle``). Outputs: events. The caller's duty:
apply the events in order (persist, then media, then broadcast); when persisting
fails, ``restore`` the checkpoint taken before; call ``handle(Tick())`` when
``next_timeout`` has passed. Deliberately owns no connection, token, invitation
or packet. The lobby, the programme and the turn timer will be further state
here, driven the same way.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import assert_never

from conference.contract.words import ChatLine, Departure, Removal, Role, Source
from conference.errors import NotAllowed, NotFound, Refused, TooMuch
from conference.ids import AccountId, ParticipantId, RoomId
from conference.rooms import commands as c
from conference.rooms import events as e
from conference.rooms import hands, quality
from conference.rooms.chat_log import ChatLog
from conference.rooms.checkpoint import Checkpoint
from conference.rooms.removals import NO_REMOVALS, Removals
from conference.rooms.roles import Capability
from conference.rooms.seat import Seat, Signal, Track, signalled, without
from conference.rooms.stage import Stage


@dataclass(frozen=True, slots=True)
class RoomLimits:
    """What one room holds."""

    max_seats: int = 500
    """Seats, lost ones included."""


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
        limits: RoomLimits = RoomLimits(),
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
        self._limits = limits
        self._seats = {seat.id: seat for seat in seats}
        chosen = chosen_stage if chosen_stage in self._seats else None
        self._stage = Stage(chosen=chosen, present=chosen)
        self._chat = ChatLog(chat_seq)
        self._next_hand = hands.next_ticket(self._seats.values())
        self._closed = False
        self._removals = removals

    # Reading

    @property
    def seats(self) -> Mapping[ParticipantId, Seat]:
        """All seats, in the order of joining."""
        return MappingProxyType(self._seats)

    @property
    def stage(self) -> ParticipantId | None:
        """Who is on the stage."""
        return self._stage.present

    @property
    def chosen_stage(self) -> ParticipantId | None:
        """Who is on the stage by a moderator's choice."""
        return self._stage.chosen

    @property
    def chat_seq(self) -> int:
        """Number of the newest line of chat; 0: nothing was said."""
        return self._chat.seq

    @property
    def closed(self) -> bool:
        """Whether the room has ended."""
        return self._closed

    @property
    def present(self) -> int:
        """How many participants are connected now."""
        return sum(seat.connected for seat in self._seats.values())

    @property
    def removals(self) -> tuple[Removal, ...]:
        """Removals that hold, oldest first."""
        return tuple(self._removals.by_participant.values())

    def seat(self, participant: ParticipantId) -> Seat:
        """
        Return a seat.

        Raises:
            NotFound: No such seat in this room.
        """
        seat = self._seats.get(participant)
        if seat is None:
            raise NotFound("participant-not-found", "This participant is not here.")
        return seat

    def account_seat(self, account: AccountId) -> Seat | None:
        """Return the seat that an account holds in this room, if any."""
        return next((s for s in self._seats.values() if s.account == account), None)

    def hand_place(self, participant: ParticipantId) -> int | None:
        """Return the place in the order of raised hands; None: not in it."""
        return hands.place(self.seat(participant), self._seats.values())

    def said(self, participant: ParticipantId, nonce: str) -> ChatLine | None:
        """Return the line already said with this nonce, if it is remembered."""
        return self._chat.sent.get((participant, nonce))

    def next_timeout(self) -> float | None:
        """Return when ``Tick`` is due, in monotonic seconds; None: never."""
        due = [
            at
            for seat in self._seats.values()
            if (at := quality.due_at(seat)) is not None
        ]
        due += [
            seat.kept_until
            for seat in self._seats.values()
            if seat.kept_until is not None
        ]
        if self._stage.due is not None:
            due.append(self._stage.due)
        return min(due, default=None)

    def quality_audience(self, participant: ParticipantId) -> list[ParticipantId]:
        """Return who is told how good a participant's connection is."""
        return quality.audience(self.seat(participant), self._seats.values())

    # Undoing

    def checkpoint(self) -> Checkpoint:
        """Return the present state, to go back to when storing the next fails."""
        return Checkpoint(
            dict(self._seats),
            self._stage,
            self._chat,
            self._next_hand,
            self._closed,
            self._removals,
        )

    def restore(self, checkpoint: Checkpoint) -> None:
        """Go back to a checkpoint."""
        self._seats = dict(checkpoint.seats)
        self._stage = checkpoint.stage
        self._chat = checkpoint.chat
        self._next_hand = checkpoint.next_hand
        self._closed = checkpoint.closed
        self._removals = checkpoint.removals

    # Changing

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
        if self._closed:
            raise Refused("room-closed", "This room has been closed.")
        events = self._dispatch(command, now)
        if events or isinstance(command, (c.Dominate, c.Tick)):
            events += self._move_stage(now)
        return events

    def _dispatch(self, command: c.Command, now: float) -> list[e.Event]:
        match command:
            case c.TakeSeat():
                return self._take_seat(command)
            case c.Return(participant):
                return self._signal(participant, Signal.RETURNED, now)
            case c.Lose(participant):
                return self._signal(participant, Signal.CONNECTION_LOST, now)
            case c.ClosePage(participant):
                events = self._signal(participant, Signal.PAGE_CLOSED, now)
                return [*events, e.PageClosed(participant)]
            case c.Leave(participant):
                self.seat(participant)
                return self._vacate(participant, Departure.LEFT)
            case c.Remove():
                return self._remove(command)
            case c.LiftRemoval(by, participant):
                self._actor(by, Capability.PARTICIPANT_REMOVE)
                self._removals = self._removals.without(participant)
                return [e.RemovalLifted(participant)]
            case c.RaiseHand(by, raised):
                return self._raise_hand(by, raised=raised)
            case c.LowerHand(by, participant):
                self._actor(by, Capability.FLOOR_GIVE)
                return self._set_hand(self.seat(participant), raised=False)
            case c.GiveFloor():
                return self._give_floor(command)
            case c.ChooseStage():
                return self._choose_stage(command)
            case c.Mute():
                return self._mute(command)
            case c.SwitchTrack():
                return self._switch_track(command)
            case c.Publish():
                return self._publish(command)
            case c.TrackUp():
                return self._track_up(command)
            case c.TrackDown(participant, source):
                return self._track_down(participant, source)
            case c.Dominate(dominant):
                self._stage = replace(self._stage, dominant=dominant)
                return []
            case c.ReportQuality(by, level):
                seat = self._actor(by, Capability.ROOM_WATCH)
                return self._set_quality(quality.reported(seat, level, now=now))
            case c.Say():
                return self._say(command)
            case c.CloseRoom(by_name):
                self._closed = True
                return [e.RoomEnded(by_name)]
            case c.Tick():
                return self._tick(now)
            case _:
                assert_never(command)

    def _actor(self, participant: ParticipantId, capability: Capability) -> Seat:
        seat = self.seat(participant)
        if not seat.may(capability):
            raise NotAllowed("not-allowed", "Your role does not allow this.")
        return seat

    def _update(self, seat: Seat) -> list[e.Event]:
        before, self._seats[seat.id] = self._seats[seat.id], seat
        if seat.shown == before.shown:
            return []
        return [e.SeatUpdated(seat.id, durable=seat.durable != before.durable)]

    def _take_seat(self, command: c.TakeSeat) -> list[e.Event]:
        if len(self._seats) >= self._limits.max_seats:
            raise TooMuch("room-full", "This room is full. Try again later.")
        self._removals.admit(command.invitation, command.browser)
        most = command.most_by_invitation
        if most is not None and most <= sum(
            seat.invitation == command.invitation for seat in self._seats.values()
        ):
            raise TooMuch(
                "link-full",
                "As many people as this link allows are in the room already.",
            )
        assert command.participant not in self._seats
        self._seats[command.participant] = Seat(
            id=command.participant,
            name=command.name,
            organisation=command.organisation,
            role=command.role,
            joined_at=command.at,
            account=command.account,
            invitation=command.invitation,
            browser=command.browser,
        )
        return [e.SeatOpened(command.participant)]

    def _remove(self, command: c.Remove) -> list[e.Event]:
        actor = self._actor(command.by, Capability.PARTICIPANT_REMOVE)
        seat = self.seat(command.participant)
        events = self._vacate(seat.id, Departure.REMOVED, actor.name)
        if seat.invitation is None or seat.browser is None:
            return events
        removal = Removal(
            participant=seat.id,
            name=seat.name,
            organisation=seat.organisation,
            invitation=seat.invitation,
            browser=seat.browser,
            at=command.at,
            by=actor.name,
        )
        self._removals, lifted = self._removals.adding(removal)
        events.append(e.RemovalHeld(removal))
        return events + [e.RemovalLifted(participant) for participant in lifted]

    def _signal(
        self, participant: ParticipantId, signal: Signal, now: float
    ) -> list[e.Event]:
        seat = self.seat(participant)
        after = signalled(seat, signal, now=now)
        if after == seat:
            return []
        self._seats[participant] = after
        if after.presence is seat.presence:
            return []  # only the end of its time moved, which nobody sees
        events: list[e.Event] = [e.SeatUpdated(participant, durable=False)]
        if seat.hand is not None:
            events += self._hands_behind(seat.hand)
        return events

    def _set_quality(self, seat: Seat) -> list[e.Event]:
        before, self._seats[seat.id] = self._seats[seat.id], seat
        return [] if seat.quality == before.quality else [e.QualityChanged(seat.id)]

    def _tick(self, now: float) -> list[e.Event]:
        over = [
            seat.id
            for seat in self._seats.values()
            if seat.kept_until is not None and now >= seat.kept_until
        ]
        events: list[e.Event] = []
        for participant in over:
            events += self._vacate(participant, Departure.LOST)
        for seat in list(self._seats.values()):
            events += self._set_quality(quality.told(seat, now=now))
        return events

    def _vacate(
        self, participant: ParticipantId, reason: Departure, by: str | None = None
    ) -> list[e.Event]:
        gone = self._seats.pop(participant)
        events: list[e.Event] = [e.SeatVacated(participant, reason, by)]
        if self._stage.chosen == participant:
            events.append(e.StageChosen(None))
        self._stage = self._stage.without(participant)
        if gone.hand is not None:
            events += self._hands_behind(gone.hand)
        return events

    def _hands_behind(self, ticket: int) -> list[e.Event]:
        """Return the events of those whose place a hand's going or coming moves."""
        return [
            e.SeatUpdated(participant, durable=False)
            for participant in hands.behind(ticket, self._seats.values())
        ]

    def _raise_hand(self, by: ParticipantId, *, raised: bool) -> list[e.Event]:
        return self._set_hand(self._actor(by, Capability.HAND_RAISE), raised=raised)

    def _set_hand(self, seat: Seat, *, raised: bool) -> list[e.Event]:
        if raised == (seat.hand is not None):
            return []
        if raised:
            events = self._update(replace(seat, hand=self._next_hand))
            self._next_hand += 1
            return events
        assert seat.hand is not None
        return self._update(replace(seat, hand=None)) + self._hands_behind(seat.hand)

    def _give_floor(self, command: c.GiveFloor) -> list[e.Event]:
        self._actor(command.by, Capability.FLOOR_GIVE)
        seat = self.seat(command.participant)
        if seat.role is not Role.RESEARCHER:
            raise Refused("floor-not-needed", "This participant may speak already.")
        if seat.has_floor == command.given:
            return []
        events: list[e.Event] = []
        tracks = seat.tracks
        if not command.given:
            # Shut, not forgotten: the publish leg stays, silent, and a floor
            # given again needs no new negotiation.
            events += [e.GateMoved(seat.id, s, open=False) for s in tracks]
            tracks = MappingProxyType(
                {s: replace(track, muted=True) for s, track in tracks.items()}
            )
        lowered = seat.hand if command.given else None
        hand = None if command.given else seat.hand
        events += self._update(
            replace(seat, has_floor=command.given, tracks=tracks, hand=hand)
        )
        if lowered is not None:
            events += self._hands_behind(lowered)
        return [*events, e.CapabilitiesChanged(seat.id)]

    def _choose_stage(self, command: c.ChooseStage) -> list[e.Event]:
        self._actor(command.by, Capability.STAGE_SET)
        if command.participant is not None:
            self.seat(command.participant)
        if command.participant == self._stage.chosen:
            return []
        self._stage = replace(self._stage, chosen=command.participant)
        return [e.StageChosen(command.participant)]

    def _move_stage(self, now: float) -> list[e.Event]:
        before = self._stage
        self._stage = before.settled(self._seats.values(), now=now)
        if self._stage.present == before.present:
            return []
        return [e.StageMoved(self._stage.present)]

    def _set_track(self, seat: Seat, source: Source, track: Track) -> list[e.Event]:
        tracks = MappingProxyType({**seat.tracks, source: track})
        return self._update(replace(seat, tracks=tracks))

    def _gate(self, seat: Seat, source: Source, *, is_open: bool) -> list[e.Event]:
        track = seat.tracks.get(source)
        if track is None or track.muted != is_open:
            return []
        return [
            e.GateMoved(seat.id, source, open=is_open),
            *self._set_track(seat, source, replace(track, muted=not is_open)),
        ]

    def _mute(self, command: c.Mute) -> list[e.Event]:
        actor = self._actor(command.by, Capability.PARTICIPANT_MUTE)
        seat = self.seat(command.participant)
        events = self._gate(seat, command.source, is_open=False)
        if events:
            events.append(e.TrackMuted(seat.id, command.source, actor.name))
            seat = self.seat(seat.id)
            stopped = MappingProxyType({**seat.stopped, command.source: actor.name})
            events += self._update(replace(seat, stopped=stopped))
        return events

    def _switch_track(self, command: c.SwitchTrack) -> list[e.Event]:
        seat = self._actor(command.by, Capability.MEDIA_PUBLISH)
        if command.source not in seat.tracks:
            raise Refused("not-published", "This track is not published.")
        seat = replace(seat, stopped=without(seat.stopped, {command.source}))
        return self._update(seat) + self._gate(
            seat, command.source, is_open=command.active
        )

    def _publish(self, command: c.Publish) -> list[e.Event]:
        seat = self._actor(command.by, Capability.MEDIA_PUBLISH)
        # Declared off, the participant agrees with the moderator who muted it.
        stopped = without(seat.stopped, set(command.sources) - command.active)
        tracks = MappingProxyType(
            {
                source: replace(
                    seat.tracks.get(source, Track()),
                    muted=source not in command.active or source in stopped,
                )
                for source in command.sources
            }
        )
        # A new leg begins with open gates, so the state of each is said again.
        events: list[e.Event] = [
            e.GateMoved(seat.id, source, open=not track.muted)
            for source, track in tracks.items()
        ]
        events += [
            e.TrackMuted(seat.id, source, by)
            for source, by in stopped.items()
            if source in tracks
        ]
        return events + self._update(replace(seat, tracks=tracks, stopped=stopped))

    def _track_up(self, command: c.TrackUp) -> list[e.Event]:
        seat = self._seats.get(command.participant)
        if seat is None or command.source not in seat.tracks:
            return []  # a packet that crossed a departure or a new offer
        track = replace(seat.tracks[command.source], codec=command.codec)
        return self._set_track(seat, command.source, track)

    def _track_down(self, participant: ParticipantId, source: Source) -> list[e.Event]:
        seat = self._seats.get(participant)
        if seat is None or source not in seat.tracks:
            return []
        return self._update(replace(seat, tracks=without(seat.tracks, {source})))

    def _say(self, command: c.Say) -> list[e.Event]:
        seat = self._actor(command.by, Capability.CHAT_SEND)
        if (command.by, command.nonce) in self._chat.sent:
            return []
        line = ChatLine(
            seq=self._chat.seq + 1,
            participant=seat.id,
            name=seat.name,
            organisation=seat.organisation,
            text=command.text,
            nonce=command.nonce,
            sent_at=command.at,
        )
        self._chat = self._chat.having(line)
        return [e.Said(line)]
