"""
Reading the settings: flags over variables over a TOML file over defaults.

Unknown keys and ``PAVILION_*`` variables are refused by name. Libraries that read
variables ignore those they do not know, so they are read here.
"""

import os
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any, get_origin

from pydantic import ValidationError

from signaling.settings.models import PREFIX, Settings, fields, variable
from signaling.settings.refusals import SettingsError, fault

CONFIG_VARIABLE = "PAVILION_CONFIG"
FOR_TESTS = "PAVILION_TEST_"  # of the test run; a server started by it ignores them


def load(
    flags: Mapping[str, Any] | None = None,
    *,
    config: Path | None = None,
    environ: Mapping[str, str] = os.environ,
) -> Settings:
    """
    Return the effective settings.

    Args:
        flags: What the command line set, by dotted key; None values are unset.
        config: The TOML file; None: the one ``PAVILION_CONFIG`` names, if any.
        environ: The environment.

    Raises:
        SettingsError: Something is unknown or wrong; the message names it.
    """
    if config is None and CONFIG_VARIABLE in environ:
        config = Path(environ[CONFIG_VARIABLE])
    from_flags: dict[str, Any] = {}
    for key, value in (flags or {}).items():
        if value is not None:
            _put(from_flags, tuple(key.split(".")), value)
    from_file = {} if config is None else _read(config)
    from_variables = _from_variables(environ)
    merged: dict[str, Any] = {}
    for source in (from_file, from_variables, from_flags):
        merged = _merge(merged, source)
    try:
        settings = Settings.model_validate(merged)
    except ValidationError as error:
        raise SettingsError(fault(error, from_flags, from_variables, config)) from None
    if (settings.https.certificate is None) != (settings.https.key is None):
        raise SettingsError("https.certificate and https.key go together: set both.")
    site, page = settings.https, settings.trust
    shared = {str(site.bind), str(page.bind)}
    meet = len(shared) == 1 or bool(shared & {"::", "0.0.0.0"})  # noqa: S104
    if page.port and site.port == page.port and site.certificate is None and meet:
        raise SettingsError(
            f"The site and the page about the certificate cannot share port "
            f"{page.port}: change --https-port (setting https.port) or --trust-port "
            "(setting trust.port)."
        )
    return settings


def _from_variables(environ: Mapping[str, str]) -> dict[str, Any]:
    """Return what ``PAVILION_HTTPS_PORT=9443`` and its like set, nested."""
    known = {variable(path): (path, info) for path, info in fields()}
    found: dict[str, Any] = {}
    for name, text in environ.items():
        if not name.startswith(PREFIX) or name.startswith(FOR_TESTS):
            continue
        if name == CONFIG_VARIABLE:
            continue
        if name not in known:
            raise SettingsError(f"There is no setting for the variable {name}.")
        path, info = known[name]
        value: object = text
        if get_origin(info.annotation) is tuple:
            value = [part.strip() for part in text.split(",") if part.strip()]
        _put(found, path, value)
    return found


def _put(into: dict[str, Any], path: tuple[str, ...], value: object) -> None:
    for name in path[:-1]:
        into = into.setdefault(name, {})
    into[path[-1]] = value


def _merge(below: dict[str, Any], above: dict[str, Any]) -> dict[str, Any]:
    merged = dict(below)
    for key, value in above.items():
        known = merged.get(key)
        both = isinstance(known, dict) and isinstance(value, dict)
        merged[key] = _merge(known, value) if both else value  # type: ignore[arg-type]
    return merged


def _read(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise SettingsError(
            f"The settings file {path} cannot be read: {error.strerror}."
        ) from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise SettingsError(
            f"The settings file {path} is not valid TOML: {error}."
        ) from None
