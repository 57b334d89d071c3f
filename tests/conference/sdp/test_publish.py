"""The answer to a publisher's offer."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conference.contract.media import TrackDeclaration
from conference.contract.words import Source
from conference.ids import Mid
from conference.rtp import extensions
from conference.rtp.codecs import Codec
from conference.sdp import publish
from conference.sdp.reader import MAX_BYTES, BadDescription, read
from tests.conference.sdp.support import (
    DECLARED,
    EVERYTHING,
    LOCAL,
    ORIENTATION,
    sample,
    with_security,
)


def test_layers_are_answered_in_the_order_of_the_offer() -> None:
    names = "a=rid:q send\r\na=rid:h send\r\na=simulcast:send q;~h,x recv z\r\n"
    rid = f"a=extmap:10 {extensions.RID}\r\n"
    text = sample("chromium-offer").replace("a=mid:1\r\n", "a=mid:1\r\n" + names)
    if extensions.RID not in text:
        text = text.replace("a=mid:1\r\n", "a=mid:1\r\n" + rid)
    offer = read(text)
    tracks = publish.choose(publish.read_offer(offer, DECLARED), EVERYTHING)
    assert [t.rids for t in tracks] == [(), ("q", "h"), (), ()]
    answer = publish.write_answer(LOCAL, offer, tracks)
    assert "a=rid:q recv\r\na=rid:h recv\r\na=simulcast:recv q;h\r\n" in answer


def test_screen_audio_is_in_stereo_and_a_microphone_is_not() -> None:
    stereo = (
        "m=audio 9 UDP/TLS/RTP/SAVPF 111\r\n"
        "c=IN IP4 0.0.0.0\r\n"
        "a=mid:3\r\n"
        "a=sendonly\r\n"
        "a=rtcp-mux\r\n"
        "a=rtpmap:111 opus/48000/2\r\n"
        "a=fmtp:111 minptime=10;useinbandfec=1;stereo=1;sprop-stereo=1\r\n"
    )
    parts = re.split(r"^(?=m=)", sample("chromium-offer"), flags=re.MULTILINE)
    offer = read(with_security(parts[0], parts[1:]) + "".join([*parts[1:4], stereo]))
    tracks = publish.choose(publish.read_offer(offer, DECLARED), EVERYTHING)
    answer = read(publish.write_answer(LOCAL, offer, tracks))
    stereo_of = {
        track.source: section.formats[track.payload_type].parameters.get("stereo")
        for section, track in zip(answer.sections, tracks, strict=True)
    }
    assert stereo_of[Source.SCREEN_AUDIO] == "1"
    assert stereo_of[Source.MICROPHONE] is None


@pytest.mark.parametrize("browser", ["chromium", "firefox"])
def test_each_section_is_answered_with_one_codec(browser: str) -> None:
    offer = read(sample(f"{browser}-offer"))
    tracks = publish.choose(publish.read_offer(offer, DECLARED), EVERYTHING)
    assert [t.codec for t in tracks] == [Codec.OPUS, Codec.VP8, Codec.VP8, Codec.OPUS]
    assert all(extensions.TRANSPORT_CC in t.extensions for t in tracks)
    text = publish.write_answer(LOCAL, offer, tracks)
    answer = read(text)
    assert answer.setup == "passive"
    for section, track in zip(answer.sections, tracks, strict=True):
        assert section.direction == "recvonly"
        extra = [track.red_payload_type, track.rtx_payload_type]
        kept = {track.payload_type, *(pt for pt in extra if pt is not None)}
        assert set(section.payload_types) == kept
    # Only Chromium supports it, and it is used for the microphone alone.
    redundant = [t.source for t in tracks if t.red_payload_type is not None]
    assert redundant == ([Source.MICROPHONE] if browser == "chromium" else [])
    assert text.count("usedtx=1") == 1  # of the microphone, not of the screen audio
    assert text.count("a=candidate") == 4


@pytest.mark.parametrize("codec", [Codec.VP9, Codec.AV1, Codec.H264])
def test_the_preferred_codec_is_chosen_if_every_viewer_decodes_it(
    codec: Codec,
) -> None:
    offer = read(sample("chromium-offer"))
    for section in offer.sections:
        preferred = [
            pt for pt, f in section.formats.items() if f.name.upper() == codec.upper()
        ]
        rest = [pt for pt in section.payload_types if pt not in preferred]
        section.payload_types = (*preferred, *rest)
    sections = publish.read_offer(offer, DECLARED)
    assert publish.choose(sections, EVERYTHING)[1].codec is codec
    tracks = publish.choose(sections, EVERYTHING - {codec})
    assert tracks[1].codec is Codec.VP8
    kept = publish.choose(sections, EVERYTHING)[1]
    answer = read(publish.write_answer(LOCAL, offer, [*tracks[:1], kept, *tracks[2:]]))
    parameters = answer.sections[1].formats[kept.payload_type].parameters
    if codec is Codec.H264:
        assert parameters["packetization-mode"] == "1"
        assert parameters["profile-level-id"].startswith("42e0")


def test_a_publisher_with_h264_alone_sends_h264() -> None:
    offer = read(sample("chromium-offer"))
    for section in offer.sections:
        section.formats = {
            pt: f
            for pt, f in section.formats.items()
            if f.name in ("H264", "rtx", "opus")
        }
    tracks = publish.choose(
        publish.read_offer(offer, DECLARED), EVERYTHING - {Codec.H264}
    )
    assert tracks[1].codec is Codec.H264


@pytest.mark.parametrize(
    ("declared", "reason"),
    [
        (DECLARED[:-1], "not declared"),
        ((*DECLARED, TrackDeclaration(Mid("9"), Source.CAMERA)), "twice"),
        ((*DECLARED[:3], TrackDeclaration(Mid("3"), Source.CAMERA)), "twice"),
        (
            (
                TrackDeclaration(Mid("1"), Source.MICROPHONE),
                TrackDeclaration(Mid("0"), Source.CAMERA),
                *DECLARED[2:],
            ),
            "not declared",
        ),
    ],
)
def test_sections_must_match_their_declaration(
    declared: tuple[TrackDeclaration, ...], reason: str
) -> None:
    with pytest.raises(BadDescription, match=reason):
        publish.read_offer(read(sample("chromium-offer")), declared)


def test_a_declared_section_must_be_in_the_offer() -> None:
    text = sample("chromium-offer")
    text = text[: text.rindex("m=audio")]
    with pytest.raises(BadDescription, match="lacks"):
        publish.read_offer(read(text), DECLARED)


def test_rejected_sections_stay_in_the_answer() -> None:
    text = sample("chromium-offer")
    cut = text.rindex("m=audio 9")
    text = text[:cut] + text[cut:].replace("m=audio 9", "m=audio 0", 1)
    offer = read(text)
    tracks = publish.choose(publish.read_offer(offer, DECLARED[:3]), EVERYTHING)
    answer = read(publish.write_answer(LOCAL, offer, tracks))
    assert [s.rejected for s in answer.sections] == [False, False, False, True]
    with pytest.raises(BadDescription, match="offers nothing"):
        publish.read_offer(read(text.replace(" 9 UDP", " 0 UDP")), ())


@pytest.mark.parametrize("named", ["a=mid:4\r\n", ""])
def test_a_rejected_data_channel_is_accepted(named: str) -> None:
    channel = (
        f"m=application 0 UDP/DTLS/SCTP webrtc-datachannel\r\n{named}a=inactive\r\n"
    )
    offer = read(sample("chromium-offer") + channel)
    tracks = publish.choose(publish.read_offer(offer, DECLARED), EVERYTHING)
    text = publish.write_answer(LOCAL, offer, tracks)
    assert [s.rejected for s in read(text).sections] == [False] * 4 + [True]
    # The answer repeats the media line of the offer (RFC 8829 §5.3.1).
    assert "m=application 0 UDP/DTLS/SCTP webrtc-datachannel\r\n" in text
    assert ("a=mid:4" in text) == bool(named)


def test_video_orientation_is_not_negotiated_with_a_publisher() -> None:
    """Firefox does not support it, so the publisher must rotate its frames itself."""
    offer = read(sample("chromium-offer"))
    assert ORIENTATION in offer.sections[1].extensions
    tracks = publish.choose(publish.read_offer(offer, DECLARED), EVERYTHING)
    assert ORIENTATION not in publish.write_answer(LOCAL, offer, tracks)


def test_a_section_without_a_known_codec_is_refused() -> None:
    text = sample("chromium-offer").replace("opus/48000", "speex/48000")
    with pytest.raises(BadDescription, match="no usable codec for the microphone"):
        publish.read_offer(read(text), DECLARED)


@given(st.text(max_size=40))
def test_no_text_of_an_offer_is_copied_into_the_answer(hostile: str) -> None:
    """No attribute value of an offer can add a line to the answer."""
    text = sample("chromium-offer")
    changed = text.replace("cname:", f"cname:{hostile}").replace(
        "a=rtcp-mux", f"a=x-{hostile}\na=rtcp-mux"
    )
    plain = read(text)
    try:
        offer = read(changed[:MAX_BYTES])
        tracks = publish.choose(publish.read_offer(offer, DECLARED), EVERYTHING)
    except BadDescription:
        return
    expected = publish.choose(publish.read_offer(plain, DECLARED), EVERYTHING)
    clean = publish.write_answer(LOCAL, plain, expected).splitlines()
    answer = publish.write_answer(LOCAL, offer, tracks).splitlines()
    assert [line.split(":")[0] for line in answer] == [
        line.split(":")[0] for line in clean
    ]
