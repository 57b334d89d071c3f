"""
The composition root: the only place that builds everything.

``build`` makes a ``Server`` from settings; ``start`` brings it up in the order
trust → database → rooms → media → listeners, and ``stop`` takes it down in the
opposite one.
"""

import asyncio
import contextlib
import errno
import logging
import secrets
import socket
import time
from collections.abc import Awaitable, Callable
from importlib.metadata import version as installed_version
from pathlib import Path
from typing import Protocol
from urllib.parse import urlsplit

from aiohttp import web

from conference.contract.media import Event
from conference.contract.media_plane import MediaPlane
from conference.errors import ConferenceError, InfrastructureError
from conference.rooms.state import RoomLimits
from conference.service.conference import Conference, Limits, Stores
from conference.service.tokens import KEY_BYTES, InvitationTokens
from conference.storage.accounts import Accounts
from conference.storage.chat import Chat
from conference.storage.database import Database, sqlite_url
from conference.storage.rooms import Rooms
from signaling.addresses import addresses, best_names, bracketed, matches
from signaling.auth.arrivals import ArrivalLimits, Arrivals
from signaling.auth.proxies import Proxies
from signaling.auth.rates import Failures
from signaling.data_dir import INVITATION_KEY, Hold, remember_address
from signaling.http.client import ClientFiles
from signaling.http.first_byte import Entrance
from signaling.http.guard import Guards
from signaling.http.metrics import LoopLag, Measured, MetricsPage
from signaling.http.site import Site
from signaling.http.tls import bound_receive_buffers
from signaling.http.trust_page import TrustPage
from signaling.log import watch_counts
from signaling.namespaces.admission import build_server
from signaling.namespaces.dispatcher import Context
from signaling.namespaces.hub import Hub
from signaling.refusals import database_refused, port_refused
from signaling.settings import Settings
from signaling.trust import hosts
from signaling.trust.store import (
    OwnTrust,
    SiteTrust,
    Trust,
    private_directory,
    write_private,
)

log = logging.getLogger(__name__)

TRUST_CHECK_S = 60.0
# How often the host's names and addresses, and the operator's certificate, are
# looked at. A changed address cuts people off anyway; a minute is soon enough.

KEEPALIVE_S = 15.0
FLUSH_S = 0.5  # for the word that the server stops to reach the clients
CLEANUP_S = 1.0  # for the media legs to end
HANDLERS_S = 0.5
# For requests to end, twice: aiohttp first waits for them, then cancels them and
# waits again. All these together stay below the 3 s of a clean stop.
BACKLOG = 1024  # two hundred joins at once, and as many pages
ACCEPTED_AT_ONCE = 8
# Connections taken before media gets its turn on the loop: a TLS handshake costs
# it about 1 ms. Fewer only delay a rush, which waits in the kernel meanwhile.

SQLITE_FILE = "pavilion.sqlite3"


class Plane(MediaPlane, Measured, Protocol):
    """A media plane with its life and its figures."""

    async def start(self) -> None:
        """Open its sockets."""
        ...

    async def close(self) -> None:
        """Close everything."""
        ...


PlaneFactory = Callable[[Callable[[Event], None]], Plane]


def version() -> str:
    """Return the version of this installation."""
    return installed_version("pavilion")


def open_database(settings: Settings) -> Database:
    """Return the database of the settings, not opened yet."""
    private_directory(settings.data_dir)
    url = settings.database.url
    return Database(url or sqlite_url(settings.data_dir.absolute() / SQLITE_FILE))


async def opened(database: Database, settings: Settings) -> None:
    """
    Open the database of the settings.

    Raises:
        InfrastructureError: It cannot be reached or used; the message says which
            one and why.
    """
    try:
        await database.open()
    except Exception as error:  # a driver's own errors come from here untranslated
        await database.close()
        raise database_refused(settings.database.url, error) from error


def build(
    settings: Settings,
    *,
    plane: PlaneFactory | None = None,
    client: Path | None = None,
) -> "Server":
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
    hold = Hold(settings.data_dir)
    try:
        files = ClientFiles(client)
        return Server(settings, plane or _real_plane(settings), files, hold)
    except BaseException:
        hold.close()
        raise


def _real_plane(settings: Settings) -> PlaneFactory:
    from conference.sfu.limits import BitrateLimits
    from conference.transport.plane import Plane as UdpPlane
    from conference.transport.plane import PlaneConfig

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
    return lambda on_event: UdpPlane(config, on_event)


