"""A room with short words for what happens in it."""

from conference.contract.words import Generation, Negotiation, Role, Source
from conference.ids import AccountId, InvitationId, ParticipantId, RoomId
from conference.rooms import commands as c
from conference.rooms import events as e
from conference.rooms.room import Room
from conference.rooms.state import RoomLimits

OWNER = AccountId("owner")
WALL = 1_700_000_000.0
LEG = Generation(1)
"""The publish leg of every participant, unless a test says otherwise."""
FIRST = Negotiation(1)
"""The negotiation of every publish offer, unless a test says otherwise."""


class RoomDriver:
    """Drives a room and keeps its clock."""

    def __init__(self, *, max_seats: int = 500) -> None:
        self.now = 1000.0
        self.room = Room(
            RoomId("room"),
            title="Optics",
            organisation="Institute",
            owner=OWNER,
            created_at=WALL,
            limits=RoomLimits(max_seats=max_seats),
        )

    def do(self, command: c.Command) -> list[e.Event]:
        """Run a command now."""
        return self.room.handle(command, now=self.now)

    def join(
        self,
        name: str,
        role: Role = Role.RESEARCHER,
        *,
        invitation: str = "i",
        most: int | None = None,
        browser: bytes | None = None,
    ) -> ParticipantId:
        """Let a participant join."""
        participant = ParticipantId(name)
        self.do(
            c.TakeSeat(
                participant,
                name=name.title(),
                organisation="Institute",
                role=role,
                at=WALL,
                invitation=InvitationId(invitation),
                most_by_invitation=most,
                browser=browser,
            )
        )
        return participant

    def publish(self, participant: ParticipantId, *sources: Source) -> list[e.Event]:
        """Publish tracks that are on, and let their first packets come."""
        events = self.do(
            c.Publish(participant, LEG, FIRST, sources, frozenset(sources))
        )
        for source in sources:
            codec = "VP8" if source.kind == "video" else "opus"
            events += self.do(c.TrackUp(participant, FIRST, source, codec))
        return events

    def say(self, by: ParticipantId, text: str, nonce: str) -> list[e.Event]:
        """Write a line."""
        return self.do(c.Say(by, text, nonce, at=WALL))
