"""Names, titles and texts: what people may write, and what they may not."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from signaling.protocol.base import ChatText, Identifier, Name, many_lines, one_line

NAME, TEXT = TypeAdapter(Name), TypeAdapter(ChatText)


@pytest.mark.parametrize("good", ["Kim", "김하나", " Ana María ", "O'Neill", "李"])
def test_names_of_people_are_names(good: str) -> None:
    assert NAME.validate_python(good) == good.strip()


@pytest.mark.parametrize(
    "bad",
    ["", "   ", "a\nb", "a\u202eb", "a\u200bb", "\ufeffa", "a\x00", "x" * 81, "\ud800"],
)
def test_what_could_deceive_is_no_name(bad: str) -> None:
    with pytest.raises(ValidationError):
        NAME.validate_python(bad)


def test_two_spellings_of_one_name_are_one() -> None:
    assert one_line("Ame\u0301lie") == one_line("Amélie")


def test_chat_keeps_its_lines() -> None:
    assert TEXT.validate_python(" a\r\n\tb ") == "a\n\tb"
    with pytest.raises(ValidationError):
        TEXT.validate_python("a\x07b")
    with pytest.raises(ValidationError):
        TEXT.validate_python(" \n ")


@given(st.text())
def test_whatever_passes_passes_again_unchanged(text: str) -> None:
    for rule in (one_line, many_lines):
        try:
            once = rule(text)
        except ValueError:
            continue
        assert rule(once) == once


@pytest.mark.parametrize("bad", ["", "a b", "a/b", "ä", "x" * 65, "a\n"])
def test_identifiers_are_plain(bad: str) -> None:
    with pytest.raises(ValidationError):
        TypeAdapter(Identifier).validate_python(bad)
