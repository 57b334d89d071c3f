"""The little of SDP that a client needs: read the server's, write one's own (RFC 8866)."""

import re
from dataclasses import dataclass, field

MID = "urn:ietf:params:rtp-hdrext:sdes:mid"
ABS_SEND_TIME = "http://www.webrtc.org/experiments/rtp-hdrext/abs-send-time"
RID = "urn:ietf:params:rtp-hdrext:sdes:rtp-stream-id"
REPAIRED_RID = "urn:ietf:params:rtp-hdrext:sdes:repaired-rtp-stream-id"
TRANSPORT_CC = (
    "http://www.ietf.org/id/draft-holmer-rmcat-transport-wide-cc-extensions-01"
)
AUDIO_LEVEL = "urn:ietf:params:rtp-hdrext:ssrc-audio-level"


@dataclass(frozen=True, slots=True)
class Candidate:
    """Where the server listens."""

    transport: str
    host: str
    port: int
    priority: int


@dataclass(slots=True)
class Section:
    """One ``m=`` section."""

    kind: str
    port: int
    mid: str = ""
    direction: str = "sendrecv"
    codecs: dict[int, str] = field(default_factory=dict)
    """Payload type → encoding name, retransmission formats left out."""
    rtx: dict[int, int] = field(default_factory=dict)
    """Payload type → payload type of its retransmissions (RFC 4588)."""
    extensions: dict[str, int] = field(default_factory=dict)
    """URI → local identifier (RFC 8285)."""
    ssrc: int = 0
    rtx_ssrc: int = 0
    msid: str = ""
    rids: tuple[str, ...] = ()
    """Names of the layers that a sender offers; then no SSRC is announced."""

    def payload_type(self, codec: str) -> int:
        """Return the payload type of a codec; ``KeyError`` when it is not there."""
        for number, name in self.codecs.items():
            if name == codec:
                return number
        raise KeyError(codec)


@dataclass(slots=True)
class Description:
    """A parsed session description."""

    ufrag: str
    password: str
    fingerprint: tuple[str, str]
    """Algorithm and value."""
    setup: str
    candidates: list[Candidate]
    sections: list[Section]


def _first(text: str, name: str) -> str:
    found = re.search(rf"^a={name}:(.*?)\r?$", text, re.MULTILINE)
    if found is None:
        raise ValueError(f"no a={name} in the description")
    return found[1]


def _section(text: str) -> Section:
    lines = text.splitlines()
    kind, port, _, *_ = lines[0].removeprefix("m=").split(" ")
    section = Section(kind, int(port))
    apt: dict[int, int] = {}
    names: dict[int, str] = {}
    for line in lines[1:]:
        name, _, value = line.removeprefix("a=").partition(":")
        match name:
            case "mid":
                section.mid = value
            case "sendonly" | "recvonly" | "inactive" | "sendrecv":
                section.direction = name
            case "rtpmap":
                number, encoding = value.split(" ", 1)
                names[int(number)] = encoding.split("/")[0]
            case "fmtp":
                number, parameters = value.split(" ", 1)
                if found := re.search(r"\bapt=(\d+)", parameters):
                    apt[int(number)] = int(found[1])
            case "extmap":
                number, uri = value.split(" ")[:2]
                section.extensions[uri] = int(number.split("/")[0])
            case "msid":
                section.msid = value
            case "ssrc-group":
                _, first, second = value.split(" ")
                section.ssrc, section.rtx_ssrc = int(first), int(second)
            case "ssrc":
                section.ssrc = section.ssrc or int(value.split(" ")[0])
    section.codecs = {n: c for n, c in names.items() if c.lower() != "rtx"}
    section.rtx = {primary: number for number, primary in apt.items()}
    return section


def parse(text: str) -> Description:
    """
    Read a description.

    Raises:
        ValueError: Something is missing that a client cannot do without.
    """
    algorithm, value = _first(text, "fingerprint").split(" ", 1)
    candidates = {}
    for line in re.findall(r"^a=candidate:(.*?)\r?$", text, re.MULTILINE):
        _, _, transport, priority, host, port, *more = line.split(" ")
        if transport.lower() == "tcp" and "passive" not in more:
            continue  # nobody listens there (RFC 6544 §4.5)
        candidates[transport.lower(), host, port] = Candidate(
            transport.lower(), host, int(port), int(priority)
        )
    return Description(
        _first(text, "ice-ufrag"),
        _first(text, "ice-pwd"),
        (algorithm.strip(), value.strip()),
        _first(text, "setup"),
        sorted(candidates.values(), key=lambda c: -c.priority),
        [_section(part) for part in re.split(r"^(?=m=)", text, flags=re.M)[1:]],
    )


