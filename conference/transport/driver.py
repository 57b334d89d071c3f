"""
Runs the packet plane in the event loop: feed, drain, send, arm one timer.

::

    datagrams, keys, routes ─► Driver ─► Router ─► RTCP to send, events, next due time
                                  ▲                      │
                                  └── timer, pacing ◄────┘

All decisions are the router's and all copies the fan-out's. The driver opens and
closes legs for both, because a leg ends in many places: by a command, by its browser,
by silence, or by a failure.
"""

import asyncio
import logging
import secrets
import time
from collections.abc import Callable
from itertools import count

from conference.contract import media
from conference.contract.words import Generation, LegKind, Negotiation
from conference.fanout.contract import FanoutFactory, ViewerKeys
from conference.ids import ParticipantId, RoomId
from conference.rtp import ntp
from conference.rtp.errors import MalformedPacket
from conference.sdp.reader import Description
from conference.sfu.limits import BitrateLimits
from conference.sfu.router import Router
from conference.transport.dtls import DtlsLeg, ServerCertificate
from conference.transport.ice import IceLite, Route
from conference.transport.legs import (
    Leg,
    Legs,
    LegStep,
    PublishLeg,
    SubscribeLeg,
    credentials,
)
from conference.transport.sockets.demux import Demux

log = logging.getLogger(__name__)

SILENCE_CHECK_S = 1.0
"""Between looks for silent legs. Longer: they end later; shorter: CPU for nothing."""
PACING_GRAIN_S = 0.005
"""Between two looks at paced packets. Shorter: more wake-ups; longer: bursts that a
thin link's queue feels."""


