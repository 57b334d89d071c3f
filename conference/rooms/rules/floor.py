"""Giving and taking back the floor."""

from dataclasses import replace
from types import MappingProxyType

from conference.contract.words import Role
from conference.errors import Refused
from conference.rooms import commands as c
from conference.rooms import events as e
from conference.rooms.roles import Capability
from conference.rooms.rules.hands import lowered
from conference.rooms.state import RoomState, Step


def give_floor(state: RoomState, command: c.GiveFloor, *, now: float) -> Step:
    """Give the floor to a researcher, or take it back."""
    del now
    state.actor(command.by, Capability.FLOOR_GIVE)
    seat = state.seat(command.participant)
    if seat.role is not Role.RESEARCHER:
        raise Refused("floor-not-needed", "This participant may speak already.")
    if seat.has_floor == command.given:
        return state, []
    events: list[e.Event] = []
    moved: list[e.Event] = []
    tracks, hand = seat.tracks, seat.hand
    if command.given:
        state, moved = lowered(state, seat)
        hand = None
    else:
        # Muted, not forgotten: the publish leg stays, silent, and a floor
        # given again needs no new negotiation.
        events += [e.TrackSwitched(seat.id, source, active=False) for source in tracks]
        tracks = MappingProxyType(
            {source: replace(track, muted=True) for source, track in tracks.items()}
        )
    seat = replace(seat, has_floor=command.given, tracks=tracks, hand=hand)
    state, updated = state.updated(seat)
    return state, [*events, *updated, *moved, e.CapabilitiesChanged(seat.id)]
