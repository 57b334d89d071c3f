"""Frames of a TCP connection: split from a stream, and queued."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conference.rtp.errors import MalformedPacket
from conference.rtp.packet import MAX_BYTES
from conference.transport.sockets.framing import (
    MAX_URGENT_BYTES,
    MAX_VIDEO_BYTES,
    URGENT_WAITS_S,
    VIDEO_WAITS_S,
    Frames,
    SendQueue,
    frame,
    is_video,
)

VIDEO = bytes((0x90, 96)) + bytes(1000)
REPAIR = bytes((0x90, 0x80 | 97)) + bytes(1000)
VOICE = bytes((0x90, 111)) + bytes(100)
REPORT = bytes((0x80, 200)) + bytes(26)
HANDSHAKE = bytes((22, 254, 253)) + bytes(50)


@given(st.lists(st.binary(min_size=1, max_size=MAX_BYTES), max_size=8), st.data())
def test_datagrams_come_out_as_they_went_in_however_they_are_cut(
    datagrams: list[bytes], data: st.DataObject
) -> None:
    stream = b"".join(map(frame, datagrams))
    frames, found, at = Frames(), [], 0
    while at < len(stream):
        size = data.draw(st.integers(1, len(stream) - at))
        found += frames.feed(stream[at : at + size])
        at += size
    assert found == datagrams


@pytest.mark.parametrize("size", [0, MAX_BYTES + 1, 0x4745, 0xFFFF])
def test_an_impossible_length_is_malformed(size: int) -> None:
    frames = Frames()
    assert frames.feed(frame(b"x")) == [b"x"]
    with pytest.raises(MalformedPacket):
        frames.feed(size.to_bytes(2, "big"))


@given(st.lists(st.binary(max_size=2000), max_size=10))
def test_less_than_one_frame_is_kept(parts: list[bytes]) -> None:
    frames = Frames()
    for part in parts:
        try:
            frames.feed(part)
        except MalformedPacket:
            return
        assert len(frames._rest) < 2 + MAX_BYTES


def test_video_is_recognised_by_its_header() -> None:
    assert is_video(VIDEO)
    assert is_video(REPAIR)
    assert not any(map(is_video, (VOICE, REPORT, HANDSHAKE, b"", b"\x90")))


def test_sound_overtakes_pictures() -> None:
    queue = SendQueue()
    for datagram in (VIDEO, VOICE, REPAIR, REPORT):
        assert queue.push(datagram, now=0.0)
    assert [queue.pull(now=0.1) for _ in range(5)] == [
        VOICE,
        REPORT,
        VIDEO,
        REPAIR,
        None,
    ]


def test_datagrams_that_waited_too_long_are_dropped() -> None:
    queue = SendQueue()
    queue.push(VIDEO, now=0.0)
    queue.push(REPAIR, now=VIDEO_WAITS_S)
    assert queue.pull(now=VIDEO_WAITS_S + 0.01) == REPAIR
    queue.push(VOICE, now=1.0)
    assert queue.pull(now=1.1 + URGENT_WAITS_S) is None
    assert queue.dropped == 2


@given(st.lists(st.sampled_from([VIDEO, VOICE, REPORT, HANDSHAKE]), max_size=400))
def test_the_queue_is_bounded_and_video_takes_no_room_of_sound(
    datagrams: list[bytes],
) -> None:
    queue = SendQueue()
    kept = [datagram for datagram in datagrams if queue.push(datagram, now=0.0)]
    urgent = [datagram for datagram in datagrams if not is_video(datagram)]
    assert sum(len(d) for d in kept if is_video(d)) <= MAX_VIDEO_BYTES
    if sum(map(len, urgent)) <= MAX_URGENT_BYTES:
        assert [d for d in kept if not is_video(d)] == urgent
    pulled = []
    while (datagram := queue.pull(now=0.0)) is not None:
        pulled.append(datagram)
    assert sorted(pulled) == sorted(kept)
    assert queue.dropped == len(datagrams) - len(kept)
