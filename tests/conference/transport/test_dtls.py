"""The private names of aiortc that the DTLS adapter relies on."""

import asyncio
import inspect

from aiortc import RTCCertificate, RTCDtlsTransport, rtcdtlstransport
from OpenSSL import SSL

from conference.transport.dtls import PROFILES, ServerCertificate
from conference.transport.ice import IceLite


async def test_aiortc_still_has_what_we_use() -> None:
    ice = IceLite("ufrag", "pwd", lambda route: None)
    transport = RTCDtlsTransport(ice, [ServerCertificate.generateCertificate()])  # type: ignore[arg-type]
    transport._set_role("server")
    assert transport._role == "server"
    for name in ("_ssl", "_rx_srtp", "_tx_srtp", "_srtp_profiles"):
        assert hasattr(transport, name), name
    assert next(p.openssl_profile for p in PROFILES) == b"SRTP_AEAD_AES_128_GCM"
    assert set(PROFILES) == set(rtcdtlstransport.SRTP_PROFILES)
    parameters = inspect.signature(RTCCertificate._create_ssl_context).parameters
    assert list(parameters) == ["self", "srtp_profiles"]


def test_all_legs_share_one_context() -> None:
    certificate = ServerCertificate.generateCertificate()
    first = certificate._create_ssl_context(list(PROFILES))
    assert isinstance(first, SSL.Context)
    assert certificate._create_ssl_context(list(PROFILES)) is first
    assert certificate.fingerprint.count(":") == 31


async def test_closing_a_transport_wakes_its_reader() -> None:
    ice = IceLite("ufrag", "pwd", lambda route: None)
    waiting = asyncio.ensure_future(ice._recv())
    await asyncio.sleep(0)
    ice.close()
    try:
        await waiting
    except ConnectionError:
        return
    raise AssertionError("the reader was left waiting")
