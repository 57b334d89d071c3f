"""The two descriptions that the server writes."""

import random
import re
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conference.contract.media import TrackDeclaration
from conference.contract.words import Source
from conference.fanout.engines import DEFAULT_ENGINE
from conference.fanout.formats import SlotFormat
from conference.fanout.sockets import SocketTable
from conference.ids import Mid
from conference.rtp import extensions
from conference.rtp.codecs import Codec
from conference.sdp import publish, slots
from conference.sdp.reader import MAX_BYTES, BadDescription, read
from conference.sdp.writer import Local
from conference.sfu.router import Router
from tests.support.wire import sdp as other

BROWSERS = Path(__file__).with_name("browsers")
LOCAL = Local(
    session=12,
    version=3,
    ice_ufrag="abcdefgh",
    ice_pwd="0123456789abcdef01234567",
    fingerprint=":".join(["AB"] * 32),
    addresses=("192.0.2.1", "2001:db8::1"),
    port=8444,
    tcp=True,
)
ORDER = (Source.MICROPHONE, Source.CAMERA, Source.SCREEN, Source.SCREEN_AUDIO)
DECLARED = tuple(TrackDeclaration(Mid(str(i)), s) for i, s in enumerate(ORDER))
EVERYTHING = frozenset(Codec)


def sample(name: str) -> str:
    return (BROWSERS / f"{name}.sdp").read_bytes().decode()


def formats() -> list[SlotFormat]:
    fanout = DEFAULT_ENGINE(SocketTable(), lambda _: None)
    router = Router(fanout, random.Random(5).getrandbits, wall_offset=0.0)
    return router.plan_slots()


def test_the_slot_offer_is_what_another_parser_reads() -> None:
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


def test_layers_are_answered_in_the_publishers_order() -> None:
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


@pytest.mark.parametrize(
    "value", ["send", "send q;q", "send ;", "recv q;h", "send q; h", "send q=1"]
)
def test_layers_without_names_of_their_own_are_no_layers(value: str) -> None:
    text = sample("chromium-offer").replace(
        "a=mid:1\r\n", f"a=mid:1\r\na=simulcast:{value}\r\n"
    )
    assert read(text).sections[1].rids in ((), ("q",))


def test_content_and_stage_keep_picture_and_sound_in_one_group() -> None:
    text = slots.write_offer(LOCAL, formats())
    for label in ("content", "stage"):
        assert f"a=msid:{label} {label}-v" in text
        assert f"a=msid:{label} {label}-a" in text


@pytest.mark.parametrize(
    ("browser", "missing"), [("chromium", set()), ("firefox", {Codec.H264})]
)
def test_a_viewers_answer_tells_what_it_decodes(
    browser: str, missing: set[Codec]
) -> None:
    answer = read(sample(f"{browser}-answer"))
    assert slots.read_answer(answer, formats()).decodable == EVERYTHING - missing


def test_a_shared_screens_sound_is_in_stereo_and_no_voice_is() -> None:
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
    offer = read(_with_security(parts[0], parts[1:]) + "".join([*parts[1:4], stereo]))
    tracks = publish.choose(publish.read_offer(offer, DECLARED), EVERYTHING)
    answer = read(publish.write_answer(LOCAL, offer, tracks))
    said = {
        track.source: section.formats[track.payload_type].parameters.get("stereo")
        for section, track in zip(answer.sections, tracks, strict=True)
    }
    assert said[Source.SCREEN_AUDIO] == "1"
    assert said[Source.MICROPHONE] is None

    offered = formats()
    written = read(slots.write_offer(LOCAL, offered))
    kinds = {
        slot.group.value: section.formats[111].parameters.get("sprop-stereo")
        for section, slot in zip(written.sections, offered, strict=True)
        if slot.kind == "audio"
    }
    assert kinds == {"content": "1", "stage": None, "floating": None}


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
def test_a_viewers_answer_tells_whether_it_reads_retransmissions(browser: str) -> None:
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
        read(_with_security(head, sections) + "".join(plain)), formats()
    )
    assert not fmt.repaired
    assert Codec.VP8 in fmt.decodable
    one = [*sections[:2], plain[2], *sections[3:]]
    assert not slots.read_answer(read(head + "".join(one)), formats()).repaired


def _with_security(head: str, sections: list[str]) -> str:
    """Return the session part with what browsers write into each section."""
    names = ("ice-ufrag", "ice-pwd", "fingerprint", "setup")
    lines = [line for line in sections[0].splitlines() if line[2:].startswith(names)]
    return head + "".join(f"{line}\r\n" for line in lines)


