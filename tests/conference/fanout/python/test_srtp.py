"""AEAD protection, checked with libsrtp and the test vectors of the RFC."""

import pytest
from pylibsrtp import Policy, Session

from conference.fanout.python.srtp import AeadProtection, derive
from tests.support.wire import rtp


def test_key_derivation_gives_the_test_vectors_of_rfc_3711() -> None:
    """Appendix B.3 of RFC 3711."""
    key = bytes.fromhex("E1F97A0D3E018BE0D64FA32C06DE4139")
    salt = bytes.fromhex("0EC675AD498AFEEBB6960B3AABE6")
    assert derive(key, salt, 0, 16).hex().upper() == "C61E7A93744F39EE10734AFE3FF7A087"
    assert derive(key, salt, 2, 14).hex().upper() == "30CBBC08863D8C85D49DB34A9AE1"


@pytest.mark.parametrize(
    ("key_bytes", "profile"),
    [
        (16, Policy.SRTP_PROFILE_AEAD_AES_128_GCM),
        (32, Policy.SRTP_PROFILE_AEAD_AES_256_GCM),
    ],
)
def test_libsrtp_decrypts_packets_across_a_rollover(
    key_bytes: int, profile: int
) -> None:
    key, salt = bytes(range(key_bytes)), bytes(range(50, 62))
    policy = Policy(
        key=key + salt, ssrc_type=Policy.SSRC_ANY_INBOUND, srtp_profile=profile
    )
    session = Session(policy)
    protection = AeadProtection(key, salt)
    ssrc = 0x89ABCDEF
    for number in range(16_000, 16_000 + 2 * 65_536, 4_096):
        plain = rtp.Packet(
            96, number & 0xFFFF, number, ssrc, True, b"media", {2: b"abc"}
        )
        whole = rtp.serialize(plain)
        header = whole[: -len(plain.payload)]
        iv = (protection.salt ^ (ssrc << 48) ^ number).to_bytes(12, "big")
        datagram = header + protection.encrypt(iv, plain.payload, header)
        assert rtp.parse(session.unprotect(datagram)) == plain
