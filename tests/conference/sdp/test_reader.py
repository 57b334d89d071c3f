"""Descriptions of browsers are read; all others are read or refused."""

import math
import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conference.sdp.reader import MAX_BYTES, BadDescription, read

BROWSERS = Path(__file__).with_name("browsers")
MINIMAL = (
    "v=0\r\no=- 1 1 IN IP4 0.0.0.0\r\ns=-\r\nt=0 0\r\n"
    "a=ice-ufrag:abcd\r\na=ice-pwd:0123456789abcdefghijkl\r\n"
    f"a=fingerprint:sha-256 {':'.join(['ab'] * 32)}\r\na=setup:actpass\r\n"
)
SECTION = "m=audio 9 UDP/TLS/RTP/SAVPF 111\r\na=mid:0\r\na=rtpmap:111 opus/48000/2\r\n"


def sample(name: str) -> str:
    return (BROWSERS / f"{name}.sdp").read_bytes().decode()


@pytest.mark.parametrize("browser", ["chromium", "firefox"])
def test_offers_of_browsers_are_read(browser: str) -> None:
    offer = read(sample(f"{browser}-offer"))
    assert [s.kind for s in offer.sections] == ["audio", "video", "video", "audio"]
    assert not any(section.rejected for section in offer.sections)
    assert offer.setup == "actpass"
    assert offer.fingerprints[0][0] == "sha-256"
    for section in offer.sections:
        assert section.direction == "sendonly"
        if section.kind == "video":
            assert section.ordered_formats()[0].name == "VP8"
            ((rtx, primary),) = section.retransmissions.items()
            assert section.sources == [primary, rtx]
        else:
            assert section.ordered_formats()[0].name.lower() == "opus"


@pytest.mark.parametrize("browser", ["chromium", "firefox"])
def test_answers_of_browsers_are_read(browser: str) -> None:
    answer = read(sample(f"{browser}-answer"))
    assert answer.setup == "active"
    assert len(answer.sections) == 31


def test_bare_line_feeds_are_accepted() -> None:
    assert read((MINIMAL + SECTION).replace("\r\n", "\n")).ice_ufrag == "abcd"


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "no media section"),
        ("hello", "no media section"),
        (MINIMAL, "no media section"),
        (SECTION, "no ICE credentials"),
        (MINIMAL.replace("a=fing", "a=sing") + SECTION, "no certificate fingerprint"),
        (MINIMAL + SECTION + SECTION, "unique mid"),
        (MINIMAL + SECTION.replace("a=mid:0\r\n", ""), "unique mid"),
        (MINIMAL + SECTION.replace("mid:0", "mid:a b"), "mid attribute"),
        (MINIMAL + SECTION.replace("111\r", "200\r", 1), "over 127"),
        (MINIMAL + SECTION.replace("audio 9", "audio x"), "media line"),
        (
            MINIMAL + "m=application 9 UDP/DTLS/SCTP webrtc-datachannel\r\na=mid:1\r\n",
            "data channel",
        ),
        (
            MINIMAL
            + "m=application 0 UDP/DTLS/SCTP webrtc-datachannel\r\na=mid:1\r\n"
            + "a=bundle-only\r\n",
            "data channel",
        ),
        (MINIMAL.replace("actpass", "holdconn") + SECTION, "setup"),
        (MINIMAL.replace("ab:ab", "zz:zz") + SECTION, "fingerprint attribute"),
        (MINIMAL.replace("ufrag:abcd", "ufrag:a\x00b") + SECTION, "ice-ufrag"),
        (MINIMAL + SECTION + "a=x:" + "y" * 2000, "1,024 characters"),
        (MINIMAL + SECTION * 65, "64 sections"),
        (MINIMAL + "a=x\n" * 5_000, "too many lines"),
        (MINIMAL + "m=audio 9 X " + "1 " * 70, "64 payload types"),
        (MINIMAL + "x" * MAX_BYTES, "64 KiB"),
        (MINIMAL + SECTION + "a=ssrc:9999999999 cname:x\r\n", "invalid SSRC"),
        (MINIMAL + SECTION + "a=ssrc:0\r\n", "invalid SSRC"),
        (
            MINIMAL
            + "".join(
                f"a=fingerprint:sha-256 {':'.join([f'{i:02x}'] * 32)}\r\n"
                for i in range(9)
            ),
            "too many fingerprints",
        ),
    ],
)
def test_an_unusable_description_is_refused_with_a_reason(
    text: str, reason: str
) -> None:
    with pytest.raises(BadDescription, match=reason) as refused:
        read(text)
    assert refused.value.code == "bad-description"
    assert refused.value.message.startswith("The media description ")


def test_malformed_attributes_are_ignored() -> None:
    odd = (
        "a=rtpmap:x\r\na=rtpmap:300 a/1\r\na=fmtp:1\r\na=extmap:0 uri\r\na=ssrc:x\r\n"
        "a=extmap:3/sendonly urn:x\r\na=ssrc-group:SIM 1 2\r\na=ssrc:9\r\na=fmtp:111 a\r\n"
    )
    section = read(MINIMAL + SECTION + odd).sections[0]
    assert section.extensions == {"urn:x": 3}
    assert section.sources == [9]


@pytest.mark.parametrize(
    "lines",
    [
        "a=rtcp-fb:111 nack\r\n" * 3_000,
        "".join(f"a=ssrc:{i} cname:x\r\n" for i in range(1, 3_000)),
        "a=fmtp:111 " + "a=b;" * 250 + "\r\n",
        ("a=fmtp:111 " + "a" * 512 + "\r\n") * 120,
        ("a=fmtp:111 " + ("a" * 32 + ";") * 15 + "\r\n") * 120,
        "a=candidate:1 1 udp 1 192.0.2.1 9 typ host\r\n" * 1_400,
    ],
    ids=["feedback", "sources", "parameters", "no parameter", "names", "candidates"],
)
def test_the_cost_of_reading_grows_linearly(lines: str) -> None:
    """Eight times the text takes eight times the time; quadratic work would take 64."""
    head = MINIMAL + SECTION
    whole = (head + lines)[: MAX_BYTES - 1]
    eighth = head + whole[len(head) :][: (len(whole) - len(head)) // 8]
    least_s = {whole: math.inf, eighth: math.inf}
    for _ in range(20):  # in turns, so that other load of the machine affects both
        for text in least_s:
            start = time.process_time()
            assert len(read(text).sections[0].sources) <= 32
            least_s[text] = min(least_s[text], time.process_time() - start)
    assert least_s[whole] < 24 * least_s[eighth]


@given(st.text(max_size=300))
def test_any_text_is_read_or_refused(text: str) -> None:
    for whole in (text, MINIMAL + SECTION + text):
        try:
            read(whole)
        except BadDescription:
            continue


@pytest.mark.parametrize(
    "value", ["send", "send q;q", "send ;", "recv q;h", "send q; h", "send q=1"]
)
def test_a_malformed_simulcast_attribute_gives_no_layers(value: str) -> None:
    text = sample("chromium-offer").replace(
        "a=mid:1\r\n", f"a=mid:1\r\na=simulcast:{value}\r\n"
    )
    assert read(text).sections[1].rids in ((), ("q",))
