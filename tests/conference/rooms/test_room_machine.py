"""Whatever is done in whatever order, a room keeps its promises."""

from collections.abc import Mapping

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from conference.contract.words import Generation, Negotiation, Role, Source
from conference.errors import UserError
from conference.ids import ParticipantId
from conference.rooms import commands as c
from conference.rooms import events as e
from conference.rooms.quality import SHOW_EVERY_S
from conference.rooms.roles import Capability
from conference.rooms.seat import SEAT_KEPT_S, Track
from tests.conference.rooms.support import WALL, RoomDriver

WHO = st.sampled_from([ParticipantId(str(n)) for n in range(6)])
SOURCE = st.sampled_from(Source)
LEG = st.sampled_from([Generation(1), Generation(2)])


class RoomMachine(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        self.driver = RoomDriver(max_seats=5)
        self.active: dict[tuple[ParticipantId, Source], bool] = {}
        self.stage: ParticipantId | None = None
        self.lines: list[int] = []
        self.gone: set[ParticipantId] = set()
        self.shown_at: dict[ParticipantId, float] = {}

    def do(self, command: c.Command) -> None:
        before = self.driver.room.state
        try:
            events = self.driver.do(command)
        except UserError:
            assert self.driver.room.state == before
            return
        for event in events:
            match event:
                case e.TrackSwitched(participant, source, active):
                    self.active[participant, source] = active
                case e.StageMoved(participant):
                    self.stage = participant
                case e.Said(line):
                    self.lines.append(line.seq)
                case e.SeatVacated(participant):
                    self.gone.add(participant)
                    self.shown_at.pop(participant, None)
                    for key in [k for k in self.active if k[0] == participant]:
                        del self.active[key]
                case e.QualityChanged(participant):
                    last = self.shown_at.get(participant, -SHOW_EVERY_S)
                    assert self.driver.now - last >= SHOW_EVERY_S
                    self.shown_at[participant] = self.driver.now
                case _:
                    pass

    @rule(who=WHO, role=st.sampled_from(Role))
    def join(self, who: ParticipantId, role: Role) -> None:
        if who not in self.driver.room.seats:
            self.do(c.TakeSeat(who, who, "I", role, at=WALL))

    @rule(who=WHO)
    def lose(self, who: ParticipantId) -> None:
        self.do(c.Lose(who))

    @rule(who=WHO)
    def close_page(self, who: ParticipantId) -> None:
        self.do(c.ClosePage(who))

    @rule(who=WHO)
    def come_back(self, who: ParticipantId) -> None:
        self.do(c.Return(who))

    @rule(who=WHO)
    def leave(self, who: ParticipantId) -> None:
        self.do(c.Leave(who))

    @rule(by=WHO, who=WHO)
    def remove(self, by: ParticipantId, who: ParticipantId) -> None:
        self.do(c.Remove(by, who, at=WALL))

    @rule(who=WHO, raised=st.booleans())
    def hand(self, who: ParticipantId, raised: bool) -> None:
        self.do(c.RaiseHand(who, raised=raised))

    @rule(by=WHO, who=WHO, given=st.booleans())
    def floor(self, by: ParticipantId, who: ParticipantId, given: bool) -> None:
        self.do(c.GiveFloor(by, who, given=given))

    @rule(by=WHO, who=WHO | st.none())
    def choose(self, by: ParticipantId, who: ParticipantId | None) -> None:
        self.do(c.ChooseStage(by, who))

    @rule(who=WHO | st.none())
    def dominate(self, who: ParticipantId | None) -> None:
        self.do(c.Dominate(who))

    @rule(by=WHO, who=WHO, source=SOURCE)
    def mute(self, by: ParticipantId, who: ParticipantId, source: Source) -> None:
        self.do(c.Mute(by, who, source))

    @rule(
        who=WHO,
        leg=LEG,
        sources=st.lists(SOURCE, min_size=1, unique=True),
        active=st.frozensets(SOURCE),
    )
    def publish(
        self,
        who: ParticipantId,
        leg: Generation,
        sources: list[Source],
        active: frozenset[Source],
    ) -> None:
        self.do(c.Publish(who, leg, Negotiation(leg), tuple(sources), active))

    @rule(who=WHO, leg=LEG, source=SOURCE)
    def track_up(self, who: ParticipantId, leg: Generation, source: Source) -> None:
        before = self.tracks_of_a_later_leg(who, leg)
        self.do(c.TrackUp(who, Negotiation(leg), source, "VP8"))
        assert self.tracks_of_a_later_leg(who, leg) == before

    @rule(who=WHO, source=SOURCE, active=st.booleans())
    def switch(self, who: ParticipantId, source: Source, active: bool) -> None:
        self.do(c.SwitchTrack(who, source, active=active))

    @rule(who=WHO, leg=LEG, source=SOURCE)
    def track_down(self, who: ParticipantId, leg: Generation, source: Source) -> None:
        before = self.tracks_of_a_later_leg(who, leg)
        self.do(c.TrackDown(who, Negotiation(leg), source))
        assert self.tracks_of_a_later_leg(who, leg) == before

    def tracks_of_a_later_leg(
        self, who: ParticipantId, leg: Generation
    ) -> Mapping[Source, Track] | None:
        """Return the tracks that no event of this leg may change."""
        seat = self.driver.room.seats.get(who)
        if seat is None or seat.publish_leg is None or leg >= seat.publish_leg:
            return None
        return seat.tracks

    @rule(who=WHO, nonce=st.sampled_from("abc"))
    def say(self, who: ParticipantId, nonce: str) -> None:
        self.do(c.Say(who, "text", nonce, at=WALL))

    @rule(who=WHO, level=st.integers(0, 4))
    def report(self, who: ParticipantId, level: int) -> None:
        self.do(c.ReportQuality(who, level))

    @rule(seconds=st.floats(0, SEAT_KEPT_S))
    def wait(self, seconds: float) -> None:
        self.driver.now += seconds
        self.do(c.Tick())

    @invariant()
    def nobody_is_heard_without_the_right(self) -> None:
        for (who, source), active in self.active.items():
            seat = self.driver.room.seats[who]
            track = seat.tracks.get(source)
            if active and track is not None:
                assert seat.may(Capability.MEDIA_PUBLISH)
                assert not track.muted

    @invariant()
    def hands_are_counted_from_one(self) -> None:
        places = [self.driver.room.hand_place(p) for p in self.driver.room.seats]
        raised = sorted(place for place in places if place is not None)
        assert raised == list(range(1, len(raised) + 1))

    @invariant()
    def the_stage_is_announced_and_has_a_seat(self) -> None:
        assert self.stage == self.driver.room.stage
        assert self.stage is None or self.stage in self.driver.room.seats
        chosen = self.driver.room.chosen_stage
        if chosen is not None and self.driver.room.seats[chosen].connected:
            assert self.stage == chosen
        if chosen is None and self.stage is not None:
            assert self.driver.room.seats[self.stage].started

    @invariant()
    def the_chat_has_no_gap(self) -> None:
        assert self.lines == list(range(1, self.driver.room.chat_seq + 1))

    @invariant()
    def no_seat_outlives_its_grace(self) -> None:
        for seat in self.driver.room.seats.values():
            assert (seat.kept_until is None) == seat.connected
            if seat.kept_until is not None:
                # Added as the room adds: a difference would be rounded otherwise.
                now = self.driver.now
                assert now < seat.kept_until <= now + SEAT_KEPT_S


TestRoomMachine = RoomMachine.TestCase
TestRoomMachine.settings = settings(
    max_examples=60, stateful_step_count=60, deadline=None
)
