"""Talk and order in a room: chat, hands, floor, stage, mute, removal."""

from conference.contract.stores import ChatStore
from conference.contract.words import ChatLine, Removal, Source
from conference.ids import ParticipantId
from conference.rooms import commands as c
from conference.rooms.events import Said
from conference.service.hall import Hall
from conference.service.seats import Occupied


class Floor:
    """What those in a room do with each other."""

    def __init__(self, hall: Hall, chat: ChatStore) -> None:
        self._hall = hall
        self._chat = chat

    async def say(self, by: Occupied, text: str, nonce: str) -> ChatLine:
        """
        Write a line; the same nonce again returns the line already written.

        Stored when this returns.
        """
        opened = self._hall.room(by.room)
        async with opened.lock:
            known = opened.room.said(by.participant, nonce)
            known = known or await self._chat.by_nonce(by.room, by.participant, nonce)
            if known is not None:
                return known
            events = await self._hall.apply(
                opened, c.Say(by.participant, text, nonce, at=self._hall.wall())
            )
        return next(event.line for event in events if isinstance(event, Said))

    async def history(self, by: Occupied, before: int, limit: int) -> list[ChatLine]:
        """Return the newest lines older than ``before``, oldest first."""
        self._hall.room(by.room)
        return await self._chat.before(by.room, before, limit)

    async def raise_hand(self, by: Occupied, *, raised: bool) -> None:
        """Raise or lower one's own hand."""
        await self._handle(by, c.RaiseHand(by.participant, raised=raised))

    async def lower_hand(self, by: Occupied, participant: ParticipantId) -> None:
        """Lower the hand of another participant."""
        await self._handle(by, c.LowerHand(by.participant, participant))

    async def give(
        self, by: Occupied, participant: ParticipantId, *, given: bool
    ) -> None:
        """Give the floor to a researcher, or take it back."""
        await self._handle(by, c.GiveFloor(by.participant, participant, given=given))

    async def stage(self, by: Occupied, participant: ParticipantId | None) -> None:
        """Choose who is on the stage; None: the room's own choice."""
        await self._handle(by, c.ChooseStage(by.participant, participant))

    async def mute(
        self, by: Occupied, participant: ParticipantId, source: Source
    ) -> None:
        """Stop somebody's track; they may start it again."""
        await self._handle(by, c.Mute(by.participant, participant, source))

    async def remove(self, by: Occupied, participant: ParticipantId) -> None:
        """
        Put somebody out; their seat token opens nothing any more.

        The browser they used cannot come in by the same link until ``lift``.
        """
        at = self._hall.wall()
        await self._handle(by, c.Remove(by.participant, participant, at))

    def removals(self, by: Occupied) -> tuple[Removal, ...]:
        """Return the removals that hold in the room, oldest first."""
        return self._hall.room(by.room).room.removals

    async def lift(self, by: Occupied, participant: ParticipantId) -> None:
        """Let a removed participant come in again."""
        await self._handle(by, c.LiftRemoval(by.participant, participant))

    async def _handle(self, by: Occupied, command: c.Command) -> None:
        await self._hall.handle(self._hall.room(by.room), command)
