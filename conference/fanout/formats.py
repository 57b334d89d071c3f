"""
Negotiated formats: of a published track, of a slot, and of a viewer.

Towards viewers every codec has one payload type and every header extension one
identifier, the same in all slots, so that a slot can follow another track without
renegotiation. ``conference.sdp`` writes them into session descriptions.
"""

from dataclasses import dataclass

from conference.contract.words import SlotGroup, Source
from conference.ids import Mid
from conference.rtp.codecs import Codec

PAYLOAD_TYPES: dict[Codec, int] = {
    Codec.OPUS: 111,
    Codec.VP8: 96,
    Codec.VP9: 98,
    Codec.H264: 102,
    Codec.AV1: 45,
}
RTX_PAYLOAD_TYPES: dict[Codec, int] = {
    Codec.VP8: 97,
    Codec.VP9: 99,
    Codec.H264: 103,
    Codec.AV1: 46,
}
RED_PAYLOAD_TYPE = 63
"""Opus with redundant older frames (RFC 2198)."""
ABS_SEND_TIME_ID = 2
TRANSPORT_CC_ID = 4
AUDIO_LEVEL_ID = 5

FRAME_TICKS = 960
"""Duration of a 20 ms Opus frame at 48 kHz. When a slot follows another track, its first
frame must not start before the last one ended."""

FLOATING_SLOTS = 3
GRID_SLOTS = 24
"""A browser needs about 150 ms to negotiate 24, and 0.3 MB for each at most; twice that
for 48."""


@dataclass(frozen=True, slots=True)
class TrackFormat:
    """The negotiated format of one section of a publish leg."""

    mid: Mid
    source: Source
    codec: Codec
    payload_type: int
    rtx_payload_type: int | None
    extensions: dict[str, int]
    """Identifier by URI, of the extensions that both sides use."""
    sources: tuple[int, ...]
    """SSRCs in the offer, without those of retransmissions; may be empty."""
    retransmissions: dict[int, int]
    """Primary SSRC by its retransmission SSRC."""
    rids: tuple[str, ...] = ()
    """RIDs of the simulcast layers, the smallest layer first (RFC 8853). Empty without
    simulcast: then packets are matched by SSRC or MID."""
    red_payload_type: int | None = None
    """Payload type of redundant audio (RFC 2198); None: not negotiated."""

    @property
    def layers(self) -> int:
        """Number of layers that the publisher may send."""
        return max(1, len(self.rids))


@dataclass(frozen=True, slots=True)
class SlotFormat:
    """The format of one slot in the subscribe offer."""

    mid: Mid
    kind: str
    """``audio`` or ``video``."""
    group: SlotGroup
    label: str
    """Id of the MediaStream: the browser synchronises slots with the same id."""
    ssrc: int
    rtx_ssrc: int
    """0 without retransmissions: for audio, and for a browser without RTX."""

    @property
    def clock_hz(self) -> int:
        """Clock rate of the slot's RTP timestamp in Hz."""
        return 90_000 if self.kind == "video" else 48_000


@dataclass(frozen=True, slots=True)
class ViewerFormat:
    """What a viewer's browser supports in its slots, according to its answer."""

    decodable: frozenset[Codec]
    redundant: bool = False
    """Redundant audio (RFC 2198)."""
    video_transport_cc: bool = False
    """Transport-wide feedback for video packets."""
    audio_transport_cc: bool = False
    """The same for audio packets. A browser with feedback for video alone would report
    audio packets with transport-wide numbers as lost."""
    repaired: bool = True
    """RTX for every codec that it decodes. A browser without it is sent no
    retransmissions: after a loss its video continues at the next key frame."""


def slot_plan() -> list[tuple[str, SlotGroup, str]]:
    """Return kind, group and label of every slot, in the order of the offer."""
    plan = [
        ("video", SlotGroup.CONTENT, "content"),
        ("audio", SlotGroup.CONTENT, "content"),
        ("video", SlotGroup.STAGE, "stage"),
        ("audio", SlotGroup.STAGE, "stage"),
    ]
    plan += [("audio", SlotGroup.FLOATING, f"f{i}") for i in range(FLOATING_SLOTS)]
    plan += [("video", SlotGroup.GRID, f"g{i}") for i in range(GRID_SLOTS)]
    return plan
