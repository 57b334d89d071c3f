"""
DTLS-SRTP (RFC 5764) of one leg, on aiortc's ``RTCDtlsTransport``.

aiortc does the handshake and exports the keys; packets do not pass through it. A test
checks the private names of aiortc 1.16 that this file uses; no other file uses them.
"""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from typing import cast

import pylibsrtp
from aiortc import (
    RTCCertificate,
    RTCDtlsFingerprint,
    RTCDtlsParameters,
    RTCDtlsTransport,
    RTCIceTransport,
)
from aiortc import rtcdtlstransport as dtls_module
from aiortc.rtcdtlstransport import SRTPProtectionProfile
from OpenSSL import SSL

from conference.fanout.contract import SrtpProfile, ViewerKeys
from conference.rtp.packet import is_rtcp
from conference.transport.ice import IceLite

HANDSHAKE_S = 30.0
"""From the answer to the end of the handshake, connectivity checks included. Shorter:
slow links fail; longer: unfinished legs hold memory."""
MAX_SSRCS = 64
"""SSRCs that one browser may send from; libsrtp keeps state for each."""
EXPORTER_LABEL = b"EXTRACTOR-dtls_srtp"  # RFC 5764 §4.2
PROFILES = (
    dtls_module.SRTP_AEAD_AES_128_GCM,
    dtls_module.SRTP_AEAD_AES_256_GCM,
    dtls_module.SRTP_AES128_CM_SHA1_80,
)
"""In order of preference; both browsers accept the first. A 256-bit key costs CPU and
adds no security to a handshake on P-256, which has 128 bits of it."""


class ServerCertificate(RTCCertificate):
    """
    The process's DTLS certificate, with one OpenSSL context for all legs.

    A context per leg, as aiortc makes it, costs 60 kB of memory each.
    """

    _shared: SSL.Context | None = None

    def _create_ssl_context(
        self, srtp_profiles: list[SRTPProtectionProfile]
    ) -> SSL.Context:
        if self._shared is None:
            context = super()._create_ssl_context(srtp_profiles)
            context.set_session_cache_mode(SSL.SESS_CACHE_OFF)
            context.set_mode(SSL.MODE_RELEASE_BUFFERS)
            self._shared = context
        return self._shared

    @property
    def fingerprint(self) -> str:
        """SHA-256 of the certificate, in the form that descriptions use."""
        prints = {p.algorithm: p.value for p in self.getFingerprints()}
        return str(prints["sha-256"])


class DtlsLeg:
    """
    Handshake, keys, and the decrypted packets of one leg.

    Args:
        ice: What it runs on.
        certificate: The process's.
        on_packet: Called with each authentic packet and whether it is RTCP.
        takes_rtp: False for a subscribe leg, whose browser sends RTCP only.
    """

    def __init__(
        self,
        ice: IceLite,
        certificate: ServerCertificate,
        on_packet: Callable[[bytes, bool], None],
        *,
        takes_rtp: bool,
    ) -> None:
        self.dropped = 0
        """Packets that were not authentic, replayed, or could not be sent."""
        self._ice = ice
        self._on_packet = on_packet
        self._takes_rtp = takes_rtp
        self._ssrcs: set[bytes] = set()
        # aiortc uses only what IceLite has of an ICE transport; a test checks that.
        self._dtls = RTCDtlsTransport(cast(RTCIceTransport, ice), [certificate])
        self._dtls._srtp_profiles = list(PROFILES)
        self._dtls._set_role("server")

    async def run(
        self,
        fingerprints: tuple[tuple[str, str], ...],
        on_connected: Callable[[ViewerKeys], None],
    ) -> None:
        """
        Complete the handshake, then wait until the leg ends.

        Args:
            fingerprints: Of the browser's certificate, from its description.
            on_connected: Called once with the keys for what is sent.
        """
        parameters = RTCDtlsParameters(
            fingerprints=[RTCDtlsFingerprint(*pair) for pair in fingerprints]
        )
        ended = asyncio.Event()

        def on_state() -> None:
            if self._dtls.state in ("closed", "failed"):
                ended.set()

        self._dtls.on("statechange", on_state)
        try:
            async with asyncio.timeout(HANDSHAKE_S):
                await self._dtls.start(parameters)
            if self._dtls.state != "connected":
                return
            self._ice.on_srtp = self._on_srtp
            on_connected(self._keys())
            await ended.wait()
        except TimeoutError:
            return
        finally:
            self._ice.on_srtp = None
            # A closed transport cannot carry the closing alert.
            with suppress(ConnectionError):
                await self._dtls.stop()
            self._dtls.remove_all_listeners()

    def _keys(self) -> ViewerKeys:
        connection = self._dtls._ssl
        assert connection is not None, "the handshake is over"
        chosen = connection.get_selected_srtp_profile()
        profile = next(p for p in PROFILES if p.openssl_profile == chosen)
        material = connection.export_keying_material(
            EXPORTER_LABEL, 2 * (profile.key_length + profile.salt_length)
        )
        key_and_salt = profile.get_key_and_salt(material, 1)  # the server's
        return ViewerKeys(
            SrtpProfile[chosen.decode().removeprefix("SRTP_")],
            key_and_salt[: profile.key_length],
            key_and_salt[profile.key_length :],
        )

    def _on_srtp(self, datagram: bytes) -> None:
        receiving = self._dtls._rx_srtp
        assert receiving is not None, "called once the keys are there"
        rtcp = is_rtcp(datagram)
        # The sender's SSRC is not encrypted in either (RFC 3711 §3.1, §3.4).
        source = datagram[4:8] if rtcp else datagram[8:12]
        if (not rtcp and not self._takes_rtp) or (
            source not in self._ssrcs and len(self._ssrcs) >= MAX_SSRCS
        ):
            self.dropped += 1
            return
        try:
            unprotect = receiving.unprotect_rtcp if rtcp else receiving.unprotect
            packet = unprotect(datagram)
        except pylibsrtp.Error:
            self.dropped += 1
            return
        self._ssrcs.add(source)
        self._on_packet(packet, rtcp)

    def send_rtcp(self, packet: bytes) -> None:
        """Protect and send a compound packet."""
        sending = self._dtls._tx_srtp
        if sending is None or self._ice.closed:
            return
        try:
            protected = sending.protect_rtcp(packet)
        except (ValueError, pylibsrtp.Error):
            self.dropped += 1
            return
        self._ice.send(protected)
