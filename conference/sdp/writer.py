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
UDP_PRIORITY = 2_130_706_431
"""Host candidate of RFC 8445 §5.1.2.1: (126 << 24) + (65535 << 8) + 255."""


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
    """The one UDP port."""

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
        return [
            f"a=candidate:{number} 1 udp {UDP_PRIORITY - 256 * number} "
            f"{address} {self.port} typ host"
            for number, address in enumerate(self.addresses, 1)
        ] + ["a=end-of-candidates"]


def join(lines: list[str]) -> str:
    """Return the text of a description."""
    return "\r\n".join(lines) + "\r\n"
