"""Records that the tests of repositories store."""

from conference.contract import records as r
from conference.contract.words import ChatLine, Role
from conference.ids import AccountId, InvitationId, ParticipantId, RoomId

OWNER = AccountId("owner")
ROOM = RoomId("room")
INVITATION = r.InvitationRecord(InvitationId("i"), ROOM, Role.PRESENTER, 10.0)
RECORD = r.RoomRecord(ROOM, OWNER, "광학 발표", "Institute", 10.0)
SEAT = r.SeatRecord(
    id=ParticipantId("p"),
    room=ROOM,
    name="김하나",
    organisation="Institute",
    role=Role.RESEARCHER,
    joined_at=11.0,
    token_hash=b"t" * 32,
    account=None,
    invitation=INVITATION.id,
    browser=b"b" * 32,
    has_floor=True,
    hand=3,
)


def line(seq: int, nonce: str = "", by: str = "p") -> ChatLine:
    """Return a line of chat."""
    return ChatLine(
        seq, ParticipantId(by), "김하나", "I", f"줄 {seq}", nonce or f"n{seq}", 12.5
    )
