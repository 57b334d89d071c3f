"""
Settings: flags over ``PAVILION_*`` variables over a TOML file over defaults.

The models below are the one description of every setting: they validate, they
name the variables, and ``sample`` writes deploy/pavilion.sample.toml from them.
What nobody knows (a key or a variable) is refused by its name, which is why the
variables are read here: a library that reads them ignores those it does not know.
"""

import json
import os
import textwrap
import tomllib
from collections.abc import Iterator, Mapping
from ipaddress import IPv4Network, IPv6Network
from pathlib import Path
from typing import Annotated, Any, Literal, get_origin
from urllib.parse import urlsplit

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    IPvAnyAddress,
    IPvAnyNetwork,
    ValidationError,
)
from pydantic.fields import FieldInfo

from conference.errors import UserError
from signaling.auth.origin import origin_of
from signaling.trust.hosts import is_name

PREFIX = "PAVILION_"
CONFIG_VARIABLE = "PAVILION_CONFIG"
DATA_DIR = Path("data")
FOR_TESTS = "PAVILION_TEST_"  # of the test run; a server started by it ignores them


class SettingsError(UserError):
    """The settings cannot be used; the message names the one at fault."""

    def __init__(self, message: str) -> None:
        super().__init__("settings", message)


def _host_name(text: str) -> str:
    if not is_name(text.lower()):
        raise ValueError("it must be a host name")
    return text.lower()


def _postgres_url(text: str) -> str:
    if not text.startswith(("postgresql://", "postgresql+asyncpg://")):
        raise ValueError("it must begin with postgresql://")
    try:
        _ = urlsplit(text).port
    except ValueError:
        raise ValueError("its port must be a number up to 65535") from None
    return text


def _public_address(text: str) -> str:
    origin = origin_of(text.rstrip("/"))
    if origin is None or not origin.startswith("https://"):
        raise ValueError("it must be an address such as https://conference.example.lan")
    return origin


HostName = Annotated[str, AfterValidator(_host_name)]
Port = Annotated[int, Field(ge=0, le=65535)]


