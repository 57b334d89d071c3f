"""
The subscribe offer, written once per viewer, and the viewer's answer to it.

Every slot is a ``sendonly`` section with an SSRC of its own. Video and audio of the
content slots are in one MediaStream, and those of the stage slots in another, so that
the browser synchronises them. ICE and DTLS attributes are at session level, and all
sections but the first are bundle-only (RFC 9143 §6), which saves a fifth of the size.
"""

from conference.contract.words import SlotGroup
from conference.fanout.formats import (
    ABS_SEND_TIME_ID,
    AUDIO_LEVEL_ID,
    PAYLOAD_TYPES,
    RED_PAYLOAD_TYPE,
    RTX_PAYLOAD_TYPES,
    TRANSPORT_CC_ID,
    SlotFormat,
    ViewerFormat,
)
from conference.rtp import extensions
from conference.rtp.codecs import VIDEO_CODECS, Codec
from conference.sdp import writer
from conference.sdp.reader import BadDescription, Description

_VIDEO_FEEDBACK = ("ccm fir", "nack", "nack pli", "transport-cc", "goog-remb")
"""REMB (goog-remb) is for browsers that do not accept transport-cc."""


def write_offer(local: writer.Local, slots: list[SlotFormat]) -> str:
    """Return the subscribe offer for a viewer's slots."""
    lines = local.head([slot.mid for slot in slots], "actpass")
    for number, slot in enumerate(slots):
        lines += _section(slot, local.candidates() if number == 0 else None)
    return writer.join(lines)


def _section(slot: SlotFormat, candidates: list[str] | None) -> list[str]:
    video = slot.kind == "video"
    codecs = VIDEO_CODECS if video else (Codec.OPUS,)
    types: list[int] = []
    formats: list[str] = []
    for codec in codecs:
        payload_type = PAYLOAD_TYPES[codec]
        types.append(payload_type)
        channels = "" if video else "/2"
        formats.append(f"a=rtpmap:{payload_type} {codec}/{codec.clock_hz}{channels}")
        if codec in writer.FORMAT_PARAMETERS:
            parameters = writer.FORMAT_PARAMETERS[codec]
            if not video and slot.group is SlotGroup.CONTENT:
                parameters += writer.STEREO
            formats.append(f"a=fmtp:{payload_type} {parameters}")
        if video:
            rtx = RTX_PAYLOAD_TYPES[codec]
            types.append(rtx)
            formats += [f"a=rtcp-fb:{payload_type} {name}" for name in _VIDEO_FEEDBACK]
            formats += [f"a=rtpmap:{rtx} rtx/90000", f"a=fmtp:{rtx} apt={payload_type}"]
    if not video:
        types.append(RED_PAYLOAD_TYPE)
        formats += writer.redundant(RED_PAYLOAD_TYPE, PAYLOAD_TYPES[Codec.OPUS])
        formats.append(f"a=rtcp-fb:{PAYLOAD_TYPES[Codec.OPUS]} transport-cc")
    port = 0 if candidates is None else 9
    lines = [
        f"m={slot.kind} {port} UDP/TLS/RTP/SAVPF {' '.join(map(str, types))}",
        "c=IN IP4 0.0.0.0",
        "a=rtcp-mux",
    ]
    lines += ["a=bundle-only"] if candidates is None else candidates
    lines += [
        f"a=mid:{slot.mid}",
        "a=sendonly",
        "a=rtcp-rsize",
        f"a=msid:{slot.label} {slot.label}-{slot.kind[0]}",
        f"a=extmap:{ABS_SEND_TIME_ID} {extensions.ABS_SEND_TIME}",
        f"a=extmap:{TRANSPORT_CC_ID} {extensions.TRANSPORT_CC}",
    ]
    if not video:
        lines.append(f"a=extmap:{AUDIO_LEVEL_ID} {extensions.AUDIO_LEVEL}")
    lines += formats
    if video:
        lines.append(f"a=ssrc-group:FID {slot.ssrc} {slot.rtx_ssrc}")
    lines.append(f"a=ssrc:{slot.ssrc} cname:{slot.label}")
    if video:
        lines.append(f"a=ssrc:{slot.rtx_ssrc} cname:{slot.label}")
    return lines


def read_answer(answer: Description, slots: list[SlotFormat]) -> ViewerFormat:
    """
    Return what the viewer's browser supports.

    A codec counts as decodable only if every slot of its kind accepts it: Firefox
    without its H.264 plugin leaves H264 out of its answer, and would show nothing for it.

    Raises:
        BadDescription: Sections are missing, rejected or in another order.
    """
    if [section.mid for section in answer.sections] != [slot.mid for slot in slots]:
        raise BadDescription("does not answer the slots that were offered")
    decodable = set(Codec)
    redundant = repaired = True
    counted = {"audio": True, "video": True}
    for section, slot in zip(answer.sections, slots, strict=True):
        if section.port == 0 and not section.bundle_only:
            raise BadDescription("rejects a slot")
        codecs = VIDEO_CODECS if slot.kind == "video" else (Codec.OPUS,)
        for codec in codecs:
            if PAYLOAD_TYPES[codec] not in section.payload_types:
                decodable.discard(codec)
            elif RTX_PAYLOAD_TYPES.get(codec) not in (None, *section.payload_types):
                repaired = False
        if section.extensions.get(extensions.TRANSPORT_CC) != TRANSPORT_CC_ID:
            counted[slot.kind] = False
        if slot.kind == "audio" and RED_PAYLOAD_TYPE not in section.payload_types:
            redundant = False
    return ViewerFormat(
        frozenset(decodable), redundant, counted["video"], counted["audio"], repaired
    )
