"""
The media plane: legs on one UDP port, driving the packet plane.

Turns descriptions into legs, packets into router calls, and the router's
outputs into datagrams and events. All decisions are the router's; all copies
are the fan-out's. Implements ``conference.contract.media_plane.MediaPlane``.
"""

import asyncio
import logging
import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass

from conference.contract import media as m
from conference.contract.words import Leg
from conference.errors import Refused
from conference.fanout.contract import FanoutFactory, ViewerKey, ViewerKeys
from conference.fanout.engines import DEFAULT_ENGINE
from conference.fanout.formats import SlotFormat, ViewerFormat
from conference.ids import ParticipantId, RoomId
from conference.rtp import ntp
from conference.rtp.errors import MalformedPacket
from conference.sdp import publish as publish_sdp
from conference.sdp import slots as slots_sdp
from conference.sdp.reader import BadDescription, Description, read
from conference.sdp.writer import Local
from conference.sfu.figures import RoomFigures
from conference.sfu.limits import NO_LIMITS, BitrateLimits
from conference.sfu.router import Router
from conference.transport.dtls import DtlsLeg, ServerCertificate
from conference.transport.ice import CONSENT_S, IceLite, Route
from conference.transport.sockets import addresses
from conference.transport.sockets.mux import Mux

log = logging.getLogger(__name__)

CONSENT_CHECK_S = 1.0
PACING_GRAIN_S = 0.005
"""Between two looks at paced packets. Shorter: more wake-ups; longer: bursts that a
thin link's queue feels."""
ANSWER_S = 60.0
"""How long an offer waits for its answer before its transport is closed."""


@dataclass(frozen=True, slots=True)
class PlaneConfig:
    """Where media is received."""

    port: int = 8444
    """UDP and TCP port; 0 lets the system choose one."""
    bind: str = "::"
    """``::`` for all addresses of the host, or one address."""
    addresses: tuple[str, ...] = ()
    """Addresses to advertise to browsers; empty for all of the host."""
    tcp: bool = True
    """Whether browsers may come over TCP where UDP is dropped."""
    limits: BitrateLimits = NO_LIMITS
    """What is sent at most."""
    fanout: FanoutFactory = DEFAULT_ENGINE
    """Makes the engine that copies packets."""


class _Leg:
    """One peer connection of one participant."""

    def __init__(
        self, room: RoomId, participant: ParticipantId, leg: Leg, ice: IceLite
    ) -> None:
        self.room = room
        self.participant = participant
        self.leg = leg
        self.ice = ice
        self.session = secrets.randbits(48)
        self.version = 1
        self.opened_at = 0.0
        self.connected = False
        self.remote_ufrag = ""
        self.remote_session = ""
        self.fingerprints: tuple[tuple[str, str], ...] = ()
        self.budget_bytes: int | None = None
        """What it may still send; None: anything."""
        self.slots: list[SlotFormat] = []
        self.fmt = ViewerFormat(frozenset())
        self.viewer: ViewerKey | None = None
        self.dtls: DtlsLeg | None = None
        self.task: asyncio.Task[None] | None = None

    def continues(self, offer: Description) -> bool:
        """Whether an offer is of the peer connection that this leg belongs to."""
        return (
            self.remote_session == offer.session
            and self.fingerprints == offer.fingerprints
        )


def _credentials() -> tuple[str, str]:
    """Return a new user fragment and password (RFC 8839 §5.4)."""
    return secrets.token_hex(4), secrets.token_hex(16)


