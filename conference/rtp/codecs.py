"""
Payload descriptors of the codecs that the SFU forwards.

For each video codec: whether a payload starts a key frame, its temporal layer, and
where the running numbers are that a slot must continue. No video is decoded.
"""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

AUDIO_CLOCK_HZ = 48_000
VIDEO_CLOCK_HZ = 90_000
PICTURE_ID_MASK = 0x7FFF
MAX_TEMPORAL = 2
"""Index of the highest temporal layer: browsers send three at most, and higher indices
are read as this one."""


class Codec(StrEnum):
    """The codecs that are forwarded."""

    OPUS = "opus"
    VP8 = "VP8"
    VP9 = "VP9"
    H264 = "H264"
    AV1 = "AV1"

    @property
    def clock_hz(self) -> int:
        """Clock rate of the RTP timestamp in Hz."""
        return AUDIO_CLOCK_HZ if self is Codec.OPUS else VIDEO_CLOCK_HZ


VIDEO_CODECS = (Codec.VP8, Codec.VP9, Codec.H264, Codec.AV1)


@dataclass(frozen=True, slots=True)
class RunningNumbers:
    """
    Numbers in a payload descriptor that must continue when a slot follows another layer.

    Offsets are octets from the start of the payload; -1 if there is no such field.
    """

    picture_id: int = 0
    picture_id_offset: int = -1
    picture_id_bytes: int = 0
    tl0: int = 0
    """TL0PICIDX: index of the temporal base layer (RFC 7741 §4.2)."""
    tl0_offset: int = -1
    dense: bool = True
    """Picture ids must be consecutive when frames are left out. False for VP9, whose
    references are differences of picture ids and count those frames (RFC 9628 §4.2)."""


NO_NUMBERS = RunningNumbers()


@dataclass(frozen=True, slots=True)
class PayloadHead:
    """What a payload descriptor says about a packet."""

    starts_key_frame: bool
    numbers: RunningNumbers
    begins_frame: bool = False
    """The packet is the first of a frame. Only known for VP8 and VP9."""
    temporal: int = 0
    """Temporal layer of the frame; 0 is the base layer."""
    switch_up: bool = False
    """A decoder of the lower temporal layers alone can decode this layer from this frame
    on (RFC 7741 §4.2, Y; RFC 9628 §4.2, U)."""
    height: int = 0
    """Height of the frame in pixels; 0 if the packet does not contain it."""


NOTHING = PayloadHead(False, NO_NUMBERS)
"""Of a payload without a descriptor, or with an incomplete one."""
VP8_START_CODE = b"\x9d\x01\x2a"  # RFC 6386 §9.1


def inspect_vp8(payload: bytes) -> PayloadHead:
    """Read the VP8 payload descriptor (RFC 7741 §4.2, §4.3)."""
    size = len(payload)
    if size < 2:
        return NOTHING
    first = payload[0]
    position = 1
    picture_id = tl0 = temporal = 0
    picture_id_offset = tl0_offset = -1
    picture_id_bytes = 0
    switch_up = False
    if first & 0x80:
        fields = payload[1]
        position = 2
        if fields & 0x80:
            if position + 2 > size:
                return NOTHING
            picture_id_offset = position
            if payload[position] & 0x80:
                picture_id_bytes = 2
                picture_id = (payload[position] & 0x7F) << 8 | payload[position + 1]
            else:
                picture_id_bytes = 1
                picture_id = payload[position]
            position += picture_id_bytes
        if fields & 0x40:
            if position >= size:
                return NOTHING
            tl0_offset = position
            tl0 = payload[position]
            position += 1
        if fields & 0x30:
            if fields & 0x20 and position < size:
                temporal = min(payload[position] >> 6, MAX_TEMPORAL)
                switch_up = bool(payload[position] & 0x20)
            position += 1
    begins = first & 0x1F == 0x10
    key = begins and position < size and payload[position] & 1 == 0
    height = 0
    if key and payload[position + 3 : position + 6] == VP8_START_CODE:
        height = int.from_bytes(payload[position + 8 : position + 10], "little")
    return PayloadHead(
        key,
        RunningNumbers(
            picture_id, picture_id_offset, picture_id_bytes, tl0, tl0_offset
        ),
        begins,
        temporal,
        switch_up,
        height & 0x3FFF,  # the upper two bits are the scale (RFC 6386 §9.1)
    )


def inspect_vp9(payload: bytes) -> PayloadHead:
    """Read the VP9 payload descriptor (RFC 9628 §4.2)."""
    size = len(payload)
    if size < 2:
        return NOTHING
    first = payload[0]
    position = 1
    numbers = NO_NUMBERS
    if first & 0x80:
        if payload[1] & 0x80:
            if size < 3:
                return NOTHING
            numbers = RunningNumbers(
                (payload[1] & 0x7F) << 8 | payload[2], 1, 2, dense=False
            )
            position = 3
        else:
            numbers = RunningNumbers(payload[1], 1, 1, dense=False)
            position = 2
    predicted, layered = first & 0x40, first & 0x20
    begins = bool(first & 0x08)
    temporal = 0
    switch_up = False
    if layered and position < size:
        indices = payload[position]
        temporal, switch_up = indices >> 5, bool(indices & 0x10)
        # Only the lowest spatial layer begins a frame.
        begins = begins and (indices >> 1) & 7 == 0
    elif layered:
        begins = False
    return PayloadHead(
        begins and not predicted,
        numbers,
        begins,
        min(temporal, MAX_TEMPORAL),
        switch_up,
    )


H264_IDR, H264_SPS, H264_STAP_A, H264_FU_A = 5, 7, 24, 28


def inspect_h264(payload: bytes) -> PayloadHead:
    """Look for a parameter set or an IDR slice (RFC 6184 §5.4)."""
    if not payload:
        return NOTHING
    kind = payload[0] & 31
    key = False
    if kind in (H264_IDR, H264_SPS):
        key = True
    elif kind == H264_STAP_A:
        position = 1
        while position + 2 < len(payload):
            length = int.from_bytes(payload[position : position + 2], "big")
            if payload[position + 2] & 31 in (H264_IDR, H264_SPS):
                key = True
                break
            position += 2 + length
    elif kind == H264_FU_A and len(payload) > 1:
        key = bool(payload[1] & 0x80) and payload[1] & 31 in (H264_IDR, H264_SPS)
    return PayloadHead(key, NO_NUMBERS)


def inspect_av1(payload: bytes) -> PayloadHead:
    """Read the N bit of the aggregation header (AV1 RTP specification §4.4)."""
    return PayloadHead(bool(payload and payload[0] & 0x08), NO_NUMBERS)


INSPECTORS: dict[Codec, Callable[[bytes], PayloadHead]] = {
    Codec.VP8: inspect_vp8,
    Codec.VP9: inspect_vp9,
    Codec.H264: inspect_h264,
    Codec.AV1: inspect_av1,
}
