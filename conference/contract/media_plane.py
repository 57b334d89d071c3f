"""What the service asks of the media plane."""

from typing import Protocol

from conference.contract.figures import PlaneFigures
from conference.contract.media import (
    AcceptAnswer,
    Command,
    Publish,
    PublishAnswer,
    SlotOffer,
    Subscribe,
)


class MediaPlane(Protocol):
    """
    Where packets are forwarded (``conference.transport.plane.Plane``).

    It may run in another process. Commands are carried out in the order in which
    they are given. Events reach the service through the callback given at
    construction, those of one room in their order, and never before a command that
    caused them has returned; an event of a replaced leg may arrive after the answer
    that names its successor.

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

    async def figures(self) -> PlaneFigures:
        """Return what the media plane is doing, for the operator."""
        ...

    def apply(self, command: Command) -> None:
        """
        Give a command that has no result, without waiting until it is carried out.

        Unknown participants and rooms are ignored.
        """
        ...
