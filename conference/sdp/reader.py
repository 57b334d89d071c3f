"""
A parser of browsers' session descriptions (RFC 8866) with linear cost.

It keeps only validated values that the media plane uses; no text of a description is
copied into another one. Candidates are ignored, because an ICE-lite agent learns
addresses from authenticated connectivity checks. aiortc's parser is not used: it drops
attributes of layers and codecs, raises various built-in exceptions, and needs quadratic
time (80 s for 207 kB).
"""

import re
from dataclasses import dataclass, field

from conference.errors import UserError

MAX_BYTES = 65_536
"""Largest description. An answer with 31 slots has 27 kB, an offer with four sections
20 kB."""
MAX_LINES = 4_000
MAX_LINE_CHARACTERS = 1_024
MAX_SECTIONS = 64
MAX_PAYLOAD_TYPES = 64
MAX_SOURCES = 32
MAX_FINGERPRINTS = 4
MAX_LAYERS = 3
"""Simulcast layers per section; browsers offer three at most."""

_MID = re.compile(r"[A-Za-z0-9_-]{1,16}")
_ICE = re.compile(r"[A-Za-z0-9+/]{4,256}")
_FINGERPRINT = re.compile(r"[0-9A-Fa-f]{2}(:[0-9A-Fa-f]{2}){19,63}")
_MEDIA = re.compile(r"(audio|video|application) (\d{1,5}) ([A-Z/]{1,32}) (.+)")
_RTPMAP = re.compile(r"(\d{1,3}) ([A-Za-z0-9._-]{1,32})/(\d{1,6})(?:/(\d{1,2}))?")
_FMTP = re.compile(r"(\d{1,3}) (.{1,512})")
_PARAMETER = re.compile(r" *([A-Za-z0-9-]{1,32})=([A-Za-z0-9-]{1,64}) *")
_EXTMAP = re.compile(r"(\d{1,3})(?:/[a-z]{1,8})? (\S{1,128})")
_SSRC = re.compile(r"(\d{1,10})\b.*")
_RID = re.compile(r"~?([A-Za-z0-9_-]{1,16})(?:,[A-Za-z0-9_,~-]{1,64})?")
_GROUP = re.compile(r"FID (\d{1,10}) (\d{1,10})")
_DIRECTIONS = frozenset({"sendrecv", "sendonly", "recvonly", "inactive"})
_SETUPS = frozenset({"actpass", "active", "passive"})


class BadDescription(UserError):
    """A description that cannot be used; the message says why."""

    def __init__(self, reason: str) -> None:
        super().__init__("bad-description", f"The media description {reason}.")


@dataclass(frozen=True, slots=True)
class Format:
    """One payload type of a section."""

    payload_type: int
    name: str
    clock_hz: int
    parameters: dict[str, str]


@dataclass(slots=True)
class Section:
    """One media section."""

    kind: str
    port: int
    payload_types: tuple[int, ...]
    mid: str = ""
    direction: str = "sendrecv"
    bundle_only: bool = False
    formats: dict[int, Format] = field(default_factory=dict)
    extensions: dict[str, int] = field(default_factory=dict)
    """Negotiated identifier by URI."""
    sources: list[int] = field(default_factory=list)
    """SSRCs in the order of appearance."""
    retransmissions: dict[int, int] = field(default_factory=dict)
    """Primary SSRC by its retransmission SSRC (FID groups, RFC 5576 §4.2)."""
    rids: tuple[str, ...] = ()
    """RIDs of the simulcast layers that the browser sends, in its order (RFC 8853 §5.1)."""
    maps: dict[int, tuple[str, int]] = field(default_factory=dict, repr=False)
    parameters: dict[int, dict[str, str]] = field(default_factory=dict, repr=False)

    @property
    def rejected(self) -> bool:
        """Whether the section is rejected: port 0 without bundle-only (RFC 8829 §4.1.1)."""
        return self.port == 0 and not self.bundle_only

    def ordered_formats(self) -> list[Format]:
        """Return the formats in the browser's order of preference."""
        return [self.formats[pt] for pt in self.payload_types if pt in self.formats]


@dataclass(slots=True)
class Description:
    """A description; all sections share one transport (BUNDLE), so ICE and DTLS do too."""

    sections: list[Section]
    ice_ufrag: str
    ice_pwd: str
    fingerprints: tuple[tuple[str, str], ...]
    """Pairs of hash name (lower case) and colon-separated value."""
    setup: str
    session: str
    """Session id in the origin line (RFC 8866 §5.2), not validated."""


@dataclass(slots=True)
class _Security:
    ufrag: str = ""
    pwd: str = ""
    fingerprints: list[tuple[str, str]] = field(default_factory=list)
    setup: str = ""


def read(text: str) -> Description:
    """
    Parse a description.

    Raises:
        BadDescription: It is too large, not SDP, or lacks what WebRTC requires.
    """
    if len(text) > MAX_BYTES:
        raise BadDescription("is larger than 64 KiB")
    lines = text.split("\n", MAX_LINES)
    if len(lines) > MAX_LINES:
        raise BadDescription("has too many lines")
    sections: list[Section] = []
    security = _Security()
    session = ""
    for line in lines:
        line = line.rstrip("\r")
        if len(line) > MAX_LINE_CHARACTERS:
            raise BadDescription("has a line of more than 1,024 characters")
        if line.startswith("m="):
            if len(sections) == MAX_SECTIONS:
                raise BadDescription("has more than 64 sections")
            sections.append(_read_media(line[2:]))
        elif line.startswith("a="):
            name, _, value = line[2:].partition(":")
            if not _read_security(security, name, value) and sections:
                _read_attribute(sections[-1], name, value)
        elif line.startswith("o="):
            session = line.split(" ", 2)[1] if line.count(" ") else ""
    return _finish(sections, security, session)


