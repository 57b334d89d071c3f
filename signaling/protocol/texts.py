"""
Names and messages as people type and paste them: cleaned, and judged by what they show.

What comes from a web page, an office program or a table carries characters that cannot
be seen. They are taken out or become the space or new line that they stood for; with
some of them one name could be made to look like another, or a file name like another
kind. A text is refused only for what a person can understand and mend: it shows
nothing, or it is too long.
"""

import re
import unicodedata
from collections.abc import Callable

from pydantic_core import PydanticCustomError

EMPTY, TOO_LONG = "text_empty", "text_too_long"
"""The two faults of a text, as types of validation errors."""

LINE_BREAKS = "\n\v\f\r\x85\u2028\u2029"
DIRECTION_MARKS = "\u061c\u200e\u200f"
# Keep punctuation on its side of a word; they turn nothing around (UAX #9 §2.6).
SHOWN_FORMATS = frozenset(
    "\u0600\u0601\u0602\u0603\u0604\u0605\u06dd\u070f\u0890\u0891\u08e2\U000110bd\U000110cd"
)
# Signs of format that are drawn: prepended concatenation marks (Unicode §9.2).
BLANKS = frozenset("\u115f\u1160\u2800\u3164\uffa0\U0001d159")
# Letters and symbols by category that draw nothing: fillers of Hangul, the Braille
# pattern without dots, the null notehead.

_SHAPED = (
    "\u0600-\u08ff\u0900-\u0dff\u1000-\u109f\u1780-\u18af\ufb50-\ufdff\ufe70-\ufefc"
    "\u2600-\u27bf\u2b00-\u2bff\ufe0f\U0001f000-\U0001faff"
)
# Scripts whose letters a joiner shapes, and emoji, which it puts together.
_STRAY_JOINER = re.compile(
    f"(?<![{_SHAPED}])[\u200c\u200d]|[\u200c\u200d](?![{_SHAPED}])"
)
_TAGS = re.compile(
    "(\U0001f3f4[\U000e0020-\U000e007e]{2,8}\U000e007f)|[\U000e0000-\U000e007f]"
)
# Tags spell the flags of regions (UTS #51 §ED-14a); elsewhere they hide a text.
FLAG_TAGS = frozenset(map(chr, range(0xE0020, 0xE0080)))
_IGNORABLE = re.compile("[\u2065\ufff0-\ufff8\U000e0000-\U000e0fff]")
# Not assigned, and not drawn (Default_Ignorable_Code_Point).


def name_line(text: str) -> str:
    """Return a name or title in one line, without what cannot be seen."""
    text = _STRAY_JOINER.sub("", _cleaned(text, one_line=True))
    return unicodedata.normalize("NFC", " ".join(text.split()))


def message(text: str) -> str:
    """Return a message with its lines, tabs and marks of direction."""
    text = _cleaned(text.replace("\r\n", "\n"), one_line=False)
    return unicodedata.normalize("NFC", text.strip())


def shows(text: str) -> bool:
    """Return whether a reader sees anything of a text; a mark alone is nothing."""
    return any(_is_shown(c) for c in set(_IGNORABLE.sub("", text)))


def cleaner(
    clean: Callable[[str], str], *, most: int, may_be_empty: bool = False
) -> Callable[[object], object]:
    """
    Return what validates a text: cleans it, and names its fault.

    Args:
        clean: ``name_line`` or ``message``.
        most: Characters (code points) that it may have after cleaning.
        may_be_empty: Take a text that shows nothing, as an empty one.
    """

    def validate(value: object) -> object:
        if not isinstance(value, str):
            return value  # refused as no text
        text = clean(value)
        if not shows(text):
            if may_be_empty:
                return ""
            raise PydanticCustomError(EMPTY, "must show something")
        if len(text) > most:
            raise PydanticCustomError(
                TOO_LONG, "must have {most} characters at most", {"most": most}
            )
        return text

    return validate


def _cleaned(text: str, *, one_line: bool) -> str:
    text = _TAGS.sub(lambda found: found.group(1) or "", text)
    table = {ord(c): _replacement(c, one_line=one_line) for c in set(text)}
    return text.translate(table)


def _replacement(c: str, *, one_line: bool) -> str:
    if c in LINE_BREAKS:
        return " " if one_line else "\n"
    if c == "\t" and not one_line:
        return c
    category = unicodedata.category(c)
    if category == "Cc":
        return " "
    if category == "Cs":
        return "\ufffd"  # half of a pair: an emoji that something cut in two
    if one_line and c in BLANKS:
        return " "
    if category != "Cf" or c in SHOWN_FORMATS or c in "\u200c\u200d":
        return c
    if c in FLAG_TAGS:
        return c  # those outside of flags are gone already
    return c if c in DIRECTION_MARKS and not one_line else ""


def _is_shown(c: str) -> bool:
    if c in BLANKS:
        return False
    category = unicodedata.category(c)
    return category[0] in "LNPS" or category in ("Cn", "Co") or c in SHOWN_FORMATS
