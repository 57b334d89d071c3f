"""
The legs of a room, as far as the service knows them.

Kept from the answers and events of the media plane, which may run elsewhere: what is
known here may be behind, and messages of replaced legs may still arrive.
"""

from dataclasses import dataclass

from conference.contract.words import Generation, LegKind
from conference.ids import ParticipantId


@dataclass(frozen=True, slots=True)
class _Known:
    """The newest known leg of one kind of a participant."""

    generation: Generation
    connected: bool
    closing: bool = False
    """The media plane has been asked to close it: it does not connect any more."""


class KnownLegs:
    """The newest leg of each kind of each participant of a room."""

    def __init__(self) -> None:
        self._known: dict[ParticipantId, dict[LegKind, _Known]] = {}

    def connected(self, participant: ParticipantId) -> frozenset[LegKind]:
        """Return which legs of a participant are connected."""
        known = self._known.get(participant, {})
        return frozenset(kind for kind, leg in known.items() if leg.connected)

    def newest(self, participant: ParticipantId, kind: LegKind) -> Generation | None:
        """Return the generation of the newest leg; None: there has been none."""
        leg = self._known.get(participant, {}).get(kind)
        return None if leg is None else leg.generation

    def current(
        self, participant: ParticipantId, kind: LegKind, generation: Generation
    ) -> bool:
        """Say whether a message is of the newest leg, and not of one before it."""
        newest = self.newest(participant, kind)
        return newest is None or generation >= newest

    def opened(
        self, participant: ParticipantId, kind: LegKind, generation: Generation
    ) -> None:
        """Note a leg that the media plane has opened or renegotiated."""
        newest = self.newest(participant, kind)
        if newest is None or generation > newest:
            self._set(participant, kind, _Known(generation, connected=False))

    def changed(
        self,
        participant: ParticipantId,
        kind: LegKind,
        generation: Generation,
        *,
        connected: bool,
    ) -> None:
        """
        Note that a leg came up or went away.

        Ignored for a replaced leg, and for one that connected while it was being closed.
        """
        known = self._known.get(participant, {}).get(kind)
        if known is not None and (
            generation < known.generation
            or (generation == known.generation and known.closing)
        ):
            return
        self._set(participant, kind, _Known(generation, connected))

    def closing(self, participant: ParticipantId) -> None:
        """Note that the media plane has been asked to close both legs."""
        for kind, leg in self._known.get(participant, {}).items():
            self._set(
                participant, kind, _Known(leg.generation, connected=False, closing=True)
            )

    def forget(self, participant: ParticipantId) -> None:
        """Forget a participant that has left the room."""
        self._known.pop(participant, None)

    def _set(self, participant: ParticipantId, kind: LegKind, leg: _Known) -> None:
        self._known.setdefault(participant, {})[kind] = leg
