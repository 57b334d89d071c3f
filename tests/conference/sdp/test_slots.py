"""The subscribe offer, and what a viewer's answer to it says."""

import re

import pytest

from conference.rtp.codecs import Codec
from conference.sdp import slots
from conference.sdp.reader import MAX_BYTES, BadDescription, read
from tests.conference.sdp.support import (
    EVERYTHING,
    LOCAL,
    ORIENTATION,
    formats,
    sample,
    with_security,
)
from tests.support.wire import sdp as other


def test_the_offer_is_read_by_an_independent_parser() -> None:
    offered = formats()
    text = slots.write_offer(LOCAL, offered)
    assert len(text) < MAX_BYTES
    assert "m=application" not in text
    description = other.parse(text)
    assert [s.mid for s in description.sections] == [s.mid for s in offered]
    assert [s.ssrc for s in description.sections] == [s.ssrc for s in offered]
    assert [(c.transport, c.host, c.port) for c in description.candidates] == [
        ("udp", "192.0.2.1", 8444),
        ("udp", "2001:db8::1", 8444),
        ("tcp", "192.0.2.1", 8444),
        ("tcp", "2001:db8::1", 8444),
    ]
    kinds = [(s.kind, s.group.value) for s in offered]
    assert kinds[:4] == [
        ("video", "content"),
        ("audio", "content"),
        ("video", "stage"),
        ("audio", "stage"),
    ]
    assert kinds[4:] == [("audio", "floating")] * 3 + [("video", "grid")] * 24


def test_content_and_stage_have_video_and_audio_in_one_media_stream() -> None:
    text = slots.write_offer(LOCAL, formats())
    for label in ("content", "stage"):
        assert f"a=msid:{label} {label}-v" in text
        assert f"a=msid:{label} {label}-a" in text


def test_only_the_content_slot_is_offered_in_stereo() -> None:
    offered = formats()
    written = read(slots.write_offer(LOCAL, offered))
    kinds = {
        slot.group.value: section.formats[111].parameters.get("sprop-stereo")
        for section, slot in zip(written.sections, offered, strict=True)
        if slot.kind == "audio"
    }
    assert kinds == {"content": "1", "stage": None, "floating": None}


def test_slots_are_offered_without_video_orientation() -> None:
    assert ORIENTATION not in slots.write_offer(LOCAL, formats())


@pytest.mark.parametrize(
    ("browser", "missing"), [("chromium", set()), ("firefox", {Codec.H264})]
)
def test_an_answer_gives_the_codecs_that_a_viewer_decodes(
    browser: str, missing: set[Codec]
) -> None:
    answer = read(sample(f"{browser}-answer"))
    assert slots.read_answer(answer, formats()).decodable == EVERYTHING - missing


WITHOUT_RTX = (
    "m=video 9 UDP/TLS/RTP/SAVPF 96\r\n"
    "c=IN IP4 0.0.0.0\r\n"
    "a=mid:{mid}\r\n"
    "a=recvonly\r\n"
    "a=rtcp-mux\r\n"
    "a=rtpmap:96 VP8/90000\r\n"
    "a=rtcp-fb:96 nack\r\n"
    "a=rtcp-fb:96 nack pli\r\n"
)


@pytest.mark.parametrize("browser", ["chromium", "firefox"])
def test_an_answer_says_whether_a_viewer_supports_rtx(browser: str) -> None:
    text = sample(f"{browser}-answer")
    assert slots.read_answer(read(text), formats()).repaired
    head, *sections = re.split(r"^(?=m=)", text, flags=re.MULTILINE)
    mids = [re.search(r"^a=mid:(\w+)", section, re.MULTILINE) for section in sections]
    plain = [
        WITHOUT_RTX.format(mid=mid[1])
        if mid and section.startswith("m=video")
        else section
        for mid, section in zip(mids, sections, strict=True)
    ]
    fmt = slots.read_answer(
        read(with_security(head, sections) + "".join(plain)), formats()
    )
    assert not fmt.repaired
    assert Codec.VP8 in fmt.decodable
    one = [*sections[:2], plain[2], *sections[3:]]
    assert not slots.read_answer(read(head + "".join(one)), formats()).repaired


def test_an_answer_that_rejects_or_reorders_slots_is_refused() -> None:
    text = sample("chromium-answer")
    with pytest.raises(BadDescription, match="rejects"):
        slots.read_answer(read(text.replace("m=audio 9", "m=audio 0", 1)), formats())
    with pytest.raises(BadDescription, match="were offered"):
        slots.read_answer(read(text), formats()[:-1])
