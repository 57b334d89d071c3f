"""Session descriptions in and out: what a leg offers, accepts and answers."""

from collections.abc import Callable
from dataclasses import dataclass

from conference.contract.media import Publish
from conference.fanout.formats import TrackFormat
from conference.rtp.codecs import Codec
from conference.sdp import publish as publish_sdp
from conference.sdp import slots as slots_sdp
from conference.sdp.reader import BadDescription, Description, read
from conference.sdp.writer import Local
from conference.transport.legs import Leg, SubscribeLeg


@dataclass(frozen=True, slots=True)
class PublishOffer:
    """A publish offer that can be accepted."""

    description: Description
    tracks: list[TrackFormat]
    """With the codec chosen for each."""


class Negotiation:
    """
    Writes and reads the descriptions of one media port.

    Args:
        fingerprint: SHA-256 of the server's certificate.
        candidates: Returns the addresses and the port to advertise now.
        tcp: Whether TCP candidates are offered too.
    """

    def __init__(
        self,
        fingerprint: str,
        candidates: Callable[[], tuple[tuple[str, ...], int]],
        *,
        tcp: bool,
    ) -> None:
        self._fingerprint = fingerprint
        self._candidates = candidates
        self._tcp = tcp

    def _local(self, leg: Leg) -> Local:
        addresses, port = self._candidates()
        return Local(
            session=leg.session,
            version=leg.version,
            ice_ufrag=leg.ice.ufrag,
            ice_pwd=leg.ice.pwd,
            fingerprint=self._fingerprint,
            addresses=addresses,
            port=port,
            tcp=self._tcp,
        )

    def slot_offer(self, leg: SubscribeLeg) -> str:
        """Return the offer of a subscribe leg."""
        return slots_sdp.write_offer(self._local(leg), leg.slots)

    def read_answer(self, leg: SubscribeLeg, sdp: str) -> Description:
        """
        Read the answer to a slot offer, and note in the leg what it allows.

        Raises:
            BadDescription: the answer cannot be used; the leg is as it was.
        """
        answer = read(sdp)
        if answer.setup != "active":
            raise BadDescription("must have setup:active")
        leg.fmt = slots_sdp.read_answer(answer, leg.slots)
        return answer

    def read_offer(self, command: Publish, decodable: frozenset[Codec]) -> PublishOffer:
        """
        Read a publish offer and choose a codec for each of its tracks.

        Args:
            command: The offer, and what its sections carry.
            decodable: The codecs that every viewer of the room can decode.

        Raises:
            BadDescription: the offer cannot be used.
        """
        offer = read(command.sdp)
        if offer.setup not in ("actpass", "active"):
            raise BadDescription("must have setup:actpass or setup:active")
        sections = publish_sdp.read_offer(offer, command.tracks)
        return PublishOffer(offer, publish_sdp.choose(sections, decodable))

    def publish_answer(self, leg: Leg, offer: PublishOffer) -> str:
        """Return the answer to a publish offer."""
        return publish_sdp.write_answer(
            self._local(leg), offer.description, offer.tracks
        )
