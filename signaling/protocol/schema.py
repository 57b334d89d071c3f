"""Write the protocol down as one JSON Schema, from which other languages generate their types."""

import json
from pathlib import Path
from typing import Any

from pydantic.json_schema import models_json_schema

from signaling.protocol.base import Wire
from signaling.protocol.messages import ConnectAuth, ErrorInfo
from signaling.protocol.registry import CLIENT_EVENTS, SERVER_EVENTS

PATH = Path(__file__).with_name("schema.json")


def build() -> dict[str, Any]:
    """Return the schema: ``$defs`` for the types, ``x-events`` for the registry."""
    models: list[type[Wire]] = [ConnectAuth, ErrorInfo]
    for event in CLIENT_EVENTS.values():
        models += [event.request, event.result]
    models += [event.payload for event in SERVER_EVENTS.values()]
    unique = list(dict.fromkeys(models))
    _, schema = models_json_schema(
        [(model, "validation") for model in unique], title="PavilionProtocol"
    )
    schema["x-events"] = {
        "client": {
            name: {
                "request": event.request.__name__,
                "result": event.result.__name__,
                "capability": event.capability,
                "max_bytes": event.max_bytes,
                "rate": {
                    "per_second": event.rate.per_second,
                    "burst": event.rate.burst,
                },
            }
            for name, event in CLIENT_EVENTS.items()
        },
        "server": {
            name: event.payload.__name__ for name, event in SERVER_EVENTS.items()
        },
    }
    return schema


def text() -> str:
    """Return the schema as it is committed."""
    return json.dumps(build(), indent=2, ensure_ascii=False) + "\n"


if __name__ == "__main__":
    PATH.write_text(text(), encoding="utf-8")
