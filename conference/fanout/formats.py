"""
How media looks on each side: a published track as negotiated, a slot as offered.

Towards viewers every codec has one payload type and every header extension one
identifier, the same in all slots, so that a change of source never needs a new
description. ``conference.sdp`` writes these into descriptions.
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
"""Opus with older frames beside it (RFC 2198)."""
ABS_SEND_TIME_ID = 2
TRANSPORT_CC_ID = 4
AUDIO_LEVEL_ID = 5

FRAME_TICKS = 960
"""A 20 ms Opus frame at 48 kHz: nothing may start before the last one ended."""

FLOATING_SLOTS = 3
GRID_SLOTS = 24
"""Negotiating 24 takes a browser about 150 ms, and 0.3 MB each at most; 48 twice that."""


@dataclass(frozen=True, slots=True)
class TrackFormat:
    """One section of a publish leg as both sides understand it."""

    mid: Mid
    source: Source
    codec: Codec
    payload_type: int
    rtx_payload_type: int | None
    extensions: dict[str, int]
    """Identifier by URI, of those that both sides use."""
    sources: tuple[int, ...]
    """SSRCs that the offer names, retransmissions left out; may be empty."""
    retransmissions: dict[int, int]
    """Primary SSRC by its retransmission SSRC."""
    rids: tuple[str, ...] = ()
    """Names of the simulcast layers, the smallest first; empty for a single one,
    which is bound by its SSRC or section and not by name."""
    red_payload_type: int | None = None
    """Of sound with older frames in each packet; None: not negotiated."""

    @property
    def layers(self) -> int:
        """How many encodings the publisher may send."""
        return max(1, len(self.rids))


@dataclass(frozen=True, slots=True)
class SlotFormat:
    """One slot as it stands in the subscribe offer."""

    mid: Mid
    kind: str
    """``audio`` or ``video``."""
    group: SlotGroup
    label: str
    """Name of the MediaStream: slots with the same one are kept in step."""
    ssrc: int
    rtx_ssrc: int
    """0 where nothing is sent again: of audio, and for a browser without RTX."""

    @property
    def clock_hz(self) -> int:
        """Rate of the slot's timestamp."""
        return 90_000 if self.kind == "video" else 48_000


@dataclass(frozen=True, slots=True)
class ViewerFormat:
    """How a viewer's browser takes its slots, as its answer says."""

    decodable: frozenset[Codec]
    redundant: bool = False
    """It reads sound with older frames in each packet."""
    counts_pictures: bool = False
    """It tells of each picture packet when it came (transport-cc)."""
    counts_voices: bool = False
    """The same of sound. A browser that counts only pictures would report numbered
    sound as lost."""
    repaired: bool = True
    """It reads retransmissions (RTX) of every codec that it decodes. One that does
    not is asked for nothing and sent none: a lost picture begins anew at a key frame."""


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
