"""
Participants who were removed from a room and may not join again.

Pure values. A removal holds for one browser and one invitation: the browser made
a random key for that invitation and showed it on joining. Other people with the
same link are not affected. Clearing the browser's data, or another browser, evades
it; withdrawing the link cannot be evaded.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from conference.contract.words import Removal
from conference.errors import NotFound, Refused
from conference.ids import InvitationId, ParticipantId

REMOVALS_KEPT = 200
# In one room; the oldest is lifted first. More would make the list of the people
# panel useless before it cost memory.


@dataclass(frozen=True, slots=True)
class Removals:
    """All removals of a room that hold, oldest first."""

    by_participant: Mapping[ParticipantId, Removal] = field(
        default_factory=lambda: MappingProxyType({})
    )

    def admit(self, invitation: InvitationId | None, browser: bytes | None) -> None:
        """
        Check that no removal holds for this browser and invitation.

        Raises:
            Refused: This browser was removed and came by the same invitation.
        """
        for removal in self.by_participant.values():
            if (removal.invitation, removal.browser) == (invitation, browser):
                raise Refused(
                    "removed-from-room",
                    "A moderator removed you from this room. Ask them to let you in.",
                )

    def adding(self, removal: Removal) -> tuple["Removals", tuple[ParticipantId, ...]]:
        """Return the removals with one more, and those lifted to make room."""
        kept = {**self.by_participant, removal.participant: removal}
        lifted = tuple(kept)[: max(0, len(kept) - REMOVALS_KEPT)]
        for participant in lifted:
            del kept[participant]
        return Removals(MappingProxyType(kept)), lifted

    def without(self, participant: ParticipantId) -> "Removals":
        """
        Return the removals after one was lifted.

        Raises:
            NotFound: There is no such removal (any more).
        """
        if participant not in self.by_participant:
            raise NotFound("removal-not-found", "This removal is lifted already.")
        kept = {p: r for p, r in self.by_participant.items() if p != participant}
        return Removals(MappingProxyType(kept))


NO_REMOVALS = Removals()
