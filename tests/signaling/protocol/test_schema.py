"""schema.json is what the models say."""

import json
import runpy
import sys

import pytest

from signaling.protocol import schema
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
