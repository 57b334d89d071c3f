"""What the service asks of the media plane."""

from typing import Protocol

from conference.contract.media import (
    AcceptAnswer,
    Command,
    Publish,
    PublishAnswer,
    SlotOffer,
    Subscribe,
)
from conference.contract.words import Leg
from conference.ids import ParticipantId


class MediaPlane(Protocol):
    """
    Where packets are forwarded (``conference.transport.plane.Plane``).

    Its events reach the service through the callback given at construction.
    A bad offer or answer raises ``UserError``; nothing has changed then.
    """

    async def subscribe(self, command: Subscribe) -> SlotOffer:
        """Open or replace the subscribe leg of a viewer."""
        ...

    async def accept_answer(self, command: AcceptAnswer) -> None:
        """Take the viewer's answer and start its transport."""
        ...

    async def publish(self, command: Publish) -> PublishAnswer:
        """Open, replace or renegotiate the publish leg of a participant."""
        ...

    def apply(self, command: Command) -> None:
        """Apply a command that has no result; unknown participants are ignored."""
        ...

    def legs(self, participant: ParticipantId) -> frozenset[Leg]:
        """Return the legs of a participant that are connected now."""
        ...