class Plane:
    """
    The media plane of this process.

    Args:
        config: Port and addresses.
        on_event: Called with each event, on the loop and outside of any command,
            but for the end of a replaced publish leg's tracks: that is told before
            ``publish`` returns, so that nobody takes the new tracks for ended.
    """

    def __init__(
        self, config: PlaneConfig, on_event: Callable[[m.Event], None]
    ) -> None:
        self._config = config
        self._on_event = on_event
        self._mux = Mux(config.port, config.bind, tcp=config.tcp, on_batch=self._pump)
        self._fanout = config.fanout(self._mux.demux.sockets, self._wake_pacing)
        wall_offset = time.time() + ntp.UNIX_EPOCH_S - time.monotonic()
        self._router = Router(
            self._fanout,
            secrets.randbits,
            wall_offset=wall_offset,
            limits=config.limits,
        )
        self._certificate: ServerCertificate | None = None
        self._legs: dict[tuple[ParticipantId, Leg], _Leg] = {}
        self._timer: asyncio.TimerHandle | None = None
        self._pacing: asyncio.TimerHandle | None = None
        self._consent: asyncio.TimerHandle | None = None
        self._malformed = 0
        self._dropped = 0
        self._leg_events: list[m.Event] = []
        self._pumping = False

    # Lifecycle

    async def start(self) -> None:
        """
        Open the port.

        Raises:
            InfrastructureError: it is taken.
        """
        self._certificate = ServerCertificate.generateCertificate()
        self._mux.open()
        self._plan_consent()

    async def close(self) -> None:
        """Close every leg and the port."""
        tasks = [leg.task for leg in self._legs.values() if leg.task is not None]
        for leg in list(self._legs.values()):
            self._close(leg)
        for timer in (self._timer, self._consent, self._pacing):
            if timer is not None:
                timer.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        self._mux.close()

    @property
    def port(self) -> int:
        """The media port in use."""
        return self._mux.port

    def legs(self, participant: ParticipantId) -> frozenset[Leg]:
        """Return the legs of a participant that are connected now."""
        return frozenset(
            leg
            for leg in Leg
            if (found := self._legs.get((participant, leg))) is not None
            and found.connected
        )

    def stats(self) -> dict[str, float]:
        """Return counters since the start, for the operator."""
        return {
            "legs": sum(leg.connected for leg in self._legs.values()),
            "packets_forwarded": self._fanout.forwarded,
            "packets_unsent": self._fanout.unsent,
            "packets_malformed": self._malformed,
            "packets_refused": self._dropped
            + sum(leg.dtls.dropped for leg in self._legs.values() if leg.dtls),
            **{f"datagrams_{name}": n for name, n in self._mux.demux.counts.items()},
        }

    def rooms(self) -> list[RoomFigures]:
        """Return what each room is doing, for the operator."""
        return self._router.figures()

    # Commands

    async def subscribe(self, command: m.Subscribe) -> m.SlotOffer:
        """Open or replace the subscribe leg of a viewer."""
        leg = self._open(command.room, command.viewer, Leg.SUBSCRIBE)
        leg.slots = self._router.plan_slots()
        sdp = slots_sdp.write_offer(self._local(leg), leg.slots)
        plans = tuple(m.SlotPlan(s.mid, s.kind, s.group) for s in leg.slots)
        return m.SlotOffer(sdp, plans)

    async def accept_answer(self, command: m.AcceptAnswer) -> None:
        """
        Take the viewer's answer and start its transport.

        Raises:
            BadDescription: the answer cannot be used.
            Refused: there is no offer that waits for it.
        """
        leg = self._legs.get((command.viewer, Leg.SUBSCRIBE))
        if leg is None or leg.task is not None:
            raise Refused("no-offer", "There is no open offer. Ask for a new one.")
        answer = read(command.sdp)
        if answer.setup != "active":
            raise BadDescription("must have setup:active")
        leg.fmt = slots_sdp.read_answer(answer, leg.slots)
        leg.viewer = self._router.subscribe(
            leg.room,
            leg.participant,
            leg.slots,
            leg.fmt,
            now=self._now(),
        )
        self._start(leg, answer)
        self._pump_soon()

    async def publish(self, command: m.Publish) -> m.PublishAnswer:
        """
        Open, replace, renegotiate or restart the publish leg of a participant.

        The same session with the same certificate is the same leg: keys and tracks
        go on. When its user fragment is another one than in its last offer and its
        last check, it looks for a new route, and is answered with new credentials
        (RFC 8839 §4.4.1.1.1).

        Raises:
            BadDescription: the offer cannot be used; the old leg goes on.
        """
        offer = read(command.sdp)
        if offer.setup not in ("actpass", "active"):
            raise BadDescription("must have setup:actpass or setup:active")
        sections = publish_sdp.read_offer(offer, command.tracks)
        tracks = publish_sdp.choose(sections, self._router.decodable(command.room))
        leg = self._legs.get((command.publisher, Leg.PUBLISH))
        if leg is not None and leg.continues(offer):
            leg.version += 1
            if offer.ice_ufrag not in (leg.remote_ufrag, leg.ice.remote_ufrag):
                self._mux.demux.restart(leg.ice, *_credentials())
            leg.remote_ufrag = offer.ice_ufrag
        else:
            leg = self._open(command.room, command.publisher, Leg.PUBLISH)
            leg.remote_ufrag = offer.ice_ufrag
            leg.remote_session = offer.session
            leg.fingerprints = offer.fingerprints
            leg.budget_bytes = command.budget_bytes
            # The end of the old leg's tracks is told before the new ones are known.
            self._pump()
        self._router.publish(command.room, command.publisher, tracks, now=self._now())
        if leg.task is None:
            self._start(leg, offer)
        self._pump_soon()
        return m.PublishAnswer(
            publish_sdp.write_answer(self._local(leg), offer, tracks)
        )

    def apply(self, command: m.Command) -> None:
        """Apply a command that has no result; unknown participants are ignored."""
        self._router.apply(command, now=self._now())
        if isinstance(command, m.CloseLegs):
            self._close_legs(lambda leg: leg.participant == command.participant)
        elif isinstance(command, m.CloseRoom):
            self._close_legs(lambda leg: leg.room == command.room)
        self._pump_soon()

    # Legs

    def _open(self, room: RoomId, participant: ParticipantId, kind: Leg) -> _Leg:
        old = self._legs.get((participant, kind))
        if old is not None:
            self._close(old)
        ice = IceLite(*_credentials(), lambda route: self._on_selected(leg, route))
        leg = _Leg(room, participant, kind, ice)
        leg.opened_at = self._now()
        self._legs[participant, kind] = leg
        self._mux.demux.add(ice)
        return leg

    def _local(self, leg: _Leg) -> Local:
        assert self._certificate is not None
        return Local(
            session=leg.session,
            version=leg.version,
            ice_ufrag=leg.ice.ufrag,
            ice_pwd=leg.ice.pwd,
            fingerprint=self._certificate.fingerprint,
            addresses=self._config.addresses or addresses.advertised(self._mux.bound),
            port=self._mux.port,
            tcp=self._config.tcp,
        )

    def _start(self, leg: _Leg, remote: Description) -> None:
        assert self._certificate is not None
        leg.dtls = DtlsLeg(
            leg.ice,
            self._certificate,
            lambda packet, rtcp: self._on_packet(leg, packet, rtcp),
            takes_rtp=leg.leg is Leg.PUBLISH,
        )
        leg.task = asyncio.create_task(self._run(leg, leg.dtls, remote.fingerprints))

    async def _run(
        self, leg: _Leg, dtls: DtlsLeg, fingerprints: tuple[tuple[str, str], ...]
    ) -> None:
        try:
            await dtls.run(fingerprints, lambda keys: self._on_connected(leg, keys))
        except Exception:
            # A leg that breaks ends alone; the room goes on.
            log.exception("a %s leg failed", leg.leg.value)
        self._close(leg)

    def _on_connected(self, leg: _Leg, keys: ViewerKeys) -> None:
        if self._legs.get((leg.participant, leg.leg)) is not leg:
            return
        leg.connected = True
        if leg.viewer is not None and leg.ice.selected is not None:
            self._fanout.open_viewer(
                leg.viewer,
                keys,
                leg.ice.selected.destination,
                audio_transport_cc=leg.fmt.audio_transport_cc,
            )
            self._router.connected(leg.participant, now=self._now())
        self._leg_events.append(m.LegChanged(leg.room, leg.participant, leg.leg, True))
        self._pump_soon()

    def _on_selected(self, leg: _Leg, route: Route) -> None:
        if leg.viewer is not None:
            self._fanout.set_destination(leg.viewer, route.destination)

    def _close_legs(self, which: Callable[[_Leg], bool]) -> None:
        for leg in [leg for leg in self._legs.values() if which(leg)]:
            self._close(leg)

    def _close(self, leg: _Leg) -> None:
        if self._legs.get((leg.participant, leg.leg)) is not leg:
            return
        del self._legs[leg.participant, leg.leg]
        self._mux.demux.remove(leg.ice)
        if leg.leg is Leg.PUBLISH:
            self._router.unpublish(leg.participant, now=self._now())
        else:
            self._router.unsubscribe(leg.participant)
        if leg.dtls is not None:
            self._dropped += leg.dtls.dropped
        if leg.connected:
            leg.connected = False
            self._leg_events.append(
                m.LegChanged(leg.room, leg.participant, leg.leg, False)
            )
        self._pump_soon()

    def _plan_consent(self) -> None:
        loop = asyncio.get_running_loop()
        self._consent = loop.call_later(CONSENT_CHECK_S, self._check_consent)

    def _check_consent(self) -> None:
        self._plan_consent()
        now = self._now()
        for leg in list(self._legs.values()):
            checked = leg.ice.checked_at
            if (checked is not None and now - checked > CONSENT_S) or (
                leg.task is None and now - leg.opened_at > ANSWER_S
            ):
                self._close(leg)

    # Packets

    def _on_packet(self, leg: _Leg, packet: bytes, rtcp: bool) -> None:
        if leg.budget_bytes is not None:
            leg.budget_bytes -= len(packet)
            if leg.budget_bytes < 0:
                self._close(leg)
                return
        try:
            if rtcp:
                self._router.on_rtcp(leg.participant, leg.leg, packet, now=self._now())
            else:
                self._router.on_rtp(leg.participant, packet, now=self._now())
        except MalformedPacket:
            self._malformed += 1

    def _now(self) -> float:
        return time.monotonic()

    def _pump_soon(self) -> None:
        """Pump when the present command is over: its caller is not ready before."""
        if not self._pumping:
            self._pumping = True
            asyncio.get_running_loop().call_soon(self._pump)

    def _pump(self) -> None:
        """Send and tell what the router has, and arm the one timer."""
        self._pumping = False
        out, events = self._router.drain()
        events += self._leg_events
        self._leg_events = []
        for rtcp in out:
            leg = self._legs.get((rtcp.participant, rtcp.leg))
            if leg is not None and leg.dtls is not None and leg.connected:
                leg.dtls.send_rtcp(rtcp.data)
        for event in events:
            self._on_event(event)
        due = self._router.next_due
        timer = self._timer
        if due is None or (
            timer is not None and not timer.cancelled() and timer.when() <= due
        ):
            return
        if timer is not None:
            timer.cancel()
        self._timer = asyncio.get_running_loop().call_at(due, self._on_timer)

    def _wake_pacing(self, due: float) -> None:
        """Let paced packets go on at a time, or a little after it."""
        due = max(due, self._now() + PACING_GRAIN_S)
        if self._pacing is not None:
            if self._pacing.when() <= due:
                return
            self._pacing.cancel()
        self._pacing = asyncio.get_running_loop().call_at(due, self._on_pacing)

    def _on_pacing(self) -> None:
        self._pacing = None
        self._fanout.flush(now=self._now())

    def _on_timer(self) -> None:
        self._timer = None
        try:
            self._router.on_timeout(now=self._now())
        finally:
            self._pump()
