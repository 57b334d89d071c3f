"""
What a server is made of: its database, certificates, keys and media plane.

``build`` is the only place that chooses and makes them; ``Server`` runs them.
"""

import secrets
from pathlib import Path

from conference.errors import InfrastructureError
from conference.rooms.state import RoomLimits
from conference.service.conference import Conference, Limits, Stores
from conference.service.tokens import KEY_BYTES, InvitationTokens
from conference.storage.accounts import Accounts
from conference.storage.chat import Chat
from conference.storage.database import Database, sqlite_url
from conference.storage.rooms import Rooms
from signaling.data_dir import INVITATION_KEY, DataDirLock
from signaling.files import private_directory, write_private
from signaling.http.client import ClientFiles
from signaling.namespaces.hub import Hub
from signaling.server import PlaneFactory, Server
from signaling.settings import Settings
from signaling.trust import hosts
from signaling.trust.store import OwnTrust, SiteTrust, Trust

SQLITE_FILE = "pavilion.sqlite3"


def build(
    settings: Settings,
    *,
    plane: PlaneFactory | None = None,
    client: Path | None = None,
) -> Server:
    """
    Return a server that is not started yet.

    Args:
        settings: The effective settings. Port 0 means any free port.
        plane: Makes the media plane; the real one unless given.
        client: Directory of the built web client; found unless given.

    Raises:
        InfrastructureError: The data directory is in use by another server, or
            something in it cannot be used.
    """
    lock = DataDirLock(settings.data_dir)
    try:
        files = ClientFiles(client)
        trust = trust_of(settings)
        database = open_database(settings)
        hub = Hub()
        media = (plane or _real_plane(settings))(
            lambda event: conference.on_media(event)
        )
        rooms = Rooms(database)
        conference = Conference(
            stores=Stores(rooms, rooms, Chat(database), Accounts(database)),
            media=media,
            outbox=hub,
            tokens=InvitationTokens(_invitation_key(settings.data_dir)),
            limits=Limits(
                rooms=settings.limits.rooms,
                room=RoomLimits(max_seats=settings.limits.participants_per_room),
            ),
        )
        return Server(
            settings,
            lock=lock,
            database=database,
            plane=media,
            hub=hub,
            conference=conference,
            trust=trust,
            client=files,
        )
    except BaseException:
        lock.close()
        raise


def _real_plane(settings: Settings) -> PlaneFactory:
    from conference.sfu.limits import BitrateLimits
    from conference.transport.plane import Plane, PlaneConfig

    media = settings.media
    config = PlaneConfig(
        port=media.port,
        bind=str(media.bind),
        addresses=tuple(str(address) for address in media.addresses),
        tcp=media.tcp,
        limits=BitrateLimits(
            participant_bps=_bps(settings.limits.participant_kbps),
            room_bps=_bps(settings.limits.room_kbps),
            server_bps=_bps(settings.limits.server_kbps),
        ),
    )
    return lambda on_event: Plane(config, on_event)


def _bps(kbps: int) -> float | None:
    """Return a limit in bits a second; 0 means that there is none."""
    return kbps * 1000.0 if kbps else None


def open_database(settings: Settings) -> Database:
    """Return the database of the settings, not opened yet."""
    private_directory(settings.data_dir)
    url = settings.database.url
    return Database(url or sqlite_url(settings.data_dir.absolute() / SQLITE_FILE))


def trust_of(settings: Settings) -> Trust:
    """Return the operator's certificate, or the one of the site's authority."""
    own, key = settings.https.certificate, settings.https.key
    if own is not None and key is not None:
        return OwnTrust(own, key)

    def wanted() -> list[str]:
        names = hosts.names(settings.names)
        return [*names, *(str(address) for address in hosts.addresses())]

    return SiteTrust(private_directory(settings.data_dir) / "trust", wanted=wanted)


def _invitation_key(data_dir: Path) -> bytes:
    path = private_directory(data_dir) / INVITATION_KEY
    if not path.exists():
        write_private(path, secrets.token_bytes(KEY_BYTES))
    key = path.read_bytes()
    if len(key) != KEY_BYTES:
        raise InfrastructureError("key-broken", f"{path} is not an invitation key.")
    return key