class Section(BaseModel):
    """A group of settings."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Https(Section):
    """The site and the Socket.IO connection."""

    port: Port = Field(8443, description="TCP port of the site.")
    bind: IPvAnyAddress | Literal["::"] = Field(
        "::",
        description="Address to listen on. :: is every address, IPv4 included.",
    )
    certificate: Path | None = Field(
        None,
        description="Your own certificate chain (PEM), instead of the site CA's. "
        "Loaded again when the file changes.",
    )
    key: Path | None = Field(None, description="The key of your own certificate (PEM).")


class Media(Section):
    """The media port."""

    port: Port = Field(8444, description="UDP and TCP port of all media.")
    bind: IPvAnyAddress | Literal["::"] = Field(
        "::", description="Address to listen on. :: is every address, IPv4 included."
    )
    addresses: tuple[IPvAnyAddress, ...] = Field(
        (),
        description="Addresses told to browsers. Empty: every address of this host.",
    )
    tcp: bool = Field(
        True,
        description="Whether media comes over TCP where a network drops UDP.",
    )


class TrustPage(Section):
    """The plain page that explains how to trust the site CA."""

    port: Port = Field(8080, description="TCP port of the page. 0: no such page.")
    bind: IPvAnyAddress | Literal["::"] = Field(
        "::", description="Address to listen on. :: is every address, IPv4 included."
    )


class ProxySettings(Section):
    """A reverse proxy before the site; see docs/operations.md."""

    address: Annotated[str, AfterValidator(_public_address)] | None = Field(
        None,
        description="The address that people open, as https://conference.example.lan: "
        "links point there, and its pages may connect.",
    )
    networks: tuple[IPvAnyNetwork, ...] = Field(
        (),
        description="Networks of trusted proxies. X-Forwarded-For, -Host and -Proto "
        "count on connections from these alone.",
    )


class DatabaseSettings(Section):
    """Where rooms, seats, chat and accounts are kept."""

    url: Annotated[str, AfterValidator(_postgres_url)] | None = Field(
        None,
        description="A PostgreSQL URL, as postgresql://user:password@host/name. "
        "Without one, SQLite in the data directory.",
    )


class LimitSettings(Section):
    """What the server holds."""

    rooms: int = Field(1000, ge=1, description="Rooms that have not been closed.")
    participants_per_room: int = Field(
        500, ge=2, description="Seats in one room, kept ones included."
    )
    waiting_at_door: int = Field(
        100,
        ge=1,
        description="Connections that may wait at a room's door, for each link and "
        "network address. When one more comes, the one that has waited longest is "
        "ended; a page connects again by itself.",
    )
    joins_at_once: int = Field(
        20,
        ge=1,
        description="People who may enter at once by one link from one network "
        "address; after them one a second. Five times as many by one link from all "
        "addresses together.",
    )
    participant_kbps: int = Field(
        0,
        ge=0,
        description="Media sent to one participant, in kbit/s. Pictures become "
        "smaller before anything is left out; voices always come. 0: no limit.",
    )
    room_kbps: int = Field(
        0,
        ge=0,
        description="Media sent to all participants of one room together, in kbit/s; "
        "shared out evenly, and what one does not need goes to the others. 0: no "
        "limit.",
    )
    server_kbps: int = Field(
        0,
        ge=0,
        description="Media sent to everybody together, in kbit/s, shared out among "
        "all in the same way. 0: no limit.",
    )


class Metrics(Section):
    """Figures for Prometheus, at /metrics of the site."""

    networks: tuple[IPvAnyNetwork, ...] = Field(
        (IPv4Network("127.0.0.0/8"), IPv6Network("::1/128")),
        description="Networks from which anybody may read them; to others the page "
        "does not exist. Empty: only with the token.",
    )
    token: Annotated[str, Field(min_length=16, max_length=256)] | None = Field(
        None,
        description="Lets a scraper from anywhere read them: Authorization: Bearer "
        "<token>. At least 16 characters.",
    )


class Log(Section):
    """What is written to standard error."""

    level: Literal["debug", "info", "warning", "error"] = Field(
        "info", description="The least weight that is written."
    )
    format: Literal["text", "json"] = Field(
        "text", description="text for people, json for a collector."
    )


class Settings(Section):
    """Everything that can be set."""

    data_dir: Path = Field(
        DATA_DIR,
        description="Directory of the database, keys and certificates. Made at the "
        "first start, readable by its owner alone.",
    )
    names: tuple[HostName, ...] = Field(
        (),
        description="Names by which people open the site, the best first. The host's "
        "own name and addresses are added.",
    )
    https: Https = Https.model_construct()
    media: Media = Media.model_construct()
    trust: TrustPage = TrustPage.model_construct()
    proxy: ProxySettings = ProxySettings.model_construct()
    database: DatabaseSettings = DatabaseSettings.model_construct()
    limits: LimitSettings = LimitSettings.model_construct()
    metrics: Metrics = Metrics.model_construct()
    log: Log = Log.model_construct()


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
        raise SettingsError(_fault(error, from_flags, from_variables, config)) from None
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


def fields(
    model: type[BaseModel] = Settings, path: tuple[str, ...] = ()
) -> Iterator[tuple[tuple[str, ...], FieldInfo]]:
    """Yield every setting with its path."""
    for name, info in model.model_fields.items():
        kind = info.annotation
        if isinstance(kind, type) and issubclass(kind, Section):
            yield from fields(kind, (*path, name))
        else:
            yield (*path, name), info


def variable(path: tuple[str, ...]) -> str:
    """Return the environment variable of a setting."""
    return PREFIX + "_".join(path).upper()


def sample() -> str:
    """Return a TOML file with every key, its default and what it is for."""
    lines = [
        "# Settings of Pavilion. Every key is shown with its default; remove the #",
        "# of those you change. A variable or a flag of the same setting wins.",
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


def _fault(
    error: ValidationError,
    from_flags: dict[str, Any],
    from_variables: dict[str, Any],
    config: Path | None,
) -> str:
    first = error.errors(include_url=False)[0]
    # Parts that are no names come from the branches of a union: not for people.
    known = {name for path, _ in fields() for name in path}
    place = [str(part) for part in first["loc"]]
    named = [
        part for part in place if part in known or first["type"] == "extra_forbidden"
    ]
    key = ".".join(named) or ".".join(place)
    if first["type"] == "extra_forbidden":  # flags and variables have been checked
        return f"There is no setting {key} in the file {config}."
    what = _plainly(first["type"], first.get("ctx", {}), first["msg"])
    if _has(from_flags, named):
        flag = FLAGS.get(key, key.replace(".", "-").replace("_", "-"))
        subject = f"The flag --{flag}"
    elif _has(from_variables, named):
        subject = f"The variable {variable(tuple(named))}"
    else:
        subject = f"The setting {key} in the file {config}"
    shown = "" if key == "database.url" else f" (it is {first['input']!r})"
    return f"{subject} is wrong: {what}{shown}."


FLAGS = {
    "names": "name",
    "media.addresses": "media-address",
    "https.certificate": "certificate",
    "https.key": "key",
    "database.url": "database",
}
"""Flags that are not called like their setting."""


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
