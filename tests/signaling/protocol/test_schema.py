"""schema.json is what the models say."""

import json

from signaling.protocol import schema
from signaling.protocol.registry import CLIENT_EVENTS, SERVER_EVENTS


def test_the_committed_schema_is_current() -> None:
    assert schema.PATH.read_text(encoding="utf-8") == schema.text(), (
        "run: python -m signaling.protocol.schema"
    )


def test_it_holds_the_registry() -> None:
    events = json.loads(schema.text())["x-events"]
    assert set(events["client"]) == set(CLIENT_EVENTS)
    assert set(events["server"]) == set(SERVER_EVENTS)
