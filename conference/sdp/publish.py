"""
The publish offer of a browser, and the server's answer to it.

The answer has one codec per section: the first in the publisher's order that every
viewer of the room decodes, or else the publisher's first.
"""

from dataclasses import dataclass

from conference.contract.media import TrackDeclaration
from conference.contract.words import Source
from conference.fanout.formats import TrackFormat
from conference.ids import Mid
from conference.rtp import extensions
from conference.rtp.codecs import Codec
from conference.sdp import writer
from conference.sdp.reader import BadDescription, Description, Format, Section

KEPT_EXTENSIONS = (
    extensions.MID,
    extensions.RID,
    extensions.REPAIRED_RID,
    extensions.TRANSPORT_CC,
    extensions.AUDIO_LEVEL,
)
"""Header extensions that the answer accepts. urn:3gpp:video-orientation is left out,
because Firefox does not support it and would show a phone's video rotated; without it
the publisher rotates its frames itself."""
_NAMES = {codec.value.lower(): codec for codec in Codec}
_VIDEO_FEEDBACK = ("transport-cc", "ccm fir", "nack", "nack pli")
START_KBPS = 2100
"""Start value of Chromium's bandwidth estimate: the sum of a camera's layers. From its
default of 300 kbit/s it would start with 480 pixels and need a minute to grow; on a
slower link, transport-cc feedback reduces it within a second."""
_ECHOED = ("profile-id", "profile-level-id", "packetization-mode", "profile", "tier")
"""Parameters of a video format that the answer copies; all are single tokens."""


@dataclass(frozen=True, slots=True)
class OfferedSection:
    """A section of the offer, its declared source, and the codecs that can be used."""

    section: Section
    source: Source
    choices: tuple[tuple[Codec, Format], ...]
    """In the publisher's order."""


def read_offer(
    offer: Description, tracks: tuple[TrackDeclaration, ...]
) -> list[OfferedSection]:
    """
    Match the sections of an offer with the publisher's declarations.

    Raises:
        BadDescription: A section is not declared, is declared twice or has another
            media kind than its source; or none of its codecs can be forwarded.
    """
    declared = {track.mid: track.source for track in tracks}
    if len(declared) != len(tracks) or len({t.source for t in tracks}) != len(tracks):
        raise BadDescription("declares a section or a source twice")
    sections = []
    for section in offer.sections:
        if section.rejected:
            continue
        source = declared.pop(Mid(section.mid), None)
        if source is None or source.kind != section.kind:
            raise BadDescription(
                "has a section that is not declared, or declared as another kind"
            )
        choices = tuple(_choices(section))
        if not choices:
            raise BadDescription(f"has no usable codec for the {source.value}")
        sections.append(OfferedSection(section, source, choices))
    if declared:
        raise BadDescription("lacks a section that is declared")
    if not sections:
        raise BadDescription("offers nothing")
    return sections


def _choices(section: Section) -> list[tuple[Codec, Format]]:
    found: dict[Codec, Format] = {}
    for fmt in section.ordered_formats():
        codec = _NAMES.get(fmt.name.lower())
        if codec is None or (codec is Codec.OPUS) != (section.kind == "audio"):
            continue
        if codec not in found and _forwardable(codec, fmt):
            found[codec] = fmt
    return list(found.items())


def _forwardable(codec: Codec, fmt: Format) -> bool:
    # Each codec has one payload type towards viewers, so only the profile in their
    # offer can be forwarded.
    if codec is Codec.VP9:
        return fmt.parameters.get("profile-id", "0") == "0"
    if codec is Codec.AV1:
        return fmt.parameters.get("profile", "0") == "0"
    if codec is Codec.H264:
        profile = fmt.parameters.get("profile-level-id", "420010").lower()
        return fmt.parameters.get("packetization-mode") == "1" and (
            profile.startswith(("42e0", "42c0"))
        )
    return True


def choose(
    sections: list[OfferedSection], decodable: frozenset[Codec]
) -> list[TrackFormat]:
    """
    Choose a codec for each section.

    Args:
        sections: From ``read_offer``.
        decodable: Codecs that every viewer of the room decodes.

    Returns:
        The formats of the tracks, in the order of the sections.
    """
    tracks = []
    for offered in sections:
        codec, fmt = next(
            (choice for choice in offered.choices if choice[0] in decodable),
            offered.choices[0],
        )
        section = offered.section
        rtx = next(
            (
                other.payload_type
                for other in section.formats.values()
                if other.name.lower() == "rtx"
                and other.parameters.get("apt") == str(fmt.payload_type)
            ),
            None,
        )
        primaries = tuple(
            s for s in section.sources if s not in section.retransmissions
        )
        tracks.append(
            TrackFormat(
                mid=Mid(section.mid),
                source=offered.source,
                codec=codec,
                payload_type=fmt.payload_type,
                rtx_payload_type=rtx,
                extensions={
                    uri: section.extensions[uri]
                    for uri in KEPT_EXTENSIONS
                    if uri in section.extensions
                },
                sources=primaries,
                retransmissions=dict(section.retransmissions),
                rids=section.rids if extensions.RID in section.extensions else (),
                red_payload_type=_red(section)
                if offered.source is Source.MICROPHONE
                else None,
            )
        )
    return tracks


