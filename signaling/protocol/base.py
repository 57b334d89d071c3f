"""Shared wire types: how a text, a name or an identifier may look."""

from typing import Annotated, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints

from signaling.protocol import texts


class Wire(BaseModel):
    """A message or a part of one: strict, closed and immutable."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


Identifier = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_-]{1,64}$")]
Token = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_-]{16,128}$")]
Mid = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_-]{1,16}$")]
LONGEST_NAME, LONGEST_TITLE, LONGEST_MESSAGE = 80, 120, 4000  # characters
Name = Annotated[
    str,
    BeforeValidator(texts.cleaner(texts.name_line, most=LONGEST_NAME)),
    StringConstraints(min_length=1, max_length=LONGEST_NAME),
]
Note = Annotated[
    str,
    BeforeValidator(
        texts.cleaner(texts.name_line, most=LONGEST_NAME, may_be_empty=True)
    ),
    StringConstraints(max_length=LONGEST_NAME),
]
Title = Annotated[
    str,
    BeforeValidator(texts.cleaner(texts.name_line, most=LONGEST_TITLE)),
    StringConstraints(min_length=1, max_length=LONGEST_TITLE),
]
ChatText = Annotated[
    str,
    BeforeValidator(texts.cleaner(texts.message, most=LONGEST_MESSAGE)),
    StringConstraints(min_length=1, max_length=LONGEST_MESSAGE),
]
Sdp = Annotated[str, StringConstraints(min_length=1, max_length=65_536)]

MAX_COUNT = 2**31 - 1
# The largest number that every store of ours holds: PostgreSQL's integer. SQLite and
# JavaScript hold larger ones; none of our counts comes near it.

Count = Annotated[int, Field(ge=0, le=MAX_COUNT)]
Place = Annotated[int, Field(ge=1, le=MAX_COUNT)]
"""A number in an order that begins with 1."""
Moment = Annotated[float, Field(ge=0, le=2**53, allow_inf_nan=False)]
"""Seconds since the epoch."""
Share = Annotated[float, Field(ge=0, le=1, allow_inf_nan=False)]

RoleName = Literal["moderator", "presenter", "researcher"]
SourceName = Literal["microphone", "camera", "screen", "screen_audio"]
CodecName = Literal["opus", "VP8", "VP9", "H264", "AV1"]
MediaKind = Literal["audio", "video"]
GroupName = Literal["content", "stage", "floating", "grid"]
CapabilityName = Literal[
    "room.create",  # account: make rooms and see one's own
    "room.preview",  # see the preview of a room, and join it
    "room.manage",  # invitations, closing the room
    "room.watch",  # be in the room: watch, listen, leave
    "chat.send",
    "hand.raise",
    "media.publish",
    "floor.give",
    "stage.set",
    "participant.mute",
    "participant.remove",
]