def test_an_answer_that_rejects_or_reorders_slots_is_refused() -> None:
    text = sample("chromium-answer")
    with pytest.raises(BadDescription, match="rejects"):
        slots.read_answer(read(text.replace("m=audio 9", "m=audio 0", 1)), formats())
    with pytest.raises(BadDescription, match="were offered"):
        slots.read_answer(read(text), formats()[:-1])


@pytest.mark.parametrize("browser", ["chromium", "firefox"])
def test_a_publish_offer_is_answered_with_one_codec_a_section(browser: str) -> None:
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
    # Only Chromium has it, and only a voice is worth it.
    redundant = [t.source for t in tracks if t.red_payload_type is not None]
    assert redundant == ([Source.MICROPHONE] if browser == "chromium" else [])
    assert text.count("usedtx=1") == 1  # the microphone's, not the shared sound's
    assert text.count("a=candidate") == 4


@pytest.mark.parametrize("codec", [Codec.VP9, Codec.AV1, Codec.H264])
def test_the_publishers_favourite_is_kept_if_every_viewer_decodes_it(
    codec: Codec,
) -> None:
    offer = read(sample("chromium-offer"))
    for section in offer.sections:
        favourite = [
            pt for pt, f in section.formats.items() if f.name.upper() == codec.upper()
        ]
        rest = [pt for pt in section.payload_types if pt not in favourite]
        section.payload_types = (*favourite, *rest)
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


def test_only_h264_from_a_publisher_that_has_nothing_else() -> None:
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
def test_sections_must_be_declared_as_what_they_are(
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
def test_a_rejected_data_channel_refuses_nothing(named: str) -> None:
    channel = (
        f"m=application 0 UDP/DTLS/SCTP webrtc-datachannel\r\n{named}a=inactive\r\n"
    )
    offer = read(sample("chromium-offer") + channel)
    tracks = publish.choose(publish.read_offer(offer, DECLARED), EVERYTHING)
    text = publish.write_answer(LOCAL, offer, tracks)
    assert [s.rejected for s in read(text).sections] == [False] * 4 + [True]
    # An answer rejects it in the words of its offer (RFC 8829 §5.3.1).
    assert "m=application 0 UDP/DTLS/SCTP webrtc-datachannel\r\n" in text
    assert ("a=mid:4" in text) == bool(named)


ORIENTATION = "urn:3gpp:video-orientation"


def test_pictures_are_turned_by_their_publisher_and_not_by_a_header() -> None:
    """What one publisher negotiated, not every viewer understands: Firefox does not."""
    offer = read(sample("chromium-offer"))
    assert ORIENTATION in offer.sections[1].extensions
    tracks = publish.choose(publish.read_offer(offer, DECLARED), EVERYTHING)
    assert ORIENTATION not in publish.write_answer(LOCAL, offer, tracks)
    assert ORIENTATION not in slots.write_offer(LOCAL, formats())


def test_a_section_without_a_known_codec_is_refused() -> None:
    text = sample("chromium-offer").replace("opus/48000", "speex/48000")
    with pytest.raises(BadDescription, match="no usable codec for the microphone"):
        publish.read_offer(read(text), DECLARED)


@given(st.text(max_size=40))
def test_nothing_of_an_offer_is_copied_as_text(evil: str) -> None:
    """No attribute value of a publisher can put a line into an answer."""
    text = sample("chromium-offer")
    hostile = text.replace("cname:", f"cname:{evil}").replace(
        "a=rtcp-mux", f"a=x-{evil}\na=rtcp-mux"
    )
    plain = read(text)
    try:
        offer = read(hostile[:MAX_BYTES])
        tracks = publish.choose(publish.read_offer(offer, DECLARED), EVERYTHING)
    except BadDescription:
        return
    expected = publish.choose(publish.read_offer(plain, DECLARED), EVERYTHING)
    clean = publish.write_answer(LOCAL, plain, expected).splitlines()
    answer = publish.write_answer(LOCAL, offer, tracks).splitlines()
    assert [line.split(":")[0] for line in answer] == [
        line.split(":")[0] for line in clean
    ]


def test_a_server_without_tcp_offers_none() -> None:
    lines = replace(LOCAL, tcp=False).candidates()
    assert [line.split()[2] for line in lines[:-1]] == ["udp", "udp"]