def _red(section: Section) -> int | None:
    """Return the payload type of redundant Opus, if the section offers it."""
    return next(
        (
            fmt.payload_type
            for fmt in section.formats.values()
            if fmt.name.lower() == "red" and fmt.clock_hz == Codec.OPUS.clock_hz
        ),
        None,
    )


def write_answer(
    local: writer.Local, offer: Description, tracks: list[TrackFormat]
) -> str:
    """Return the answer; sections without a track are in it, rejected (RFC 8829 §5.3.1)."""
    by_mid = {track.mid: track for track in tracks}
    lines = local.head([track.mid for track in tracks], "passive")
    candidates: list[str] = local.candidates()
    for section in offer.sections:
        track = by_mid.get(Mid(section.mid))
        if track is None:
            lines += _rejected(section)
            continue
        lines += _section(track, section, candidates)
        candidates = []
    return writer.join(lines)


def _rejected(section: Section) -> list[str]:
    """Return the lines of a rejected section."""
    if section.kind == "application":
        media = "application 0 UDP/DTLS/SCTP webrtc-datachannel"
    else:
        kept = section.payload_types[0] if section.payload_types else 0
        media = f"{section.kind} 0 UDP/TLS/RTP/SAVPF {kept}"
    named = [f"a=mid:{section.mid}"] if section.mid else []
    return [f"m={media}", "c=IN IP4 0.0.0.0", *named, "a=inactive"]


def _section(track: TrackFormat, section: Section, candidates: list[str]) -> list[str]:
    codec, payload_type = track.codec, track.payload_type
    types = [payload_type]
    if track.rtx_payload_type is not None:
        types.append(track.rtx_payload_type)
    red = track.red_payload_type
    if red is not None:
        types.insert(0, red)  # browsers send the first payload type
    sends = section.direction in ("sendonly", "sendrecv")
    lines = [
        f"m={section.kind} 9 UDP/TLS/RTP/SAVPF {' '.join(map(str, types))}",
        "c=IN IP4 0.0.0.0",
        "a=rtcp-mux",
        *candidates,
        f"a=mid:{track.mid}",
        "a=recvonly" if sends else "a=inactive",
        "a=rtcp-rsize",
    ]
    lines += [f"a=extmap:{number} {uri}" for uri, number in track.extensions.items()]
    channels = "/2" if codec is Codec.OPUS else ""
    lines.append(f"a=rtpmap:{payload_type} {codec}/{codec.clock_hz}{channels}")
    parameters = _parameters(track, section)
    if parameters:
        lines.append(f"a=fmtp:{payload_type} {parameters}")
    if codec is Codec.OPUS:
        lines.append(f"a=rtcp-fb:{payload_type} transport-cc")
    else:
        lines += [f"a=rtcp-fb:{payload_type} {name}" for name in _VIDEO_FEEDBACK]
    if track.rtx_payload_type is not None:
        lines += [
            f"a=rtpmap:{track.rtx_payload_type} rtx/90000",
            f"a=fmtp:{track.rtx_payload_type} apt={payload_type}",
        ]
    if red is not None:
        lines += writer.redundant(red, payload_type)
    if track.rids:
        lines += [f"a=rid:{rid} recv" for rid in track.rids]
        lines.append(f"a=simulcast:recv {';'.join(track.rids)}")
    return lines


def _parameters(track: TrackFormat, section: Section) -> str:
    if track.codec is Codec.OPUS:
        parameters = writer.FORMAT_PARAMETERS[Codec.OPUS]
        # DTX: a silent microphone sends 3 packets per second instead of 50. Not for
        # screen audio, because DTX degrades music.
        microphone = track.source is Source.MICROPHONE
        return parameters + (";usedtx=1" if microphone else writer.STEREO)
    offered = section.formats[track.payload_type].parameters
    kept = [f"{key}={offered[key]}" for key in _ECHOED if key in offered]
    return ";".join([*kept, f"x-google-start-bitrate={START_KBPS}"])