def _bps(kbps: int) -> float | None:
    """Return a limit in bits a second; 0 means that there is none."""
    return kbps * 1000.0 if kbps else None


class Server:
    """Everything that runs, from ``start`` to ``stop``."""

    def __init__(
        self,
        settings: Settings,
        plane: PlaneFactory,
        client: ClientFiles,
        hold: Hold,
    ) -> None:
        self._settings = settings
        self._proxies = Proxies(settings.proxy.networks, settings.proxy.address)
        self._guards = Guards(exempt=self._proxies.trusts)
        self._trust_guards = Guards()
        self._failures = Failures()
        self._client = client
        self._open = contextlib.AsyncExitStack()
        self._open.callback(hold.close)
        self.hub = Hub()
        self._arrivals = Arrivals(
            ArrivalLimits(
                waiting=settings.limits.waiting_at_door,
                joins_at_once=settings.limits.joins_at_once,
            )
        )
        self.https_port = settings.https.port
        self.trust_port = settings.trust.port
        self.trust = trust_of(settings)
        self._database = open_database(settings)
        rooms = Rooms(self._database)
        self._plane = plane(lambda event: self.conference.on_media(event))
        self.conference = Conference(
            stores=Stores(rooms, rooms, Chat(self._database), Accounts(self._database)),
            media=self._plane,
            outbox=self.hub,
            tokens=InvitationTokens(_invitation_key(settings.data_dir)),
            limits=Limits(
                rooms=settings.limits.rooms,
                room=RoomLimits(max_seats=settings.limits.participants_per_room),
            ),
        )

    async def start(self) -> None:
        """
        Bring everything up.

        Raises:
            InfrastructureError: A port is taken, or the database cannot be used;
                nothing is left running.
        """
        try:
            await self._start()
        except BaseException:
            await self._open.aclose()
            raise

    async def _start(self) -> None:
        settings = self._settings
        await opened(self._database, settings)
        self._open.push_async_callback(self._database.close)
        try:
            await self._plane.start()
        except (InfrastructureError, OSError) as error:
            cause = error.__cause__ if isinstance(error, ConferenceError) else error
            media = settings.media
            cause = cause or _udp_fault(media.port)
            if not isinstance(cause, OSError):
                raise
            protocol = "UDP"
            if isinstance(error, InfrastructureError) and error.code.startswith("tcp"):
                protocol = "TCP"
            raise port_refused(
                "media", str(media.bind), media.port, cause, protocol
            ) from error
        self._open.push_async_callback(_bounded, self._plane.close)
        await self.conference.start()
        self._open.push_async_callback(self.conference.stop)
        site = Site(
            self.conference,
            self._guards,
            self._failures,
            self._proxies,
            self.trust,
            self._client,
            version=version(),
            trust_port=lambda: self.trust_port if self._explains_trust else 0,
            on_sign_out=self.hub.end_sign_in,
            clock=time.monotonic,
        )
        application = site.application()
        lag = LoopLag()
        metrics = MetricsPage(
            self._plane,
            lag,
            self.hub.endings.counts,
            networks=settings.metrics.networks,
            token=settings.metrics.token,
            proxies=self._proxies,
        )
        application.router.add_get("/metrics", metrics.show)
        sockets = build_server(
            Context(self.conference, self.hub, self._arrivals),
            self._guards,
            self._failures,
            self._proxies,
            self._base_url_of,
        )
        sockets.attach(application)
        site.add_pages(application)
        self._open.push_async_callback(sockets.shutdown)
        self.https_port = await self._listen(
            application,
            self._guards,
            ("https", str(settings.https.bind), settings.https.port),
        )
        if self._explains_trust:
            page = TrustPage(self.trust, self._trust_guards, self.base_url)
            self.trust_port = await self._listen(
                page.application(),
                self._trust_guards,
                ("trust", str(settings.trust.bind), settings.trust.port),
            )
        remember_address(settings.data_dir, self.urls()[0])
        watch = asyncio.create_task(self._watch_trust(), name="trust")
        self._open.push_async_callback(_cancelled, watch)
        watch = asyncio.create_task(watch_counts(), name="log counts")
        self._open.push_async_callback(_cancelled, watch)
        watch = asyncio.create_task(lag.watch(), name="loop lag")
        self._open.push_async_callback(_cancelled, watch)

    @property
    def _explains_trust(self) -> bool:
        """Whether there is a page about the certificate: not for an operator's own."""
        return bool(self._settings.trust.port) and self.trust.authority is not None

    async def stop(self) -> None:
        """Tell everybody, let the word out, and take everything down."""
        log.debug("stopping: telling everybody")
        self.hub.stopping = True
        await self.conference.stop()
        await self._flush()
        log.debug("stopping: closing everything")
        await self._open.aclose()

    def base_url(self, host: str) -> str:
        """
        Return the address that links begin with.

        The Host header of whoever asks is believed only when the certificate is
        for it: a link to another name would warn, or lead elsewhere.
        """
        name = None
        with contextlib.suppress(ValueError):
            name = urlsplit(f"//{host}").hostname
        if name and any(matches(pattern, name) for pattern in self.trust.names):
            return f"https://{host}"
        return self.urls()[0]

    def _base_url_of(self, request: web.Request) -> str:
        """Return the address that links begin with which are asked for here."""
        forwarded = self._proxies.forwarded(request.remote, request.headers)
        found = self._proxies.public or forwarded
        return found or self.base_url(request.headers.get("Host", ""))

    def urls(self) -> list[str]:
        """Return the addresses to open, the best first."""
        return addresses(self._settings, self.trust, self.https_port)

    def trust_url(self) -> str:
        """Return the address of the page about the certificate."""
        name = best_names(self._settings, self.trust)[0]
        return f"http://{bracketed(name)}:{self.trust_port}"

    async def _listen(
        self,
        application: web.Application,
        guards: Guards,
        where: tuple[str, str, int],
    ) -> int:
        """Serve an application; return the port."""
        section, bind, port = where
        runner = web.AppRunner(
            application,
            access_log=None,
            keepalive_timeout=KEEPALIVE_S,
            lingering_time=2.0,
            shutdown_timeout=HANDLERS_S,
            auto_decompress=False,  # no body of ours is compressed (``read_json``)
        )
        await runner.setup()
        self._open.push_async_callback(runner.cleanup)
        assert runner.server is not None
        bound_receive_buffers()
        try:
            listening = _listening_socket(bind, port)
        except OSError as error:
            raise port_refused(section, bind, port, error) from error
        entrance = Entrance(
            guards,
            guards.factory(runner.server),
            self.trust.context,
            redirect=self.base_url if section == "https" else None,
        )
        server = await asyncio.get_running_loop().create_server(
            entrance.factory, sock=listening, backlog=ACCEPTED_AT_ONCE
        )
        # asyncio takes one number for both; the kernel's queue shall be long.
        listening.listen(BACKLOG)
        self._open.callback(guards.close_all)
        self._open.callback(entrance.close_all)
        self._open.callback(server.close)
        bound: int = listening.getsockname()[1]
        return bound

    async def _flush(self) -> None:
        """Wait until the last words are written, but not long."""
        end = time.monotonic() + FLUSH_S
        while self.hub.unsent() and time.monotonic() < end:
            await asyncio.sleep(0.02)

    async def _watch_trust(self) -> None:
        while True:
            await asyncio.sleep(TRUST_CHECK_S)
            try:
                if await asyncio.to_thread(self.trust.refresh):
                    log.info("the certificate was renewed; nobody was disconnected")
            except (InfrastructureError, OSError):
                log.exception("the certificate could not be renewed; the old one stays")


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


