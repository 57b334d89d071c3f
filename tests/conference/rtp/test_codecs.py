"""Payload descriptors: key frames, temporal layers and running numbers of four codecs."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conference.rtp.codecs import INSPECTORS, Codec, inspect_vp8, inspect_vp9


def test_vp8_key_frame_with_all_fields() -> None:
    payload = bytes((0x90, 0xF0, 0x81, 0x02, 0x07, 0x40, 0x00)) + b"frame"
    head = inspect_vp8(payload)
    assert head.starts_key_frame
    numbers = head.numbers
    assert (numbers.picture_id, numbers.picture_id_offset) == (0x0102, 2)
    assert (numbers.picture_id_bytes, numbers.tl0, numbers.tl0_offset) == (2, 7, 4)


def test_vp8_short_picture_id() -> None:
    numbers = inspect_vp8(bytes((0x90, 0x80, 0x05, 0x01))).numbers
    assert (numbers.picture_id, numbers.picture_id_bytes) == (5, 1)


@pytest.mark.parametrize(
    "payload",
    [
        bytes((0x90, 0x80, 0x05, 0x01)),  # P bit: an inter frame
        bytes((0x80, 0x80, 0x05, 0x00)),  # not the start of a partition
        bytes((0x91, 0x80, 0x05, 0x00)),  # not the first partition
        bytes((0x10, 0x01)),
    ],
)
def test_other_vp8_packets_do_not_start_a_key_frame(payload: bytes) -> None:
    assert not inspect_vp8(payload).starts_key_frame


@pytest.mark.parametrize(
    "payload",
    [
        bytes((0x90, 0x10, 0x07, 0x00)),  # K bit alone: a key frame index
        bytes((0x90, 0x20)),  # T bit, but the packet ends there
    ],
)
def test_vp8_without_a_temporal_index(payload: bytes) -> None:
    head = inspect_vp8(payload)
    assert head.temporal == 0
    assert not head.switch_up


def test_vp8_without_extension_fields() -> None:
    head = inspect_vp8(bytes((0x10, 0x00, 0x9D)))
    assert head.starts_key_frame
    assert head.numbers.picture_id_offset == -1


def test_vp9_key_frames() -> None:
    head = inspect_vp9(bytes((0x88, 0x81, 0x02, 0x00)))
    assert head.starts_key_frame
    assert (head.numbers.picture_id, head.numbers.picture_id_bytes) == (0x0102, 2)
    assert inspect_vp9(bytes((0x88, 0x05))).numbers.picture_id_bytes == 1
    assert not inspect_vp9(bytes((0xC8, 0x05))).starts_key_frame  # predicted
    assert not inspect_vp9(bytes((0x80, 0x05))).starts_key_frame  # not the first packet
    assert inspect_vp9(bytes((0x28, 0x00))).starts_key_frame  # spatial layer 0
    assert not inspect_vp9(bytes((0x28, 0x02))).starts_key_frame  # layer 1


@pytest.mark.parametrize(
    ("codec", "payload"),
    [
        (Codec.VP8, bytes((0x90,))),
        (Codec.VP8, bytes((0x90, 0x80))),  # ends before the picture id
        (Codec.VP8, bytes((0x90, 0x80, 0x81))),  # ends within it
        (Codec.VP8, bytes((0x90, 0xC0, 0x05))),  # ends before TL0PICIDX
        (Codec.VP8, bytes((0x90, 0xC0, 0x81, 0x02))),
        (Codec.VP9, bytes((0x88,))),
        (Codec.VP9, bytes((0x88, 0x81))),
    ],
)
def test_an_incomplete_descriptor_is_ignored(codec: Codec, payload: bytes) -> None:
    head = INSPECTORS[codec](payload)
    assert not head.starts_key_frame
    assert head.numbers.picture_id_offset == -1


@pytest.mark.parametrize(
    ("payload", "key"),
    [
        (b"\x67\x42", True),  # SPS
        (b"\x65\x88", True),  # IDR slice
        (b"\x41\x9a", False),
        (b"\x78\x00\x02\x06\x05\x00\x02\x67\x42", True),  # STAP-A: SEI, SPS
        (b"\x78\x00\x02\x41\x9a", False),
        (b"\x7c\x85\x00", True),  # FU-A, start of an IDR slice
        (b"\x7c\x05\x00", False),  # FU-A, its middle
        (b"\x7c", False),
        (b"", False),
    ],
)
def test_h264_key_frames(payload: bytes, key: bool) -> None:
    assert INSPECTORS[Codec.H264](payload).starts_key_frame is key


@pytest.mark.parametrize(
    ("payload", "key"), [(b"\x18", True), (b"\x10", False), (b"", False)]
)
def test_av1_new_sequence(payload: bytes, key: bool) -> None:
    assert INSPECTORS[Codec.AV1](payload).starts_key_frame is key


@given(st.sampled_from(list(INSPECTORS)), st.binary(max_size=12))
def test_offsets_are_inside_any_payload(codec: Codec, payload: bytes) -> None:
    numbers = INSPECTORS[codec](payload).numbers
    if numbers.picture_id_offset >= 0:
        assert numbers.picture_id_offset + numbers.picture_id_bytes <= len(payload)
    assert numbers.tl0_offset < len(payload)


def test_vp8_temporal_layers_and_size() -> None:
    head = inspect_vp8(bytes((0x90, 0xE0, 0x80, 1, 7, 0xA0, 1)))
    assert (head.temporal, head.switch_up, head.begins_frame) == (2, True, True)
    key = bytes((0x90, 0x80, 5, 0x10, 0, 0, 0x9D, 1, 0x2A, 0x80, 2, 0x68, 0x41))
    head = inspect_vp8(key)
    assert head.starts_key_frame
    assert head.height == 360  # the two bits above it are the scale
    assert inspect_vp8(bytes((0x90, 0xA0, 0x05))).temporal == 0  # cut off


def test_vp9_temporal_layers() -> None:
    head = inspect_vp9(bytes((0xA8, 0x81, 0x02, 0x50, 0x00)))
    assert (head.temporal, head.switch_up, head.begins_frame) == (2, True, True)
    assert not inspect_vp9(bytes((0xA8, 0x81, 0x02, 0x42, 0x00))).begins_frame
    assert not inspect_vp9(bytes((0xA8, 0x05))).begins_frame  # cut off
