"""Names, titles and messages: what is cleaned, what is refused, and by which code."""

import json
from pathlib import Path
from typing import Any, get_type_hints

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel, TypeAdapter, ValidationError

from signaling.protocol.base import (
    LONGEST_MESSAGE,
    LONGEST_NAME,
    ChatText,
    Identifier,
    Name,
    Note,
    Title,
)
from signaling.protocol.registry import CLIENT_EVENTS
from signaling.protocol.texts import EMPTY, TOO_LONG, message, name_line, shows

NAME, TEXT = TypeAdapter(Name), TypeAdapter(ChatText)
ROOT = Path(__file__).parents[3]
FLAG = "\U0001f3f4\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f"


def fault(adapter: TypeAdapter[Any], value: object) -> str:
    with pytest.raises(ValidationError) as caught:
        adapter.validate_python(value)
    return caught.value.errors()[0]["type"]


@pytest.mark.parametrize(
    ("typed", "taken"),
    [
        ("Kim", "Kim"),
        ("김하나", "김하나"),
        (" Ana  María ", "Ana María"),
        ("O'Neill", "O'Neill"),
        ("李", "李"),
        # A non-joiner as it is usually written, and a joiner in a conjunct.
        (
            "\u0639\u0644\u06cc\u200c\u0631\u0636\u0627",
            "\u0639\u0644\u06cc\u200c\u0631\u0636\u0627",
        ),
        ("\u0915\u094d\u200d\u0937", "\u0915\u094d\u200d\u0937"),
        ("Rita \U0001f469\u200d\U0001f52c", "Rita \U0001f469\u200d\U0001f52c"),
        (f"Ann {FLAG}", f"Ann {FLAG}"),
        # Pasted, or filled in by a browser.
        ("Ann\u200bLee", "AnnLee"),
        ("\ufeffAnn", "Ann"),
        ("Ann\tLee", "Ann Lee"),
        ("Ann\r\n Lee\u2028", "Ann Lee"),
        ("Ann\x00\x07Lee", "Ann Lee"),
        ("Ann\xa0\u3000Lee", "Ann Lee"),
        # What would make one name look like another.
        ("Ann\u200dLee", "AnnLee"),
        ("\u200cAnn\u200d", "Ann"),
        ("Kim\u3164", "Kim"),
        ("a\u202eb\u2066c", "abc"),
        ("Ann\U000e0041\U000e0042", "Ann"),
        ("\u06dd\u0661", "\u06dd\u0661"),
        ("\ue000", "\ue000"),
        ("A\ud83dB", "A\ufffdB"),
        ("e\u200b\u0301", "é"),
    ],
)
def test_names_are_cleaned(typed: str, taken: str) -> None:
    assert NAME.validate_python(typed) == taken


@pytest.mark.parametrize(
    "nothing",
    [
        *("", "   ", "\u3164", "\uffa0", "\u115f\u1160", "\u2800", "\u0301"),
        *("\u200b\u200d", "\ufeff", "\u00ad", "\ufe0f", "\u034f", "\x00", "\U000e0041"),
        *("\u2065", "\ufff0", "\U000e0fff", "\u17b4", "\U0001d159", "\n"),
    ],
)
def test_invisible_text_is_empty(nothing: str) -> None:
    assert fault(NAME, nothing) == EMPTY
    assert fault(TEXT, nothing) == EMPTY
    assert fault(TypeAdapter(Title), nothing) == EMPTY
    assert TypeAdapter(Note).validate_python(nothing) == ""


def test_length_is_counted_after_cleaning() -> None:
    assert NAME.validate_python("x" * 80 + "\u200b" * 80) == "x" * 80
    assert fault(NAME, "x" * 81) == TOO_LONG
    assert fault(NAME, "\ufb2c" * 40) == TOO_LONG  # normalised, each has three
    assert TEXT.validate_python("\U0001f600" * LONGEST_MESSAGE)
    assert fault(TEXT, "x" * (LONGEST_MESSAGE + 1)) == TOO_LONG


def test_other_types_than_text_are_malformed() -> None:
    for wrong in (1, None, ["x"]):
        assert fault(NAME, wrong) == "string_type"


def test_two_spellings_of_one_name_are_one() -> None:
    assert name_line("Ame\u0301lie") == name_line("Amélie")