def _udp_fault(port: int) -> OSError | None:
    """Return what the kernel says to a UDP port, once no address could have it."""
    try:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
            probe.bind(("", port))
    except OSError as error:
        return error
    return None


def _listening_socket(bind: str, port: int) -> socket.socket:
    if bind == "::":
        if socket.has_dualstack_ipv6():
            try:
                return socket.create_server(
                    (bind, port),
                    family=socket.AF_INET6,
                    dualstack_ipv6=True,
                    backlog=BACKLOG,
                )
            except OSError as error:
                if error.errno not in (errno.EAFNOSUPPORT, errno.EADDRNOTAVAIL):
                    raise  # else: a kernel booted without IPv6
        bind = "0.0.0.0"  # noqa: S104 - every address is what :: means
    family = socket.AF_INET6 if ":" in bind else socket.AF_INET
    return socket.create_server((bind, port), family=family, backlog=BACKLOG)


async def _bounded(closing: Callable[[], Awaitable[None]]) -> None:
    """Close something, but never let it hold up a stop or the steps after it."""
    try:
        async with asyncio.timeout(CLEANUP_S):
            await closing()
    except TimeoutError:
        log.warning("media did not close in %s s; stopping without it", CLEANUP_S)


async def _cancelled(task: asyncio.Task[None]) -> None:
    task.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await task