def _read_media(value: str) -> Section:
    match = _MEDIA.fullmatch(value)
    if match is None:
        raise BadDescription("has an invalid media line")
    kind, port, _, formats = match.groups()
    names = formats.split(" ")
    if len(names) > MAX_PAYLOAD_TYPES:
        raise BadDescription("has a section with more than 64 payload types")
    types = tuple(int(name) for name in names if name.isdecimal() and len(name) <= 3)
    if any(payload_type > 127 for payload_type in types):
        raise BadDescription("has a payload type over 127")
    return Section(kind, int(port), types)


def _read_security(security: _Security, name: str, value: str) -> bool:
    # All sections are bundled on one transport, so the first value is used.
    match name:
        case "ice-ufrag":
            security.ufrag = security.ufrag or _checked(_ICE, value, name)
        case "ice-pwd":
            security.pwd = security.pwd or _checked(_ICE, value, name)
        case "setup":
            if value not in _SETUPS:
                raise BadDescription("has an unknown setup attribute")
            security.setup = security.setup or value
        case "fingerprint":
            algorithm, _, digest = value.partition(" ")
            entry = (algorithm.lower(), _checked(_FINGERPRINT, digest, name).upper())
            if entry not in security.fingerprints:
                security.fingerprints.append(entry)
            if len(security.fingerprints) > MAX_FINGERPRINTS:
                raise BadDescription("has too many fingerprints")
        case _:
            return False
    return True


def _checked(pattern: re.Pattern[str], value: str, name: str) -> str:
    if pattern.fullmatch(value) is None:
        raise BadDescription(f"has an invalid {name} attribute")
    return value


def _ssrc(text: str) -> int:
    number = int(text)
    if not 0 < number <= 0xFFFFFFFF:
        raise BadDescription("has an invalid SSRC")
    return number


def _rids(value: str) -> tuple[str, ...]:
    """
    Return the RIDs of the send direction of a simulcast attribute (RFC 8853 §5.1).

    Of alternatives, the first one is used. Paused layers (~) are included, because
    their packets show whether they are sent.
    """
    words = value.split()
    directions = dict(zip(words[::2], words[1::2], strict=False))
    names = [_RID.fullmatch(part) for part in directions.get("send", "").split(";")]
    rids = tuple(name[1] for name in names if name is not None)
    if len(rids) < len(names) or len(set(rids)) < len(rids):
        return ()
    return rids[:MAX_LAYERS]


def _read_attribute(section: Section, name: str, value: str) -> None:
    match name:
        case "mid":
            section.mid = _checked(_MID, value, name)
        case "bundle-only":
            section.bundle_only = True
        case "rtpmap":
            if found := _RTPMAP.fullmatch(value):
                section.maps[int(found[1])] = (found[2], int(found[3]))
        case "fmtp":
            if found := _FMTP.fullmatch(value):
                # Split at the semicolons first: a search for pairs in the whole text
                # would try 32 lengths at each character.
                pairs = map(_PARAMETER.fullmatch, found[2].split(";"))
                section.parameters[int(found[1])] = {
                    pair[1].lower(): pair[2] for pair in pairs if pair is not None
                }
        case "extmap":
            if (found := _EXTMAP.fullmatch(value)) and 1 <= int(found[1]) <= 255:
                section.extensions.setdefault(found[2], int(found[1]))
        case "ssrc":
            if found := _SSRC.fullmatch(value):
                ssrc = _ssrc(found[1])
                if ssrc not in section.sources and len(section.sources) < MAX_SOURCES:
                    section.sources.append(ssrc)
        case "simulcast":
            section.rids = _rids(value)
        case "ssrc-group":
            found = _GROUP.fullmatch(value)
            if found and len(section.retransmissions) < MAX_SOURCES:
                section.retransmissions[_ssrc(found[2])] = _ssrc(found[1])
        case _ if name in _DIRECTIONS:
            section.direction = name


def _finish(sections: list[Section], security: _Security, session: str) -> Description:
    if not sections:
        raise BadDescription("has no media section")
    if not security.ufrag or not security.pwd:
        raise BadDescription("has no ICE credentials")
    if not security.fingerprints:
        raise BadDescription("has no certificate fingerprint")
    mids: set[str] = set()
    for section in sections:
        if section.rejected and not section.mid:
            continue  # a rejected section needs no mid (RFC 9143 §7.1.1)
        if section.kind == "application" and not section.rejected:
            raise BadDescription("asks for a data channel, which is not offered here")
        if not section.mid or section.mid in mids:
            raise BadDescription("has a section without a unique mid")
        mids.add(section.mid)
        for payload_type in section.payload_types:
            if payload_type in section.maps:
                name, clock_hz = section.maps[payload_type]
                section.formats[payload_type] = Format(
                    payload_type,
                    name,
                    clock_hz,
                    section.parameters.get(payload_type, {}),
                )
        section.maps.clear()
        section.parameters.clear()
    return Description(
        sections,
        security.ufrag,
        security.pwd,
        tuple(security.fingerprints),
        security.setup,
        session,
    )
