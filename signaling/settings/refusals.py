"""Why settings cannot be used, each in one sentence that names the one at fault."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from conference.errors import UserError
from signaling.settings.models import fields, flag_of, variable


class SettingsError(UserError):
    """The settings cannot be used; the message names the one at fault."""

    def __init__(self, message: str) -> None:
        super().__init__("settings", message)


SECRETS = frozenset({"database.url", "metrics.token"})
"""Settings whose value is not shown."""


def fault(
    error: ValidationError,
    from_flags: dict[str, Any],
    from_variables: dict[str, Any],
    config: Path | None,
) -> str:
    """
    Return what is wrong with the settings, in one sentence.

    Args:
        error: What validating them raised; its first fault is named.
        from_flags: What the command line set, nested by the keys' parts.
        from_variables: The same of variables.
        config: The file that set everything else.
    """
    first = error.errors(include_url=False)[0]
    # Parts that are no names come from the branches of a union: not for people.
    known = {name for path, _ in fields() for name in path}
    flags = {".".join(path): flag_of(info) for path, info in fields()}
    place = [str(part) for part in first["loc"]]
    named = [
        part for part in place if part in known or first["type"] == "extra_forbidden"
    ]
    key = ".".join(named) or ".".join(place)
    if first["type"] == "extra_forbidden":  # flags and variables have been checked
        return f"There is no setting {key} in the file {config}."
    what = _plainly(first["type"], first.get("ctx", {}), first["msg"])
    if _has(from_flags, named):
        subject = f"The flag --{flags.get(key) or key}"
    elif _has(from_variables, named):
        subject = f"The variable {variable(tuple(named))}"
    else:
        subject = f"The setting {key} in the file {config}"
    shown = "" if key in SECRETS else f" (it is {first['input']!r})"
    return f"{subject} is wrong: {what}{shown}."


def _plainly(kind: str, context: Mapping[str, Any], otherwise: str) -> str:
    """Return what a value must be, without the words of the validator."""
    if kind.startswith("bool"):
        return "it must be true or false"
    if kind.startswith("int"):
        return "it must be a whole number"
    if kind.startswith("greater_than"):
        return f"it must be at least {context['ge']}"
    if kind.startswith("less_than"):
        return f"it must be at most {context['le']}"
    if kind.startswith("ip"):
        return "it must be an address, such as 192.0.2.7"
    if kind == "literal_error" and "::" in str(context.get("expected")):
        return "it must be an address, such as 192.0.2.7"
    if kind == "literal_error":
        return f"it must be {context['expected']}"
    if kind == "tuple_type":
        return "it must be a list"
    if kind.startswith(("string", "path")):
        return "it must be a text"
    if kind.startswith("model"):
        return "it must be a section"
    return otherwise.removeprefix("Value error, ")


def _has(source: dict[str, Any], path: list[str]) -> bool:
    found: object = source
    for name in path:
        if not isinstance(found, dict) or name not in found:
            return False
        found = found[name]
    return True
