"""schema.json is what the models say."""

import json
import runpy
import sys
from collections.abc import Iterator
from math import inf, nan
from typing import Any

import pytest
from pydantic import TypeAdapter, ValidationError

from signaling.protocol import schema
from signaling.protocol.base import MAX_COUNT, Moment
from signaling.protocol.messages import ChatHistory, SeatResume
from signaling.protocol.registry import CLIENT_EVENTS, SERVER_EVENTS


def test_the_committed_schema_is_current() -> None:
    assert schema.PATH.read_text(encoding="utf-8") == schema.text(), (
        "run: python -m signaling.protocol.schema"
    )


def test_the_module_writes_the_schema(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(sys.modules, schema.__name__)
    before = schema.PATH.read_bytes()
    try:
        schema.PATH.write_text("{}")
        runpy.run_module(schema.__name__, run_name="__main__")
        assert schema.PATH.read_bytes() == schema.text().encode()
    finally:
        schema.PATH.write_bytes(before)


def test_it_holds_the_registry() -> None:
    events = json.loads(schema.text())["x-events"]
    assert set(events["client"]) == set(CLIENT_EVENTS)
    assert set(events["server"]) == set(SERVER_EVENTS)


def numbers(part: Any, path: str = "") -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield each number that a schema allows anywhere, with where it stands."""
    if isinstance(part, list):
        for index, inner in enumerate(part):
            yield from numbers(inner, f"{path}/{index}")
    elif isinstance(part, dict):
        if part.get("type") in ("integer", "number"):
            yield path, part
        for key, inner in part.items():
            yield from numbers(inner, f"{path}/{key}")


def greatest(path: str, number: dict[str, Any]) -> int:
    """Return what a number may be at most; generations are not stored."""
    counted = number["type"] == "integer" and not path.endswith("/generation")
    return MAX_COUNT if counted else 2**53


def test_every_number_on_the_wire_has_bounds() -> None:
    """And the database and JavaScript hold all that lies within them."""
    found = dict(numbers(schema.build()["$defs"]))
    assert len(found) > 15
    unbounded = [
        path
        for path, number in found.items()
        if not -(2**53) <= number.get("minimum", -inf) <= number.get("maximum", inf)
        or number["maximum"] > greatest(path, number)
    ]
    assert unbounded == []


@pytest.mark.parametrize("number", [2**31, 2**63, 10**400, -1, 1.5, "1", True])
def test_numbers_beyond_them_are_malformed(number: object) -> None:
    for model, field in ((ChatHistory, "before"), (SeatResume, "last_chat")):
        with pytest.raises(ValidationError):
            model.model_validate({field: number})


@pytest.mark.parametrize("number", [inf, -inf, nan, -1.0, 1e300])
def test_moments_are_moments(number: float) -> None:
    with pytest.raises(ValidationError):
        TypeAdapter(Moment).validate_python(number)
