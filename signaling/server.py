"""
The running server: brings everything up, and down again.

``start`` brings it up in the order database → media → rooms → listeners, and ``stop``
takes it down in the opposite one. What it is made of is chosen in ``signaling.build``.
"""

import asyncio
import contextlib
import logging
import socket
import time
from collections.abc import Awaitable, Callable, Coroutine
from importlib.metadata import version as installed_version
from typing import Any, Protocol

from conference.contract.media import Event
from conference.contract.media_plane import MediaPlane
from conference.errors import ConferenceError, InfrastructureError
from conference.service.conference import Conference
from conference.storage.database import Database
from signaling.auth.arrivals import ArrivalLimits, Arrivals
from signaling.auth.proxies import Proxies
from signaling.auth.rates import Failures
from signaling.data_dir import DataDirLock, remember_address
from signaling.http.client import ClientFiles
from signaling.http.guard import Guards
from signaling.http.metrics import LoopLag, Measured, MetricsPage
from signaling.http.site import Site
from signaling.http.trust_page import TrustPage
from signaling.listen import Endpoint, listen
from signaling.log import watch_counts
from signaling.namespaces.admission import build_server
from signaling.namespaces.dispatcher import Context
from signaling.namespaces.hub import Hub
from signaling.refusals import database_refused, port_refused
from signaling.settings import Settings
from signaling.site_address import SiteAddress
from signaling.trust.store import Trust

log = logging.getLogger(__name__)

TRUST_CHECK_S = 60.0
# How often the host's names and addresses, and the operator's certificate, are
# checked. A changed address disconnects people anyway; a minute is soon enough.

FLUSH_S = 0.5  # for the notice that the server stops to reach the clients
CLEANUP_S = 1.0  # for the media legs to end
# Both stay, with the waits of ``signaling.listen``, below the 3 s of a clean stop.


class RunningMediaPlane(MediaPlane, Measured, Protocol):
    """A media plane with its start, stop and figures."""

    async def start(self) -> None:
        """Open its sockets."""
        ...

    async def close(self) -> None:
        """Close everything."""
        ...


PlaneFactory = Callable[[Callable[[Event], None]], RunningMediaPlane]


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


def version() -> str:
    """Return the version of this installation."""
    return installed_version("pavilion")


class Server:
    """All running parts, from ``start`` to ``stop``."""

    def __init__(
        self,
        settings: Settings,
        *,
        lock: DataDirLock,
        database: Database,
        plane: RunningMediaPlane,
        hub: Hub,
        conference: Conference,
        trust: Trust,
        client: ClientFiles,
    ) -> None:
        self.hub = hub
        self.conference = conference
        self.trust = trust
        self._settings = settings
        self._database = database
        self._plane = plane
        self._client = client
        self._proxies = Proxies(settings.proxy.networks, settings.proxy.address)
        self.address = SiteAddress(settings, trust, self._proxies)
        self._guards = Guards(exempt=self._proxies.trusts)
        self._trust_guards = Guards()
        self._failures = Failures()
        self._arrivals = Arrivals(
            ArrivalLimits(
                waiting=settings.limits.waiting_to_join,
                joins_at_once=settings.limits.joins_at_once,
            )
        )
        self._open = contextlib.AsyncExitStack()
        self._open.callback(lock.close)

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
        await opened(self._database, self._settings)
        self._open.push_async_callback(self._database.close)
        await self._start_plane()
        self._open.push_async_callback(_bounded, self._plane.close)
        await self.conference.start()
        self._open.push_async_callback(self.conference.stop)
        lag = LoopLag()
        await self._start_site(lag)
        if self._explains_trust:
            await self._start_trust_page()
        remember_address(self._settings.data_dir, self.address.urls()[0])
        self._keep_running(self._watch_trust(), "trust")
        self._keep_running(watch_counts(), "log counts")
        self._keep_running(lag.watch(), "loop lag")

    async def _start_plane(self) -> None:
        try:
            await self._plane.start()
        except (InfrastructureError, OSError) as error:
            cause = error.__cause__ if isinstance(error, ConferenceError) else error
            media = self._settings.media
            cause = cause or _udp_fault(media.port)
            if not isinstance(cause, OSError):
                raise
            protocol = "UDP"
            if isinstance(error, InfrastructureError) and error.code.startswith("tcp"):
                protocol = "TCP"
            raise port_refused(
                "media", str(media.bind), media.port, cause, protocol
            ) from error

    async def _start_site(self, lag: LoopLag) -> None:
        settings, address = self._settings, self.address
        site = Site(
            self.conference,
            self._guards,
            self._failures,
            self._proxies,
            self.trust,
            self._client,
            version=version(),
            trust_port=lambda: address.trust_port if self._explains_trust else 0,
            on_sign_out=self.hub.end_sign_in,
            clock=time.monotonic,
        )
        application = site.application()
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
            address.of_request,
        )
        sockets.attach(application)
        site.add_pages(application)
        self._open.push_async_callback(sockets.shutdown)
        address.https_port = await listen(
            application,
            Endpoint("https", str(settings.https.bind), settings.https.port),
            self._guards,
            self.trust.context,
            redirect=address.base_url,
            closing=self._open,
        )

    async def _start_trust_page(self) -> None:
        trust = self._settings.trust
        page = TrustPage(self.trust, self._trust_guards, self.address.base_url)
        self.address.trust_port = await listen(
            page.application(),
            Endpoint("trust", str(trust.bind), trust.port),
            self._trust_guards,
            self.trust.context,
            redirect=None,
            closing=self._open,
        )

    def _keep_running(self, work: Coroutine[Any, Any, None], name: str) -> None:
        task = asyncio.create_task(work, name=name)
        self._open.push_async_callback(_cancelled, task)

    @property
    def _explains_trust(self) -> bool:
        """Whether there is a page about the certificate: not for an operator's own."""
        return bool(self._settings.trust.port) and self.trust.authority is not None

    async def stop(self) -> None:
        """Notify all clients, flush the notices, and stop all parts."""
        log.debug("stopping: notifying all clients")
        self.hub.stopping = True
        await self.conference.stop()
        await self._flush()
        log.debug("stopping: closing everything")
        await self._open.aclose()

    async def _flush(self) -> None:
        """Wait until the last notices are written, but not long."""
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


def _udp_fault(port: int) -> OSError | None:
    """Return the error of binding a UDP port, when no address could bind it."""
    try:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
            probe.bind(("", port))
    except OSError as error:
        return error
    return None


async def _bounded(closing: Callable[[], Awaitable[None]]) -> None:
    """Close something within a bound, so that it cannot delay the shutdown."""
    try:
        async with asyncio.timeout(CLEANUP_S):
            await closing()
    except TimeoutError:
        log.warning("media did not close in %s s; stopping without it", CLEANUP_S)


async def _cancelled(task: asyncio.Task[None]) -> None:
    task.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await task