@dataclass(frozen=True, slots=True)
class Local:
    """What this side says about itself."""

    ufrag: str
    password: str
    fingerprint: str
    """SHA-256, colons between."""
    session: int
    """Number of the session, one for each peer connection (RFC 8866 §5.2)."""

    def lines(self, setup: str) -> list[str]:
        """Return the transport's attributes."""
        return [
            f"a=ice-ufrag:{self.ufrag}",
            f"a=ice-pwd:{self.password}",
            "a=ice-options:trickle",
            f"a=fingerprint:sha-256 {self.fingerprint}",
            f"a=setup:{setup}",
        ]


def _head(mids: list[str], local: Local) -> list[str]:
    return [
        "v=0",
        f"o=- {local.session} 2 IN IP4 127.0.0.1",
        "s=-",
        "t=0 0",
        f"a=group:BUNDLE {' '.join(mids)}",
        "a=extmap-allow-mixed",
        "a=msid-semantic: WMS",
    ]


def _formats(section: Section, codecs: dict[int, str]) -> list[str]:
    lines = []
    for number, name in codecs.items():
        clock = "48000/2" if section.kind == "audio" else "90000"
        lines.append(f"a=rtpmap:{number} {name}/{clock}")
        if section.kind == "video":
            lines += [
                f"a=rtcp-fb:{number} {feedback}"
                for feedback in ("transport-cc", "ccm fir", "nack", "nack pli")
            ]
        else:
            lines += [
                f"a=rtcp-fb:{number} transport-cc",
                f"a=fmtp:{number} minptime=10;useinbandfec=1",
            ]
        if name == "H264":
            lines.append(
                f"a=fmtp:{number} level-asymmetry-allowed=1;"
                "packetization-mode=1;profile-level-id=42e01f"
            )
        if number in section.rtx:
            rtx = section.rtx[number]
            lines += [f"a=rtpmap:{rtx} rtx/90000", f"a=fmtp:{rtx} apt={number}"]
    return lines


def _media(section: Section, local: Local, setup: str, codecs: dict[int, str]) -> str:
    numbers = []
    for number in codecs:
        numbers.append(str(number))
        if number in section.rtx:
            numbers.append(str(section.rtx[number]))
    port = 9 if codecs else 0
    lines = [
        f"m={section.kind} {port} UDP/TLS/RTP/SAVPF {' '.join(numbers) or '0'}",
        "c=IN IP4 0.0.0.0",
        "a=rtcp:9 IN IP4 0.0.0.0",
        *local.lines(setup),
        f"a=mid:{section.mid}",
        *(f"a=extmap:{number} {uri}" for uri, number in section.extensions.items()),
        f"a={section.direction}",
        "a=rtcp-mux",
        "a=rtcp-rsize",
    ]
    if section.msid:
        lines.append(f"a=msid:{section.msid}")
    lines += _formats(section, codecs)
    if section.direction == "sendonly" and section.rids:
        lines += [f"a=rid:{rid} send" for rid in section.rids]
        lines.append(f"a=simulcast:send {';'.join(section.rids)}")
    elif section.direction == "sendonly":
        if section.rtx_ssrc:
            lines.append(f"a=ssrc-group:FID {section.ssrc} {section.rtx_ssrc}")
            lines.append(f"a=ssrc:{section.rtx_ssrc} cname:scripted")
        lines.append(f"a=ssrc:{section.ssrc} cname:scripted")
    return "\r\n".join(lines)


def write_answer(offer: Description, local: Local, accepted: frozenset[str]) -> str:
    """Answer a slot offer: receive everything, decode the ``accepted`` codecs."""
    parts = ["\r\n".join(_head([s.mid for s in offer.sections], local))]
    for section in offer.sections:
        codecs = {n: c for n, c in section.codecs.items() if c in accepted}
        mine = Section(
            section.kind,
            9,
            mid=section.mid,
            direction="recvonly",
            rtx=section.rtx,
            extensions=section.extensions,
        )
        parts.append(_media(mine, local, "active", codecs))
    return "\r\n".join(parts) + "\r\n"


def write_offer(sections: list[Section], local: Local) -> str:
    """Offer to send the given sections."""
    parts = ["\r\n".join(_head([s.mid for s in sections], local))]
    parts += [_media(s, local, "actpass", s.codecs) for s in sections]
    return "\r\n".join(parts) + "\r\n"
