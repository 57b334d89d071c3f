"""What is published, muted and sent."""

from dataclasses import replace
from types import MappingProxyType

from conference.contract.words import Source
from conference.errors import Refused
from conference.rooms import commands as c
from conference.rooms import events as e
from conference.rooms.roles import Capability
from conference.rooms.seat import Seat, Track, without
from conference.rooms.state import RoomState, Step


def publish(state: RoomState, command: c.Publish, *, now: float) -> Step:
    """
    Note what an accepted publish offer declares.

    The tracks of an older leg have ended with it, so those of a new one wait for
    their first packet, whatever was sent before.
    """
    del now
    seat = state.actor(command.by, Capability.MEDIA_PUBLISH)
    if seat.publish_leg is not None and command.generation < seat.publish_leg:
        return state, []  # replaced before its answer was written down
    known = seat.tracks if command.generation == seat.publish_leg else {}
    # Declared off, the participant agrees with the moderator who muted it.
    stopped = without(seat.stopped, set(command.sources) - command.active)
    tracks = MappingProxyType(
        {
            source: replace(
                known.get(source, Track(since=command.negotiation)),
                muted=source not in command.active or source in stopped,
            )
            for source in command.sources
        }
    )
    # The media plane forwards every track of a new leg until it is switched off,
    # so the state of each track is sent again.
    events: list[e.Event] = [
        e.TrackSwitched(seat.id, source, active=not track.muted)
        for source, track in tracks.items()
    ]
    events += [
        e.TrackMuted(seat.id, source, by)
        for source, by in stopped.items()
        if source in tracks
    ]
    state, updated = state.updated(
        replace(seat, publish_leg=command.generation, tracks=tracks, stopped=stopped)
    )
    return state, events + updated


def switch_track(state: RoomState, command: c.SwitchTrack, *, now: float) -> Step:
    """Start or stop one of the participant's own tracks."""
    del now
    seat = state.actor(command.by, Capability.MEDIA_PUBLISH)
    if command.source not in seat.tracks:
        raise Refused("not-published", "This track is not published.")
    seat = replace(seat, stopped=without(seat.stopped, {command.source}))
    state, updated = state.updated(seat)
    state, switched = _switched(state, seat, command.source, active=command.active)
    return state, updated + switched


def mute(state: RoomState, command: c.Mute, *, now: float) -> Step:
    """Mute a track of another participant."""
    del now
    actor = state.actor(command.by, Capability.PARTICIPANT_MUTE)
    seat = state.seat(command.participant)
    state, events = _switched(state, seat, command.source, active=False)
    if not events:
        return state, []
    events.append(e.TrackMuted(seat.id, command.source, actor.name))
    seat = state.seat(seat.id)
    stopped = MappingProxyType({**seat.stopped, command.source: actor.name})
    state, updated = state.updated(replace(seat, stopped=stopped))
    return state, events + updated


def track_up(state: RoomState, command: c.TrackUp, *, now: float) -> Step:
    """Note the codec of a track's first packet."""
    del now
    seat = _publishing(state, command)
    if seat is None:
        return state, []  # it crossed a departure or a new offer
    track = replace(seat.tracks[command.source], codec=command.codec)
    return _set_track(state, seat, command.source, track)


def track_down(state: RoomState, command: c.TrackDown, *, now: float) -> Step:
    """Note that a track ended."""
    del now
    seat = _publishing(state, command)
    if seat is None:
        return state, []
    return state.updated(replace(seat, tracks=without(seat.tracks, {command.source})))


def _publishing(state: RoomState, command: c.TrackUp | c.TrackDown) -> Seat | None:
    """Return the seat that has this track; None if the message is of an earlier one."""
    seat = state.seats.get(command.participant)
    track = None if seat is None else seat.tracks.get(command.source)
    if track is None or command.negotiation < track.since:
        return None
    return seat


def _set_track(state: RoomState, seat: Seat, source: Source, track: Track) -> Step:
    tracks = MappingProxyType({**seat.tracks, source: track})
    return state.updated(replace(seat, tracks=tracks))


def _switched(state: RoomState, seat: Seat, source: Source, *, active: bool) -> Step:
    """Unmute or mute a track, unless it is in that state already."""
    track = seat.tracks.get(source)
    if track is None or track.muted != active:
        return state, []
    track = replace(track, muted=not active)
    state, updated = _set_track(state, seat, source, track)
    return state, [e.TrackSwitched(seat.id, source, active=active), *updated]
