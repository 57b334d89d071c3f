"""Shared wire types: how a text, a name or an identifier may look."""

import unicodedata
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints

FORBIDDEN_CATEGORIES = frozenset({"Cc", "Cf", "Cs", "Co", "Zl", "Zp"})
# Cf holds bidi overrides and zero-width characters, with which one name can be
# made to look like another; ZWJ/ZWNJ are lost with them, which costs some
# scripts a ligature and no letter.


class Wire(BaseModel):
    """A message or a part of one: strict, closed and immutable."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


def one_line(text: str) -> str:
    """Return ``text`` with outer space gone, or refuse what no line may hold."""
    text = unicodedata.normalize("NFC", text).strip()
    if not text:
        raise ValueError("must not be empty")
    if any(unicodedata.category(c) in FORBIDDEN_CATEGORIES for c in text):
        raise ValueError("must not contain control or invisible characters")
    return text


def note_line(text: str) -> str:
    """Return a note as ``one_line`` does; unlike a name it may be empty."""
    return one_line(text) if text.strip() else ""


def many_lines(text: str) -> str:
    """Return ``text`` normalised; line feed and tab are the only controls kept."""
    text = unicodedata.normalize("NFC", text.replace("\r\n", "\n")).strip()
    if not text:
        raise ValueError("must not be empty")
    for c in text:
        if c not in "\n\t\u200c\u200d" and (
            unicodedata.category(c) in FORBIDDEN_CATEGORIES
        ):
            raise ValueError("must not contain control characters")
    return text


Identifier = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_-]{1,64}$")]
Token = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_-]{16,128}$")]
Mid = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_-]{1,16}$")]
Name = Annotated[
    str, StringConstraints(min_length=1, max_length=80), AfterValidator(one_line)
]
Note = Annotated[str, StringConstraints(max_length=80), AfterValidator(note_line)]
Title = Annotated[
    str, StringConstraints(min_length=1, max_length=120), AfterValidator(one_line)
]
ChatText = Annotated[
    str, StringConstraints(min_length=1, max_length=4000), AfterValidator(many_lines)
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
    "room.preview",  # look at the door of a room, and enter by it
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
