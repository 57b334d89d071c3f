"""Messages between the halves as bytes, as another process would get them."""

from typing import Any

from pydantic import ConfigDict, TypeAdapter

CONFIG = ConfigDict(ser_json_bytes="base64", val_json_bytes="base64", strict=True)


def adapter(kind: type[Any]) -> TypeAdapter[Any]:
    """Return what writes and reads a list of messages of one kind."""
    return TypeAdapter(list[kind], config=CONFIG)  # type: ignore[valid-type]