class Driver:
    """
    The legs, the router and the fan-out of one media port.

    Args:
        demux: Where transports are known by their user fragments and addresses.
        certificate: The server's, for all handshakes.
        engine: Makes the fan-out.
        limits: Bitrates that the operator set.
        on_event: Called with each event, never inside a command.
    """

    def __init__(
        self,
        demux: Demux,
        certificate: ServerCertificate,
        engine: FanoutFactory,
        limits: BitrateLimits,
        on_event: Callable[[media.Event], None],
    ) -> None:
        self.legs = Legs()
        self.fanout = engine(demux.sockets, self._wake_pacing)
        self.router = Router(
            self.fanout,
            secrets.randbits,
            wall_offset=time.time() + ntp.UNIX_EPOCH_S - time.monotonic(),
            limits=limits,
        )
        self.malformed = 0
        """Packets that could not be read."""
        self._refused = 0
        """Packets that legs refused that have ended."""
        self._demux = demux
        self._certificate = certificate
        self._on_event = on_event
        # Numbers grow over restarts of the media plane too, as long as the host's clock
        # is not set back between them.
        self._numbers = count(time.time_ns() // 1_000_000)
        self._closed = False
        self._delivering = False
        self._timer: asyncio.TimerHandle | None = None
        self._pacing: asyncio.TimerHandle | None = None
        self._silence: asyncio.TimerHandle | None = None

    def start(self) -> None:
        """Begin to look for silent legs."""
        loop = asyncio.get_running_loop()
        self._silence = loop.call_later(SILENCE_CHECK_S, self._on_silence)

    async def close(self) -> None:
        """Close every leg, and wait for their handshakes to end."""
        tasks = [leg.task for leg in self.legs if leg.task is not None]
        for leg in self.legs:
            self.close_leg(leg)
        await asyncio.gather(*tasks, return_exceptions=True)
        self.deliver()
        self._closed = True
        for timer in (self._timer, self._pacing, self._silence):
            if timer is not None:
                timer.cancel()

    @property
    def refused(self) -> int:
        """Packets that were not authentic, replayed, or could not be sent."""
        return self._refused + sum(leg.dropped for leg in self.legs)

    def now(self) -> float:
        """Return the time that everything here goes by."""
        return time.monotonic()

    # Legs

    def open_publish(self, room: RoomId, participant: ParticipantId) -> PublishLeg:
        """Open the publish leg of a participant; an older one is closed."""
        old = self.legs.publishing(participant)
        if old is not None:
            self.close_leg(old)
        ice = IceLite(*credentials(), lambda _route: None)
        leg = PublishLeg(room, participant, self._number(), ice, now=self.now())
        self.legs.add(leg)
        self._demux.add(ice)
        return leg

    def open_subscribe(self, room: RoomId, participant: ParticipantId) -> SubscribeLeg:
        """Open the subscribe leg of a participant; an older one is closed."""
        old = self.legs.subscribing(participant)
        if old is not None:
            self.close_leg(old)
        ice = IceLite(*credentials(), lambda route: self._on_route(leg, route))
        slots = self.router.plan_slots()
        leg = SubscribeLeg(
            room, participant, self._number(), ice, slots, now=self.now()
        )
        self.legs.add(leg)
        self._demux.add(ice)
        return leg

    def _number(self) -> Generation:
        return Generation(next(self._numbers))

    def negotiation(self) -> Negotiation:
        """Return the number of one more negotiation."""
        return Negotiation(next(self._numbers))

    def shake_hands(self, leg: Leg, remote: Description) -> None:
        """Begin the handshake of a leg; nothing happens when it has begun already."""
        if not leg.advance(LegStep.DESCRIBED):
            return
        leg.dtls = DtlsLeg(
            leg.ice,
            self._certificate,
            lambda packet, rtcp: self._on_packet(leg, packet, rtcp),
            takes_rtp=leg.kind is LegKind.PUBLISH,
        )
        leg.task = asyncio.create_task(self._run(leg, leg.dtls, remote.fingerprints))

    def restart(self, leg: Leg) -> None:
        """Give a leg new credentials, so that its browser can look for a new route."""
        self._demux.restart(leg.ice, *credentials())

    async def _run(
        self, leg: Leg, dtls: DtlsLeg, fingerprints: tuple[tuple[str, str], ...]
    ) -> None:
        try:
            await dtls.run(fingerprints, lambda keys: self._on_keys(leg, keys))
        except Exception:
            # A failed leg ends alone; the others of the room are not affected.
            log.exception("a %s leg failed", leg.kind.value)
        self.close_leg(leg)

    def _on_keys(self, leg: Leg, keys: ViewerKeys) -> None:
        if not leg.advance(LegStep.KEYED):
            return
        self._emit_leg(leg, connected=True)
        if isinstance(leg, SubscribeLeg):
            leg.keys = keys
            self._send_to(leg)

    def _on_route(self, leg: SubscribeLeg, route: Route) -> None:
        if leg.keys is not None:
            self._send_to(leg)
        elif leg.viewer is not None:
            self.fanout.set_destination(leg.viewer, route.destination)

    def _send_to(self, leg: SubscribeLeg) -> None:
        """
        Begin to send to a viewer, once its keys and its route are both known.

        A handshake may end without a route: the connection that it came over may
        have closed meanwhile, and the next check brings another one.
        """
        route = leg.ice.selected
        if route is None or leg.keys is None or leg.viewer is None:
            return
        self.fanout.open_viewer(
            leg.viewer,
            leg.keys,
            route.destination,
            audio_transport_cc=leg.fmt.audio_transport_cc,
        )
        leg.keys = None
        self.router.connected(leg.participant, now=self.now())
        self.deliver_soon()

    def close_leg(self, leg: Leg) -> None:
        """Close a leg; one that has ended already is left alone."""
        connected = leg.connected
        if not leg.advance(LegStep.ENDED):
            return
        self.legs.remove(leg)
        self._demux.remove(leg.ice)
        if leg.kind is LegKind.PUBLISH:
            self.router.unpublish(leg.participant, now=self.now())
        else:
            self.router.unsubscribe(leg.participant)
        self._refused += leg.dropped
        if connected:
            self._emit_leg(leg, connected=False)
        self.deliver_soon()

    def _emit_leg(self, leg: Leg, *, connected: bool) -> None:
        self.router.emit(
            media.LegChanged(
                leg.room, leg.participant, leg.generation, leg.kind, connected
            )
        )
        self.deliver_soon()

    def _on_silence(self) -> None:
        self.start()
        now = self.now()
        for leg in self.legs.matching(lambda leg: leg.overdue(now=now)):
            self.close_leg(leg)

    # Packets

    def _on_packet(self, leg: Leg, packet: bytes, rtcp: bool) -> None:
        if leg.budget_bytes is not None:
            leg.budget_bytes -= len(packet)
            if leg.budget_bytes < 0:
                self.close_leg(leg)
                return
        try:
            if rtcp:
                self.router.on_rtcp(leg.participant, leg.kind, packet, now=self.now())
            else:
                self.router.on_rtp(leg.participant, packet, now=self.now())
        except MalformedPacket:
            self.malformed += 1

    def deliver_soon(self) -> None:
        """
        Deliver outputs after the current command has returned.

        Its caller is not ready for events before.
        """
        if not self._delivering:
            self._delivering = True
            asyncio.get_running_loop().call_soon(self.deliver)

    def deliver(self) -> None:
        """Send and emit what the router has, and arm the one timer."""
        self._delivering = False
        if self._closed:
            return
        out, events = self.router.drain()
        for rtcp in out:
            leg = self.legs.find(rtcp.participant, rtcp.leg)
            if leg is not None and leg.dtls is not None and leg.connected:
                leg.dtls.send_rtcp(rtcp.data)
        for event in events:
            self._on_event(event)
        due = self.router.next_due
        timer = self._timer
        if due is None or (
            timer is not None and not timer.cancelled() and timer.when() <= due
        ):
            return
        if timer is not None:
            timer.cancel()
        self._timer = asyncio.get_running_loop().call_at(due, self._on_timer)

    def _on_timer(self) -> None:
        self._timer = None
        try:
            self.router.on_timeout(now=self.now())
        finally:
            self.deliver()

    def _wake_pacing(self, due: float) -> None:
        """Send waiting paced packets at a time, or up to ``PACING_GRAIN_S`` after it."""
        due = max(due, self.now() + PACING_GRAIN_S)
        if self._pacing is not None:
            if self._pacing.when() <= due:
                return
            self._pacing.cancel()
        self._pacing = asyncio.get_running_loop().call_at(due, self._on_pacing)

    def _on_pacing(self) -> None:
        self._pacing = None
        self.fanout.flush(now=self.now())
