"""
The media plane: the commands of the service, on one media port.

Turns commands into legs and router calls; descriptions are written and read by
``negotiation``, packets and timers are ``driver``'s. Implements
``conference.contract.media_plane.MediaPlane``.
"""

from collections.abc import Callable
from dataclasses import dataclass

from conference.contract import media
from conference.contract.figures import PlaneFigures
from conference.contract.words import LegKind
from conference.errors import Refused
from conference.fanout.contract import FanoutFactory
from conference.fanout.engines import DEFAULT_ENGINE
from conference.sfu.limits import NO_LIMITS, BitrateLimits
from conference.transport.driver import Driver
from conference.transport.dtls import ServerCertificate
from conference.transport.legs import LegState
from conference.transport.negotiation import Negotiation
from conference.transport.sockets import addresses
from conference.transport.sockets.demux import Demux
from conference.transport.sockets.mux import Mux


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


class Plane:
    """
    The media plane of this process.

    Args:
        config: Port and addresses.
        on_event: Called with each event, on the loop and never inside a command.
            An event of a leg that has been replaced may come after the command that
            replaced it, and is recognised by its generation.
    """

    def __init__(
        self, config: PlaneConfig, on_event: Callable[[media.Event], None]
    ) -> None:
        self._config = config
        self._demux = Demux()
        certificate = ServerCertificate.generateCertificate()
        self._driver = Driver(
            self._demux, certificate, config.fanout, config.limits, on_event
        )
        self._mux = Mux(
            config.port,
            config.bind,
            self._demux,
            tcp=config.tcp,
            on_batch=self._driver.deliver,
        )
        self._negotiation = Negotiation(
            certificate.fingerprint, self._advertised, tcp=config.tcp
        )

    def _advertised(self) -> tuple[tuple[str, ...], int]:
        bound = self._mux.bound
        return self._config.addresses or addresses.advertised(bound), self._mux.port

    async def start(self) -> None:
        """
        Open the port.

        Raises:
            InfrastructureError: it is taken.
        """
        self._mux.open()
        self._driver.start()

    async def close(self) -> None:
        """Close every leg and the port."""
        await self._driver.close()
        self._mux.close()

    @property
    def port(self) -> int:
        """The media port in use."""
        return self._mux.port

    async def figures(self) -> PlaneFigures:
        """Return what the media plane is doing, for the operator."""
        rooms = tuple(self._driver.router.figures())
        return PlaneFigures(self.counters(), rooms)

    def counters(self) -> dict[str, float]:
        """Return counters since the start, by name."""
        driver = self._driver
        return {
            "legs": sum(leg.connected for leg in driver.legs),
            "packets_forwarded": driver.fanout.forwarded,
            "packets_unsent": driver.fanout.unsent,
            "packets_malformed": driver.malformed,
            "packets_refused": driver.refused,
            **{f"datagrams_{name}": n for name, n in self._demux.counts.items()},
        }

    async def subscribe(self, command: media.Subscribe) -> media.SlotOffer:
        """Open or replace the subscribe leg of a viewer."""
        leg = self._driver.open_subscribe(command.room, command.viewer)
        plans = tuple(media.SlotPlan(s.mid, s.kind, s.group) for s in leg.slots)
        return media.SlotOffer(leg.generation, self._negotiation.slot_offer(leg), plans)

    async def accept_answer(self, command: media.AcceptAnswer) -> None:
        """
        Take the viewer's answer and start its transport.

        Raises:
            BadDescription: the answer cannot be used.
            Refused: there is no offer of this generation that waits for it.
        """
        driver, leg = self._driver, self._driver.legs.subscribing(command.viewer)
        if (
            leg is None
            or leg.generation != command.generation
            or leg.state is not LegState.OFFERED
        ):
            raise Refused("no-offer", "There is no open offer. Ask for a new one.")
        answer = self._negotiation.read_answer(leg, command.sdp)
        leg.viewer = driver.router.subscribe(
            leg.room,
            leg.participant,
            leg.generation,
            leg.slots,
            leg.fmt,
            now=driver.now(),
        )
        driver.shake_hands(leg, answer)
        driver.deliver_soon()

    async def publish(self, command: media.Publish) -> media.PublishAnswer:
        """
        Open, replace, renegotiate or restart the publish leg of a participant.

        The same session with the same certificate is the same leg: keys and tracks
        continue. When its user fragment is another one than in its last offer and its
        last check, it looks for a new route, and is answered with new credentials
        (RFC 8839 §4.4.1.1.1).

        Raises:
            BadDescription: the offer cannot be used; the old leg continues.
        """
        driver = self._driver
        decodable = driver.router.decodable(command.room)
        offer = self._negotiation.read_offer(command, decodable)
        leg = driver.legs.publishing(command.publisher)
        if leg is not None and leg.continues(offer.description):
            leg.version += 1
            fragment = offer.description.ice_ufrag
            if fragment not in (leg.remote_ufrag, leg.ice.remote_ufrag):
                driver.restart(leg)
        else:
            leg = driver.open_publish(command.room, command.publisher)
            leg.budget_bytes = command.budget_bytes
        leg.remember(offer.description)
        negotiation = driver.negotiation()
        driver.router.publish(
            command.room,
            command.publisher,
            leg.generation,
            negotiation,
            offer.tracks,
            now=driver.now(),
        )
        driver.shake_hands(leg, offer.description)
        driver.deliver_soon()
        sdp = self._negotiation.publish_answer(leg, offer)
        return media.PublishAnswer(leg.generation, negotiation, sdp)

    def apply(self, command: media.Command) -> None:
        """Apply a command that has no result; unknown participants are ignored."""
        driver = self._driver
        driver.router.apply(command, now=driver.now())
        match command:
            case media.CloseLegs(participant):
                for kind in LegKind:
                    leg = driver.legs.find(participant, kind)
                    if leg is not None:
                        driver.close_leg(leg)
            case media.CloseRoom(room):
                for leg in driver.legs.matching(lambda leg: leg.room == room):
                    driver.close_leg(leg)
            case _:
                pass
        driver.deliver_soon()
