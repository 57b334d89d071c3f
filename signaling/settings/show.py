"""Showing the settings: a sample file of all, and those in force."""

import json
import textwrap
from typing import Any

from pydantic.fields import FieldInfo

from signaling.settings.models import Settings, fields, variable


def sample() -> str:
    """Return a TOML file with every key, its default and what it is for."""
    lines = [
        "# Settings of Pavilion. Every key is shown with its default; remove the #",
        "# of those you change. A variable or a flag takes precedence.",
    ]
    section: tuple[str, ...] = ()
    for path, info in fields():
        if path[:-1] != section:
            section = path[:-1]
            described = Settings.model_fields[section[0]].annotation
            assert described is not None
            lines += ["", "", f"# {described.__doc__}", f"[{'.'.join(section)}]", ""]
        elif lines[-1].startswith("#"):
            lines.append("")
        lines += _wrapped(info.description or "")
        lines.append(f"# Variable: {variable(path)}")
        lines.append(f"#{path[-1]} = {_toml(path, info)}")
    return "\n".join(lines) + "\n"


def as_toml(settings: Settings) -> str:
    """Return the effective settings as TOML; a password and a token are not shown."""
    lines: list[str] = []
    section: tuple[str, ...] = ()
    for path, _ in fields():
        value: Any = settings
        for name in path:
            value = getattr(value, name)
        if path[:-1] != section:
            section = path[:-1]
            lines += ["", f"[{'.'.join(section)}]"]
        if value is None:
            lines.append(f"# {path[-1]} is not set")
            continue
        if path == ("database", "url"):
            value = without_password(value)
        if path == ("metrics", "token"):
            value = "***"
        lines.append(f"{path[-1]} = {_literal(value)}")
    return "\n".join(lines) + "\n"


def without_password(url: str) -> str:
    """Return a database URL that may be shown."""
    scheme, separator, rest = url.partition("://")
    account, at, host = rest.rpartition("@")
    user, colon, _ = account.partition(":")
    return f"{scheme}{separator}{user}{':***' if colon else ''}{at}{host}"


def _wrapped(text: str) -> list[str]:
    return [f"# {line}" for line in textwrap.wrap(text, 78)]


def _toml(path: tuple[str, ...], info: FieldInfo) -> str:
    examples: dict[tuple[str, ...], str] = {
        ("https", "certificate"): "/etc/pavilion/site.crt",
        ("https", "key"): "/etc/pavilion/site.key",
        ("proxy", "address"): "https://conference.example.lan",
        ("database", "url"): "postgresql://pavilion@localhost/pavilion",
        ("metrics", "token"): "choose-a-long-word-of-your-own",
    }
    return _literal(examples.get(path, info.default))


def _literal(value: object) -> str:
    if isinstance(value, tuple):
        return "[" + ", ".join(_literal(part) for part in value) + "]"
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, int):
        return str(value)
    return json.dumps(str(value), ensure_ascii=False)  # a TOML basic string, too
