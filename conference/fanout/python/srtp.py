"""
Protection of outgoing RTP (RFC 3711, RFC 7714) with the keys from the DTLS handshake.

Each copy is protected separately, which is a large part of the cost of forwarding. For
the AEAD profiles the cipher of ``cryptography`` is called directly, at a third of the
cost of libsrtp's binding. libsrtp protects all incoming packets, RTCP, and outgoing
packets of the profile AES128_CM_SHA1_80.
"""

from collections.abc import Callable

import pylibsrtp
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from conference.fanout.contract import SrtpProfile, ViewerKeys

SALT_BYTES = 12
ENCRYPTION_LABEL = 0x00
SALT_LABEL = 0x02
REPLAY_WINDOW = 1024
"""Packets that libsrtp remembers per SSRC, as many as a layer's cache holds."""

Encrypt = Callable[[bytes, bytes, bytes], bytes]
"""Takes IV, plaintext and associated data; returns ciphertext with authentication tag."""


def derive(master_key: bytes, master_salt: bytes, label: int, length: int) -> bytes:
    """
    Return a session key or salt (RFC 3711 §4.3.1, key derivation rate 0).

    Args:
        master_key: 16 or 32 bytes.
        master_salt: 14 bytes; the 12 of an AEAD profile are padded (RFC 7714 §11).
        label: Of the key or salt that is wanted (RFC 3711 §4.3.2).
        length: Of the result, in bytes.
    """
    salt = int.from_bytes(master_salt.ljust(14, b"\0"), "big")
    counter = ((salt ^ (label << 48)) << 16).to_bytes(16, "big")
    stream = Cipher(algorithms.AES(master_key), modes.CTR(counter)).encryptor()
    return stream.update(bytes(length))


class AeadProtection:
    """
    Keys of one viewer for an AEAD profile.

    The fan-out reads ``encrypt`` and ``salt`` and builds the initialisation
    vector itself: salt XOR (SSRC ‖ rollover counter ‖ sequence number), which
    with extended sequence numbers is one integer operation (RFC 7714 §8.1).
    """

    __slots__ = ("encrypt", "salt")

    def __init__(self, master_key: bytes, master_salt: bytes) -> None:
        key = derive(master_key, master_salt, ENCRYPTION_LABEL, len(master_key))
        self.encrypt: Encrypt = AESGCM(key).encrypt
        salt = derive(master_key, master_salt, SALT_LABEL, SALT_BYTES)
        self.salt = int.from_bytes(salt, "big")


class LibraryProtection:
    """Keys of one viewer for AES-CM with HMAC-SHA1; ``protect`` takes a whole packet."""

    __slots__ = ("protect",)

    def __init__(self, master_key: bytes, master_salt: bytes) -> None:
        policy = pylibsrtp.Policy(
            key=master_key + master_salt,
            ssrc_type=pylibsrtp.Policy.SSRC_ANY_OUTBOUND,
            srtp_profile=pylibsrtp.Policy.SRTP_PROFILE_AES128_CM_SHA1_80,
        )
        # A late packet keeps its number, which may be far below the newest one.
        policy.window_size = REPLAY_WINDOW
        self.protect: Callable[[bytes], bytes] = pylibsrtp.Session(policy).protect


Protection = AeadProtection | LibraryProtection


def protection(keys: ViewerKeys) -> Protection:
    """Return the protection for a viewer's profile and keys."""
    if keys.profile is SrtpProfile.AES128_CM_SHA1_80:
        return LibraryProtection(keys.master_key, keys.master_salt)
    return AeadProtection(keys.master_key, keys.master_salt)
