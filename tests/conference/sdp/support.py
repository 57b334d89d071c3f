"""What the tests of session descriptions share."""

import random
from pathlib import Path

from conference.contract.media import TrackDeclaration
from conference.contract.words import Source
from conference.fanout.engines import DEFAULT_ENGINE
from conference.fanout.formats import SlotFormat
from conference.fanout.sockets import SocketTable
from conference.ids import Mid
from conference.rtp.codecs import Codec
from conference.sdp.writer import Local
from conference.sfu.router import Router

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
ORIENTATION = "urn:3gpp:video-orientation"


def sample(name: str) -> str:
    """Return a description that a browser wrote."""
    return (BROWSERS / f"{name}.sdp").read_bytes().decode()


def formats() -> list[SlotFormat]:
    """Return the formats of a viewer's slots."""
    fanout = DEFAULT_ENGINE(SocketTable(), lambda _: None)
    router = Router(fanout, random.Random(5).getrandbits, wall_offset=0.0)
    return router.plan_slots()


def with_security(head: str, sections: list[str]) -> str:
    """Return the session part with ICE and DTLS attributes of the first section."""
    names = ("ice-ufrag", "ice-pwd", "fingerprint", "setup")
    lines = [line for line in sections[0].splitlines() if line[2:].startswith(names)]
    return head + "".join(f"{line}\r\n" for line in lines)