@pytest.mark.parametrize(
    ("typed", "sent"),
    [
        (" a\r\n\tb ", "a\n\tb"),
        ("Donau\u00addampfschiff", "Donaudampfschiff"),
        ("long\u200bword", "longword"),
        ("\ufeffhello", "hello"),
        ("\u05e9\u05dc\u05d5\u05dd\u200f!", "\u05e9\u05dc\u05d5\u05dd\u200f!"),
        ("C++ \u200e#", "C++ \u200e#"),
        ("one\u2028two", "one\ntwo"),
        ("one\u2029two", "one\ntwo"),
        ("one\u0085two", "one\ntwo"),
        ("page one\fpage two", "page one\npage two"),
        ("title\vsubtitle", "title\nsubtitle"),
        ("one\rtwo", "one\ntwo"),
        ("see \ufffc here", "see \ufffc here"),
        ("invoice\u202egnp.exe", "invoicegnp.exe"),
        ("bell\x07", "bell"),
        ("a\x00b", "a b"),
        (
            "\uf0b7 a bullet of an office program",
            "\uf0b7 a bullet of an office program",
        ),
        ("\u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645",) * 2,
        (f"go {FLAG}", f"go {FLAG}"),
        ("half \ud83d", "half \ufffd"),
    ],
)
def test_pasted_messages_are_sent(typed: str, sent: str) -> None:
    assert TEXT.validate_python(typed) == sent


@given(st.text(st.characters(exclude_categories=[])))
def test_whatever_passes_passes_again_unchanged(text: str) -> None:
    for rule in (name_line, message):
        once = rule(text)
        assert rule(once) == once
        once.encode()  # and can be stored
        assert "\x00" not in once
        assert shows(once) or not shows(rule(once))


def text_fields() -> list[tuple[str, str, int, bool]]:
    """Return event, field, most characters and whether it may be empty, of all texts."""
    found = []
    for event in CLIENT_EVENTS.values():
        for field in get_type_hints(event.request):
            schema = event.request.model_json_schema()["properties"][field]
            if "maxLength" in schema and "pattern" not in schema and field != "sdp":
                empty = "minLength" not in schema
                found.append((event.name, field, schema["maxLength"], empty))
    return found


@pytest.mark.parametrize("event", {name for name, *_ in text_fields()})
def test_the_size_limit_has_room_for_the_longest_texts(event: str) -> None:
    """In emoji, each escaped in twelve bytes."""
    fields = [f for f in text_fields() if f[0] == event]
    longest = {field: "\U0001f600" * most for _, field, most, _ in fields}
    size = len(json.dumps(longest | {"nonce": "n" * 64, "room": "r" * 64}))
    assert size + 200 < CLIENT_EVENTS[event].max_bytes


@pytest.mark.parametrize(
    ("field", "empty"), sorted({(field, empty) for _, field, _, empty in text_fields()})
)
def test_each_fault_of_a_text_has_its_code_and_message(field: str, empty: bool) -> None:
    from signaling.namespaces.errors import refusal

    model: type[BaseModel] = next(
        CLIENT_EVENTS[name].request for name, f, *_ in text_fields() if f == field
    )
    filled = {f: "x" for f in get_type_hints(model)} | {"role": "presenter"}
    codes = {f"{field}-too-long": "x" * 5000}
    if not empty:
        codes[f"{field}-empty"] = "\u3164"
    known = (ROOT / "docs" / "protocol.md").read_text(encoding="utf-8")
    words = [
        (ROOT / "web_client" / "src" / "text" / f"{language}.ftl").read_text("utf-8")
        for language in ("en", "ko")
    ]
    for code, text in codes.items():
        with pytest.raises(ValidationError) as caught:
            model.model_validate({**filled, field: text})
        info = refusal(caught.value)
        assert info.code == code
        assert f"`{code}`" in known
        assert all(f"\nerror-{code} = " in file for file in words)


@pytest.mark.parametrize("bad", ["", "a b", "a/b", "ä", "x" * 65, "a\n"])
def test_identifiers_are_plain(bad: str) -> None:
    with pytest.raises(ValidationError):
        TypeAdapter(Identifier).validate_python(bad)


def test_the_limits_are_the_documented_ones() -> None:
    text = (ROOT / "docs" / "protocol.md").read_text(encoding="utf-8")
    assert f"A name has {LONGEST_NAME} characters" in text
    assert f"line of chat {LONGEST_MESSAGE}" in text
