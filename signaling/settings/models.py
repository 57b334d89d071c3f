"""
Every setting: the one description of it.

The models validate; the names of the variables, the flags of the command line and
deploy/pavilion.sample.toml are made from them.
"""

from collections.abc import Iterator
from ipaddress import IPv4Network, IPv6Network
from pathlib import Path
from typing import Annotated, Any, Literal
from urllib.parse import urlsplit

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    IPvAnyAddress,
    IPvAnyNetwork,
)
from pydantic.fields import FieldInfo

from signaling.auth.origin import origin_of
from signaling.trust.hosts import is_name

PREFIX = "PAVILION_"
DATA_DIR = Path("data")
FLAG = "flag"  # key of a field's metadata


def flag(name: str) -> dict[str, Any]:
    """Return metadata of a setting that has a flag on the command line."""
    return {FLAG: name}


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


class SettingsGroup(BaseModel):
    """A group of settings."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class HttpsSettings(SettingsGroup):
    """The site and the Socket.IO connection."""

    port: Port = Field(
        8443, description="TCP port of the site.", json_schema_extra=flag("https-port")
    )
    bind: IPvAnyAddress | Literal["::"] = Field(
        "::",
        description="Address that the site listens on. :: is every address, IPv4 "
        "included.",
        json_schema_extra=flag("https-bind"),
    )
    certificate: Path | None = Field(
        None,
        description="Your own certificate chain (PEM), instead of the site CA's. "
        "Loaded again when the file changes.",
        json_schema_extra=flag("certificate"),
    )
    key: Path | None = Field(
        None,
        description="The key of your own certificate (PEM).",
        json_schema_extra=flag("key"),
    )


class MediaSettings(SettingsGroup):
    """The media port."""

    port: Port = Field(
        8444,
        description="UDP and TCP port of all media.",
        json_schema_extra=flag("media-port"),
    )
    bind: IPvAnyAddress | Literal["::"] = Field(
        "::", description="Address to listen on. :: is every address, IPv4 included."
    )
    addresses: tuple[IPvAnyAddress, ...] = Field(
        (),
        description="Addresses that are advertised to browsers for media. Empty: every address of "
        "this host.",
        json_schema_extra=flag("media-address"),
    )
    tcp: bool = Field(
        True,
        description="Whether media may use TCP where a network drops UDP.",
    )


class TrustPageSettings(SettingsGroup):
    """The plain page that explains how to trust the site CA."""

    port: Port = Field(
        8080,
        description="TCP port of the trust page. 0: no such page.",
        json_schema_extra=flag("trust-port"),
    )
    bind: IPvAnyAddress | Literal["::"] = Field(
        "::", description="Address to listen on. :: is every address, IPv4 included."
    )


class ProxySettings(SettingsGroup):
    """A reverse proxy in front of the site; see docs/operations.md."""

    address: Annotated[str, AfterValidator(_public_address)] | None = Field(
        None,
        description="Public address of the site, such as https://conference.example.lan. "
        "Links point there, and its pages may connect.",
    )
    networks: tuple[IPvAnyNetwork, ...] = Field(
        (),
        description="Networks of trusted proxies. X-Forwarded-For, -Host and -Proto "
        "are used only on connections from them.",
    )


class DatabaseSettings(SettingsGroup):
    """Where rooms, seats, chat and accounts are kept."""

    url: Annotated[str, AfterValidator(_postgres_url)] | None = Field(
        None,
        description="A PostgreSQL URL, as postgresql://user:password@host/name. "
        "Without one, SQLite in the data directory.",
        json_schema_extra=flag("database"),
    )


class LimitSettings(SettingsGroup):
    """Limits of the server."""

    rooms: int = Field(1000, ge=1, description="Rooms that have not been closed.")
    participants_per_room: int = Field(
        500,
        ge=2,
        description="Seats in one room, including those kept for lost connections.",
    )
    waiting_to_join: int = Field(
        100,
        ge=1,
        description="Connections that may wait to join by one link from one network "
        "address. When there is one more, the oldest is closed; its page connects "
        "again automatically.",
    )
    joins_at_once: int = Field(
        20,
        ge=1,
        description="Participants who may join at once by one link from one network "
        "address; after them one per second. Five times as many by one link from all "
        "addresses together.",
    )
    participant_kbps: int = Field(
        0,
        ge=0,
        description="Limit of the media sent to one participant, in kbit/s. Video is "
        "reduced before it is left out; audio is always sent. 0: no limit.",
    )
    room_kbps: int = Field(
        0,
        ge=0,
        description="Limit of the media sent to all participants of one room, in "
        "kbit/s; divided evenly, and what one does not need goes to the others. 0: no "
        "limit.",
    )
    server_kbps: int = Field(
        0,
        ge=0,
        description="Limit of the media sent to all participants of the server, in "
        "kbit/s, divided in the same way. 0: no limit.",
    )


class MetricsSettings(SettingsGroup):
    """Figures for Prometheus, at /metrics of the site."""

    networks: tuple[IPvAnyNetwork, ...] = Field(
        (IPv4Network("127.0.0.0/8"), IPv6Network("::1/128")),
        description="Networks that may read the figures without the token; others get "
        "404. Empty: only with the token.",
    )
    token: Annotated[str, Field(min_length=16, max_length=256)] | None = Field(
        None,
        description="Token with which any address may read the figures: "
        "Authorization: Bearer <token>. At least 16 characters.",
    )


class LogSettings(SettingsGroup):
    """The log on standard error."""

    level: Literal["debug", "info", "warning", "error"] = Field(
        "info",
        description="Lowest level that is written: debug, info, warning or error.",
        json_schema_extra=flag("log-level"),
    )
    format: Literal["text", "json"] = Field(
        "text",
        description="text, or json for log collectors.",
        json_schema_extra=flag("log-format"),
    )


class Settings(SettingsGroup):
    """All settings."""

    data_dir: Path = Field(
        DATA_DIR,
        description="Directory of the database, keys and certificates. Made at the "
        "first start, readable by its owner alone.",
        json_schema_extra=flag("data-dir"),
    )
    names: tuple[HostName, ...] = Field(
        (),
        description="Host names of the site, the preferred one first. The host's own "
        "name and addresses are added.",
        json_schema_extra=flag("name"),
    )
    https: HttpsSettings = HttpsSettings.model_construct()
    media: MediaSettings = MediaSettings.model_construct()
    trust: TrustPageSettings = TrustPageSettings.model_construct()
    proxy: ProxySettings = ProxySettings.model_construct()
    database: DatabaseSettings = DatabaseSettings.model_construct()
    limits: LimitSettings = LimitSettings.model_construct()
    metrics: MetricsSettings = MetricsSettings.model_construct()
    log: LogSettings = LogSettings.model_construct()


def fields(
    model: type[BaseModel] = Settings, path: tuple[str, ...] = ()
) -> Iterator[tuple[tuple[str, ...], FieldInfo]]:
    """Yield every setting with its path."""
    for name, info in model.model_fields.items():
        kind = info.annotation
        if isinstance(kind, type) and issubclass(kind, SettingsGroup):
            yield from fields(kind, (*path, name))
        else:
            yield (*path, name), info


def variable(path: tuple[str, ...]) -> str:
    """Return the environment variable of a setting."""
    return PREFIX + "_".join(path).upper()


def flag_of(info: FieldInfo) -> str | None:
    """Return the flag of a setting, without its dashes; None: it has none."""
    extra = info.json_schema_extra
    if not isinstance(extra, dict):
        return None
    name = extra[FLAG]
    assert isinstance(name, str)
    return name
