"""What both descriptions of the server share: its ICE and DTLS side, its codec table."""

from dataclasses import dataclass

from conference.rtp.codecs import Codec

FORMAT_PARAMETERS: dict[Codec, str] = {
    Codec.OPUS: "minptime=10;useinbandfec=1",
    Codec.VP9: "profile-id=0",
    Codec.H264: (
        "level-asymmetry-allowed=1;packetization-mode=1;profile-level-id=42e01f"
    ),
    Codec.AV1: "level-idx=5;profile=0;tier=0",
}

STEREO = ";stereo=1;sprop-stereo=1"
"""More for Opus that carries a shared screen's sound, in both directions (RFC 7587
§6.1). A browser sends two channels when the other side's ``stereo`` says so, and
its decoder gives two out when its own does."""


def redundant(red: int, opus: int) -> list[str]:
    """Return the lines of Opus with one older frame in each packet (RFC 2198 §5)."""
    return [
        f"a=rtpmap:{red} red/{Codec.OPUS.clock_hz}/2",
        f"a=fmtp:{red} {opus}/{opus}",
    ]


UDP_PRIORITY = 2_130_706_431
"""Host candidate of RFC 8445 §5.1.2.1: (126 << 24) + (65535 << 8) + 255."""
TCP_PRIORITY = (90 << 24) + (((4 << 13) + 8191) << 8) + 255
"""Passive TCP host candidate of RFC 6544 §4.2: direction preference 4. The type
preference lies below that of every UDP candidate, so that UDP is used where both
work."""


@dataclass(frozen=True, slots=True)
class Local:
    """The server's side of one transport."""

    session: int
    """Number of the session, RFC 8866 §5.2."""
    version: int
    """Grows by one with each description of the session."""
    ice_ufrag: str
    ice_pwd: str
    fingerprint: str
    """SHA-256 of the certificate, colon-separated."""
    addresses: tuple[str, ...]
    """Addresses to advertise, best first."""
    port: int
    """The one media port."""
    tcp: bool
    """Whether it listens for TCP too."""

    def head(self, mids: list[str], setup: str) -> list[str]:
        """Return the session part: ICE and DTLS stand here, for all sections."""
        return [
            "v=0",
            f"o=- {self.session} {self.version} IN IP4 127.0.0.1",
            "s=-",
            "t=0 0",
            "a=ice-lite",
            "a=extmap-allow-mixed",
            f"a=group:BUNDLE {' '.join(mids)}",
            "a=msid-semantic: WMS *",
            f"a=fingerprint:sha-256 {self.fingerprint}",
            f"a=setup:{setup}",
            f"a=ice-ufrag:{self.ice_ufrag}",
            f"a=ice-pwd:{self.ice_pwd}",
        ]

    def candidates(self) -> list[str]:
        """Return the candidate lines; they stand in the first section."""
        lines = [
            f"a=candidate:{number} 1 udp {UDP_PRIORITY - 256 * number} "
            f"{address} {self.port} typ host"
            for number, address in enumerate(self.addresses, 1)
        ]
        if self.tcp:
            # Foundations differ from those of UDP (RFC 8445 §5.1.1.3).
            lines += [
                f"a=candidate:t{number} 1 tcp {TCP_PRIORITY - 256 * number} "
                f"{address} {self.port} typ host tcptype passive"
                for number, address in enumerate(self.addresses, 1)
            ]
        return [*lines, "a=end-of-candidates"]


def join(lines: list[str]) -> str:
    """Return the text of a description."""
    return "\r\n".join(lines) + "\r\n"
