"""The common parts of the server's descriptions: ICE, DTLS and codec parameters."""

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
"""Additional Opus parameters for screen audio, in both directions (RFC 7587 §6.1). A
browser sends two channels if the remote description says ``stereo``, and decodes two if
its own does."""


def redundant(red: int, opus: int) -> list[str]:
    """
    Return the lines for Opus with one older frame in each packet (RFC 2198 §5).

    Args:
        red: Payload type of redundant audio.
        opus: Payload type of Opus.
    """
    return [
        f"a=rtpmap:{red} red/{Codec.OPUS.clock_hz}/2",
        f"a=fmtp:{red} {opus}/{opus}",
    ]


UDP_PRIORITY = 2_130_706_431
"""Host candidate of RFC 8445 §5.1.2.1: (126 << 24) + (65535 << 8) + 255."""
TCP_PRIORITY = (90 << 24) + (((4 << 13) + 8191) << 8) + 255
"""Passive TCP host candidate of RFC 6544 §4.2, with direction preference 4. Its type
preference is lower than that of UDP candidates, so that UDP is used where both work."""


@dataclass(frozen=True, slots=True)
class Local:
    """The server's side of one transport."""

    session: int
    """Session id (RFC 8866 §5.2)."""
    version: int
    """Session version: increases by one with each description of the session."""
    ice_ufrag: str
    ice_pwd: str
    fingerprint: str
    """SHA-256 of the certificate, colon-separated."""
    addresses: tuple[str, ...]
    """Addresses to advertise, in order of preference."""
    port: int
    """The media port."""
    tcp: bool
    """Whether the media port accepts TCP too."""

    def head(self, mids: list[str], setup: str) -> list[str]:
        """
        Return the session part, with ICE and DTLS attributes for all sections.

        Args:
            mids: Of the bundled sections.
            setup: DTLS role, ``actpass`` or ``passive`` (RFC 8842 §5).
        """
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
        """Return the candidate lines, which belong into the first section."""
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
