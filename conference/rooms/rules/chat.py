"""Sending chat messages."""

from dataclasses import replace

from conference.contract.words import ChatLine
from conference.rooms import commands as c
from conference.rooms import events as e
from conference.rooms.roles import Capability
from conference.rooms.state import RoomState, Step


def say(state: RoomState, command: c.Say, *, now: float) -> Step:
    """Add a message to the chat; one that a client repeats is not added twice."""
    del now
    seat = state.actor(command.by, Capability.CHAT_SEND)
    if state.chat.find(command.by, command.nonce) is not None:
        return state, []
    line = ChatLine(
        seq=state.chat.seq + 1,
        participant=seat.id,
        name=seat.name,
        organisation=seat.organisation,
        text=command.text,
        nonce=command.nonce,
        sent_at=command.at,
    )
    return replace(state, chat=state.chat.having(line)), [e.Said(line)]
